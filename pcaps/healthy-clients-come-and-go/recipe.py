"""Two routers and a busy network: clients probe, announce themselves and change their MAC.

The address is also on the loopback of web-1, a real server of LVS in direct routing mode, which is
told not to answer for it (arp_ignore). One client looks whether somebody has the virtual address
already (ARP probe), then announces an address of its own with a new MAC and gives it up; another
one takes that with another MAC. Then lb-a is stopped for maintenance, and returns.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "192.168.140.80"


def record(lab: Lab) -> None:
    """Clients first, then an orderly stop and the return."""

    def router(name: str, number: int, priority: int):
        instance = Instance(
            priority, vrid=140, addresses=(f"{VIP}/24",), name="LB", auth_pass="kranich4"
        )
        return lab.keepalived(name, f"192.168.140.{number}", keepalived_conf(instance))

    lba, lbb = router("lb-a", 2, 170), router("lb-b", 3, 110)
    web = lab.client("web-1", "192.168.140.21")
    one, two = lab.client("pc-1", "192.168.140.101"), lab.client("pc-2", "192.168.140.102")
    web.run("sysctl -q -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2")
    web.run(f"ip address add {VIP}/32 dev lo")
    for client in (one, two):
        client.run("sysctl -q -w net.ipv4.conf.all.arp_notify=1")
    lab.capture()
    lba.start()
    lbb.start()
    lba.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    one.run(f"arping -0 -c 2 -I eth0 {VIP}")
    one.run("ip address add 192.168.140.150/24 dev eth0")
    one.run("ip link set eth0 address 52:54:00:8c:aa:01")
    one.run("ip address del 192.168.140.150/24 dev eth0")
    two.run("ip address add 192.168.140.150/24 dev eth0")
    two.run("ip link set eth0 address 52:54:00:8c:aa:02")
    two.keep_asking(VIP)
    lab.sleep(4)
    lba.stop()
    lab.sleep(8)
    web.resolve("192.168.140.101")
    since = lba.log_position()
    lba.start()
    lba.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(7)
    one.resolve(VIP)
    lab.who_holds(VIP)
