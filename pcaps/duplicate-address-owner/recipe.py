"""Both routers have priority 255, and the first one makes itself 254.

a1 and a2 were both configured as the address owner. a1 is master; a2 starts and is master at once,
as an owner is. a1 hears it and gives way, and its priority is 254 from then on, until keepalived
is restarted: it says so when a2 is stopped.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """a2 starts beside a1, and is stopped again."""
    terms = {"vrid": 111, "addresses": ("10.111.0.1",), "name": "GW", "state": "MASTER"}
    a1 = lab.keepalived("a1", "10.111.0.11", keepalived_conf(Instance(255, **terms)))
    a2 = lab.keepalived("a2", "10.111.0.12", keepalived_conf(Instance(255, **terms)))
    lab.capture()
    a1.start()
    a1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    a2.start()
    a2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("10.111.0.1")
    since = a1.log_position()
    a2.stop()
    a1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(5)
