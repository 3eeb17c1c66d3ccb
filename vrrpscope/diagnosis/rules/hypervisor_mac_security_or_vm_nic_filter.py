"""The rule hypervisor-mac-security-or-vm-nic-filter."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.cuts import Cut, CutKind
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="Frames from the virtual MAC do not get through, as a hypervisor filters them",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 7.3",),
    explains=("dual-master",),
    rank=5,
    says="{one} sends from the virtual MAC {mac}, and none of its {sent} adverts in {here} came to "
    "{there}, although the two places are connected: each router is master on its own side.",
    remedy="Let the virtual switch pass frames from {mac}: accept forged transmits, MAC address "
    "changes and promiscuous mode on the port group (VMware), turn MAC spoofing on (Hyper-V), set "
    "trustGuestRxFilters='yes' or take the nwfilter off (libvirt). Or send adverts from the "
    "network card's own MAC: vmac_xmit_base, or no use_vmac at all.",
)
def hypervisor_mac_security_or_vm_nic_filter(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Routers that send from the virtual MAC 00:00:5e:00:01:xx (`use_vmac`, FRRouting, CARP). The
    capture on each router shows its own adverts and never one of the other, while frames from
    ordinary MACs get through. Both are master from the beginning.

    ### Why it stops a failover
    A hypervisor lets a guest send from the MAC that it gave it, and drops the rest as forged; or it
    does not deliver frames for a MAC that it does not know. Either way no backup hears a master.

    ### How to confirm it
    Without `use_vmac` everything works. On VMware: the security settings of the port group; with
    libvirt: `virsh dumpxml` and its filterref; on Hyper-V: `Get-VMNetworkAdapter | select
    MacAddressSpoofing`. A capture on a third machine shows no frame from 00:00:5e:00:01:xx.

    ### What else could look like this
    `igmp-snooping-or-multicast-filter`: adverts from ordinary MACs are lost as well.
    `network-partition`: nothing at all gets through. `rp-filter-or-vmac-receive`: the adverts do
    arrive, and the kernel of the router that gets them drops them.
    """
    for cut in case.cuts:
        if cut.kind is CutKind.FORGED:
            yield _hit(case, cut)


def _hit(case: Case, cut: Cut) -> Hit:
    one, other = case.name(cut.sender.address), case.name(cut.other.address)
    here, there = cut.here.vantage.id, cut.there.vantage.id
    return Hit(
        virtual_router=cut.router,
        vantage=here,
        at_ns=cut.hole.since_ns,
        until_ns=cut.hole.until_ns,
        verdict=Verdict.POSSIBLE if cut.may_be_two_times else Verdict.LIKELY,
        facts={
            "one": one,
            "other": other,
            "mac": cut.sender.mac,
            "here": here,
            "there": there,
            "sent": cut.hole.count,
            "lasted_ns": Duration(cut.hole.until_ns - cut.hole.since_ns),
        },
        because=_because(cut, one, other),
        settle_with=(
            f"on {other}: tcpdump -eni eth0 ether src {cut.sender.mac}; does any frame of {one} "
            "come?",
            "the same with vmac_xmit_base, or without use_vmac: do the adverts arrive?",
            "the security settings of the virtual switch's port group, and its filters",
        ),
        not_excluded=(
            "igmp-snooping-or-multicast-filter",
            "cloud-no-multicast-or-spoof-guard",
            *cut.doubts,
        ),
    )


def _because(cut: Cut, one: str, other: str) -> tuple[Step, ...]:
    """What each place shows, and what follows."""
    here, there = cut.here.vantage.id, cut.there.vantage.id
    return (
        Step(cut.reception.clock.says, Basis.INFERRED, role=Role.LET),
        Step(
            f"{one} sends from the virtual MAC {cut.sender.mac}: {here} has "
            f"{cut.hole.count} of its adverts, {there} none",
            Basis.SEEN,
            cut.hole.shown,
        ),
        Step(
            f"{there} shows {other} as master, and {here} has none of its adverts",
            Basis.SEEN,
            tuple(mark.ref for mark in cut.spoken),
        ),
        Step(
            "both captures have frames from the same ordinary MACs: the two places are connected",
            Basis.INFERRED,
            role=Role.HOWEVER,
        ),
        Step(
            "what gets through between them is not what comes from a virtual MAC",
            Basis.INFERRED,
            clause="RFC 5798 section 7.3",
            role=Role.SO,
        ),
    )
