"""Two groups of two routers were given the same address: two masters of it, in two VRIDs.

test-1 and test-2 were installed from the files of prod-1 and prod-2: somebody gave them another
VRID and forgot the address. The capture begins when all of them run, so the two backups are not
in it: it looks as if two routers of one group had different VRIDs.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "10.66.0.100"


def record(lab: Lab) -> None:
    """All four run for a while; then the capture begins."""
    nodes = []
    for name, number, vrid, priority in (
        ("prod-1", 11, 66, 150),
        ("prod-2", 12, 66, 100),
        ("test-1", 21, 166, 150),
        ("test-2", 22, 166, 100),
    ):
        instance = Instance(priority, vrid=vrid, addresses=(VIP,), name="WEB", auth_type=None)
        nodes.append(lab.keepalived(name, f"10.66.0.{number}", keepalived_conf(instance)))
    for node in nodes:
        node.start()
    nodes[0].wait_log("Entering MASTER STATE")
    nodes[2].wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.capture()
    lab.sleep(12)
    lab.who_holds(VIP)
