"""IPv6: one router has a virtual address more than the other, and both are masters.

Both run VRRPv3 at 500 ms. six-b starts when six-a is master, and has an address more.
"""

from lab import Instance, Lab, keepalived_conf

BOTH = ("fe80::6:1/64", "2001:db8:6::1/64")


def conf(priority: int, vips: tuple[str, ...]) -> str:
    """An IPv6 instance at 500 ms."""
    return keepalived_conf(Instance(priority, vrid=6, version=3, advert_int="0.5", addresses=vips))


def record(lab: Lab) -> None:
    """six-b starts late."""
    a = lab.keepalived("six-a", "2001:db8:6::a", conf(220, BOTH))
    b = lab.keepalived("six-b", "2001:db8:6::b", conf(210, (*BOTH, "2001:db8:6::2/64")))
    lab.capture()
    a.start()
    a.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    b.start()
    b.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds("2001:db8:6::1")
