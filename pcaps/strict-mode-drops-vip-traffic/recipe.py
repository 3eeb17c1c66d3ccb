"""vrrp_strict: the failover is perfect, and nothing answers at the virtual address.

Every advert and every gratuitous ARP is where it should be. keepalived has put a rule into
nftables that drops whatever is sent to the virtual address or from it, because RFC 5798 says so
of a router that does not own the address. `accept` stands in the configuration of web-1, and is
of no use: under strict mode and VRRP version 2 keepalived clears it.
"""

from lab import Instance, Lab, keepalived_conf
from lab.shell import LabError

VIP = "10.61.0.80"


def record(lab: Lab) -> None:
    """web-1 is stopped; a client asks before and after."""

    def router(name: str, number: int, priority: int, *extra: str):
        instance = Instance(
            priority, vrid=80, addresses=(VIP,), auth_type=None, name="WEB", extra=extra
        )
        conf = keepalived_conf(instance, global_lines=("vrrp_strict",))
        return lab.keepalived(name, f"10.61.0.{number}", conf)

    web1, web2 = router("web-1", 11, 150, "accept"), router("web-2", 12, 100)
    client = lab.client("client", "10.61.0.200")
    lab.capture()
    web1.start()
    lab.sleep(0.3)
    web2.start()
    web1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    client.resolve(VIP)
    for node in (web1, web2):
        try:
            rules = node.host.namespace.run("nft list table ip keepalived")
        except LabError:
            rules = ""
        node.note(f"looked up: {rules.count(' drop')} rules of keepalived drop packets")
    web1.stop()
    web2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    client.resolve(VIP)
    lab.who_holds(VIP)
