"""One router authenticates, the other does not: both are masters.

dr-1 has no authentication, dr-2 a password. Both have `vrrp_lower_prio_no_advert`, so that
neither keeps the other silent.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start; neither silences the other."""
    quiet = ("vrrp_lower_prio_no_advert true",)
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, auth_type=None), global_lines=quiet),
        keepalived_conf(Instance(100), global_lines=quiet),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(20)
    lab.who_holds("172.31.23.6")
