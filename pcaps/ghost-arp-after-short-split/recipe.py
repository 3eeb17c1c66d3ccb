"""After a short split the last gratuitous ARP is the loser's: the hosts send to the wrong router.

dr-1 has `vrrp_garp_lower_prio_repeat 0`. dr-2 does not hear dr-1 for six seconds, becomes
master and announces the address with its own MAC. Then it hears dr-1 again and yields without a
word. dr-1 is the only master, but it announces nothing again: the last word is dr-2's, and the
client's neighbour table keeps it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 is deaf for six seconds."""
    quiet = ("vrrp_garp_lower_prio_repeat 0",)
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), global_lines=quiet),
        keepalived_conf(Instance(100), global_lines=quiet),
    )
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    client.resolve("172.31.23.6")
    dr2.run("iptables -A INPUT -p vrrp -s 172.31.23.22 -j DROP")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    dr2.run("iptables -D INPUT -p vrrp -s 172.31.23.22 -j DROP")
    lab.sleep(2)
    lab.who_holds("172.31.23.6")
    client.neighbour("172.31.23.6")
    lab.sleep(10)
    client.neighbour("172.31.23.6")
