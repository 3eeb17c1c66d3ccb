"""VRRPv3 over IPv4: the checksum of one router has no pseudo-header.

ka runs keepalived, whose checksum covers a pseudo-header. box is another vendor's router, played by
a few lines of Python: its checksum has none, as RFC 9568 wants it. ka logs `Invalid VRRPv3
checksum`. ka is the better one, and is kept silent: it starts its advert timer again at every
advert of box, though it rejects it. box accepts nothing.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "172.20.5.254"


def record(lab: Lab) -> None:
    """The router box begins when ka is master."""
    ka = lab.keepalived(
        "ka", "172.20.5.1", keepalived_conf(Instance(130, 21, (f"{VIP}/24",), version=3))
    )
    options = "--vrid 21 --priority 110 --checksum without-pseudo-header --vip"
    box = lab.stranger("box", "172.20.5.2", *options.split(), VIP)
    lab.capture()
    ka.start()
    ka.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    box.start()
    lab.sleep(14)
    lab.who_holds(VIP)
