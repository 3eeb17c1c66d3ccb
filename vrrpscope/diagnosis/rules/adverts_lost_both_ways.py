"""The rule adverts-lost-both-ways."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.cuts import Cut, CutKind
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="Neither of two routers gets the other's adverts",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.3",),
    explains=("dual-master",),
    rank=1,
    says="{better} and {worse} send adverts that agree in every field{seen}, and neither reacts to "
    "the other's: it seems that they do not arrive, and both were master for {lasted_ns}.",
    remedy="Let IP protocol 112 in on both routers (iptables -I INPUT -p 112 -j ACCEPT, or "
    "firewall-cmd --add-rich-rule='rule protocol value=vrrp accept'), and see that the network "
    "between them passes 224.0.0.18 (ff02::12 for IPv6) on.",
)
def adverts_lost_both_ways(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two masters with the same fields, side by side and in no step with each other. Often from the
    beginning: each speaks one Master_Down_Interval after its own start.

    ### Why it stops a failover
    A backup that hears nothing becomes master. Most often a firewall on both routers drops IP
    protocol 112, as a fresh installation does.

    ### How to confirm it
    No log says anything but `Entering MASTER STATE`. The counters of `iptables -L INPUT -v` or
    `nft list ruleset` grow once a second. A capture on one router shows whether the other one's
    adverts come that far: a capture sees packets before the firewall does.

    ### What else could look like this
    `network-partition` and `igmp-snooping-or-multicast-filter`: the adverts do not reach the other
    host at all. `adverts-lost-one-way`, where the better router has `vrrp_lower_prio_no_advert`
    and so does not answer. `unicast-multicast-mismatch`: the destinations differ.
    `vrf-or-policy-route`: one of them sends, or listens, on another interface.
    """
    lossy = {(path.story.router, path.sender) for path in case.lossy_paths}
    for rivalry in case.rivalries:
        router = rivalry.story.router
        if not rivalry.is_unheard or rivalry.hears or (router, rivalry.better) in lossy:
            continue
        if case.cut_between(router, rivalry.better, rivalry.worse) is None:
            yield _hit(case, rivalry)
    for cut in case.cuts:
        if cut.kind is CutKind.UNCLEAR:
            yield _of_cut(case, cut)


def _hit(case: Case, rivalry: Rivalry) -> Hit:
    better, worse = case.name(rivalry.better.address), case.name(rivalry.worse.address)
    whole = rivalry.comparison.is_whole
    return Hit(
        virtual_router=rivalry.story.router,
        vantage=rivalry.timeline.vantage.id,
        at_ns=rivalry.since.time_ns,
        until_ns=rivalry.until.time_ns,
        verdict=Verdict.LIKELY if rivalry.hears is False and whole else Verdict.POSSIBLE,
        facts={
            "better": better,
            "worse": worse,
            "seen": "" if whole else " that is seen here",
            "lasted_ns": Duration(rivalry.lasted_ns),
        },
        because=(
            *rivalry.witnessed(better, worse),
            Step(
                "a master that accepts a lesser one's advert answers within milliseconds: "
                f"{better} answered {sum(s.answered for s in rivalry.spoken(rivalry.better))} of "
                f"{sum(s.count for s in rivalry.spoken(rivalry.worse))}",
                Basis.SEEN,
                (rivalry.since.ref, rivalry.until.ref),
                "keepalived vrrp_state_master_rx()",
            ),
            *_arrived(case, rivalry),
            Step(
                "nothing in the adverts of either forbids the other one to accept them, as far as "
                "can be seen here: they seem not to reach keepalived on the other router",
                Basis.INFERRED,
                role=Role.SO,
            ),
        ),
        settle_with=(
            f"a capture on {better} and one on {worse}: does each show the other one's adverts?",
            f"iptables -nvL INPUT or nft list ruleset on {better} and on {worse}",
        ),
        not_excluded=_not_excluded(case, rivalry),
    )


def _not_excluded(case: Case, rivalry: Rivalry) -> tuple[str, ...]:
    """The other causes that the evidence leaves open."""
    intent = case.intent(rivalry.story, rivalry.better.address)
    others = ["igmp-snooping-or-multicast-filter", "rp-filter-or-vmac-receive"]
    if not tuple(_arrived(case, rivalry)):
        others.insert(0, "network-partition")
    if intent is None or intent.lower_prio_no_advert.value:
        others.append("adverts-lost-one-way")
    if not rivalry.comparison.is_whole:
        others += ["vip-list-mismatch", "vrid-collision"]
    return tuple(others)


def _arrived(case: Case, rivalry: Rivalry) -> Iterator[Step]:
    """Other captures that have all adverts of both."""
    ours, theirs = (
        [timeline.vantage.id for timeline in case.arrived(rivalry, sender)]
        for sender in (rivalry.better, rivalry.worse)
    )
    arrived = [vantage for vantage in ours if vantage in theirs]
    if arrived:
        yield Step(
            f"{' and '.join(arrived)} has all adverts of both as well: they come as far as there",
            Basis.SEEN,
            (rivalry.since.ref, rivalry.until.ref),
        )


def _of_cut(case: Case, cut: Cut) -> Hit:
    """Two vantages, neither of which has the adverts of the other one's master."""
    one, other = case.name(cut.sender.address), case.name(cut.other.address)
    here, there = cut.here.vantage.id, cut.there.vantage.id
    lasted = Duration(cut.lasted_ns)
    return Hit(
        virtual_router=cut.router,
        vantage=here,
        at_ns=cut.hole.since_ns,
        until_ns=cut.hole.until_ns,
        verdict=Verdict.POSSIBLE,
        facts={"better": one, "worse": other, "seen": " that was compared", "lasted_ns": lasted},
        because=(
            Step(f"{here} shows {one} as master, and {there} does not", Basis.SEEN, cut.hole.shown),
            Step(
                f"{there} shows {other} as master in that time, and {here} does not",
                Basis.SEEN,
                tuple(mark.ref for mark in cut.spoken),
            ),
            Step(
                f"other frames get through between the two places. {cut.reception.clock.says}",
                Basis.INFERRED,
                role=Role.HOWEVER,
            ),
        ),
        settle_with=(
            f"a ping from {one} to {other}, and captures on both at the same time",
            f"iptables -nvL INPUT or nft list ruleset on {one} and on {other}",
        ),
        not_excluded=(
            "network-partition",
            "igmp-snooping-or-multicast-filter",
            "vrf-or-policy-route",
        ),
    )
