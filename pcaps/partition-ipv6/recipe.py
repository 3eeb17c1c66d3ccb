"""A partition of two IPv6 routers, captured on both.

IPv6 packets have no identification: only the moments at which both captures see the same change
tell how their clocks differ. gw-2's port leaves the switch for nine seconds; gw-2 becomes master
on its side and yields afterwards. A check of gw-1 fails and recovers before, without any harm.
`incident.pcap` is captured on gw-1, `at-gw-2.pcap` on gw-2, with a clock that is 3 s ahead.
"""

from lab import Check, Instance, Lab, keepalived_conf

VIP = ("fe80::1:1", "2001:db8:5::1")


def _conf(priority: int) -> str:
    instance = Instance(priority, vrid=33, addresses=VIP, name="LAN6", auth_type=None)
    return keepalived_conf(instance, check=Check(weight=-10, interval_s=1, fall=2, rise=2))


def record(lab: Lab) -> None:
    """gw-2's port is out of the switch for 9 s."""
    one = lab.keepalived("gw-1", "2001:db8:5::11", _conf(210))
    other = lab.keepalived("gw-2", "2001:db8:5::12", _conf(190))
    lab.capture("incident", at=one)
    lab.capture("at-gw-2", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    one.service_down()
    lab.sleep(4)
    one.service_up()
    lab.sleep(5)
    other.unplug()
    lab.sleep(9)
    lab.who_holds("2001:db8:5::1")
    other.plug()
    lab.sleep(6)
    lab.who_holds("2001:db8:5::1")
    lab.set_clock("at-gw-2", 3)
