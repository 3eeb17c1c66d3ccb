"""The master of an IPv6 group is reloaded with a lower priority: only its log tells of the reload.

On the wire its priority falls from one advert to the next, as when a check fails; there is no
identification that would begin at 1 again.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """v6a is reloaded with priority 80 instead of 160."""
    common = {"vrid": 226, "version": 3, "addresses": ("fe80::226",), "advert_int": "0.5"}
    v6a = lab.keepalived("v6a", "2001:db8:5::a", keepalived_conf(Instance(160, **common)))
    v6b = lab.keepalived("v6b", "2001:db8:5::b", keepalived_conf(Instance(140, **common)))
    lab.capture()
    v6a.start()
    lab.sleep(0.3)
    v6b.start()
    v6a.wait_log("Entering MASTER STATE")
    lab.sleep(5.3)
    v6a.reload(keepalived_conf(Instance(80, **common)))
    v6b.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.who_holds("fe80::226")
