"""A check without a weight fails on the master: FAULT, priority 0, and a clean hand-over.

This is what a check should do: weight 0 means FAULT, dr-1 gives the role up, and dr-2 takes
over in skew time, `nopreempt` or not. dr-1's service comes back later; under `nopreempt` it
stays backup.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The service of dr-1 fails and comes back."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, nopreempt=True), check=Check(weight=0)),
        keepalived_conf(Instance(100, nopreempt=True), check=Check(weight=0)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.service_down()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    dr1.service_up()
    lab.sleep(14)
    lab.who_holds("172.31.23.6")
