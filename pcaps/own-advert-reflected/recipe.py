"""A switch port sends a router's own adverts back to it.

The port of ha-1 is in hairpin mode, as it is with some virtual switches, or as a loop behind it
would do. Both routers speak IPv6, where the kernel hands such packets on: keepalived of ha-1 logs
once an interval that an advert came from its own address, and ignores it. The captures are taken
on ha-1 and on ha-2: only ha-1 sees its adverts twice.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The port reflects for eight seconds."""
    addresses = ("fe80::a:1", "2001:db8:a::1")
    ha1 = lab.keepalived(
        "ha-1", "2001:db8:a::11", keepalived_conf(Instance(110, vrid=10, addresses=addresses))
    )
    ha2 = lab.keepalived(
        "ha-2", "2001:db8:a::12", keepalived_conf(Instance(100, vrid=10, addresses=addresses))
    )
    lab.capture("incident", at=ha1)
    lab.capture("at-ha-2", at=ha2)
    ha1.start()
    lab.sleep(0.3)
    ha2.start()
    ha1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    ha1.reflect()
    lab.sleep(8)
    ha1.reflect(False)
    lab.sleep(4)
    lab.who_holds("2001:db8:a::1")
