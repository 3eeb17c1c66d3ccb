"""Three routers by unicast at 200 ms: the master dies, the next one takes over.

`at-n3.pcap` is taken on the third router: it shows the adverts that are addressed to n3, and
never those that n1 and n2 send to each other.
"""

from lab import Instance, Lab, keepalived_conf

HOSTS = ("10.9.1.1", "10.9.1.2", "10.9.1.3")


def conf(own: str, priority: int) -> str:
    """Each has both others as its peers."""
    return keepalived_conf(
        Instance(
            priority,
            vrid=19,
            version=3,
            advert_int="0.2",
            addresses=("10.9.1.200/24",),
            unicast_src_ip=own,
            unicast_peers=tuple(host for host in HOSTS if host != own),
        )
    )


def record(lab: Lab) -> None:
    """n1 dies, and comes back."""
    n1, n2, n3 = (
        lab.keepalived(f"n{i + 1}", host, conf(host, 200 - 50 * i)) for i, host in enumerate(HOSTS)
    )
    lab.capture()
    lab.capture("at-n3", at=n3)
    n1.start()
    n2.start()
    n3.start()
    n1.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    n1.power_cut()
    n2.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    n1.power_on()
    lab.sleep(5)
    lab.who_holds("10.9.1.200")
