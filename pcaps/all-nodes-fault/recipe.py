"""A check without a weight fails on both nodes: each goes to FAULT, and nobody is left.

Weight 0 means FAULT. dr-1's service fails: priority 0 (keepalived 2.2.7 sends it twice), dr-2
takes over in skew time. Then dr-2's service fails as well, and nobody advertises any more,
though both daemons run. dr-1's service comes back at the end.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The service fails on one node, then on the other."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), check=Check(weight=0)),
        keepalived_conf(Instance(100), check=Check(weight=0)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.service_down()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    dr2.service_down()
    dr2.wait_log("Entering FAULT STATE")
    lab.sleep(16)
    lab.who_holds("172.31.23.6")
    dr1.service_up()
    dr1.wait_log("Entering MASTER STATE", since=dr1.log_position())
    lab.sleep(4)
