"""The master loses the address that its adverts come from, and comes back with it.

The interface is up all the while, but without an own IPv4 address keepalived is in FAULT: core1
says priority 0 twice, core2 takes over. The address is set again ten seconds later, and core1 takes
the role back after one Master_Down_Interval.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The primary address of core1 is deleted for 10 s."""
    common = {"vrid": 77, "addresses": ("203.0.113.1/28",), "auth_type": None}
    core1 = lab.keepalived("core1", "198.51.100.2", keepalived_conf(Instance(130, **common)))
    core2 = lab.keepalived("core2", "198.51.100.3", keepalived_conf(Instance(120, **common)))
    lab.capture()
    core1.start()
    lab.sleep(0.3)
    core2.start()
    core1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    core1.run("ip address del 198.51.100.2/24 dev eth0")
    core2.wait_log("Entering MASTER STATE")
    lab.sleep(10)
    since = core1.log_position()
    core1.run("ip address add 198.51.100.2/24 dev eth0")
    core1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(6)
