"""Both firewalls drop VRRP: two masters from the start, and no word in any log.

Neither node lets IP protocol 112 in, as after a fresh installation. Each becomes master one
Master_Down_Interval after its own start and never hears of the other. `at-dr-2.pcap` shows that
dr-1's adverts reach dr-2's interface: a capture sees packets before the firewall does.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both nodes drop all adverts that come in."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    dr1.run("iptables -A INPUT -p vrrp -j DROP")
    dr2.run("iptables -A INPUT -p vrrp -j DROP")
    lab.capture()
    lab.capture("at-dr-2", at=dr2)
    dr1.start()
    lab.sleep(0.4)
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(20)
    lab.who_holds("172.31.23.6")
