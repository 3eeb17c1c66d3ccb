"""With preemption the failed check moves the role, and its recovery moves it back.

The same as article-2-nopreempt-weighted-check, but without `nopreempt`: dr-1 falls from 101 to
99, dr-2 (100) discards these adverts and takes over one Master_Down_Interval (3.609 s) after
the last advert at 101. When the service is back, dr-1 (101 again) takes over in the same way.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The service of dr-1 fails and comes back."""
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
    dr1.service_down()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    since = dr1.log_position()
    dr1.service_up()
    dr1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
