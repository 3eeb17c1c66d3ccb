"""A unicast peer that does not answer ARP gets no adverts.

The backup's link is away for a while, and the master's neighbour table forgets it. When the link
is back the backup answers no ARP request of the master's (a filter drops them), so the adverts
wait in the master's kernel and never leave: the backup hears nothing and becomes master.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.40.0.8",)


def _conf(priority: int, own: str, peer: str) -> str:
    return keepalived_conf(
        Instance(
            priority, vrid=40, addresses=VIP, name="U", unicast_src_ip=own, unicast_peers=(peer,)
        )
    )


def record(lab: Lab) -> None:
    """The router ua cannot resolve ub for some time."""
    one = lab.keepalived("ua", "10.40.0.1", _conf(150, "10.40.0.1", "10.40.0.2"))
    other = lab.keepalived("ub", "10.40.0.2", _conf(100, "10.40.0.2", "10.40.0.1"))
    lab.capture()
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.on_switch(f"ebtables -A FORWARD -p ARP -i {other.host.port} -j DROP")
    one.run("ip neighbour flush all")
    lab.sleep(12)
    lab.who_holds("10.40.0.8")
    lab.on_switch(f"ebtables -D FORWARD -p ARP -i {other.host.port} -j DROP")
    lab.sleep(8)
    lab.who_holds("10.40.0.8")
