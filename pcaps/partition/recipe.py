"""The switch loses dr-1 for eight seconds: two islands, each with its own master.

dr-1's port leaves the switch; its link stays up. dr-2 takes over on its island. When the port
is back, dr-2 hears dr-1 (101) and yields. Seen from the switch (`incident.pcap`), dr-1's IP
identification goes on counting over the gap: it sent, and its packets were lost. `at-dr-1.pcap`
is the other island.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1's port is out of the switch for 8 s."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    lab.capture("at-dr-1", at=dr1)
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.unplug()
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
    dr1.plug()
    lab.sleep(9)
    lab.who_holds("172.31.23.6")
