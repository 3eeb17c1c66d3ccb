"""A lossy path of IPv6: every third advert is lost, and no take-over comes of it.

IPv6 packets have no identification, so one capture cannot tell an advert that was lost from one
that was not sent. `incident.pcap` is captured on r-b, behind the loss, and `at-r-a.pcap` on r-a:
the one has all adverts, the other two of three. Nobody takes over: three in a row are never lost.
The clock of `at-r-a.pcap` is two minutes ahead.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("fe80::77", "2001:db8:9::77")


def _conf(priority: int) -> str:
    return keepalived_conf(Instance(priority, vrid=77, addresses=VIP, name="V6", auth_type=None))


def record(lab: Lab) -> None:
    """Every third advert to r-b is lost."""
    one = lab.keepalived("r-a", "2001:db8:9::a", _conf(120))
    other = lab.keepalived("r-b", "2001:db8:9::b", _conf(110))
    lab.capture("incident", at=other)
    lab.capture("at-r-a", at=one)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.on_switch("nft add table bridge loss")
    lab.on_switch(
        "nft add chain bridge loss lossy { type filter hook forward priority 0 ; policy accept ; }"
    )
    lab.on_switch(
        f"nft add rule bridge loss lossy oifname {other.host.port} ip6 nexthdr vrrp "
        "numgen inc mod 3 == 0 drop"
    )
    lab.sleep(24)
    lab.set_clock("at-r-a", 120)
