"""The rule missed-failover."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.diagnosis.questions.sums import longest_sum
from vrrpscope.diagnosis.questions.unheeded import Unheeded
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_NOBODY = "nobody took over"


@rule(
    title="A hand-over was due and did not happen",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    says="{master} {fell} and kept the role for {held_ns}; {outcome}.",
)
def missed_failover(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master's priority falls from one advert to the next, and the same router goes on
    advertising for longer than any backup would wait (three intervals and a bit, the
    Master_Down_Interval of the lowest priority). Or a
    check of the master fails, as its log or another instance of it shows, and its priority stays.

    ### Why it matters
    A priority falls because a check on the master failed: it asks for somebody else to take over.

    ### How to confirm it
    Compare the priority after the fall with the backup's, in its configuration or in an advert
    that it once sent, and look for the check that failed in the master's log
    (`Changing effective priority from ... to ...`). A silent backup's own check may have failed as
    well: only its log tells.

    ### What else could look like this
    A check whose failure was never meant to move the role, or a master that has no backup. A
    backup whose `preempt_delay` still runs.
    """
    for due in case.due_failovers:
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.since.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=_verdict(case, due),
            facts={
                "master": case.name(due.master.address),
                "fell": f"lowered its priority from {due.fall.priority_before} to {due.priority}",
                "priority_before": due.fall.priority_before,
                "priority_after": due.priority,
                "held_ns": Duration(due.held_ns),
                "outcome": _outcome(due),
            },
            because=_because(case, due),
            settle_with=_settle_with(case, due),
            not_excluded=_not_excluded(case, due),
        )
    for unheeded in case.unheeded:
        if unheeded.failed_ns is not None:
            yield _of_unheeded(case, unheeded)


def _outcome(due: DueFailover) -> str:
    """What came of it."""
    if due.anew is None:
        return _NOBODY
    return "somebody took over only after the daemon there had been started or reloaded"


def _of_unheeded(case: Case, unheeded: Unheeded) -> Hit:
    """The hit for a check that failed without any effect on the priority."""
    tenure, item = unheeded.tenure, unheeded.item
    master = case.name(tenure.sender.address)
    assert unheeded.failed_ns is not None
    priority = tenure.last_priority
    evidence = (unheeded.logged.line,) if unheeded.logged is not None else ()
    sibling = unheeded.sibling
    seen = (sibling.after.first.ref,) if sibling is not None else ()
    sure = case.surely_missed(unheeded)
    return Hit(
        virtual_router=unheeded.story.router,
        vantage=unheeded.timeline.vantage.id,
        at_ns=unheeded.failed_ns,
        until_ns=unheeded.until_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={
            "master": master,
            "fell": f"has a check, {item.name}, that failed, stayed at priority {priority}",
            "held_ns": Duration(unheeded.held_ns),
            "outcome": _NOBODY,
        },
        because=(
            Step(
                f"the configuration of {master} watches {item.name} with weight "
                f"{item.weight.value}",
                Basis.TOLD,
                (item.line,),
                role=Role.LET,
            ),
            Step(
                f"{item.name} failed on {master}",
                Basis.SEEN if seen else Basis.TOLD,
                (*seen, *evidence),
            ),
            Step(
                f"{master} went on advertising priority {priority} up to frame "
                f"{tenure.until.ref.number}",
                Basis.SEEN,
                (tenure.until.ref,),
                role=Role.HOWEVER,
            ),
        ),
        settle_with=()
        if sure
        else ("the keepalived.conf and the log of every router of the group: --config, --log",),
        not_excluded=() if sure else ("no backup was better at that time",),
    )


def _verdict(case: Case, due: DueFailover) -> Verdict:
    """Proven where a backup surely listened that was better, whatever its own checks said.

    By its configuration, or by its log where that covers the time.
    """
    present = [b for b in due.backups if b.is_present]
    if any(_was_surely_better(case, due, b) for b in present):
        return Verdict.PROVEN
    return Verdict.LIKELY if present else Verdict.POSSIBLE


def _was_surely_better(case: Case, due: DueFailover, backup: Backup) -> bool:
    if backup.may_delay(due.held_ns - due.allowed_ns):
        return False
    if backup.was_better(due.priority):
        return True
    always = backup.is_out is None and backup.worst_priority > due.priority
    return always and case.surely_listens(backup, due.heard)


def _because(case: Case, due: DueFailover) -> tuple[Step, ...]:
    steps = [
        *due.witnessed(case.name(due.master.address)),
        Step(
            "a backup that discards the lower priority takes over within "
            f"{Duration(due.allowed_ns)} of the last advert at the old one"
            f"{longest_sum(due.fall.after, due.allowed_ns)}",
            Basis.INFERRED,
            (due.fall.last_better.ref,),
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
        steps.extend(backup.logged(due.priority))
    if due.anew is not None:
        text = "a log says that the daemon was started or reloaded before the role moved at last"
        steps.append(Step(text, Basis.TOLD, (due.anew.line,), role=Role.HOWEVER))
    return tuple(steps)


def _not_excluded(case: Case, due: DueFailover) -> tuple[str, ...]:
    """Why it may have been right that nobody took over."""
    if _verdict(case, due) is Verdict.PROVEN:
        return ()
    if case.surely_no_better(due):
        return ("a weight that is small on purpose: this failure was never to move the role",)
    delayed = [b for b in due.backups if b.may_delay(due.held_ns - due.allowed_ns)]
    if delayed:
        return (f"the preempt_delay of {delayed[0].name}, which may still be running",)
    return ("no backup was better at that time",)


def _settle_with(case: Case, due: DueFailover) -> tuple[str, ...]:
    """What would tell whether a hand-over was due."""
    if _verdict(case, due) is Verdict.PROVEN:
        return ()
    if case.surely_no_better(due):
        return (
            "no file tells what the weight was meant to do: ask who wrote it, or see its history",
        )
    if all(b.intent is not None for b in due.backups) and due.backups:
        return tuple(line for b in due.backups for line in _ask(due, b))
    return (
        "the keepalived.conf of every router of the group: run this again with --config NODE=FILE "
        "for each",
    )


def _ask(due: DueFailover, backup: Backup) -> tuple[str, ...]:
    """What would tell of one backup whether it was better."""
    if backup.was_no_better(due.priority):
        return (f"the log of {backup.name} settles it: its priority was {due.priority} or less",)
    if backup.account is not None:
        return backup.ask_log() or (
            f"on {backup.name}: journalctl -u keepalived | grep 'Changing effective priority'; "
            "what was its priority at that time?",
        )
    return (
        f"the log of {backup.name} (--log NODE=FILE): 'Changing effective priority' says whether "
        "its own check had failed as well",
    )
