"""The backup hears one advert of five: it takes over again and again for a moment.

A firewall rule on dr-2 lets only every fifth advert of dr-1 in. dr-2 becomes master each time
its Master_Down_Interval passes, and yields to the next advert that it hears. On the switch all
adverts of dr-1 are to be seen, without a gap.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 loses four adverts of five."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    dr2.run("iptables -A INPUT -p vrrp -m statistic --mode nth --every 5 --packet 0 -j ACCEPT")
    dr2.run("iptables -A INPUT -p vrrp -j DROP")
    lab.sleep(30)
