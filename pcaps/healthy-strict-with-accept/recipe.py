"""vrrp_strict with VRRPv3 and `accept`: nothing is dropped, and the failover is as it should be."""

from lab import Instance, Lab, keepalived_conf

VIP = "10.62.0.80"


def record(lab: Lab) -> None:
    """web-1 is stopped."""

    def router(name: str, number: int, priority: int):
        instance = Instance(
            priority, vrid=81, version=3, addresses=(VIP,), name="WEB", extra=("accept",)
        )
        conf = keepalived_conf(instance, global_lines=("vrrp_strict",))
        return lab.keepalived(name, f"10.62.0.{number}", conf)

    web1, web2 = router("web-1", 11, 150), router("web-2", 12, 100)
    lab.capture()
    web1.start()
    lab.sleep(0.3)
    web2.start()
    web1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    web1.stop()
    web2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    lab.who_holds(VIP)
