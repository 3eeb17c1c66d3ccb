"""A firewall rule rewrites the TTL: the other router rejects the adverts.

A rule on gw-1 sets the TTL of all that leaves to 254, as some hand-made hardening scripts do.
gw-2 rejects its adverts (`invalid TTL/HL. Received 254 and expect 255`) and becomes master. gw-1
accepts those of gw-2, which are lower, and answers each of them.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("192.168.7.1/24",)


def record(lab: Lab) -> None:
    """The rule is there before both start."""
    gw1 = lab.keepalived(
        "gw-1", "192.168.7.2", keepalived_conf(Instance(180, vrid=133, addresses=VIPS))
    )
    gw2 = lab.keepalived(
        "gw-2", "192.168.7.3", keepalived_conf(Instance(120, vrid=133, addresses=VIPS))
    )
    lab.capture()
    gw1.run("iptables -t mangle -A OUTPUT -j TTL --ttl-set 254")
    gw1.start()
    lab.sleep(0.5)
    gw2.start()
    gw2.wait_log("Entering MASTER STATE")
    lab.sleep(15)
    lab.who_holds("192.168.7.1")
