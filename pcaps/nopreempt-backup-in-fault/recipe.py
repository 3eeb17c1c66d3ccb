"""The master's priority falls under nopreempt, and the backup is in FAULT: the same silence.

As article-2-nopreempt-weighted-check, but dr-2's check has no weight, and fails from 6 seconds on:
dr-2 is in FAULT and listens to nothing. dr-2's `nopreempt` is told, its join of the group is seen,
and its configured priority (100) is better than dr-1's 99; all the same nopreempt is not what
keeps it back. No capture shows that: a backup goes into FAULT in silence.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 goes into FAULT, then dr-1's service fails."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, nopreempt=True), check=Check(weight=-2)),
        keepalived_conf(Instance(100, nopreempt=True), check=Check(weight=0)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    dr2.service_down()
    dr2.wait_log("Entering FAULT STATE")
    lab.sleep(2)
    dr1.service_down()
    dr1.wait_log("Changing effective priority from 101 to 99")
    lab.sleep(15)
    lab.who_holds("172.31.23.6")
