"""rp_filter drops the adverts on the backup's virtual interface, after its capture has seen them.

Both nodes use a virtual MAC. On hv-b something sets rp_filter to 1 on all interfaces while
keepalived runs, as `sysctl -p` or NetworkManager does: the kernel drops adverts that come in by
the macvlan, without a word. hv-b takes over; hv-a hears it and answers in vain. `at-hv-b.pcap`
shows that the adverts of hv-a reach hv-b's own network card.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.99.1.1",)


def _conf(priority: int) -> str:
    extra = ("use_vmac",)
    return keepalived_conf(Instance(priority, vrid=201, addresses=VIP, name="HV", extra=extra))


def record(lab: Lab) -> None:
    """rp_filter is set on hv-b."""
    one = lab.keepalived("hv-a", "10.99.1.11", _conf(200))
    other = lab.keepalived("hv-b", "10.99.1.12", _conf(100))
    lab.capture()
    lab.capture("at-hv-b", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    other.run("sysctl -w net.ipv4.conf.all.rp_filter=1")
    other.run("sysctl -w net/ipv4/conf/vrrp.201/rp_filter=1")
    other.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("10.99.1.1")
