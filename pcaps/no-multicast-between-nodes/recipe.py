"""The network forwards no multicast at all: two masters from the start, as in many clouds.

Broadcasts and unicast pass, nothing to 224.0.0.18 does. Both nodes become master one
Master_Down_Interval after their own start, and no capture holds a single advert that the other one
holds too: `incident.pcap` is captured on az1-proxy, `at-az2-proxy.pcap` on az2-proxy.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.128.0.100",)


def _conf(priority: int) -> str:
    return keepalived_conf(Instance(priority, vrid=42, addresses=VIP, name="PROXY", auth_type=None))


def record(lab: Lab) -> None:
    """No multicast for 224.0.0.18 is forwarded, ever."""
    one = lab.keepalived("az1-proxy", "10.128.0.2", _conf(100))
    other = lab.keepalived("az2-proxy", "10.128.0.3", _conf(90))
    lab.on_switch("ebtables -A FORWARD -d 01:00:5e:00:00:12 -j DROP")
    lab.capture("incident", at=one)
    lab.capture("at-az2-proxy", at=other)
    one.start()
    lab.sleep(0.6)
    other.start()
    other.wait_log("Entering MASTER STATE")
    lab.sleep(16)
    lab.who_holds("10.128.0.100")
