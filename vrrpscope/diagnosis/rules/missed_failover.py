"""The rule missed-failover."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.due import DueFailover
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="A hand-over was due and did not happen",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    says="{master} lowered its priority from {priority_before} to {priority_after} and kept the "
    "role for {held_ns}; nobody took over.",
)
def missed_failover(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master's effective priority falls from one advert to the next, and the same router goes on
    advertising for longer than the longest Master_Down_Interval that any backup could have.

    ### Why it matters
    A priority falls because a check on the master failed: it asks for somebody else to take over.

    ### How to confirm it
    Compare the priority after the fall with the backup's, in its configuration or in an advert
    that it once sent, and look for the check that failed in the master's log
    (`Changing effective priority from ... to ...`). A silent backup's own check may have failed as
    well: only its log tells.

    ### What else could look like this
    A check whose failure was never meant to move the role, or a master that has no backup.
    """
    for due in case.due_failovers:
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.step.after.first.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=_verdict(case, due),
            facts={
                "master": case.name(due.master.address),
                "priority_before": due.step.before.priority,
                "priority_after": due.priority,
                "held_ns": Duration(due.held_ns),
            },
            because=_because(case, due),
            settle_with=_settle_with(case, due),
            not_excluded=_not_excluded(case, due),
        )


def _verdict(case: Case, due: DueFailover) -> Verdict:
    """Proven where a backup surely listened that is better whatever its own checks say."""
    present = [b for b in due.backups if b.is_present]
    heard = due.step.after.advertisement
    if any(b.worst_priority > due.priority and case.surely_listens(b, heard) for b in present):
        return Verdict.PROVEN
    return Verdict.LIKELY if present else Verdict.POSSIBLE


def _because(case: Case, due: DueFailover) -> tuple[Step, ...]:
    steps = [
        *due.witnessed(case.name(due.master.address)),
        Step(
            "no backup's timer runs longer than "
            f"{Duration(due.allowed_ns)} after the last advert at the old priority",
            Basis.INFERRED,
            (due.step.before.last.ref,),
            "RFC 5798 section 6.1",
        ),
    ]
    for backup in due.backups:
        if backup.seen is not None:
            steps.append(
                Step(
                    f"{backup.name} {backup.sign} and sent no advert",
                    Basis.SEEN,
                    (backup.seen.ref,),
                    role=Role.HOWEVER,
                )
            )
    return tuple(steps)


def _not_excluded(case: Case, due: DueFailover) -> tuple[str, ...]:
    """Why it may have been right that nobody took over."""
    if _verdict(case, due) is Verdict.PROVEN:
        return ()
    return ("no backup was better at that time",)


def _settle_with(case: Case, due: DueFailover) -> tuple[str, ...]:
    """What would tell whether a hand-over was due."""
    if _verdict(case, due) is Verdict.PROVEN:
        return ()
    if all(b.intent is not None for b in due.backups) and due.backups:
        return tuple(
            f"the log of {b.name}: was its own check passing ('Changing effective priority')?"
            for b in due.backups
        )
    return ("the keepalived.conf of every router of the group: --config NODE=FILE",)
