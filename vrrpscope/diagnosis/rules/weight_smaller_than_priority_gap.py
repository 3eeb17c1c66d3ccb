"""The rule weight-smaller-than-priority-gap."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_RFC = "RFC 5798 section 6.4.2"
_RELOAD = "a reload of the master with a lower priority"
_IS_IT_RUNNING = (
    "whether the keepalived.conf of {name} is the one that runs: it is read at the start and at a "
    "reload only"
)


@rule(
    title="The failed check costs the master less than its lead over the backup",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_RFC, "keepalived vrrp_state_backup()"),
    explains=("missed-failover",),
    rank=3,
    says="{master} fell to priority {priority_after}, and {backup} {is_no_better}: a backup "
    "takes over only from a master whose priority is below its own.",
    remedy="Make the weight of the check greater than the difference of the two priorities "
    "({needed}), or take the weight off, so that a failure puts the instance into FAULT and the "
    "role is released.",
)
def weight_smaller_than_priority_gap(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master's priority falls at one advert and stays above the backup's, or equal to it.
    Nothing else changes.

    ### Why it stops a failover
    A backup becomes master when its Master_Down_Timer runs out, and every advert that it accepts
    sets that timer back. It discards an advert only where the priority in it is lower than its own;
    an equal one it accepts (RFC 5798 section 6.4.2). 101 less 1 is 100, and a backup of priority
    100 stays where it is.

    ### How to confirm it
    Compare the priority after the fall with the backup's priority in its configuration. The
    weights of several failed checks add up; the result stays between 1 and 254.

    ### What else could look like this
    `backup-also-degraded` (the penalty applies on both sides), `nopreempt-weighted-check` (the
    backup is better and does not react), `positive-weight-misread` (the weight suffices, and has
    the wrong sign).
    """
    for due in case.due_failovers:
        backup = _candidate(due)
        if backup is None or case.misread_weight(due) is not None:
            continue
        verdict = _verdict(case, due, backup)
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.since.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=verdict,
            facts=_facts(case, due, backup),
            because=tuple(_because(case, due, backup)),
            settle_with=() if verdict is Verdict.PROVEN else _settle_with(case, due, backup),
            not_excluded=_not_excluded(case, due, backup, verdict),
        )


def _candidate(due: DueFailover) -> Backup | None:
    """A backup that is no better even now, or might not be; None where a better one was there."""
    present = [b for b in due.backups if b.is_present and b.is_out is None]
    known = [b.healthy_priority for b in present if b.healthy_priority is not None]
    if any(priority > due.priority for priority in known):
        return None
    return max(present, key=lambda b: b.healthy_priority or 0, default=None)


def _verdict(case: Case, due: DueFailover, backup: Backup) -> Verdict:
    """Proven where every configuration tells of a lower priority, and every backup's to preempt.

    The master's too: without it, what fell may be a bonus that was meant as a penalty.
    """
    if backup.healthy_priority is None:
        return Verdict.POSSIBLE
    told = case.intent(due.story, due.master.address) is not None
    return Verdict.PROVEN if told and case.surely_no_better(due) else Verdict.LIKELY


def _facts(case: Case, due: DueFailover, backup: Backup) -> dict[str, object]:
    priority = backup.healthy_priority
    known = f"has no more than {priority}" if priority is not None else "may have no more than that"
    return {
        "master": case.name(due.master.address),
        "backup": backup.name,
        "priority_before": due.fall.priority_before,
        "priority_after": due.priority,
        "backup_priority": priority,
        "is_no_better": known,
        "needed": _needed(due.fall.priority_before, priority),
    }


def _needed(before: int, priority: int | None) -> str:
    """What the weight must be, in brackets after the rule."""
    if priority is None or before < priority:
        return "not equal to it"
    least = before - priority + 1
    return f"{least} or more here: {before} - {least} is {before - least}, below {priority}"


def _because(case: Case, due: DueFailover, backup: Backup) -> Iterator[Step]:
    yield from _checks(case, due)
    if backup.address is not None:
        yield from case.identified(backup.address)
    if backup.intent is not None:
        told = backup.intent.base_priority
        yield Step(
            f"{backup.name} has a base priority of {told.value}, and no more than "
            f"{backup.healthy_priority} with all its checks passing",
            Basis.TOLD,
            lines(told),
            role=Role.LET,
        )
    elif backup.last_priority is not None and backup.seen is not None:
        yield Step(
            f"{backup.name} said priority {backup.last_priority} when it was master",
            Basis.SEEN,
            (backup.seen.ref,),
            role=Role.LET,
        )
    yield from due.witnessed(case.name(due.master.address))
    yield from backup.logged(due.priority)
    condition = "" if backup.healthy_priority is not None else "if its priority is no higher, "
    yield Step(
        f"{condition}{backup.name} accepts adverts of priority {due.priority}, for that is not "
        "below its own, and each of them sets back the timer (Master_Down_Timer) after which it "
        "would become master",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.HOWEVER,
    )


def _checks(case: Case, due: DueFailover) -> Iterator[Step]:
    """The checks of the master whose failure alone makes this fall."""
    intent = case.intent(due.story, due.master.address)
    for item in intent.tracked if intent is not None else ():
        if intent is not None and intent.priority_when_failed(item) == due.priority:
            yield Step(
                f"{case.name(due.master.address)} watches {item.name} with weight "
                f"{item.weight.value}: when it fails, the priority is {due.priority}",
                Basis.TOLD,
                (*lines(item.weight), item.line),
                role=Role.LET,
            )


def _settle_with(case: Case, due: DueFailover, backup: Backup) -> tuple[str, ...]:
    settle = _settle_backup(backup)
    name = case.name(due.master.address)
    if backup.intent is not None and case.intent(due.story, due.master.address) is None:
        settle = (f"the weight of the check in the keepalived.conf of {name}", *settle)
    if backup.intent is None or case.surely_failed(due):
        return settle
    return (f"the log of {name} at the fall: 'VRRP_Script(...) failed', or 'Reloading'?", *settle)


def _settle_backup(backup: Backup) -> tuple[str, ...]:
    if backup.account is not None and backup.intent is not None:
        return backup.ask_log() or (_IS_IT_RUNNING.format(name=backup.name),)
    if backup.intent is not None:
        return (
            f"the log of {backup.name}: 'Entering FAULT STATE' or 'Entering MASTER STATE' would "
            "mean that this is not the cause",
        )
    return (f"the priority in the keepalived.conf of {backup.name}: --config NODE=FILE",)


def _not_excluded(
    case: Case, due: DueFailover, backup: Backup, verdict: Verdict
) -> tuple[str, ...]:
    if verdict is Verdict.PROVEN:
        return ()
    others = _other_backups(due, backup)
    if backup.intent is not None and case.intent(due.story, due.master.address) is None:
        others = ("positive-weight-misread", *others)
    return others if backup.intent is None or case.surely_failed(due) else (_RELOAD, *others)


def _other_backups(due: DueFailover, backup: Backup) -> tuple[str, ...]:
    """What else may have kept the backups back."""
    if any(b.intent is not None and b.best_priority > due.priority for b in due.backups):
        return ("no-backup-alive", "a better backup in FAULT")
    if backup.preempts:
        return (
            "no-backup-alive",
            "a backup in FAULT",
            "a backup that rejects the adverts (dual-master)",
        )
    if backup.healthy_priority is not None:
        return ("nopreempt-weighted-check",)
    return ("nopreempt-weighted-check", "backup-also-degraded")
