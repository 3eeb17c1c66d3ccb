"""A firewall rule keeps the master's adverts from leaving: its backup takes over beside it.

A rule in OUTPUT of web-1 drops VRRP for 12 seconds. web-1 still hears: it is better than web-2,
stays master and answers each advert of web-2, in vain. On the wire only web-2 is to be seen.
web-1's log says what happens: `send advert error 1 (Operation not permitted)`. Its other frames
do arrive.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("198.51.100.10",)


def _conf(priority: int) -> str:
    return keepalived_conf(Instance(priority, vrid=7, addresses=VIP, name="WEB"))


def record(lab: Lab) -> None:
    """web-1's own host drops what web-1 sends."""
    one = lab.keepalived("web-1", "198.51.100.1", _conf(150))
    other = lab.keepalived("web-2", "198.51.100.2", _conf(100))
    lab.capture()
    lab.capture("at-web-1", at=one)
    one.keep_asking("198.51.100.2")
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    one.run("iptables -A OUTPUT -p vrrp -j DROP")
    lab.sleep(12)
    lab.who_holds("198.51.100.10")
    one.run("iptables -D OUTPUT -p vrrp -j DROP")
    lab.sleep(7)
    lab.who_holds("198.51.100.10")
