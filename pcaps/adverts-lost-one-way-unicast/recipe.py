"""Unicast: the backup's firewall drops what arrives at its network card.

mx-2 has a rule in INPUT that drops VRRP from mx-1. The capture on mx-2 shows that mx-1's adverts
come that far, and the one on mx-1 that mx-2's arrive as well: no network between them is to
blame. `incident.pcap` is captured on mx-1, `at-mx-2.pcap` on mx-2, whose clock is half a second
late.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("203.0.113.25",)


def _conf(priority: int, own: str, peer: str) -> str:
    return keepalived_conf(
        Instance(
            priority,
            vrid=18,
            addresses=VIP,
            name="MX",
            unicast_src_ip=own,
            unicast_peers=(peer,),
        )
    )


def record(lab: Lab) -> None:
    """mx-2 drops the adverts of mx-1 for some time."""
    one = lab.keepalived("mx-1", "203.0.113.1", _conf(140, "203.0.113.1", "203.0.113.2"))
    other = lab.keepalived("mx-2", "203.0.113.2", _conf(120, "203.0.113.2", "203.0.113.1"))
    lab.capture("incident", at=one)
    lab.capture("at-mx-2", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    other.run("iptables -A INPUT -p vrrp -s 203.0.113.1 -j DROP")
    other.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("203.0.113.25")
    other.run("iptables -D INPUT -p vrrp -s 203.0.113.1 -j DROP")
    lab.sleep(6)
    lab.set_clock("at-mx-2", 0.5)
