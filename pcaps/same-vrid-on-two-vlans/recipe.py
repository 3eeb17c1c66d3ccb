"""VRID 60 on two VLANs: two virtual routers that have nothing to do with each other.

VLAN 30 and VLAN 40 each have two routers with VRID 60, as on a trunk port. On VLAN 30 the
master is stopped and dr-2 takes over; on VLAN 40 nothing happens.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """One segment has a hand-over, the other one is quiet."""
    other = ("10.40.0.6",)
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    gw1 = lab.keepalived(
        "gw-1",
        "10.40.0.1",
        keepalived_conf(Instance(150, addresses=other)),
        segment="lan-40",
    )
    gw2 = lab.keepalived(
        "gw-2",
        "10.40.0.2",
        keepalived_conf(Instance(100, addresses=other)),
        segment="lan-40",
    )
    lab.capture("lan")
    lab.capture("lan-40", segment="lan-40")
    for node in (dr1, dr2, gw1, gw2):
        node.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    dr1.stop()
    lab.sleep(12)
    lab.merge_tagged({"lan": 30, "lan-40": 40}, "incident")
