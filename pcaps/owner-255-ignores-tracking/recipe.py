"""The check fails: the instance at 150 falls, the one at 255 does not.

isp-1 has two instances and one check, weight -200, for both. In WAN it has priority 150, in LAN
255: as the address owner. isp-2 has 100 in both. When the check fails, WAN falls to 1 and moves to
isp-2. LAN stays where it is: no weight changes the priority of an address owner.
"""

from lab import Check, Instance, Lab, keepalived_conf


def conf(wan: int, lan: int) -> str:
    """Two instances on one interface, one check for both."""
    return keepalived_conf(
        Instance(wan, vrid=10, addresses=("203.0.113.9",), name="WAN", auth_type=None),
        Instance(lan, vrid=20, addresses=("203.0.113.19",), name="LAN", auth_type=None),
        check=Check(weight=-200, interval_s=1),
    )


def record(lab: Lab) -> None:
    """isp-1's service fails."""
    isp1 = lab.keepalived("isp-1", "203.0.113.2", conf(150, 255))
    isp2 = lab.keepalived("isp-2", "203.0.113.3", conf(100, 100))
    lab.capture()
    isp1.start()
    lab.sleep(0.3)
    isp2.start()
    isp1.wait_log("(WAN) Entering MASTER STATE")
    lab.sleep(5)
    isp1.service_down()
    isp2.wait_log("(WAN) Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("203.0.113.9")
    lab.who_holds("203.0.113.19")
