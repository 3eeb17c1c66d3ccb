"""300 virtual addresses: only 255 of them fit into an advert.

The count of addresses in an advert has eight bits. keepalived keeps the others without
advertising them: they move with the role all the same.
"""

from lab import Instance, Lab, keepalived_conf

ADDRESSES = tuple(f"10.{70 + i // 250}.0.{i % 250 + 1}/32" for i in range(300))
GLOBAL = ("vrrp_garp_master_repeat 1", "vrrp_garp_master_delay 0", "vrrp_garp_interval 0.002")


def record(lab: Lab) -> None:
    """sip-1 is stopped."""

    def router(name: str, number: int, priority: int):
        instance = Instance(priority, vrid=90, addresses=ADDRESSES, auth_type=None, name="SIP")
        conf = keepalived_conf(instance, global_lines=GLOBAL)
        return lab.keepalived(name, f"10.79.0.{number}", conf)

    sip1, sip2 = router("sip-1", 2, 150), router("sip-2", 3, 140)
    lab.capture()
    sip1.start()
    lab.sleep(0.3)
    sip2.start()
    sip1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    sip1.stop()
    sip2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("10.70.0.1")
    lab.who_holds("10.71.0.50")
