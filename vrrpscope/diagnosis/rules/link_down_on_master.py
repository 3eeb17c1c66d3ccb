"""The rule link-down-on-master."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.signs import Pause
from vrrpscope.diagnosis.questions.sums import waited_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import Gap, Streak

_FAULT = "keepalived down_instance()"
_SETTLE = "on {}: journalctl -u keepalived | grep 'Netlink reports'; 'down' at that time proves it"


@rule(
    title="The master's link went down, and the backup took over when its timer expired",
    kind=Kind.NOTE,
    severity=Severity.INFO,
    clauses=(_FAULT, "RFC 5798 section 6.4.2"),
    rank=5,
    says="The link of {router} {was} down when it was master: it could not say that it gave the "
    "role up (priority 0), so {new} took over {took_ns} after its last advert.",
    remedy="Nothing is wrong with VRRP. If it took too long, use a smaller advert_int on every "
    "router; if it should not have happened, look for the link: ip -s link, ethtool, the switch "
    "port's log.",
)
def link_down_on_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master falls silent without priority 0, and a backup takes over when its timer expires. When
    the master comes back it is the same process, and its IP identification goes on two or three
    higher: keepalived tried to send priority 0 (2.2.7 tries twice), and it never left.

    ### Why it matters
    This is a hand-over as it should be. It takes a Master_Down_Interval and not a Skew_Time,
    because the priority 0 could not be sent.

    ### How to confirm it
    Its log says `Netlink reports eth0 down` and then `Entering FAULT STATE`.

    ### What else could look like this
    A firewall or a fault of the network that lost just these two packets, while the instance was in
    FAULT for another reason (`stuck-in-fault`, `transmit-blocked`).
    """
    for timeline, story in case.stories():
        for handover in story.handovers:
            hit = _hit(case, timeline, story, handover)
            if hit is not None:
                yield hit


def _hit(case: Case, timeline: Timeline, story: RouterStory, handover: Handover) -> Hit | None:
    before = handover.before
    if before is None or handover.kind is not HandoverKind.EXPIRY or not handover.on_time:
        return None
    returned = case.signs(story).next_streak(before.sender, before.until)
    gap = returned.gap_before if returned is not None else None
    told = _told(case, story, handover)
    shown = returned is not None and _is_few(case, story, returned)
    if not shown and not told:
        return None
    sure = bool(told) and told[0].name in case.own_interfaces(story, before.sender.address)
    router, new = case.name(before.sender.address), case.name(handover.after.sender.address)
    assert handover.took_ns is not None
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=before.until.time_ns,
        until_ns=handover.at.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={
            "router": router,
            "new": new,
            "was": "was" if sure else "seems to have been",
            "took_ns": Duration(handover.took_ns),
        },
        because=(
            *_seen(router, new, handover),
            *(_count(router, returned, gap) if shown and returned and gap else ()),
            *(_line(router, s) for s in told),
        ),
        settle_with=() if sure else _settle_with(router, bool(told)),
        not_excluded=() if sure else ("transmit-blocked",),
    )


def _settle_with(router: str, is_told: bool) -> tuple[str, ...]:
    if is_told:
        return (f"the keepalived.conf of {router}: is that its interface, or a tracked one?",)
    return (_SETTLE.format(router),)


def _is_few(case: Case, story: RouterStory, returned: Streak) -> bool:
    """True where just one or two packets were counted and not seen, as two priority 0 are."""
    few = case.signs(story).pause_before(returned) is Pause.FEW
    gap = returned.gap_before
    # In a shorter pause as many adverts may simply have been lost.
    return few and gap is not None and gap.duration_ns > 6 * returned.interval_ns


def _told(case: Case, story: RouterStory, handover: Handover) -> tuple[Statement, ...]:
    """Its log: an interface went down, and the instance into FAULT, after its last advert."""
    before = handover.before
    assert before is not None
    said = case.said(
        story,
        before.sender.address,
        Said.INTERFACE,
        Said.STATE,
        since_ns=before.until.time_ns,
        until_ns=handover.at.time_ns,
    )
    own = case.own_interfaces(story, before.sender.address)
    down = [s for s in said if s.said is Said.INTERFACE and s.good is False]
    # By a tracked interface that is down nothing would have left anyway.
    down = [s for s in down if s.name in own] if own else down
    fault = [s for s in said if s.said is Said.STATE and s.state == "FAULT"]
    return (down[0], fault[0]) if down and fault else ()


def _seen(router: str, new: str, handover: Handover) -> Iterator[Step]:
    assert handover.before is not None
    yield Step(
        f"{router} was master and sent its last advert in frame "
        f"{handover.before.until.ref.number}, no priority 0",
        Basis.SEEN,
        (handover.before.until.ref,),
        role=Role.LET,
    )
    text = f"{new} took over when its timer expired{_sum(handover)}"
    yield Step(text, Basis.SEEN, (handover.at.ref,), "RFC 5798 section 6.4.2")


def _sum(handover: Handover) -> str:
    """Where the length of that timer comes from."""
    if handover.before is None or handover.expected_ns is None:
        return ""
    interval_ns, waits_ns = handover.before.interval_ns, handover.expected_ns.low
    text = waited_sum(handover.after.streaks[0], interval_ns, waits_ns)
    return f", {Duration(waits_ns)} ({text})"


def _count(router: str, returned: Streak, gap: Gap) -> Iterator[Step]:
    yield Step(
        f"{router} came back {Duration(gap.duration_ns)} after its last advert, and its IP "
        f"identification, which counts its adverts, was {gap.ip_id_step} higher: the same process, "
        f"which had tried to send only {(gap.ip_id_step or 1) - 1} meanwhile",
        Basis.SEEN,
        (gap.from_.ref, returned.first.ref),
        "keepalived vrrp_update_pkt()",
        Role.HOWEVER,
    )


def _line(router: str, said: Statement) -> Step:
    text = f"{said.name} went down" if said.said is Said.INTERFACE else "it went into FAULT"
    return Step(f"the log of {router} says that {text}", Basis.TOLD, (said.line,), _FAULT)
