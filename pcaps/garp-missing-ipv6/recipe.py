"""IPv6: the new master sends no neighbour advertisement that arrives: hosts keep the old MAC.

A filter on the switch (first-hop security that knows the addresses of the first router only)
drops the neighbour advertisements of core-b, its adverts pass. core-a is stopped, core-b takes
over within its Skew_Time, and nobody learns of it.
"""

from lab import Instance, Lab, keepalived_conf

ADDRESSES = ("fe80::a:1", "2001:db8:a::1")


def record(lab: Lab) -> None:
    """core-a is stopped; core-b's neighbour advertisements are filtered."""

    def router(name: str, number: int, priority: int):
        instance = Instance(
            priority, vrid=10, version=3, addresses=ADDRESSES, advert_int="0.5", name="CORE6"
        )
        return lab.keepalived(name, f"2001:db8:a::{number}", keepalived_conf(instance))

    core_a, core_b = router("core-a", 2, 180), router("core-b", 3, 120)
    lab.capture()
    for chain in ("INPUT", "FORWARD"):
        lab.on_switch(
            f"ebtables -A {chain} -p IPv6 -s {core_b.host.mac} --ip6-protocol ipv6-icmp "
            "--ip6-icmp-type neighbour-advertisement -j DROP"
        )
    core_a.start()
    lab.sleep(0.3)
    core_b.start()
    core_a.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    core_a.stop()
    core_b.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("2001:db8:a::1")
