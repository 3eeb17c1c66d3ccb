"""Two address owners over IPv6, and the one of the lower address comes second.

As duplicate-address-owner, but the master has the higher address: it gives way to the newcomer all
the same, for it has made itself 254 before it compares the addresses.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """b2 is master, b1 starts."""
    addresses = ("fe80::19:1", "2001:db8:19::1")
    terms = {"vrid": 19, "addresses": addresses, "name": "SIX", "state": "MASTER", "version": 3}
    conf = keepalived_conf(Instance(255, **terms))
    b1 = lab.keepalived("b1", "2001:db8:19::a1", conf)
    b2 = lab.keepalived("b2", "2001:db8:19::a2", conf)
    lab.capture()
    b2.start()
    b2.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    b1.start()
    b1.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("2001:db8:19::1")
