"""Both routers are stopped, one after the other, and a host goes on asking for the address.

First the master is stopped and the backup takes over; then that one is stopped as well. Each gives
the role up with priority 0 and leaves the multicast group. It looks like a check that fails on
both, but for the leaves.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 is stopped, then dr-1; dr-1 comes back."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    dr1.stop()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    dr2.stop()
    for _ in range(3):
        lab.sleep(4)
        client.resolve("172.31.23.6")
    lab.who_holds("172.31.23.6")
    since = dr1.log_position()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(4)
