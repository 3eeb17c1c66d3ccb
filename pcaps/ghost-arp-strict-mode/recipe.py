"""Under vrrp_strict the winner of a short split announces nothing again: the loser's ARP stays.

gw-b does not hear gw-a for five seconds, becomes master and announces the address. gw-a hears it,
says so in its log, and neither answers nor announces: strict mode switches both off. When gw-b
hears gw-a again it yields without a word. The address is dead to the client until somebody
restarts keepalived on gw-a, which becomes master anew and announces it.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "10.44.0.1"


def record(lab: Lab) -> None:
    """gw-b is deaf for some seconds."""

    def router(name: str, number: int, priority: int):
        instance = Instance(priority, vrid=7, addresses=(VIP,), auth_type=None, name="GW")
        conf = keepalived_conf(instance, global_lines=("vrrp_strict",))
        return lab.keepalived(name, f"10.44.0.{number}", conf)

    gw_a, gw_b = router("gw-a", 2, 150), router("gw-b", 3, 140)
    client = lab.client("client", "10.44.0.100")
    lab.capture()
    gw_a.start()
    lab.sleep(0.3)
    gw_b.start()
    gw_a.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    client.resolve(VIP)
    gw_b.run("iptables -A INPUT -p vrrp -s 10.44.0.2 -j DROP")
    gw_b.wait_log("Entering MASTER STATE")
    gw_b.run("iptables -D INPUT -p vrrp -s 10.44.0.2 -j DROP")
    gw_b.wait_log("higher priority")
    lab.sleep(12)
    client.neighbour(VIP)
    lab.who_holds(VIP)
    since = gw_a.log_position()
    gw_a.restart()
    gw_a.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(2)
    client.neighbour(VIP)
