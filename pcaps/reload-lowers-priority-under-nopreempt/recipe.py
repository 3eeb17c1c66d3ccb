"""The master is reloaded with a lower priority, so that the other router takes over; it does not.

Somebody wants to move the role by a reload: 180 becomes 120, and spine-2 has 150. Both run
`nopreempt`, so spine-2 stays a backup. On the wire it looks like a check that fails, apart from the
identification, which begins at 1 again.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """spine-1 is reloaded with priority 120 instead of 180."""
    common = {"vrid": 143, "addresses": ("10.143.0.9",), "name": "SPINE", "nopreempt": True}
    spine_1 = lab.keepalived("spine-1", "10.143.0.7", keepalived_conf(Instance(180, **common)))
    spine_2 = lab.keepalived("spine-2", "10.143.0.8", keepalived_conf(Instance(150, **common)))
    lab.capture()
    spine_1.start()
    lab.sleep(0.3)
    spine_2.start()
    spine_1.wait_log("Entering MASTER STATE")
    lab.sleep(7.3)
    spine_1.reload(keepalived_conf(Instance(120, **common)))
    lab.sleep(12)
    lab.who_holds("10.143.0.9")
