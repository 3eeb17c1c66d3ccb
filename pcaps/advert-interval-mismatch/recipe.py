"""The advertisement intervals differ in VRRPv2: both are masters.

dr-1 has `advert_int 2`, dr-2 `advert_int 1`; RFC 3768 section 7.1 wants such adverts discarded.
Both start at the same time.

Each starts its own advert timer again whenever it receives from the other one, even what it
rejects. So dr-2, the faster one, keeps dr-1 silent. dr-1 is master and holds the address all
the time.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start at the same time."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, advert_int="2")), keepalived_conf(Instance(100))
    )
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    client.resolve("172.31.23.6")
    lab.sleep(13)
    lab.who_holds("172.31.23.6")
