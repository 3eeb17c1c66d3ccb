"""The backup takes over at last, when nopreempt was taken out of its configuration.

lb-a (105, weight -10) fell to 95; lb-b (100) has `nopreempt` and did not react for ten seconds.
Then somebody removed the word on lb-b and reloaded (`lb-b-2.conf`): lb-b discards the adverts of
lb-a from then on, and is master one Master_Down_Interval later.

The configuration that is on lb-b's disk afterwards does not say what kept it back.
"""

from lab import Check, Instance, Lab, keepalived_conf


def conf(priority: int, nopreempt: bool) -> str:
    """VRID 8 on 192.168.50.0/24."""
    instance = Instance(
        priority,
        vrid=8,
        addresses=("192.168.50.1",),
        name="LB",
        nopreempt=nopreempt,
        auth_pass="s3cr3t",
    )
    return keepalived_conf(instance, check=Check(weight=-10, interval_s=1))


def record(lab: Lab) -> None:
    """lb-a's service fails; ten seconds later lb-b is reloaded without nopreempt."""
    lb_a = lab.keepalived("lb-a", "192.168.50.2", conf(105, True))
    lb_b = lab.keepalived("lb-b", "192.168.50.3", conf(100, True))
    lab.capture()
    lb_a.start()
    lab.sleep(0.3)
    lb_b.start()
    lb_a.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    lb_a.service_down()
    lb_a.wait_log("Changing effective priority from 105 to 95")
    lab.sleep(10)
    lb_b.reload(conf(100, False))
    lb_b.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("192.168.50.1")
