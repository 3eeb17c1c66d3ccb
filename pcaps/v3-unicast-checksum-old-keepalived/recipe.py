"""Unicast VRRPv3: one router computes its checksum as keepalived before 1.3.7 did.

old has `old_unicast_checksum`: its checksum covers a pseudo-header with 224.0.0.18 instead of the
peer's address. new has `old_unicast_checksum never`, and rejects that: `Invalid VRRPv3 checksum`.
"""

from lab import Instance, Lab, keepalived_conf


def conf(own: str, peer: str, priority: int, form: str) -> str:
    """Unicast to the peer."""
    return keepalived_conf(
        Instance(
            priority,
            vrid=201,
            version=3,
            addresses=("10.88.2.1/24",),
            unicast_src_ip=own,
            unicast_peers=(peer,),
            extra=(form,),
        )
    )


def record(lab: Lab) -> None:
    """The better one is the old one."""
    old = lab.keepalived(
        "old", "10.88.2.11", conf("10.88.2.11", "10.88.2.12", 120, "old_unicast_checksum")
    )
    new = lab.keepalived(
        "new", "10.88.2.12", conf("10.88.2.12", "10.88.2.11", 100, "old_unicast_checksum never")
    )
    lab.capture()
    old.start()
    lab.sleep(0.3)
    new.start()
    new.wait_log("Entering MASTER STATE")
    lab.sleep(15)
    lab.who_holds("10.88.2.1")
