"""The virtual switch drops frames from virtual MACs: two masters, each alone on its own side.

Both nodes send from 00:00:5e:00:01:33 (`use_vmac`). The hypervisor lets a guest send from its own
MAC only (forged transmits are refused), so no advert arrives; the hosts' other frames do.
`incident.pcap` is captured on esx-vm1, `at-esx-vm2.pcap` on esx-vm2.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("172.20.0.10",)


def _conf(priority: int) -> str:
    vmac = ("use_vmac",)
    instance = Instance(priority, vrid=51, addresses=VIP, name="VM", version=3, extra=vmac)
    return keepalived_conf(instance)


def record(lab: Lab) -> None:
    """The switch drops whatever comes from a virtual MAC."""
    one = lab.keepalived("esx-vm1", "172.20.0.21", _conf(110))
    other = lab.keepalived("esx-vm2", "172.20.0.22", _conf(105))
    lab.on_switch("ebtables -A FORWARD -s 00:00:5e:00:01:33 -j DROP")
    lab.capture("incident", at=one)
    lab.capture("at-esx-vm2", at=other)
    one.keep_asking("172.20.0.22")
    other.keep_asking("172.20.0.21")
    one.start()
    lab.sleep(0.5)
    other.start()
    other.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds("172.20.0.10")
