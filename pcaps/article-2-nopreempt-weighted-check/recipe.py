"""The check lowers the master's priority below the backup's, and nothing moves.

dr-1 (101) and dr-2 (100) both have `nopreempt`; a failed check costs 2 points. dr-1 is master
when its service fails. It goes on at priority 99, and dr-2 (100) stays backup for 25 seconds:
under nopreempt a backup accepts every advert, whatever its priority.

Only the adverts of dr-1 are on the wire. dr-2 shows itself by its IGMP report for 224.0.0.18
alone, so its priority is not to be seen in the capture. `at-dr-2.pcap` is the same incident,
captured on dr-2's interface: the adverts do arrive there.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is master, its service fails, dr-2 stays backup."""
    conf1 = keepalived_conf(Instance(101, nopreempt=True), check=Check(weight=-2))
    conf2 = keepalived_conf(Instance(100, nopreempt=True), check=Check(weight=-2))
    dr1 = lab.keepalived("dr-1", "172.31.23.22", conf1)
    dr2 = lab.keepalived("dr-2", "172.31.23.23", conf2)
    lab.capture()
    lab.capture("at-dr-2", at=dr2)
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.service_down()
    dr1.wait_log("Changing effective priority from 101 to 99")
    lab.sleep(25)
    lab.who_holds("172.31.23.6")
