"""Unicast adverts with a TTL of 254 are accepted: a router may stand in between.

keepalived tests the TTL of multicast adverts only. site-1 is stopped, and site-2 takes over.
"""

from lab import Instance, Lab, keepalived_conf


def conf(own: str, peer: str, priority: int) -> str:
    """Unicast, with a TTL of 254."""
    return keepalived_conf(
        Instance(
            priority,
            vrid=4,
            addresses=("10.77.0.50/24",),
            unicast_src_ip=own,
            unicast_peers=(peer,),
            extra=("unicast_ttl 254",),
        )
    )


def record(lab: Lab) -> None:
    """site-1 is stopped."""
    one = lab.keepalived("site-1", "10.77.0.1", conf("10.77.0.1", "10.77.0.2", 60))
    two = lab.keepalived("site-2", "10.77.0.2", conf("10.77.0.2", "10.77.0.1", 40))
    lab.capture()
    one.start()
    two.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    one.stop()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("10.77.0.50")
