"""Unicast VRRPv3: one router computes its checksum the old way, and the other one adapts.

old has `old_unicast_checksum`. new says nothing about it: at old's first advert it logs `Setting
unicast VRRPv3 checksum to old version` and accepts. old is stopped, new takes over.
"""

from lab import Instance, Lab, keepalived_conf


def conf(own: str, peer: str, priority: int, *extra: str) -> str:
    """Unicast to the peer."""
    return keepalived_conf(
        Instance(
            priority,
            vrid=202,
            version=3,
            addresses=("10.88.3.1/24",),
            unicast_src_ip=own,
            unicast_peers=(peer,),
            extra=extra,
        )
    )


def record(lab: Lab) -> None:
    """The better one is the old one; it is stopped."""
    old = lab.keepalived(
        "old", "10.88.3.11", conf("10.88.3.11", "10.88.3.12", 120, "old_unicast_checksum")
    )
    new = lab.keepalived("new", "10.88.3.12", conf("10.88.3.12", "10.88.3.11", 100))
    lab.capture()
    old.start()
    new.start()
    old.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    old.stop()
    new.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    lab.who_holds("10.88.3.1")
