"""A healthy failover, seen by a mirror that delivers each frame several times.

Captured on all ports of the switch at once: an advert comes in by one port and goes out by two,
so it is there three times, microseconds apart, with one IP identification. A copy is no second
master, and no second advert.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.1.1.100",)


def _conf(priority: int) -> str:
    return keepalived_conf(Instance(priority, vrid=88, addresses=VIP, name="MIRROR"))


def record(lab: Lab) -> None:
    """The master is stopped and started again, on a mirror of all ports."""
    one = lab.keepalived("m-1", "10.1.1.1", _conf(90))
    other = lab.keepalived("m-2", "10.1.1.2", _conf(80))
    lab.client("host", "10.1.1.50")
    lab.capture(interface="any")
    lab.capture("at-m-2", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    one.stop()
    lab.sleep(6)
    one.start()
    lab.sleep(9)
