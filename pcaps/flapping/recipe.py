"""The master's daemon is restarted again and again, and the role goes to and fro.

Preemption is on. dr-1 stops and starts five times, as a failing unit does that systemd
restarts.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is restarted five times."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    for _ in range(5):
        dr1.stop()
        lab.sleep(2.5)
        since = dr1.log_position()
        dr1.start()
        dr1.wait_log("Entering MASTER STATE", since=since)
        lab.sleep(2.5)
