"""The rule nopreempt-cleared-by-state-master."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.displaced import Displaced, Forbidden
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import Basis

_CLAUSE = "keepalived vrrp_complete_instance()"
_RFC = "RFC 5798 section 6.4.2"


@rule(
    title="An instance with state MASTER, or with priority 255, has no nopreempt in effect",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_CLAUSE, _RFC),
    explains=("unexpected-failover", "flapping"),
    rank=4,
    says="{new} has nopreempt, but {reason}, and keepalived clears nopreempt then: {new}, "
    "priority {new_priority}, took the role from {old}, priority {old_priority}, which was alive.",
    remedy="Write `state BACKUP` on every router of the group: `state` decides nothing below "
    "priority 255, the priorities do. An address owner (priority 255) always preempts; give it 254 "
    "or less where it must not. nopreempt belongs on the router with the higher priority.",
)
def nopreempt_cleared_by_state_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The router of the higher priority comes back (an IGMP or MLD report from its address) while the
    lower one advertises, and takes the role one Master_Down_Interval later. No priority 0. On the
    wire this is a preemption like any other; only the configuration says that none was meant.

    ### Why it stops a failover
    It does not stop one: it causes one that nobody wanted. keepalived clears `nopreempt` where the
    same instance has `state MASTER`, or priority 255, with one line in the log at its start.
    `preempt_delay` is cleared by `state MASTER` too.

    ### How to confirm it
    The log of the router that took over says, right after its start, `Warning - nopreempt will not
    work with initial state MASTER - clearing`, and `received lower priority (...) advert ... -
    discarding` before it takes over.

    ### What else could look like this
    `nopreempt-does-not-protect-master`: nopreempt is in effect there, and the router was master
    already, unheard by the other one. `master-at-boot`: it heard nothing while it started, and
    would have taken the role under nopreempt too. On the wire that is the same picture: only the
    line `- discarding` in its log tells that it had heard the lower master.
    """
    for displaced in case.displaced:
        intent = displaced.intent
        if displaced.forbidden is not Forbidden.NOPREEMPT or intent is None:
            continue
        if not intent.nopreempt.value or displaced.cleared is not None:
            yield _hit(case, displaced, intent)


def _hit(case: Case, displaced: Displaced, intent: Intent) -> Hit:
    handover = displaced.handover
    assert handover.before is not None
    old, new = (case.name(t.sender.address) for t in (handover.before, handover.after))
    unheard = displaced.was_master is None and not displaced.may_have_been
    sure = unheard and (displaced.heard_lower is not None or intent.is_owner)
    return Hit(
        virtual_router=displaced.story.router,
        vantage=displaced.timeline.vantage.id,
        at_ns=handover.at.time_ns,
        until_ns=handover.after.until.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={
            "new": new,
            "old": old,
            "new_priority": displaced.first.priority,
            "old_priority": handover.before.last_priority,
            "reason": _reason(intent),
        },
        because=tuple(_because(case, displaced, intent, new, old)),
        settle_with=()
        if sure
        else (f"the log of {new}: '- discarding' before it took over means that it heard {old}",),
        not_excluded=()
        if sure
        else ("master-at-boot" if unheard else "nopreempt-does-not-protect-master",),
    )


def _reason(intent: Intent) -> str:
    """What clears nopreempt, to follow "but"."""
    if intent.is_owner:
        return "priority 255 (it is the address owner)"
    if intent.state.value == "MASTER":
        return "state MASTER as well"
    return "its log says that it was cleared"


def _because(
    case: Case, displaced: Displaced, intent: Intent, new: str, old: str
) -> Iterator[Step]:
    handover = displaced.handover
    assert handover.before is not None
    yield from case.identified(handover.after.sender.address)
    clears = intent.base_priority if intent.is_owner else intent.state
    yield Step(
        f"{new} has nopreempt, and {_reason(intent)}",
        Basis.TOLD,
        lines(intent.nopreempt_told, clears),
        role=Role.LET,
    )
    if displaced.cleared is not None:
        yield Step(
            f"the log of {new} says that nopreempt was cleared",
            Basis.TOLD,
            (displaced.cleared.line,),
        )
    yield Step(
        f"{old} advertised priority {handover.before.last_priority} up to frame "
        f"{handover.before.until.ref.number}, and {new} began with priority "
        f"{displaced.first.priority} in frame {handover.at.ref.number}",
        Basis.SEEN,
        (handover.before.until.ref, handover.at.ref),
    )
    if displaced.heard_lower is not None:
        text = f"the log of {new} says that it heard {old} before that, and discarded its advert"
        yield Step(text, Basis.TOLD, (displaced.heard_lower.line,))
    follows = (
        f"without nopreempt {new} does not accept adverts of a lower priority than its own; its "
        f"timer ran out as if nobody was master, and {old} gave way to the better router"
    )
    if intent.is_owner:
        follows = f"an address owner is master as soon as it starts, and {old} must yield to it"
    yield Step(
        follows,
        Basis.INFERRED,
        clause=_RFC,
        role=Role.SO,
    )
