"""VRRPv3 over IPv4 with an interval of 0.5 s: the master dies, and comes back.

Skew and Master_Down_Interval scale with the interval: dr-2 takes over 1.805 s after dr-1's last
advert.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 dies and comes back."""
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, version=3, advert_int="0.5")),
        keepalived_conf(Instance(100, version=3, advert_int="0.5")),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.power_cut()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    since = dr1.log_position()
    dr1.power_on()
    dr1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(6)
    lab.who_holds("172.31.23.6")
