"""The address owner (255) is restarted, and takes the role back at once: as the RFC wants it.

There is one owner: b2 has 100. An owner does not wait for its Master_Down_Timer.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """b1 is stopped and started again."""
    terms = {"vrid": 112, "addresses": ("10.112.0.1",), "name": "GW", "auth_type": None}
    b1 = lab.keepalived("b1", "10.112.0.11", keepalived_conf(Instance(255, **terms)))
    b2 = lab.keepalived("b2", "10.112.0.12", keepalived_conf(Instance(100, **terms)))
    lab.capture()
    b1.start()
    lab.sleep(0.3)
    b2.start()
    lab.sleep(6)
    b1.stop()
    b2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    since = b1.log_position()
    b1.start()
    b1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(6)
    lab.who_holds("10.112.0.1")
