"""The gratuitous ARP leaves the new master and goes no further: anti-spoofing of its hypervisor.

edge-2 is a guest whose port lets out ARP for its own address only. Its adverts, unicast and three
a second, pass. edge-1 loses power, edge-2 takes over in time, says in its log that it announced
the address, and its own capture shows that it did. The client goes on sending to edge-1.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "192.168.77.254"


def record(lab: Lab) -> None:
    """edge-1 loses power; the switch port of edge-2 lets its announcements not pass."""

    def router(name: str, own: str, peer: str, priority: int):
        instance = Instance(
            priority,
            vrid=12,
            version=3,
            addresses=(VIP,),
            advert_int="0.3",
            name="EDGE",
            unicast_src_ip=own,
            unicast_peers=(peer,),
        )
        return lab.keepalived(name, own, keepalived_conf(instance))

    edge1 = router("edge-1", "192.168.77.1", "192.168.77.2", 220)
    edge2 = router("edge-2", "192.168.77.2", "192.168.77.1", 110)
    client = lab.client("client", "192.168.77.50")
    for chain in ("INPUT", "FORWARD"):
        lab.on_switch(f"ebtables -A {chain} -i p-edge-2 -p ARP --arp-ip-src {VIP} -j DROP")
    lab.capture()
    lab.capture("at-edge-2", at=edge2)
    edge1.start()
    lab.sleep(0.3)
    edge2.start()
    edge1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    client.resolve(VIP)
    edge1.power_cut()
    edge2.wait_log("Entering MASTER STATE")
    lab.sleep(9)
    client.neighbour(VIP)
    lab.who_holds(VIP)
