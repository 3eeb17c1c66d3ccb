"""`priorty 150` and `state Master`: keepalived starts, and takes 100 and BACKUP.

one was meant to be master. Its priority is misspelt, so keepalived takes the default, 100; its
state is in small letters, so that is BACKUP. two has 120 and is master. keepalived says both in its
log, at the start, and goes on.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start."""
    terms = {"vrid": 12, "addresses": ("10.12.0.1",), "name": "CORE", "auth_pass": "b1g"}
    conf = keepalived_conf(Instance(150, state="Master", **terms))
    one = lab.keepalived("one", "10.12.0.11", conf.replace("priority 150", "priorty 150"))
    two = lab.keepalived("two", "10.12.0.12", keepalived_conf(Instance(120, **terms)))
    lab.capture()
    one.start()
    lab.sleep(1.5)
    two.start()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("10.12.0.1")
