"""IPv6 without a link-local virtual address: it works, and is not what the RFC asks for.

The first (and only) address is a global one. RFC 5798 section 5.2.9 wants the link-local address
of the virtual router there: hosts that learn their gateway from router advertisements use that
one.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "2001:db8:60::1"


def record(lab: Lab) -> None:
    """ns-1 is stopped."""

    def router(name: str, number: int, priority: int):
        instance = Instance(priority, vrid=66, version=3, addresses=(VIP,), name="NS")
        return lab.keepalived(name, f"2001:db8:60::{number}", keepalived_conf(instance))

    ns1, ns2 = router("ns-1", 11, 150), router("ns-2", 12, 100)
    lab.capture()
    ns1.start()
    lab.sleep(0.3)
    ns2.start()
    ns1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    ns1.stop()
    ns2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    lab.who_holds(VIP)
