"""The backup's priority is changed by hand while its timer runs: FRRouting lets the timer run on.

gw-1 dies. Two seconds later somebody types a priority of 200 on gw-2, which had 60. vrrpd's timer
was set by the last advert and runs on with 60: 3.766 s (3.219 s with 200). Then gw-2 advertises
the 200, and only the delay tells of the 60.
"""

from lab import Lab
from lab.frr import Frr

CONF = """\
interface eth0
 vrrp 33 version 3
 vrrp 33 priority {priority}
 vrrp 33 advertisement-interval 1000
 vrrp 33 ip 203.0.113.250
!
"""


def router(lab: Lab, name: str, number: int, priority: int) -> Frr:
    """A node with the macvlan device that vrrpd looks for."""
    node = lab.frr(name, f"203.0.113.{number}", CONF.format(priority=priority))
    node.macvlan("vrrp4-33", "00:00:5e:00:01:21", "203.0.113.250/24")
    return node


def record(lab: Lab) -> None:
    """gw-1 dies, and gw-2 is told another priority meanwhile."""
    gw1 = router(lab, "gw-1", 1, 230)
    gw2 = router(lab, "gw-2", 2, 60)
    lab.capture()
    gw1.start()
    gw2.start()
    lab.sleep(9)
    gw1.kill()
    lab.sleep(1.8)
    gw2.vtysh("interface eth0", "vrrp 33 priority 200")
    lab.sleep(8)
