"""A healthy master, captured long after the start: the backup is not to be seen.

dr-2 is alive and backup, but its IGMP report came before the capture. Nothing in the capture
shows that it exists, and nothing shows that it does not.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The capture starts when both run for some time."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    lab.capture()
    lab.sleep(20)
