"""The switch port of a node that starts does not forward for 15 seconds: master for that time.

leaf-2 boots while its port is still in the listening state of spanning tree. It hears nobody,
becomes master beside leaf-1, and yields as soon as the port forwards. `at-leaf-2.pcap` shows that
nothing at all came in before; on the switch leaf-2's adverts appear in the middle of their count.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.5.0.1",)


def _conf(priority: int) -> str:
    return keepalived_conf(
        Instance(priority, vrid=5, addresses=VIP, version=3, name="LEAF", nopreempt=True)
    )


def record(lab: Lab) -> None:
    """leaf-2's port listens for 15 s after leaf-2 has started."""
    one = lab.keepalived("leaf-1", "10.5.0.11", _conf(160))
    other = lab.keepalived("leaf-2", "10.5.0.12", _conf(140))
    host = lab.client("host", "10.5.0.50")
    lab.on_switch(f"bridge link set dev {other.host.port} state 1")
    lab.capture()
    lab.capture("at-leaf-1", at=one)
    lab.capture("at-leaf-2", at=other)
    host.keep_asking("10.5.0.11")
    one.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    other.start()
    lab.sleep(15)
    lab.who_holds("10.5.0.1")
    lab.on_switch(f"bridge link set dev {other.host.port} state 3")
    lab.sleep(7)
    lab.who_holds("10.5.0.1")
