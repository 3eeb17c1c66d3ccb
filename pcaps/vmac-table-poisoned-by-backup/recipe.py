"""The backup answers an IGMP querier with the virtual MAC: the switch sends its traffic there.

fw-1 and fw-2 use a virtual MAC. keepalived has a rule in nftables that sends the IGMP reports of
the virtual interface with the MAC of eth0 instead. A firewall script flushes all rules, that one
too. When the switch asks who listens, fw-2, the backup, answers from 00:00:5e:00:01:33, and the
switch takes fw-2's port for the place of that MAC until the next advert of fw-1.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "10.9.8.1"
VMAC = "00:00:5e:00:01:33"


def record(lab: Lab) -> None:
    """The rules are flushed on both nodes, then a querier asks."""

    def router(name: str, number: int, priority: int):
        instance = Instance(
            priority,
            vrid=51,
            addresses=(VIP,),
            extra=("use_vmac",),
            auth_type=None,
            name="FW",
            advert_int="3",
        )
        return lab.keepalived(name, f"10.9.8.{number}", keepalived_conf(instance))

    fw1, fw2 = router("fw-1", 2, 150), router("fw-2", 3, 140)
    lab.capture()
    fw1.start()
    lab.sleep(0.3)
    fw2.start()
    fw1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    for node in (fw1, fw2):
        node.run("nft flush ruleset")
    lab.on_switch("ip link set br0 type bridge mcast_snooping 1 mcast_querier 1")
    table = lab.segment().namespace
    port = ""
    for _ in range(1200):
        lab.sleep(0.01)
        entries = table.run("bridge fdb show br br0").splitlines()
        now = next((e.split()[2] for e in entries if e.startswith(VMAC)), "")
        if port and now != port:
            lab.note(f"looked up: the switch moves {VMAC} from port {port} to {now}")
        port = now
    lab.who_holds(VIP)
