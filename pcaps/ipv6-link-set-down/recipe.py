"""The interface of an IPv6 master is set down: the kernel takes its addresses away with it.

On edge1 somebody sets eth0 down and, ten seconds later, up again. Nothing can leave by an interface
that is down, so edge2 takes over when its timer expires. IPv4 addresses would have stayed; IPv6
ones are gone, and the link-local address that edge1 sends from comes back with the interface.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """eth0 of edge1 is set down and up."""
    addresses = ("fe80::77", "2001:db8:77::1")
    edge1 = lab.keepalived(
        "edge1", "fe80::7:1", keepalived_conf(Instance(180, vrid=77, addresses=addresses))
    )
    edge2 = lab.keepalived(
        "edge2", "fe80::7:2", keepalived_conf(Instance(120, vrid=77, addresses=addresses))
    )
    lab.capture()
    edge1.start()
    lab.sleep(0.3)
    edge2.start()
    edge1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    edge1.run("ip link set eth0 down")
    edge2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    edge1.run("ip link set eth0 up")
    lab.sleep(10)
    lab.who_holds("2001:db8:77::1")
