"""Three FRRouting routers, both families: the master is stopped, and returns.

VRID 44 over IPv4 and VRID 45 over IPv6 at 300 ms. arp_ignore is set on each of them, so only the
master answers for the address, with the virtual MAC.
"""

from lab import Lab
from lab.frr import Frr

VIP = "198.51.100.1"
CONF = """\
interface eth0
 vrrp 44 version 3
 vrrp 44 priority {priority}
 vrrp 44 advertisement-interval 300
 vrrp 44 ip 198.51.100.1
 vrrp 45 version 3
 vrrp 45 priority {priority}
 vrrp 45 advertisement-interval 300
 vrrp 45 ipv6 fe80::44:1
!
"""


def router(lab: Lab, name: str, number: int, priority: int) -> Frr:
    """A node with the macvlan devices that vrrpd looks for."""
    node = lab.frr(
        name, f"198.51.100.{number}", CONF.format(priority=priority), f"2001:db8:44::{number}"
    )
    node.macvlan("vrrp4-44", "00:00:5e:00:01:2c", f"{VIP}/24")
    node.macvlan("vrrp6-45", "00:00:5e:00:02:2d", "fe80::44:1/64")
    node.run("sysctl -q -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2")
    return node


def record(lab: Lab) -> None:
    """leaf-1 is stopped and started again, while a client asks."""
    leaf1 = router(lab, "leaf-1", 11, 220)
    leaf2, leaf3 = router(lab, "leaf-2", 12, 160), router(lab, "leaf-3", 13, 90)
    client = lab.client("client", "198.51.100.200")
    lab.capture()
    for node in (leaf1, leaf2, leaf3):
        node.start()
    lab.sleep(5)
    client.keep_asking(VIP)
    lab.sleep(5)
    leaf1.stop()
    lab.sleep(8)
    leaf1.start()
    lab.sleep(8)
    lab.who_holds(VIP)
