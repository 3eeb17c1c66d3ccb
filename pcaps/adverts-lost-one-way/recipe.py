"""dr-2 does not hear dr-1, but dr-1 hears dr-2: two masters, one in the other's step.

A firewall rule on dr-2 drops dr-1's adverts. dr-2 becomes master next to dr-1. dr-1 hears its
lower priority and answers each of its adverts at once. At the end the rule goes, and dr-2
yields.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 drops the adverts of dr-1 for some time."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr2.run("iptables -A INPUT -p vrrp -s 172.31.23.22 -j DROP")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(15)
    lab.who_holds("172.31.23.6")
    dr2.run("iptables -D INPUT -p vrrp -s 172.31.23.22 -j DROP")
    lab.sleep(7)
    lab.who_holds("172.31.23.6")
