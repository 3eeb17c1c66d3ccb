"""The same incident in two captures, neither of which has all of it.

fw-1 (200) and fw-2 (180) have `nopreempt`; fw-1's check fails and takes 30 points off. Somebody
was called and began to capture four seconds after that: `incident.pcap` shows fw-1 at 170 from its
first frame on, and nothing of fw-2. `early.pcap` shows the fall, and ends two seconds after it,
before any timer could have run out.
"""

from lab import Check, Instance, Lab, keepalived_conf


def conf(priority: int) -> str:
    """VRID 201, version 3."""
    instance = Instance(
        priority,
        vrid=201,
        addresses=("10.99.0.254",),
        name="OUTSIDE",
        version=3,
        nopreempt=True,
    )
    return keepalived_conf(instance, check=Check(weight=-30, interval_s=1))


def record(lab: Lab) -> None:
    """fw-1's service fails between two captures."""
    fw1 = lab.keepalived("fw-1", "10.99.0.2", conf(200))
    fw2 = lab.keepalived("fw-2", "10.99.0.3", conf(180))
    lab.capture("early")
    fw1.start()
    lab.sleep(0.3)
    fw2.start()
    fw1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    fw1.service_down()
    fw1.wait_log("Changing effective priority from 200 to 170")
    lab.sleep(2.5)
    lab.end_captures()
    lab.note("`early.pcap` ends")
    lab.sleep(1.5)
    lab.capture()
    lab.sleep(15)
    lab.who_holds("10.99.0.254")
