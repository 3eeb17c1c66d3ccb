"""A master is restarted with a lower priority, on purpose: it is a backup from then on.

oslo-1 was master with priority 230. It is to be replaced, so its administrator writes priority 80
into its configuration and restarts it; oslo-2 (180) takes over. In the capture oslo-1 said 230, and
is silent afterwards: only its new configuration tells that this is as it should be.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "2001:db8:47::1"


def conf(priority: int) -> str:
    """Two addresses over IPv6."""
    instance = Instance(
        priority, vrid=147, version=3, advert_int="0.5", addresses=("fe80::47:1", VIP), name="OSLO"
    )
    return keepalived_conf(instance)


def record(lab: Lab) -> None:
    """oslo-1 is stopped, and started with another configuration."""
    oslo1 = lab.keepalived("oslo-1", "2001:db8:47::11", conf(230))
    oslo2 = lab.keepalived("oslo-2", "2001:db8:47::12", conf(180))
    lab.capture()
    oslo1.start()
    oslo2.start()
    oslo1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    oslo1.stop()
    oslo2.wait_log("Entering MASTER STATE")
    lab.sleep(1)
    oslo1.start(conf(80))
    lab.sleep(14)
    lab.who_holds(VIP)
