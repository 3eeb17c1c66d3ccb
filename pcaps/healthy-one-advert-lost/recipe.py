"""One advert of sixty is lost: no harm, and nothing to report.

`incident.pcap` is captured on the backup. The IP identification of the master goes on by two once.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("192.0.2.254",)


def _conf(priority: int) -> str:
    return keepalived_conf(
        Instance(priority, vrid=3, addresses=VIP, version=3, advert_int="0.4", name="WAN")
    )


def record(lab: Lab) -> None:
    """A rule drops one packet and is taken out again."""
    one = lab.keepalived("wan-1", "192.0.2.1", _conf(200))
    other = lab.keepalived("wan-2", "192.0.2.2", _conf(150))
    lab.capture("incident", at=other)
    one.start()
    lab.sleep(0.2)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    lab.on_switch(f"ebtables -A FORWARD -d 01:00:5e:00:00:12 -o {other.host.port} -j DROP")
    lab.sleep(0.4)
    lab.on_switch(f"ebtables -D FORWARD -d 01:00:5e:00:00:12 -o {other.host.port} -j DROP")
    lab.sleep(16)
