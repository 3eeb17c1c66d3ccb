"""Somebody deletes the virtual address on the master, and the better backup takes the role.

Both run `nopreempt`, and the lesser router, n1, is master because it started first. When its
address is deleted it gives the role up with priority 0; n2 has the shorter Skew_Time and takes it.
On the wire this is an orderly hand-over: only n1's log tells that nobody had asked for it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The virtual address is deleted on n1."""
    common = {"vrid": 8, "version": 3, "addresses": ("10.99.1.1",), "nopreempt": True}
    n1 = lab.keepalived("n1", "10.99.1.11", keepalived_conf(Instance(60, **common)))
    n2 = lab.keepalived("n2", "10.99.1.12", keepalived_conf(Instance(180, **common)))
    lab.capture()
    n1.start()
    n1.wait_log("Entering MASTER STATE")
    n2.start()
    lab.sleep(6)
    n1.run("ip address del 10.99.1.1/32 dev eth0")
    n2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    lab.who_holds("10.99.1.1")
