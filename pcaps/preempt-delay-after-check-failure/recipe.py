"""The check fails, and the backup waits for its preempt_delay before it takes over.

dr-1's priority falls from 101 to 99. dr-2 (100, `preempt_delay 5`) accepts the lower adverts for
five seconds, each one restarts its timer, and only then counts its Master_Down_Interval: the
role moves about eight seconds after the fall instead of 2.6.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The service of dr-1 fails."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), check=Check(weight=-2)),
        keepalived_conf(Instance(100, extra=("preempt_delay 5",))),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.service_down()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
