"""One router's port is in the wrong VLAN: one virtual router with a master in each of two VLANs.

core-1's frames come tagged with VLAN 110, core-2's with VLAN 120: somebody mistyped the access
VLAN of a port. Neither hears the other, and both hold the address. Captured on the trunk between
the switches.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.110.0.1",)


def _conf(priority: int) -> str:
    return keepalived_conf(
        Instance(priority, vrid=110, addresses=VIP, version=3, advert_int="0.5", name="CORE")
    )


def record(lab: Lab) -> None:
    """Two segments that have nothing to do with each other, with one router in each."""
    lab.segment("wrong")
    one = lab.keepalived("core-1", "10.110.0.11", _conf(200))
    other = lab.keepalived("core-2", "10.110.0.12", _conf(150), segment="wrong")
    lab.capture("right-vlan")
    lab.capture("wrong-vlan", segment="wrong")
    one.start()
    lab.sleep(0.7)
    other.start()
    other.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds("10.110.0.1")
    lab.merge_tagged({"right-vlan": 110, "wrong-vlan": 120}, "incident")
