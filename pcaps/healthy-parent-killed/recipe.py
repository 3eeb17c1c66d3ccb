"""Only keepalived's parent process is killed: the child notices, and ends in good order.

Priority 0 is sent, the address is removed, and the backup takes over in its Skew_Time.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The parent process of m1 is killed."""
    common = {"vrid": 99, "addresses": ("10.0.99.1",)}
    m1 = lab.keepalived("m1", "10.0.99.11", keepalived_conf(Instance(101, **common)))
    m2 = lab.keepalived("m2", "10.0.99.12", keepalived_conf(Instance(100, **common)))
    client = lab.client("client", "10.0.99.100")
    lab.capture()
    m1.start()
    lab.sleep(0.3)
    m2.start()
    m1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    m1.kill_parent()
    m2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    client.resolve("10.0.99.1")
    lab.sleep(3)
    lab.who_holds("10.0.99.1")
