"""Five seconds of partition cost the master its role, although everybody has nopreempt.

east (90) is master, for it started first; west (110) is its backup; both have `nopreempt`. West's
port leaves the switch for five seconds. West hears nothing, becomes master on its own island, and
when its port is back, east hears priority 110 and gives way at once: nopreempt keeps a backup from
taking the role, it does not keep a master from giving it up. `at-west.pcap` is the other island.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """West is cut off for five seconds."""
    terms = {"vrid": 33, "addresses": ("10.33.0.1",), "name": "RING", "version": 3}
    terms |= {"advert_int": "0.5", "nopreempt": True}
    east = lab.keepalived("east", "10.33.0.2", keepalived_conf(Instance(90, **terms)))
    west = lab.keepalived("west", "10.33.0.3", keepalived_conf(Instance(110, **terms)))
    lab.capture()
    lab.capture("at-west", at=west)
    east.start()
    east.wait_log("Entering MASTER STATE")
    west.start()
    lab.sleep(7)
    west.unplug()
    west.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    west.plug()
    east.wait_log("Entering BACKUP STATE", since=east.log_position())
    lab.sleep(6)
    lab.who_holds("10.33.0.1")
