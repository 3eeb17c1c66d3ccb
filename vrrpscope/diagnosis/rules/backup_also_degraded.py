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
    says="{master} fell to priority {priority_after}, and {backup} stayed silent as a backup "
    "does whose own check has failed too.",
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
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.step.after.first.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=_verdict(due, backup),
            facts={
                "master": case.name(due.master.address),
                "backup": backup.name,
                "priority_before": due.step.before.priority,
                "priority_after": due.priority,
            },
            because=tuple(_because(case, due, backup)),
            settle_with=(
                f"the log of {backup.name}: 'Changing effective priority' or 'VRRP_Script(...) "
                "failed' at the time of the fall",
                *_ask_for_configuration(backup),
            ),
            not_excluded=_not_excluded(backup),
        )


def _candidate(due: DueFailover) -> Backup | None:
    """A backup that was there, would be better when healthy, and could have been degraded.

    Under nopreempt the backup's priority makes no difference, and one that is lower even when
    healthy needs no other reason.
    """
    fitting = [
        b
        for b in due.backups
        if b.is_present
        and b.preempts is not False
        and (b.healthy_priority is None or b.healthy_priority > due.priority)
        and (b.intent is None or min(b.intent.effective_priorities()) <= due.priority)
    ]
    return max(fitting, key=lambda b: b.healthy_priority or 0, default=None)


def _verdict(due: DueFailover, backup: Backup) -> Verdict:
    """Likely at most: nothing shows the effective priority of a silent backup."""
    told = all(b.intent is not None for b in due.backups)
    return Verdict.LIKELY if told and backup.preempts else Verdict.POSSIBLE


def _because(case: Case, due: DueFailover, backup: Backup) -> Iterator[Step]:
    if backup.address is not None:
        yield from case.identified(backup.address)
    intent = backup.intent
    if intent is not None:
        yield Step(
            f"{backup.name} has a base priority of {intent.base_priority.value}, preempts, and "
            f"falls to {min(intent.effective_priorities())} when its checks fail",
            Basis.TOLD,
            (*lines(intent.base_priority), *(item.line for item in intent.tracked)),
            role=Role.LET,
        )
    yield from due.witnessed(case.name(due.master.address))
    condition = "" if intent is not None else "if it preempts, "
    yield Step(
        f"{condition}{backup.name} accepts adverts of priority {due.priority} only while its own "
        "priority is no higher",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.HOWEVER,
    )


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
