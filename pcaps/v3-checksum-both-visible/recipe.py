"""VRRPv3 over IPv4: the checksum of one router has no pseudo-header, and both are seen.

As v3-checksum-pseudo-header, with `lower_prio_no_advert` on ka, so that the adverts that it rejects
do not keep it silent; and every 200 ms.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "172.20.6.254"


def record(lab: Lab) -> None:
    """The router box speaks first."""
    instance = Instance(
        130,
        22,
        (f"{VIP}/24",),
        version=3,
        advert_int="0.2",
        extra=("lower_prio_no_advert true",),
    )
    ka = lab.keepalived("ka", "172.20.6.1", keepalived_conf(instance))
    options = "--vrid 22 --priority 110 --interval-ms 200 --checksum without-pseudo-header --vip"
    box = lab.stranger("box", "172.20.6.2", *options.split(), VIP)
    lab.capture()
    box.start()
    lab.sleep(1)
    ka.start()
    ka.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds(VIP)
