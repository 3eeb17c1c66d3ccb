"""VRRPv3 over IPv6: an orderly stop, and the return.

The adverts go from link-local addresses to ff02::12; the addresses are fe80::6:6 and
2001:db8:31:23::6. dr-1 (101) is stopped, dr-2 takes over in skew time, and dr-1 preempts later.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is stopped and started again."""
    addresses = ("fe80::6:6", "2001:db8:31:23::6")
    dr1 = lab.keepalived(
        "dr-1",
        "2001:db8:31:23::22",
        keepalived_conf(Instance(101, version=3, addresses=addresses)),
    )
    dr2 = lab.keepalived(
        "dr-2",
        "2001:db8:31:23::23",
        keepalived_conf(Instance(100, version=3, addresses=addresses)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.stop()
    lab.sleep(8)
    since = dr1.log_position()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(8)
    lab.who_holds("2001:db8:31:23::6")
