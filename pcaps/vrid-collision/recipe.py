"""Two clusters on one network, and both were given VRID 114: one of them flaps.

shop-1 and shop-2 hold 172.18.40.10 with VRRPv2, a password and an interval of one second; metrics-1
and metrics-2 hold 172.18.40.200 with VRRPv3 and 0.7 s. Nobody is ill. But a master of keepalived
starts its advert timer again at *every* packet of its VRID, even at one that it rejects. So
metrics-1 keeps shop-1 silent for as long as it speaks; shop-2, which rejects those adverts too,
hears nothing of its master and takes over, is answered at once, and gives way.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The other cluster is started when the first one runs well."""
    shop = [
        lab.keepalived(
            f"shop-{number}",
            f"172.18.40.{number}",
            keepalived_conf(Instance(priority, vrid=114, addresses=("172.18.40.10",), name="SHOP")),
        )
        for number, priority in ((1, 220), (2, 160))
    ]
    metrics = [
        lab.keepalived(
            f"metrics-{number}",
            f"172.18.40.{100 + number}",
            keepalived_conf(
                Instance(
                    priority,
                    vrid=114,
                    addresses=("172.18.40.200",),
                    name="METRICS",
                    version=3,
                    advert_int="0.7",
                )
            ),
        )
        for number, priority in ((1, 100), (2, 50))
    ]
    lab.capture()
    for node in shop:
        node.start()
        lab.sleep(0.3)
    shop[0].wait_log("Entering MASTER STATE")
    lab.sleep(5)
    for node in metrics:
        node.start()
        lab.sleep(0.3)
    lab.sleep(21)
    lab.who_holds("172.18.40.10")
    lab.who_holds("172.18.40.200")
