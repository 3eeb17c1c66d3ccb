"""The master is reloaded with the configuration that it has: nothing happens.

The identification begins at 1 again and one advert comes early, and that is all.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """mx1 is reloaded once."""
    common = {"vrid": 25, "addresses": ("10.25.0.25",)}
    mx1 = lab.keepalived("mx1", "10.25.0.1", keepalived_conf(Instance(140, **common)))
    mx2 = lab.keepalived("mx2", "10.25.0.2", keepalived_conf(Instance(120, **common)))
    lab.capture()
    mx1.start()
    lab.sleep(0.3)
    mx2.start()
    mx1.wait_log("Entering MASTER STATE")
    lab.sleep(6.4)
    mx1.reload()
    lab.sleep(8)
    lab.who_holds("10.25.0.25")
