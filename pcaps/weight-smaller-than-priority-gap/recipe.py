"""The penalty of the check is too small: 101 - 1 is not below 100.

Preemption is on. The check of dr-1 fails and costs one point: 100. dr-2 has 100 too, and a
backup discards only what is *lower* than its own priority (RFC 5798 section 6.4.2). Nothing
moves.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The service of dr-1 fails."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), check=Check(weight=-1)),
        keepalived_conf(Instance(100), check=Check(weight=-1)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.service_down()
    dr1.wait_log("Changing effective priority from 101 to 100")
    lab.sleep(22)
    lab.who_holds("172.31.23.6")
