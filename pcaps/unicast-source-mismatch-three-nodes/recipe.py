"""Three routers by unicast; the master's list of peers lacks one of them.

m-1 sends to m-2 only, because nobody added m-3 to its list. m-3, the least of the three, never
hears m-1 and becomes master as well; m-2 accepts m-1 and is its backup. Every 300 ms.
"""

from lab import Instance, Lab, keepalived_conf

HOSTS = ("10.40.0.1", "10.40.0.2", "10.40.0.3")


def conf(own: str, priority: int, *peers: str) -> str:
    """Unicast to these peers."""
    return keepalived_conf(
        Instance(
            priority,
            vrid=140,
            version=3,
            advert_int="0.3",
            addresses=("10.40.0.100/24",),
            unicast_src_ip=own,
            unicast_peers=peers,
        )
    )


def record(lab: Lab) -> None:
    """All start."""
    one, two, three = HOSTS
    m1 = lab.keepalived("m-1", one, conf(one, 130, two))
    m2 = lab.keepalived("m-2", two, conf(two, 120, one, three))
    m3 = lab.keepalived("m-3", three, conf(three, 110, one, two))
    lab.capture()
    lab.capture("at-m2", at=m2)
    m1.start()
    lab.sleep(0.2)
    m2.start()
    m3.start()
    m3.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("10.40.0.100")
