"""A virtual address was added on one router only: both are masters.

dr-2 has 172.31.23.7 in addition; keepalived 2.2.7 rejects another count than its own. Both have
`vrrp_lower_prio_no_advert`, so that neither keeps the other silent.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start; neither silences the other."""
    quiet = ("vrrp_lower_prio_no_advert true",)
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), global_lines=quiet),
        keepalived_conf(
            Instance(100, addresses=("172.31.23.6", "172.31.23.7")), global_lines=quiet
        ),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(20)
    lab.who_holds("172.31.23.6")
