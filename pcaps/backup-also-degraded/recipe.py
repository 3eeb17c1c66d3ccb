"""The check fails on both nodes: the penalty changes nothing in their order.

Preemption is on, the penalty (2) is larger than the gap (1). But the service fails on both:
dr-1 goes from 101 to 99, dr-2 from 100 to 98. dr-1 stays master, and is right to. The capture
shows only that dr-1 fell to 99.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The service fails on both."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), check=Check(weight=-2)),
        keepalived_conf(Instance(100), check=Check(weight=-2)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr2.service_down()
    dr2.wait_log("Changing effective priority from 100 to 98")
    dr1.service_down()
    dr1.wait_log("Changing effective priority from 101 to 99")
    lab.sleep(20)
    lab.who_holds("172.31.23.6")
