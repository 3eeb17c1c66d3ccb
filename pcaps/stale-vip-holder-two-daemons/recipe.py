"""The keepalived of one group dies, that of another group on the same host lives on.

old runs two keepalived: one for VRID 41, one for VRID 42. new joins VRID 41 with another password;
just before its timer runs out, the keepalived of VRID 41 on old is killed. new takes over in the
same second, as a second master would that has been kept silent. There never were two: but the
address stays on old, whose kernel answers for it, and old does not leave the multicast group, for
its other keepalived is in it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The first daemon of old is killed right before new takes over."""
    first = {"vrid": 41, "addresses": ("10.4.4.41",), "name": "VI_41"}
    other = {"vrid": 42, "addresses": ("10.4.4.42",), "name": "VI_42"}
    old = lab.keepalived("old", "10.4.4.1", keepalived_conf(Instance(150, **first)))
    new = lab.keepalived(
        "new", "10.4.4.2", keepalived_conf(Instance(100, auth_pass="changed1", **first))
    )
    client = lab.client("client", "10.4.4.9")
    lab.capture()
    old.start_second(keepalived_conf(Instance(150, **other)))
    lab.sleep(0.5)
    old.start()
    old.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    new.start()
    lab.sleep(3.2)
    old.kill()
    new.wait_log("Entering MASTER STATE")
    for _ in range(3):
        lab.sleep(3)
        client.resolve("10.4.4.41")
    lab.sleep(2)
    lab.who_holds("10.4.4.41")
