"""A unicast source address without any peer: one router sends by multicast, the other by unicast.

Both were meant to use unicast. On left the block `unicast_peer` was forgotten: keepalived knows a
source address and no peer, says so in its log, and falls back to multicast. right sends to left by
unicast. Neither hears the other: two masters.
"""

from lab import Instance, Lab, keepalived_conf


def conf(priority: int, own: str, peers: tuple[str, ...]) -> str:
    """Unicast, VRID 144."""
    instance = Instance(
        priority,
        vrid=144,
        addresses=("192.168.144.1",),
        name="EDGE",
        auth_type=None,
        unicast_src_ip=own,
        unicast_peers=peers,
    )
    return keepalived_conf(instance)


def record(lab: Lab) -> None:
    """Both start."""
    one, two = "192.168.144.2", "192.168.144.3"
    left = lab.keepalived("left", one, conf(140, one, ()))
    right = lab.keepalived("right", two, conf(120, two, (one,)))
    lab.capture()
    left.start()
    lab.sleep(0.3)
    right.start()
    right.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("192.168.144.1")
