"""`advert_int 0.4` with VRRPv2, which knows whole seconds only: it becomes 1 s.

Both routers are configured for 0.4 s, and without `version 3`. keepalived 2.2.7 rounds that to 1 s
and says so once (`must be an integer. rounding`). cam-1 loses power: cam-2 takes over after
3.609 s, not after the 1.8 s or so that was meant.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.14.0.1/24",)


def record(lab: Lab) -> None:
    """cam-1 dies."""
    one = lab.keepalived(
        "cam-1", "10.14.0.2", keepalived_conf(Instance(150, 14, VIPS, advert_int="0.4"))
    )
    two = lab.keepalived(
        "cam-2", "10.14.0.3", keepalived_conf(Instance(100, 14, VIPS, advert_int="0.4"))
    )
    lab.capture()
    one.start()
    two.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    one.power_cut()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("10.14.0.1")
