"""A partition, captured on both nodes, whose clocks differ by 41 seconds.

edge-a's port leaves the switch for ten seconds; its link stays up. edge-b takes over on its side,
and yields when the port is back. Each node's own capture shows one master without a gap; together
they show two. The clock of `at-edge-b.pcap` is 41.5 s ahead and gains 80 millionths.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("192.168.50.1", "192.168.50.2")


def _conf(priority: int) -> str:
    return keepalived_conf(
        Instance(priority, vrid=9, addresses=VIP, version=3, name="EDGE"),
    )


def record(lab: Lab) -> None:
    """edge-a's port is out of the switch for 10 s."""
    one = lab.keepalived("edge-a", "192.168.50.11", _conf(220))
    other = lab.keepalived("edge-b", "192.168.50.12", _conf(200))
    lab.capture()
    lab.capture("at-edge-a", at=one)
    lab.capture("at-edge-b", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    one.unplug()
    lab.sleep(10)
    lab.who_holds("192.168.50.1")
    one.plug()
    lab.sleep(8)
    lab.who_holds("192.168.50.1")
    lab.set_clock("at-edge-b", 41.5, 80)
