"""The backup waits for ten adverts instead of three: down_timer_adverts.

dr-2 has `down_timer_adverts 10`. It takes over 10.609 s after dr-1's last advert.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 dies."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101)),
        keepalived_conf(Instance(100, extra=("down_timer_adverts 10",))),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.power_cut()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
