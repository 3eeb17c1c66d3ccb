"""The rule backup-also-degraded."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_RFC = "RFC 5798 section 6.4.2"


@rule(
    title="The check fails on the backup as well, so the order of the priorities does not change",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_RFC,),
    explains=("missed-failover",),
    rank=4,
    says="{master} fell to priority {priority_after}, and {backup} {surely}.",
    remedy="See why the check fails on {backup} too: something that both routers depend on, or "
    "the check itself. With a check that has no weight, both routers would go into FAULT and "
    "nobody would hold the address.",
)
def backup_also_degraded(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master's priority falls and nothing else happens: on the wire the same picture as
    `weight-smaller-than-priority-gap`.

    ### Why it stops a failover
    The penalty of the failed check applies on both sides, so the better router stays the better
    one.

    ### How to confirm it
    The backup's log says `Changing effective priority from ... to ...` too, and `VRRP_Script(...)
    failed`. A silent backup's priority is never on the wire.

    ### What else could look like this
    `weight-smaller-than-priority-gap` (the backup is healthy and still lower),
    `nopreempt-weighted-check` (the backup is better and does not react), a backup in FAULT.
    """
    for due in case.due_failovers:
        backup = _candidate(due)
        if backup is None:
            continue
        verdict = _verdict(due, backup)
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.since.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=verdict,
            facts={
                "master": case.name(due.master.address),
                "backup": backup.name,
                "priority_before": due.fall.priority_before,
                "priority_after": due.priority,
                "surely": _how(due, backup),
            },
            because=tuple(_because(case, due, backup)),
            settle_with=() if verdict is Verdict.PROVEN else _settle_with(backup),
            not_excluded=() if verdict is Verdict.PROVEN else _not_excluded(backup),
        )


def _candidate(due: DueFailover) -> Backup | None:
    """A backup that was there, would be better when healthy, and could have been degraded.

    Under nopreempt the backup's priority makes no difference unless its log tells that it was no
    better, and one that is lower even when healthy needs no other reason.
    """
    told = [b for b in due.backups if b.was_no_better(due.priority)]
    fitting = told or [b for b in due.backups if _may_be_degraded(due, b)]
    return max(fitting, key=lambda b: b.healthy_priority or 0, default=None)


def _may_be_degraded(due: DueFailover, backup: Backup) -> bool:
    """True where nothing tells that it was better at that time."""
    if backup.preempts is False or backup.is_out is not None or backup.was_better(due.priority):
        return False
    healthy, intent = backup.healthy_priority, backup.intent
    better = healthy is None or healthy > due.priority
    return (
        backup.is_present
        and better
        and (intent is None or min(intent.effective_priorities()) <= due.priority)
    )


def _verdict(due: DueFailover, backup: Backup) -> Verdict:
    """Proven by the backup's log alone: nothing else shows the priority of a silent backup.

    Of every other backup it must be told as well that it was no better.
    """
    if all(_was_no_better(due, b) for b in due.backups):
        return Verdict.PROVEN
    if backup.was_degraded_before(due.priority):
        return Verdict.LIKELY
    told = all(b.intent is not None for b in due.backups)
    return Verdict.LIKELY if told and backup.preempts else Verdict.POSSIBLE


def _was_no_better(due: DueFailover, backup: Backup) -> bool:
    return backup.was_no_better(due.priority) or backup.best_priority <= due.priority


def _how(due: DueFailover, backup: Backup) -> str:
    """What the sentence claims of the backup's check."""
    if backup.was_no_better(due.priority):
        return "was no better: its own check had failed too"
    if backup.was_degraded_before(due.priority):
        return "had been no better before, for its own check had failed too"
    return "stayed silent as a backup does whose own check has failed too"


def _because(case: Case, due: DueFailover, backup: Backup) -> Iterator[Step]:
    if backup.address is not None:
        yield from case.identified(backup.address)
    intent = backup.intent
    if intent is not None:
        preempts = "nopreempt" if intent.nopreempt.value else "preempts"
        yield Step(
            f"{backup.name} has a base priority of {intent.base_priority.value}, {preempts}, and "
            f"falls to {min(intent.effective_priorities())} when its checks fail",
            Basis.TOLD,
            (*lines(intent.base_priority), *(item.line for item in intent.tracked)),
            role=Role.LET,
        )
    yield from due.witnessed(case.name(due.master.address))
    change = backup.settled.priority if backup.settled is not None else None
    if change is not None:
        yield Step(
            f"the log of {backup.name} says that its priority went from {change.before} to "
            f"{change.after}",
            Basis.TOLD,
            (change.line,),
        )
    yield from backup.logged(due.priority)
    yield Step(*_conclusion(due, backup), clause=_RFC, role=Role.HOWEVER)


def _conclusion(due: DueFailover, backup: Backup) -> tuple[str, Basis]:
    """Why it did not take over; under nopreempt it would not have done so in any case."""
    if not backup.was_no_better(due.priority):
        condition = "" if backup.intent is not None else "if it preempts, "
        text = f"{condition}{backup.name} accepts adverts of priority {due.priority} only while "
        return f"{text}its own priority is no higher", Basis.INFERRED
    change = backup.settled.priority if backup.settled is not None else None
    had = f" with {change.after} against {due.priority}" if change and change.after else ""
    text = (
        f"{backup.name} was not the better router{had}, neither when its timer would have run out "
        "nor later, so no hand-over was due"
    )
    if backup.preempts is False:
        text += "; and it has nopreempt: when its check passes again it will not take over either"
    return text, Basis.INFERRED


def _settle_with(backup: Backup) -> tuple[str, ...]:
    ask = f"the log of {backup.name}: 'Changing effective priority' or 'VRRP_Script(...) failed'"
    asked = backup.ask_log() if backup.account is not None else (f"{ask} at the time of the fall",)
    return (*(asked or (ask,)), *_ask_for_configuration(backup))


def _ask_for_configuration(backup: Backup) -> tuple[str, ...]:
    if backup.intent is not None:
        return ()
    return (f"the keepalived.conf of {backup.name}: --config NODE=FILE",)


def _not_excluded(backup: Backup) -> tuple[str, ...]:
    others = ["a backup in FAULT", "a sync group that holds the backup back"]
    if backup.preempts is None:
        others.insert(0, "nopreempt-weighted-check")
    if backup.healthy_priority is None:
        others.insert(1, "weight-smaller-than-priority-gap")
    return tuple(others)
