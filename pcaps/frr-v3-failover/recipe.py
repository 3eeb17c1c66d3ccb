"""FRRouting's vrrpd, both families: the master is stopped, and comes back.

VRID 60 runs over IPv4 (172.31.23.6) and IPv6 (fe80::6:6), two independent virtual routers. The
IPv4 adverts have the node's own address and the virtual MAC. The IPv6 adverts come from the
link-local address of the macvlan, which follows from the virtual MAC: both routers have the
same source address and the same source MAC.
"""

from lab import Lab
from lab.frr import Frr

CONF = """\
interface eth0
 vrrp 60 version 3
 vrrp 60 priority {priority}
 vrrp 60 advertisement-interval 1000
 vrrp 60 ip 172.31.23.6
 vrrp 60 ipv6 fe80::6:6
!
"""


def router(lab: Lab, name: str, number: int, priority: int) -> Frr:
    """A node with the two macvlan devices that vrrpd looks for."""
    node = lab.frr(
        name, f"172.31.23.{number}", CONF.format(priority=priority), f"2001:db8:31:23::{number}"
    )
    node.macvlan("vrrp4-60", "00:00:5e:00:01:3c", "172.31.23.6/24")
    node.macvlan("vrrp6-60", "00:00:5e:00:02:3c", "fe80::6:6/64")
    return node


def record(lab: Lab) -> None:
    """dr-1 is stopped and started again."""
    dr1 = router(lab, "dr-1", 22, 120)
    dr2 = router(lab, "dr-2", 23, 100)
    lab.capture()
    dr1.start()
    dr2.start()
    lab.sleep(12)
    dr1.stop()
    lab.sleep(9)
    dr1.start()
    lab.sleep(12)
