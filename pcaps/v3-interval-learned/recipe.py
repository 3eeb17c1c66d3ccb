"""In VRRPv3 the backup waits as long as the *master's* interval says.

dr-1 advertises every 5 s, dr-2 is configured for 1 s. That is legal in VRRPv3: dr-2 learns the
interval, and takes over only three of dr-1's intervals and its skew after dr-1's last advert
(18.0 s).
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 with the longer interval dies."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, version=3, advert_int="5")),
        keepalived_conf(Instance(100, version=3)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(15)
    dr2.start()
    lab.sleep(12)
    dr1.power_cut()
    dr2.wait_log("Entering MASTER STATE", timeout_s=30)
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
