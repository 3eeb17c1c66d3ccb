"""Three routers, IPv6, two adverts a second: the check takes 40 points off, and nobody takes over.

core-1 (150), core-2 (130) and core-3 (120) all have `nopreempt`. core-1's service fails and it goes
on at priority 110, below both of the others, for fifteen seconds. Two better backups, and neither
compares priorities. After the capture core-2 and core-3 are stopped: their logs go beyond it, and
say nothing for all of that time.
"""

from lab import Check, Instance, Lab, keepalived_conf

ADDRESSES = ("fe80::17:1", "2001:db8:17::1")


def conf(priority: int) -> str:
    """All three differ in their priority only."""
    instance = Instance(
        priority,
        vrid=17,
        addresses=ADDRESSES,
        name="CORE",
        version=3,
        advert_int="0.5",
        nopreempt=True,
    )
    return keepalived_conf(instance, check=Check(weight=-40, interval_s=1))


def record(lab: Lab) -> None:
    """core-1's service fails."""
    core1, core2, core3 = (
        lab.keepalived(f"core-{n}", f"2001:db8:17::1{n}", conf(priority))
        for n, priority in ((1, 150), (2, 130), (3, 120))
    )
    lab.capture()
    core1.start()
    lab.sleep(0.3)
    core2.start()
    core3.start()
    core1.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    core1.service_down()
    core1.wait_log("Changing effective priority from 150 to 110")
    lab.sleep(15)
    lab.who_holds("2001:db8:17::1")
    lab.end_captures()
    lab.note("the capture ends")
    lab.sleep(8)
    core2.stop()
    core3.stop()
