"""An IPv6 address among the virtual addresses of an IPv4 instance is ignored.

Both routers list 10.99.0.9 and 2001:db8:99::9 in one instance. keepalived says `address family must
match VRRP instance [2001:db8:99::9] - ignoring` once at its start, and never has the IPv6 address.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.99.0.9/24", "2001:db8:99::9/64")


def record(lab: Lab) -> None:
    """The master is stopped, and the other one takes over, without the IPv6 address."""
    one = lab.keepalived(
        "web-1", "10.99.0.1", keepalived_conf(Instance(120, 99, VIPS)), "2001:db8:99::1"
    )
    two = lab.keepalived(
        "web-2", "10.99.0.2", keepalived_conf(Instance(100, 99, VIPS)), "2001:db8:99::2"
    )
    lab.capture()
    one.start()
    two.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    lab.who_holds("10.99.0.9")
    lab.who_holds("2001:db8:99::9")
    one.stop()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.who_holds("10.99.0.9")
    lab.who_holds("2001:db8:99::9")
