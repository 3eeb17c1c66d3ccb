"""The backup has the virtual address on its loopback, and answers ARP for it.

cache-1 and cache-2 are directors and real servers at once (LVS, direct routing): the address is
configured on `lo` of cache-2 for good, and nobody set arp_ignore. cache-2 is never master. A host
that asks who has the address gets two answers, and goes to the backup when its answer is
believed.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "10.30.3.3"


def record(lab: Lab) -> None:
    """A client asks twice."""

    def router(name: str, number: int, priority: int):
        instance = Instance(priority, vrid=30, addresses=(VIP,), name="CACHE", advert_int="2")
        return lab.keepalived(name, f"10.30.3.{number}", keepalived_conf(instance))

    cache1, cache2 = router("cache-1", 21, 140), router("cache-2", 22, 90)
    client = lab.client("client", "10.30.3.200")
    cache2.run(f"ip address add {VIP}/32 dev lo")
    lab.capture()
    cache1.start()
    lab.sleep(0.3)
    cache2.start()
    cache1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    client.resolve(VIP)
    lab.sleep(6)
    client.resolve(VIP)
    lab.sleep(3)
    lab.who_holds(VIP)
    cache2.stop()
    lab.sleep(1)
