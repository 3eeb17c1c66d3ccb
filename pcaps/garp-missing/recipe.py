"""The new master announces nothing: the hosts keep the old router's MAC.

dr-2's gratuitous ARP does not get through the switch (a filter on its port), its adverts do.
dr-1 dies, dr-2 takes over in time, and the client goes on sending to dr-1.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 dies; dr-2's gratuitous ARP is filtered."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    client.resolve("172.31.23.6")
    lab.note(
        "switch: `ebtables -A INPUT -p ARP -s 52:54:00:1f:17:17 -j DROP`, and the same for FORWARD"
    )
    for chain in ("INPUT", "FORWARD"):
        lab.segment().namespace.run(f"ebtables -A {chain} -p ARP -s 52:54:00:1f:17:17 -j DROP")
    dr1.power_cut()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(10)
    client.neighbour("172.31.23.6")
    lab.who_holds("172.31.23.6")
