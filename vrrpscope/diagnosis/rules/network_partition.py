"""The rule network-partition."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.cuts import Cut, CutKind
from vrrpscope.diagnosis.questions.parted import Parted
from vrrpscope.diagnosis.questions.unseen import UnseenMaster
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import Basis

_FILTER = "igmp-snooping-or-multicast-filter"


@rule(
    title="The network fell into two parts, each with its own master",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    explains=("dual-master", "unexpected-failover"),
    rank=4,
    says="Nothing got from {one} to where {other} is, {while_}: {shows}.",
    remedy="Find what cut the two off from each other although their links stayed up: a VLAN that "
    "is missing on a trunk or tagged wrongly, a private VLAN or client isolation, a switch or "
    "virtual switch between them. A check that pings the gateway (vrrp_script without weight) "
    "takes the cut-off router out of the game, and a second path between the routers keeps them "
    "from being cut off at all.",
)
def network_partition(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two captures: each shows one master, alone, at the same time, and neither has a frame of the
    other one. The second master takes over one Master_Down_Interval, the time that a backup waits,
    after the last advert in its own capture. One capture: nothing of the old master comes for a
    while, neither adverts nor anything else; then it is back, and its IP identification has gone on
    by as many steps as intervals have passed. It had been sending all the while. On a trunk: one
    virtual router in two VLANs, with a single router in each.

    ### Why it stops a failover
    Each part elects a master of its own, and both hold the address. The links stay up, so no router
    notices: there is no FAULT. When the network is whole again the lesser one yields.

    ### How to confirm it
    Captures on both routers at the same time, given together: `vrrpscope diagnose one.pcap
    other.pcap`. The log of the backup says `Entering MASTER STATE`, that of the old master nothing.
    The switches' logs and `show vlan`, `bridge vlan show` for the time of the cut.

    ### What else could look like this
    `transmit-blocked`: the old master's own host holds its adverts back, and its log says `send
    advert error`. `igmp-snooping-or-multicast-filter`: broadcasts and unicast still pass. A router
    whose daemon stood still: its IP identification goes on by one. A capture that lost frames
    itself, or has a filter: then no backup takes over just when its timer runs out.
    `stp-or-link-late-forwarding`, where the cut begins with the start of a router or a link.
    """
    for cut in case.cuts:
        if cut.kind is CutKind.APART:
            yield _of_cut(case, cut)
    for parted in case.parted:
        yield _of_parted(case, parted)
    for unseen in case.unseen_masters:
        if case.cut_between(unseen.story.router, unseen.old, unseen.new) is None:
            hit = _of_unseen(case, unseen)
            if hit is not None:
                yield hit


def _of_cut(case: Case, cut: Cut) -> Hit:
    """Two vantages, each of which shows one of two masters."""
    one, other = case.name(cut.sender.address), case.name(cut.other.address)
    verdict = _verdict(cut)
    lasted = Duration(cut.lasted_ns)
    return Hit(
        virtual_router=cut.router,
        vantage=cut.here.vantage.id,
        at_ns=cut.hole.since_ns,
        until_ns=cut.hole.until_ns,
        verdict=verdict,
        facts={
            "one": one,
            "other": other,
            "while_": f"nor back, for {lasted}",
            "shows": f"{cut.here.vantage.id} shows {one} as the only master, and "
            f"{cut.there.vantage.id} shows {other}",
            "lasted_ns": lasted,
        },
        because=tuple(_cut_because(cut, one, other)),
        settle_with=() if verdict is Verdict.PROVEN else _settle_cut(cut),
        not_excluded=() if verdict is Verdict.PROVEN else (_FILTER, *cut.doubts),
    )


def _of_parted(case: Case, parted: Parted) -> Hit:
    """A trunk that shows the two halves of a group in two VLANs."""
    one, other = (case.name(s.address) for s in (parted.one_sender, parted.other_sender))
    lasted = Duration(parted.window.duration_ns)
    return Hit(
        virtual_router=parted.one.router,
        vantage=parted.timeline.vantage.id,
        at_ns=parted.window.since.time_ns,
        until_ns=parted.window.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "one": one,
            "other": other,
            "while_": "nor back, as it seems",
            "shows": f"they are in two VLANs ({parted.one.router.id} and "
            f"{parted.other.router.id}), each alone, and both were master for {lasted}",
            "lasted_ns": lasted,
        },
        because=parted.witnessed(one, other),
        settle_with=(
            f"show vlan, bridge vlan show: in which VLAN are the ports of {one} and of {other}?",
            f"a ping from {one} to {other}",
        ),
        not_excluded=("two networks that are set up alike", "vrf-or-policy-route"),
    )


def _verdict(cut: Cut) -> Verdict:
    """Proven where broadcasts were lost as well; possible where the captures share nothing."""
    if cut.is_certain:
        return Verdict.PROVEN
    known = cut.reception.clock.offset_ns is not None and not cut.may_be_two_times
    return Verdict.LIKELY if known else Verdict.POSSIBLE


def _cut_because(cut: Cut, one: str, other: str) -> Iterator[Step]:
    here, there = cut.here.vantage.id, cut.there.vantage.id
    yield Step(cut.reception.clock.says, Basis.INFERRED, role=Role.LET)
    yield Step(
        f"{here} has {cut.hole.count} adverts of {one} in a row that {there} has not",
        Basis.SEEN,
        cut.hole.shown,
    )
    yield Step(
        f"{there} shows {other} as master in that time, and {here} has none of its adverts",
        Basis.SEEN,
        tuple(mark.ref for mark in cut.spoken),
    )
    if cut.is_on_time and cut.hole.before is not None:
        waited = Duration(cut.spoken[0].time_ns - cut.hole.before.time_ns)
        yield Step(
            f"{other} took over {waited} after the last advert of {one} that {there} has, just "
            "when its timer (Master_Down_Interval) ran out: it is not the capture alone that "
            "missed the others",
            Basis.INFERRED,
            (cut.hole.before.ref, cut.spoken[0].ref),
            "RFC 5798 section 6.4.2",
        )
    if cut.announced:
        yield Step(
            f"{other} announced the address to every host in that time, and {here} has none of "
            "that either: not the adverts alone were held back",
            Basis.SEEN,
            cut.announced[:4],
            role=Role.HOWEVER,
        )
    yield Step(
        f"nothing of {one} came to {there}, and nothing of {other} to {here}: the network between "
        "the two places was cut",
        Basis.INFERRED,
        role=Role.SO,
    )


def _settle_cut(cut: Cut) -> tuple[str, ...]:
    return (
        f"were {cut.here.vantage.id} and {cut.there.vantage.id} captured in one network, at the "
        "same time, and without a filter that leaves the other router out?",
        "a ping between the two routers, by unicast, while both are master",
    )


def _of_unseen(case: Case, unseen: UnseenMaster) -> Hit | None:
    """One vantage: nothing at all of a master that sent on, and that would have answered."""
    if unseen.is_heard_of or unseen.hears or not unseen.would_answer:
        return None
    if not unseen.gap.knows_host:
        # Its announcements may have come: without MACs nobody knows whose they are.
        return None
    if _was_refused(case, unseen):
        return None
    old, new = case.name(unseen.old.address), case.name(unseen.new.address)
    gap = unseen.gap
    return Hit(
        virtual_router=unseen.story.router,
        vantage=unseen.timeline.vantage.id,
        at_ns=gap.from_.time_ns,
        until_ns=gap.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "one": old,
            "other": new,
            "while_": f"as it seems, for {Duration(gap.duration_ns)}",
            "shows": f"{old} was sending all the while, and no frame of it came here",
            "lasted_ns": Duration(gap.duration_ns),
        },
        because=_unseen_because(unseen, old, new),
        settle_with=(
            f"a capture on {old} of the same time: does it show {old} as the only master?",
            f"the log of {old}: 'send advert error' would mean that its own host held them back",
            "the logs of the switches between the two routers",
        ),
        not_excluded=_not_excluded(case, unseen),
    )


def _unseen_because(unseen: UnseenMaster, old: str, new: str) -> tuple[Step, ...]:
    """What shows that it sent, and that nothing of it came."""
    gap = unseen.gap
    return (
        Step(
            f"the IP identification of {old}, which keepalived counts up by one with each advert, "
            f"went on by {gap.ip_id_step} over {Duration(gap.duration_ns)}: it sent adverts that "
            "did not come here",
            Basis.INFERRED,
            (gap.from_.ref, gap.until.ref),
            "keepalived vrrp_update_pkt()",
        ),
        Step(
            f"{new} took over meanwhile, so it did not get them either",
            Basis.SEEN,
            (unseen.handover.at.ref,),
        ),
        Step(
            f"of {old} nothing else came in that time, though a master that hears a lesser one "
            "announces its addresses again: it seems that it did not hear that one",
            Basis.INFERRED,
            (gap.from_.ref, gap.until.ref),
            "keepalived vrrp_state_master_rx()",
            Role.HOWEVER,
        ),
    )


def _not_excluded(case: Case, unseen: UnseenMaster) -> tuple[str, ...]:
    """The other causes that one vantage leaves open."""
    others = ("adverts-lost-both-ways", _FILTER)
    span_ns = unseen.gap.from_.time_ns, unseen.gap.until.time_ns
    told = case.log_covers(unseen.old.address, *span_ns)
    return others if told else ("transmit-blocked", *others)


def _was_refused(case: Case, unseen: UnseenMaster) -> bool:
    """True where the old master's log says that it could not send, or that it heard the other."""
    bounds = {"since_ns": unseen.gap.from_.time_ns, "until_ns": unseen.gap.until.time_ns}
    kinds = (Said.SEND_FAILED, Said.ELECTION_FORCED)
    refused = case.said(unseen.story, unseen.old.address, Said.SEND_FAILED, **bounds)
    # The first advert after a cut is often the answer to the first one that was heard again.
    said = case.said(unseen.story, unseen.old.address, *kinds, **bounds)
    return bool(refused) or len(said) > 1
