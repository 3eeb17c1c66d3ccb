"""The switch stops to forward VRRP's multicast to one port: two masters.

As IGMP snooping does that has forgotten a member: nothing that goes to 224.0.0.18 leaves by lb-2's
port any more, while everything else does. lb-2 takes over; lb-1 hears it and answers each of its
adverts, in vain, with gratuitous ARPs which do arrive. A Linux bridge always floods 224.0.0.x, so a
filter on the port plays the snooping.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.20.30.5",)


def _conf(priority: int) -> str:
    return keepalived_conf(Instance(priority, vrid=25, addresses=VIP, name="LB"))


def record(lab: Lab) -> None:
    """The port of lb-2 gets no multicast for 224.0.0.18 for some time."""
    one = lab.keepalived("lb-1", "10.20.30.11", _conf(150))
    other = lab.keepalived("lb-2", "10.20.30.12", _conf(130))
    lab.capture()
    lab.capture("at-lb-1", at=one)
    lab.capture("at-lb-2", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.on_switch(f"ebtables -A FORWARD -d 01:00:5e:00:00:12 -o {other.host.port} -j DROP")
    other.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("10.20.30.5")
    lab.on_switch(f"ebtables -D FORWARD -d 01:00:5e:00:00:12 -o {other.host.port} -j DROP")
    lab.sleep(7)
    lab.who_holds("10.20.30.5")
