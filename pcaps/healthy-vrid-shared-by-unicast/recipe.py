"""Two clusters with one VRID that do not hear each other: both use unicast.

pay-1 and pay-2 hold 10.140.3.10 with VRID 88, and so do ship-1 and ship-2 with 10.140.3.20 and
another password. A unicast socket of keepalived gets only what is sent to its own address, so
neither cluster knows of the other one. pay-1 is stopped and comes back.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """All four run; then an orderly stop of one master, and its return."""

    def router(name: str, number: int, peer: int, priority: int, vip: str):
        own = f"10.140.3.{number}"
        instance = Instance(
            priority,
            vrid=88,
            addresses=(vip,),
            name=name.split("-")[0].upper(),
            auth_pass=f"for-{name[:3]}",
            unicast_src_ip=own,
            unicast_peers=(f"10.140.3.{peer}",),
        )
        return lab.keepalived(name, own, keepalived_conf(instance))

    pay1 = router("pay-1", 31, 32, 190, "10.140.3.10")
    nodes = [
        pay1,
        router("pay-2", 32, 31, 140, "10.140.3.10"),
        router("ship-1", 41, 42, 210, "10.140.3.20"),
        router("ship-2", 42, 41, 120, "10.140.3.20"),
    ]
    lab.capture()
    for node in nodes:
        node.start()
        lab.sleep(0.3)
    lab.sleep(9)
    pay1.stop()
    lab.sleep(6)
    pay1.start()
    lab.sleep(12)
    lab.who_holds("10.140.3.10")
    lab.who_holds("10.140.3.20")
