"""The routers use different VRIDs for the same address: each is master of its own.

dr-1 has VRID 60, dr-2 VRID 61. These are two virtual routers; both hold 172.31.23.6.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100, vrid=61)))
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(10)
    client.resolve("172.31.23.6")
    lab.sleep(10)
    lab.who_holds("172.31.23.6")
