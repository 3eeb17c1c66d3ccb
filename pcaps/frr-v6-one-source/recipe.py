"""Two FRRouting routers over IPv6 are master at once, and both speak from one address.

vrrpd sends IPv6 adverts from the link-local address of its macvlan, which is made of the virtual
MAC: fr-1 and fr-2 have the same source address and the same source MAC. A firewall on both drops
protocol 112 for some time. In the capture there is one sender that speaks twice an interval, with
two priorities in turn.
"""

from lab import Lab
from lab.frr import Frr

CONF = """\
interface eth0
 vrrp 160 version 3
 vrrp 160 priority {priority}
 vrrp 160 advertisement-interval 500
 vrrp 160 ipv6 fe80::a0:1
!
"""


def router(lab: Lab, name: str, number: int, priority: int) -> Frr:
    """A node with the macvlan device that vrrpd looks for."""
    node = lab.frr(
        name, f"10.160.0.{number}", CONF.format(priority=priority), f"2001:db8:160::{number}"
    )
    node.macvlan("vrrp6-160", "00:00:5e:00:02:a0", "fe80::a0:1/64")
    return node


def record(lab: Lab) -> None:
    """Neither hears the other for twelve seconds."""
    fr1 = router(lab, "fr-1", 5, 200)
    fr2 = router(lab, "fr-2", 6, 130)
    lab.capture()
    fr1.start()
    fr2.start()
    lab.sleep(8)
    for node in (fr1, fr2):
        node.run("ip6tables -A INPUT -p vrrp -j DROP")
    lab.sleep(12)
    for node in (fr1, fr2):
        node.run("ip6tables -D INPUT -p vrrp -j DROP")
    lab.sleep(6)
