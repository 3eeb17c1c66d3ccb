"""nopreempt everywhere, and the backup's check had failed before: two reasons at once.

As article-2-nopreempt-weighted-check, nopreempt on both, but site-b's own check fails first and
goes on failing: 160 against 170. Without nopreempt nothing would have moved either, and with a
passing check on site-b nothing would have moved under nopreempt. Only site-b's log tells.
"""

from lab import Check, Instance, Lab, keepalived_conf


def conf(priority: int) -> str:
    """VRID 14, version 3, every 200 ms."""
    instance = Instance(
        priority,
        vrid=14,
        addresses=("10.140.0.1",),
        name="SITE",
        version=3,
        advert_int="0.2",
        nopreempt=True,
    )
    return keepalived_conf(instance, check=Check(weight=-30, interval_s=1))


def record(lab: Lab) -> None:
    """site-b's service fails, then site-a's."""
    site_a = lab.keepalived("site-a", "10.140.0.2", conf(200))
    site_b = lab.keepalived("site-b", "10.140.0.3", conf(190))
    lab.capture()
    site_a.start()
    lab.sleep(0.3)
    site_b.start()
    site_a.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    site_b.service_down()
    site_b.wait_log("Changing effective priority from 190 to 160")
    lab.sleep(8)
    site_a.service_down()
    site_a.wait_log("Changing effective priority from 200 to 170")
    lab.sleep(8)
    lab.who_holds("10.140.0.1")
    lab.end_captures()
    lab.note("the capture ends")
    lab.sleep(8)
    site_b.service_up()
    site_b.wait_log("Changing effective priority from 160 to 190")
