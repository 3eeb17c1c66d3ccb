"""The master is restarted twice within half a minute, as in an upgrade: each move is orderly.

The role goes to the backup and back two times, because somebody stops and starts keepalived.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is stopped and started twice."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    for _ in range(2):
        dr1.stop()
        lab.sleep(3)
        since = dr1.log_position()
        dr1.start()
        dr1.wait_log("Entering MASTER STATE", since=since)
        lab.sleep(6)
