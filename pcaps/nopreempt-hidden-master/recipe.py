"""The master's priority falls under nopreempt, and the silent router rejects its adverts.

As article-2-nopreempt-weighted-check, but the passwords differ, dr-2 starts late and its timer
runs long (`down_timer_adverts 30`): in the capture it is a silent backup. It restarts its timer at
none of dr-1's adverts, so nopreempt is not what keeps it back; its timer has not run out yet.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 rejects everything that dr-1 says, and its timer has not run out yet."""
    other = "00000000" + "7c1e9b40a25f3d86e0b81743"
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, nopreempt=True), check=Check(weight=-2)),
        keepalived_conf(
            Instance(100, nopreempt=True, auth_pass=other, extra=("down_timer_adverts 30",)),
            check=Check(weight=-2),
        ),
    )
    lab.capture()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    dr2.start()
    lab.sleep(2)
    dr1.service_down()
    dr1.wait_log("Changing effective priority from 101 to 99")
    lab.sleep(12)
    lab.who_holds("172.31.23.6")
