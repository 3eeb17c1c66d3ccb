"""The rule stp-or-link-late-forwarding."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.cuts import Cut, CutKind
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="A switch port was up and did not forward yet when a router started behind it",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    explains=("dual-master", "unexpected-failover"),
    rank=6,
    says="{late} heard nothing at all for {lasted_ns} after its start, while {early} was sending: "
    "it became master, and that ended when frames began to get through.",
    remedy="Let the port forward at once: spanning tree edge port (portfast) on ports to hosts, "
    "LACP fast or no bonding delay. Or let keepalived wait: vrrp_startup_delay 35 in global_defs "
    "(keepalived 2.0.14 and later), longer than the port takes. preempt_delay does not help: it "
    "begins with the first advert that is heard.",
)
def stp_or_link_late_forwarding(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    On the router that starts, or gets its cable: for some seconds its capture shows its own frames
    alone, not one of anybody else. It becomes master one Master_Down_Interval after its start. Then
    everything comes at once, and one of the two masters yields. Another capture shows that the
    other master had been sending all the while, and nothing of the new one before that moment.

    ### Why it stops a failover
    The link is up, so keepalived starts its timer; but the switch port listens and learns first (30
    s with plain spanning tree), or a bond negotiates. The router hears nobody and becomes master,
    nopreempt or not: that forbids to preempt a master that one hears.

    ### How to confirm it
    `show spanning-tree interface`, `bridge -d link show`, the switch's log: when did the port begin
    to forward? The router's log shows `Entering MASTER STATE` soon after its start, and no line
    about an advert before.

    ### What else could look like this
    `network-partition`: the cut comes while both were running. `master-at-boot`: the router's own
    stack, a firewall or DHCP is late, and its capture shows the others' frames.
    """
    for cut in case.cuts:
        if cut.kind is CutKind.LATE:
            yield _hit(case, cut)


def _hit(case: Case, cut: Cut) -> Hit:
    early, late = case.name(cut.sender.address), case.name(cut.other.address)
    there = cut.there.vantage.id
    assert cut.hole.after is not None
    lasted = Duration(cut.hole.after.time_ns - cut.spoken[0].time_ns)
    return Hit(
        virtual_router=cut.router,
        vantage=there,
        at_ns=cut.spoken[0].time_ns,
        until_ns=cut.hole.after.time_ns,
        verdict=Verdict.POSSIBLE if cut.may_be_two_times else Verdict.LIKELY,
        facts={"early": early, "late": late, "lasted_ns": lasted},
        because=_because(cut, early, late),
        settle_with=(
            "the switch's log, show spanning-tree interface: when did the port begin to forward?",
            f"the log of {late}: when did its link come up, and its bond or VLAN device?",
        ),
        not_excluded=("network-partition", "master-at-boot", *cut.doubts),
    )


def _because(cut: Cut, early: str, late: str) -> tuple[Step, ...]:
    """What each place shows, and what follows."""
    here, there = cut.here.vantage.id, cut.there.vantage.id
    assert cut.hole.after is not None
    return (
        Step(cut.reception.clock.says, Basis.INFERRED, role=Role.LET),
        Step(
            f"{here} has {cut.hole.count} adverts of {early} in a row that {there} has not",
            Basis.SEEN,
            cut.hole.shown,
        ),
        Step(
            f"{there} shows that {late} started, heard nobody for the time that a backup waits "
            "(Master_Down_Interval) and became master; no frame of anybody else is in it by then",
            Basis.SEEN,
            (cut.spoken[0].ref,),
        ),
        Step(
            f"{here} has none of the adverts of {late} in that time",
            Basis.SEEN,
            cut.hole.shown,
        ),
        Step(
            f"the first advert of {early} came to {there} in frame "
            f"{cut.hole.after.ref.number}: until then nothing got through to {late}, nor back",
            Basis.SEEN,
            (cut.hole.after.ref,),
            role=Role.SO,
        ),
    )
