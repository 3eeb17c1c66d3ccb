"""The rule positive-weight-misread."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.due import DueFailover
from vrrpscope.diagnosis.questions.misread import Misread
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import Basis

_RFC = "RFC 5798 section 6.4.2"
_CLAUSE = "keepalived process_script_update_priority()"


@rule(
    title="A positive weight was meant as a penalty, and is a bonus while the check passes",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_CLAUSE, _RFC),
    explains=("missed-failover",),
    rank=3,
    says="{master} has {check} with weight {weight}, which is added to its priority while the "
    "check passes: it fell from {priority_before} to its base priority {priority_after} and no "
    "lower, and {backup} has no more than {backup_priority}.",
    remedy="Write the weight of {check} with a minus (weight -{weight}): then a failure makes it "
    "{as_penalty}, below the {backup_priority} of {backup}. Or keep it positive, and give every "
    "router of the group the same check: then the others have their bonus while {master} has "
    "none. Or take the weight off: a failure then puts the instance into FAULT, and the role is "
    "released.",
)
def positive_weight_misread(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master advertises its base priority plus the weight of a check. When the check fails, the
    priority falls back to the base priority, which is still as high as the backup's or higher.
    Nothing else changes. At its start a router may advertise its base priority until the check has
    passed once.

    ### Why it stops a failover
    keepalived adds a positive weight while the check passes, and a negative one while it fails. A
    failure takes a bonus away; it is no penalty. Where the other routers do not have the same
    check, the base priorities decide, and the master has the higher one. (A `track_file` is
    another matter: the number in the file times the weight is always added, so with a positive
    weight a greater number makes the router better.)

    ### How to confirm it
    The master's log says `Changing effective priority from 110 to 130` at its start, and from 130
    to 110 when the check fails. Compare the base priorities in the configurations.

    ### What else could look like this
    `weight-smaller-than-priority-gap`: there a penalty of the same size would not suffice either,
    or the backup has the same bonus, so that the sign is right and the weight is too small.
    `backup-also-degraded`: there the backup would be better if its own check passed.
    """
    for due in case.due_failovers:
        misread = case.misread_weight(due)
        master = case.intent(due.story, due.master.address)
        if misread is None or master is None:
            continue
        sure = case.surely_no_better(due) and not misread.others
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.since.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
            facts=_facts(case, due, misread),
            because=tuple(_because(case, due, misread, master)),
            settle_with=() if sure else _settle_with(misread),
            not_excluded=() if sure else _not_excluded(misread),
        )


def _facts(case: Case, due: DueFailover, misread: Misread) -> dict[str, object]:
    return {
        "master": case.name(due.master.address),
        "check": misread.item.name,
        "weight": misread.item.weight.value,
        "priority_before": due.fall.priority_before,
        "priority_after": due.priority,
        "backup": misread.backup.name,
        "backup_priority": misread.backup_priority,
        "as_penalty": misread.as_penalty,
    }


def _because(case: Case, due: DueFailover, misread: Misread, master: Intent) -> Iterator[Step]:
    name, item, backup = case.name(due.master.address), misread.item, misread.backup
    yield Step(
        f"{name} has a base priority of {master.base_priority.value}, and {item.name} adds "
        f"{item.weight.value} while it passes",
        Basis.TOLD,
        (*lines(master.base_priority, item.weight), item.line),
        _CLAUSE,
        Role.LET,
    )
    if backup.address is not None:
        yield from case.identified(backup.address)
    if backup.intent is not None:
        yield Step(
            f"{backup.name} has no more than {misread.backup_priority} with all its checks passing",
            Basis.TOLD,
            lines(backup.intent.base_priority),
            role=Role.LET,
        )
    yield from due.witnessed(name)
    yield from backup.logged(due.priority)
    yield Step(
        f"{due.priority} is not below the {misread.backup_priority} of {backup.name}, so it stays "
        f"a backup; a penalty of {item.weight.value} would have left {misread.as_penalty}, which "
        "is below it, and it would take over",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.HOWEVER,
    )


def _settle_with(misread: Misread) -> tuple[str, ...]:
    name = misread.backup.name
    if misread.others:
        return (
            f"the master's log at the fall: 'VRRP_Script({misread.item.name}) failed', or another?",
        )
    if misread.backup.account is not None:
        return misread.backup.ask_log() or (f"the keepalived.conf of {name}: --config NODE=FILE",)
    return (
        f"the keepalived.conf of {name}, if it was not given: --config NODE=FILE",
        f"the log of {name}: was it in BACKUP at that time? --log NODE=FILE",
    )


def _not_excluded(misread: Misread) -> tuple[str, ...]:
    if misread.others:
        return tuple(f"a failure of {name}" for name in misread.others)
    if misread.backup.intent is None:
        return ("backup-also-degraded", "nopreempt-weighted-check")
    others = () if misread.backup.is_present else ("no-backup-alive",)
    return (*others, "a backup in FAULT", "a backup that rejects the adverts (dual-master)")
