"""The master is reloaded with a lower priority, and loses the role by it.

A reload makes the instance anew: the identification begins at 1 again, without any pause. The new
priority counts at once, and the backup takes over one Master_Down_Interval after the last advert at
the old one.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """mx1 is reloaded with priority 90 instead of 140."""
    common = {"vrid": 25, "addresses": ("10.25.0.25",)}
    mx1 = lab.keepalived("mx1", "10.25.0.1", keepalived_conf(Instance(140, **common)))
    mx2 = lab.keepalived("mx2", "10.25.0.2", keepalived_conf(Instance(120, **common)))
    lab.capture()
    mx1.start()
    lab.sleep(0.3)
    mx2.start()
    mx1.wait_log("Entering MASTER STATE")
    lab.sleep(6.4)
    mx1.reload(keepalived_conf(Instance(90, **common)))
    mx2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.who_holds("10.25.0.25")
