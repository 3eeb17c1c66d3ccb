"""keepalived authenticates with a password, FRRouting beside it cannot: each rejects the other.

ka (150) sends VRRPv2 with a password; fr (100) sends VRRPv2 without one, for FRRouting knows no
authentication. fr does not accept what ka says and becomes master as well; ka is kept silent in
some intervals, for seconds at last, by the adverts that it rejects.
"""

from lab import Instance, Lab, keepalived_conf

CONF = """\
interface eth0
 vrrp 77 version 2
 vrrp 77 priority 100
 vrrp 77 advertisement-interval 1000
 vrrp 77 ip 10.77.0.1
!
"""


def record(lab: Lab) -> None:
    """The router fr joins beside ka."""
    ka = lab.keepalived(
        "ka", "10.77.0.2", keepalived_conf(Instance(150, vrid=77, addresses=("10.77.0.1",)))
    )
    fr = lab.frr("fr", "10.77.0.3", CONF)
    fr.macvlan("vrrp4-77", "00:00:5e:00:01:4d", "10.77.0.1/24")
    lab.capture()
    ka.start()
    ka.wait_log("Entering MASTER STATE")
    lab.sleep(1)
    fr.start()
    lab.sleep(17)
    lab.who_holds("10.77.0.1")
