"""Unicast VRRPv3: the backup computes checksums the old way, and the master does not do so for it.

new is the better one and says nothing about checksums; old has `old_unicast_checksum`. new accepts
both forms (`Setting unicast VRRPv3 checksum to old version`), and goes on sending its own, which
old rejects: `Invalid VRRPv3 checksum`.
"""

from lab import Instance, Lab, keepalived_conf


def conf(own: str, peer: str, priority: int, *extra: str) -> str:
    """Unicast to the peer."""
    return keepalived_conf(
        Instance(
            priority,
            vrid=203,
            version=3,
            addresses=("10.88.4.1/24",),
            unicast_src_ip=own,
            unicast_peers=(peer,),
            extra=extra,
        )
    )


def record(lab: Lab) -> None:
    """The router new is the better one."""
    old = lab.keepalived(
        "old", "10.88.4.11", conf("10.88.4.11", "10.88.4.12", 100, "old_unicast_checksum")
    )
    new = lab.keepalived("new", "10.88.4.12", conf("10.88.4.12", "10.88.4.11", 120))
    lab.capture()
    new.start()
    lab.sleep(0.2)
    old.start()
    new.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds("10.88.4.1")
