"""Somebody deletes the virtual address on the master, as systemd-networkd or an admin does.

keepalived notices, gives the role up with one priority 0, and is master again after its own
Skew_Time, 414 ms at priority 150: sooner than gw-2 at priority 100 could be.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The virtual address is deleted on gw-1."""
    common = {"vrid": 44, "addresses": ("10.44.7.1",)}
    gw1 = lab.keepalived("gw-1", "10.44.7.2", keepalived_conf(Instance(150, **common)))
    gw2 = lab.keepalived("gw-2", "10.44.7.3", keepalived_conf(Instance(100, **common)))
    lab.capture()
    gw1.start()
    lab.sleep(0.3)
    gw2.start()
    gw1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    gw1.run("ip address del 10.44.7.1/32 dev eth0")
    lab.sleep(5)
    lab.who_holds("10.44.7.1")
    lab.sleep(4)
