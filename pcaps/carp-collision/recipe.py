"""A firewall speaks CARP with a VHID that is the VRID of a keepalived cluster beside it.

edge-1 and edge-2 run VRID 20 for 198.51.100.20. pf-1 runs CARP, VHID 20, for 198.51.100.1: the same
IP protocol, the same multicast group, the same virtual MAC. keepalived rejects its packets by their
length, and yet its master starts its advert timer again at each of them: it is kept silent, edge-2
takes over, is answered at once, and gives way.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """CARP begins when the cluster runs well."""
    addresses = ("198.51.100.20",)
    edge1 = lab.keepalived(
        "edge-1",
        "198.51.100.11",
        keepalived_conf(Instance(140, vrid=20, addresses=addresses, version=3)),
    )
    edge2 = lab.keepalived(
        "edge-2",
        "198.51.100.12",
        keepalived_conf(Instance(100, vrid=20, addresses=addresses, version=3)),
    )
    pf1 = lab.ucarp("pf-1", "198.51.100.2", vhid=20, virtual="198.51.100.1")
    lab.capture()
    edge1.start()
    lab.sleep(0.3)
    edge2.start()
    edge1.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    pf1.start()
    lab.sleep(26)
    lab.who_holds("198.51.100.20")
    lab.who_holds("198.51.100.1")
