"""IPSEC-AH with one key on both routers: the master is stopped, and comes back."""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.31.4.9/24",)


def record(lab: Lab) -> None:
    """The router east is stopped and started again."""
    east = lab.keepalived(
        "east", "10.31.4.1", keepalived_conf(Instance(110, 44, VIPS, auth_type="AH"))
    )
    west = lab.keepalived(
        "west", "10.31.4.2", keepalived_conf(Instance(90, 44, VIPS, auth_type="AH"))
    )
    lab.capture()
    east.start()
    west.start()
    east.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    east.stop()
    west.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    east.start()
    lab.sleep(9)
    lab.who_holds("10.31.4.9")
