"""FRRouting without arp_ignore: the backup answers for the virtual address with its own MAC.

vrrpd takes the macvlan of a backup down (protodown), but the address stays configured on it, and
Linux answers ARP for any of its addresses on any interface unless arp_ignore says otherwise. So
r2, the backup, answers from eth0, as r1, the master, does beside the answer with the virtual MAC.
"""

from lab import Lab
from lab.frr import Frr

VIP = "192.0.2.1"
CONF = """\
interface eth0
 vrrp 33 version 3
 vrrp 33 priority {priority}
 vrrp 33 advertisement-interval 500
 vrrp 33 ip 192.0.2.1
!
"""


def router(lab: Lab, name: str, number: int, priority: int) -> Frr:
    """A node with the macvlan device that vrrpd looks for."""
    node = lab.frr(name, f"192.0.2.{number}", CONF.format(priority=priority))
    node.macvlan("vrrp4-33", "00:00:5e:00:01:21", "192.0.2.1/24")
    return node


def record(lab: Lab) -> None:
    """A client asks; r1 is stopped, and the client asks again."""
    r1, r2 = router(lab, "r1", 2, 120), router(lab, "r2", 3, 100)
    client = lab.client("client", "192.0.2.100")
    lab.capture()
    r1.start()
    r2.start()
    lab.sleep(7)
    client.resolve(VIP)
    lab.sleep(5)
    client.resolve(VIP)
    lab.sleep(3)
