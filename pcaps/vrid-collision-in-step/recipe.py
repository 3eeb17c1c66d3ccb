"""Two clusters on one network, and both were given VRID 51; for the time being nobody takes over.

web-a and web-b hold 10.80.4.100 with one password, db-a and db-b hold 10.80.4.200 with another one.
A master of keepalived starts its advert timer again at *every* packet of its VRID, even at one
that it rejects: each cluster's master keeps the other one's silent, for an interval now and then.
As both advertise once a second, they fall into step for some time, and neither is silent for so
long that a backup's timer runs out. It is a matter of luck, as the next recording may show.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """All four routers run, and nothing else happens."""
    nodes = [
        lab.keepalived(
            name,
            f"10.80.4.{number}",
            keepalived_conf(
                Instance(priority, vrid=51, addresses=(address,), name=group, auth_pass=password)
            ),
        )
        for name, number, priority, address, group, password in (
            ("web-a", 11, 150, "10.80.4.100", "VI_WEB", "pw-web"),
            ("web-b", 12, 100, "10.80.4.100", "VI_WEB", "pw-web"),
            ("db-a", 21, 120, "10.80.4.200", "VI_DB", "pw-db"),
            ("db-b", 22, 90, "10.80.4.200", "VI_DB", "pw-db"),
        )
    ]
    lab.capture()
    for node in nodes:
        node.start()
        lab.sleep(0.3)
    lab.sleep(34)
    lab.who_holds("10.80.4.100")
    lab.who_holds("10.80.4.200")
