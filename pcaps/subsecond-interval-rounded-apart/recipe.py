"""`advert_int 1.6` and `advert_int 1.2` with VRRPv2 become 2 s and 1 s: both are masters.

Somebody wanted to go from 1.2 s to 1.6 s and did it on one router first. VRRPv2 knows whole seconds
only: keepalived rounds them to 1 s and to 2 s. Each router rejects the other's interval.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.15.0.1/24",)


def record(lab: Lab) -> None:
    """The slower one starts late."""
    one = lab.keepalived(
        "cam-1", "10.15.0.2", keepalived_conf(Instance(150, 15, VIPS, advert_int="1.2"))
    )
    two = lab.keepalived(
        "cam-2", "10.15.0.3", keepalived_conf(Instance(100, 15, VIPS, advert_int="1.6"))
    )
    lab.capture()
    one.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    two.start()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds("10.15.0.1")
