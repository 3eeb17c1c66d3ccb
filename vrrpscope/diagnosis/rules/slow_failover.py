"""The rule slow-failover."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.delays import Delay
from vrrpscope.diagnosis.questions.late import LateHandover
from vrrpscope.diagnosis.questions.sums import skew_sum, waited_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import HandoverKind

_FROM = {
    HandoverKind.RELEASE: "the release of {old} (priority 0)",
    HandoverKind.EXPIRY: "the last advert of {old}",
    HandoverKind.PREEMPTION: "the last advert of {old} that it had to accept",
}


_UNSEEN = "later adverts of the old master that were not captured"


@rule(
    title="The role moved later than the timers allow",
    kind=Kind.SYMPTOM,
    severity=Severity.WARNING,
    clauses=("RFC 3768 section 6.1", "RFC 5798 section 6.1"),
    says="{new} took over {took_ns} after {counted_from}; by its timer it should have waited for "
    "{expected_ns}.",
)
def slow_failover(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A backup takes over, but later than its timer says: three intervals and a bit (its
    Master_Down_Interval) after the last advert that it accepted, after a priority 0 that bit alone
    (its Skew_Time).

    ### Why it matters
    The virtual address is dead, or with a router that asked to be relieved, for longer than was
    planned.

    ### How to confirm it
    The new master's log: `A thread timer expired ... seconds ago` (it got no processor time),
    `start preempt delay`; with `-D` also `Receive advertisement timeout`.

    ### What else could look like this
    A backup that was started only meanwhile (this rule leaves it out where its join or its leave
    was seen). Adverts of the old master that reached the backup and not this place. A backup with
    `down_timer_adverts` above 3: its configuration tells, and then the hand-over was on time. A
    backup whose priority changed while its timer ran: the delay is then that of another priority
    than the one that it advertises (FRRouting; keepalived from 2.1 on moves the deadline). A
    priority 0 that did not reach the backup.
    """
    for late in case.late_handovers:
        delay = case.delay(late.story, late.handover)
        verdict = _verdict(late, delay)
        yield Hit(
            virtual_router=late.story.router,
            vantage=late.timeline.vantage.id,
            at_ns=late.counted_from.time_ns,
            until_ns=late.handover.at.time_ns,
            verdict=verdict,
            facts=_facts(case, late),
            because=(*_because(case, late), *delay.steps),
            settle_with=(*delay.settle_with, *_settle_with(case, late)),
            not_excluded=() if verdict is Verdict.PROVEN else (_UNSEEN, *delay.not_excluded),
        )


def _verdict(late: LateHandover, delay: Delay) -> Verdict:
    """Proven where both ends of the wait are certain, and the timer is."""
    if late.fitting_adverts is not None or late.present is None:
        return Verdict.POSSIBLE
    if delay.not_excluded:
        # By another timer it was on time; without a configuration hardly any delay fits none.
        return Verdict.POSSIBLE if late.told is None else Verdict.LIKELY
    if late.handover.kind is HandoverKind.PREEMPTION and not _priority_is_fixed(late):
        # Its own check may have failed as well: then its timer began later.
        return Verdict.POSSIBLE
    return Verdict.PROVEN if late.is_measured else Verdict.LIKELY


def _priority_is_fixed(late: LateHandover) -> bool:
    return late.told is not None and not late.told.tracked


def _facts(case: Case, late: LateHandover) -> dict[str, object]:
    before = late.handover.before
    assert before is not None
    old = case.name(before.sender.address)
    return {
        "new": case.name(late.handover.after.sender.address),
        "old": old,
        "took_ns": Duration(late.took_ns),
        "expected_ns": Duration(late.expected_ns),
        "counted_from": _FROM[late.handover.kind].format(old=old),
    }


def _because(case: Case, late: LateHandover) -> Iterator[Step]:
    facts = _facts(case, late)
    new = late.handover.after.streaks[0]
    yield Step(
        f"{facts['counted_from']} was frame {late.counted_from.ref.number}",
        Basis.SEEN,
        (late.counted_from.ref,),
        role=Role.LET,
    )
    yield Step(
        f"{facts['new']} spoke first {facts['took_ns']} later, with priority {new.priority}",
        Basis.SEEN,
        (late.handover.at.ref,),
    )
    told = lines(late.told.down_timer_adverts) if late.told else ()
    yield Step(
        f"its timer is {facts['expected_ns']}: {_sum(late)}",
        Basis.INFERRED,
        (new.first.ref, *told),
        "RFC 5798 section 6.1",
        Role.HOWEVER,
    )
    if late.present is not None:
        yield Step(
            f"{facts['new']} was there when its timer began",
            Basis.SEEN,
            (late.present.ref,),
        )
    if late.fitting_adverts is not None:
        yield Step(
            f"down_timer_adverts {late.fitting_adverts} on {facts['new']} (so many intervals "
            "instead of three) would give just this time",
            Basis.INFERRED,
            clause="keepalived down_timer_adverts",
            role=Role.HOWEVER,
        )


def _sum(late: LateHandover) -> str:
    """Where the length of the timer comes from."""
    assert late.handover.before is not None
    new, interval_ns = late.handover.after.streaks[0], late.handover.before.interval_ns
    if late.handover.kind is HandoverKind.RELEASE:
        text = skew_sum(new.advertisement.version, new.priority)
        return f"{text} (after a priority 0 no more than that)"
    return waited_sum(new, interval_ns, late.expected_ns)


def _settle_with(case: Case, late: LateHandover) -> tuple[str, ...]:
    new = case.name(late.handover.after.sender.address)
    settle = []
    if late.told is None:
        settle.append(
            f"the keepalived.conf of {new} (--config NODE=FILE): down_timer_adverts or "
            "preempt_delay in it makes it wait longer"
        )
    if late.present is None:
        settle.append(
            f"on {new}: journalctl -u keepalived | grep 'Starting Keepalived'; a start in that "
            "time explains the delay"
        )
    settle.append(
        f"on {new}: journalctl -u keepalived | grep 'A thread timer expired'; such a line at that "
        "time means that it got no processor time"
    )
    return tuple(settle)
