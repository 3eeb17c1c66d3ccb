"""Thirty virtual addresses, IPv6: they all fit, and all are announced."""

from lab import Instance, Lab, keepalived_conf

ADDRESSES = ("fe80::88", *(f"2001:db8:88::{i:x}/128" for i in range(256, 285)))
GLOBAL = ("vrrp_garp_master_repeat 2", "vrrp_garp_master_delay 2")


def record(lab: Lab) -> None:
    """sip-1 is stopped."""

    def router(name: str, number: int, priority: int):
        instance = Instance(priority, vrid=88, version=3, addresses=ADDRESSES, name="SIP6")
        conf = keepalived_conf(instance, global_lines=GLOBAL)
        return lab.keepalived(name, f"2001:db8:88::{number}", conf)

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
    lab.who_holds("2001:db8:88::110")
