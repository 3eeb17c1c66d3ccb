"""Positive weights on both routers, and greater than their difference: the role moves as it should.

edge-1 has 100, edge-2 has 99, and both a check with `weight 2`: they are worth 102 and 101 while
all is well. edge-1's service fails, it falls to 100, and edge-2 takes over.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """edge-1's service fails."""
    terms = {"vrid": 5, "addresses": ("172.20.5.1",), "name": "EDGE"}
    check = Check(weight=2, interval_s=1)
    edge1 = lab.keepalived(
        "edge-1", "172.20.5.2", keepalived_conf(Instance(100, **terms), check=check)
    )
    edge2 = lab.keepalived(
        "edge-2", "172.20.5.3", keepalived_conf(Instance(99, **terms), check=check)
    )
    lab.capture()
    edge1.start()
    lab.sleep(0.3)
    edge2.start()
    edge1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    edge1.service_down()
    edge2.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("172.20.5.1")
