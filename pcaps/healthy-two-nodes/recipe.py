"""Two healthy routers: one master, one silent backup, and nothing happens."""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start and run."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(26)
