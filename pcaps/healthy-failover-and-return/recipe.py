"""An orderly stop and a start: the role goes to the backup in skew time and comes back.

dr-1 is stopped and says so with priority 0; dr-2 takes over after its skew time (0.609 s). When
dr-1 starts again it preempts after its Master_Down_Interval.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is stopped and started again."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.stop()
    lab.sleep(9)
    since = dr1.log_position()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(9)
    lab.who_holds("172.31.23.6")
