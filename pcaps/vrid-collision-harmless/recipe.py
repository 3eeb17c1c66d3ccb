"""Two clusters on one VRID again, and `vrrp_lower_prio_no_advert` keeps them from each other.

The option stops a master from starting its advert timer again at packets that are none of its
own. Each cluster still logs the other one's adverts once an interval, and would still answer for
its virtual MAC if it had one; but no advert is missing, and no backup takes over.
"""

from lab import Instance, Lab, keepalived_conf

ON = ("vrrp_lower_prio_no_advert true",)


def record(lab: Lab) -> None:
    """All four routers run, and nothing else happens."""
    nodes = [
        lab.keepalived(
            name,
            f"192.168.77.{number}",
            keepalived_conf(
                Instance(priority, vrid=7, addresses=addresses, auth_type=None), global_lines=ON
            ),
        )
        for name, number, priority, addresses in (
            ("mail-1", 31, 110, ("192.168.77.5", "192.168.77.6")),
            ("mail-2", 32, 105, ("192.168.77.5", "192.168.77.6")),
            ("vpn-1", 41, 200, ("192.168.77.250",)),
            ("vpn-2", 42, 180, ("192.168.77.250",)),
        )
    ]
    lab.capture()
    for node in nodes:
        node.start()
        lab.sleep(0.3)
    lab.sleep(24)
    lab.who_holds("192.168.77.5")
    lab.who_holds("192.168.77.250")
