"""One router authenticates, the other does not: both are masters.

dr-1 has no authentication, dr-2 a password. Both start within a tenth of a second.

Each starts its own advert timer again whenever it receives from the other one, even what it
rejects. So both are due at the same instant, second after second: sometimes one is seen,
sometimes the other, sometimes both within a fraction of a millisecond. Both hold the address
all the time.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start within a tenth of a second."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, auth_type=None)), keepalived_conf(Instance(100))
    )
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    lab.sleep(0.1)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    client.resolve("172.31.23.6")
    lab.sleep(13)
    lab.who_holds("172.31.23.6")
