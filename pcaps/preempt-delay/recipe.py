"""A better router comes back and waits: preempt_delay.

dr-2 (100) is master when dr-1 (101, `preempt_delay 5`) starts. dr-1 hears dr-2, waits for five
seconds, and takes over after its Master_Down_Interval. That is as configured.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 starts while dr-2 is master."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, extra=("preempt_delay 5",))),
        keepalived_conf(Instance(100)),
    )
    lab.capture()
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
