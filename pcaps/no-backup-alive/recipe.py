"""The master is stopped, and there is nobody to take over.

keepalived runs on dr-1 alone; on dr-2 it was never started. dr-1 gives the role up with
priority 0, and nobody advertises from then on.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is stopped; dr-2 was never started."""
    dr1, _ = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    dr1.stop()
    lab.note("dr-2: its keepalived was never started")
    lab.sleep(8)
    client = lab.client("client", "172.31.23.100")
    client.resolve("172.31.23.6")
    lab.sleep(12)
    lab.who_holds("172.31.23.6")
