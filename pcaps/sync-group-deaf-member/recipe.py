"""The backup does not get one VRID's adverts, and only its sync group keeps it from taking over.

On rtr-b a filter drops the adverts of VRID 202; those of VRID 201 arrive. Nothing of this is on
the wire: rtr-b's timer for VRID 202 runs out every 3.6 s, its log says so, and its sync group
holds it back because VRID 201 has a master. It is a failover that waits to go wrong.
"""

from lab import Instance, Lab, keepalived_conf

GROUP = """\
vrrp_sync_group PAIR {
    group {
        A
        B
    }
}
"""


def record(lab: Lab) -> None:
    """rtr-b is deaf for one VRID."""

    def router(name: str, number: int, priority: int):
        conf = keepalived_conf(
            Instance(priority, vrid=201, addresses=("10.8.1.1",), name="A"),
            Instance(priority, vrid=202, addresses=("10.8.2.1",), name="B"),
            more=GROUP,
        )
        return lab.keepalived(name, f"10.8.1.{number}", conf)

    rtr_a, rtr_b = router("rtr-a", 2, 130), router("rtr-b", 3, 90)
    lab.capture()
    rtr_a.start()
    lab.sleep(0.3)
    rtr_b.start()
    rtr_a.wait_log("(A) Entering MASTER STATE")
    lab.sleep(5)
    rtr_b.run("iptables -A INPUT -p vrrp -m u32 --u32 0>>22&0x3C@0>>16&0xFF=202 -j DROP")
    lab.sleep(18)
    lab.who_holds("10.8.2.1")
