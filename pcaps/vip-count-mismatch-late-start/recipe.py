"""A virtual address was added on one router only: both are masters.

dr-2 has 172.31.23.7 in addition; keepalived 2.2.7 rejects another count than its own. dr-2
starts when dr-1 is master for six seconds.

Each starts its own advert timer again whenever it receives from the other one, even what it
rejects. So both are due at the same instant, second after second: sometimes one is seen,
sometimes the other, sometimes both within a fraction of a millisecond. Both hold the address
all the time.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 starts ten seconds after dr-1."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101)),
        keepalived_conf(Instance(100, addresses=("172.31.23.6", "172.31.23.7"))),
    )
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(10)
    client.resolve("172.31.23.6")
    lab.sleep(12)
    lab.who_holds("172.31.23.6")
