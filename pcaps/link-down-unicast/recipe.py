"""The master's link goes down and comes back, with unicast peers: nobody reports to any group.

edge-1 notices and is in FAULT; the priority 0 that it tries never leaves, but is counted. edge-2
takes over when its timer expires, as it should; edge-1 takes the role back after its link is up.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The link of edge-1 is down for 8 s."""

    def conf(priority: int, own: str, peer: str) -> str:
        instance = Instance(
            priority,
            vrid=180,
            version=3,
            addresses=("192.168.180.1/24",),
            unicast_src_ip=own,
            unicast_peers=(peer,),
        )
        return keepalived_conf(instance)

    edge1 = lab.keepalived("edge-1", "192.168.180.2", conf(200, "192.168.180.2", "192.168.180.3"))
    edge2 = lab.keepalived("edge-2", "192.168.180.3", conf(50, "192.168.180.3", "192.168.180.2"))
    lab.capture()
    edge1.start()
    edge2.start()
    edge1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    edge1.run("ip link set eth0 down")
    edge2.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    since = edge1.log_position()
    edge1.run("ip link set eth0 up")
    edge1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(5)
