"""The rule nopreempt-weighted-check."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent, TrackedItem
from vrrpscope.observation import Basis

_RFC = "RFC 5798 section 6.4.2"
_RELOAD = "a reload of the master with a lower priority"
_DEAF = ("a backup in FAULT", "a backup that rejects the adverts (dual-master)")


@rule(
    title="A failed check only lowers the priority, and under nopreempt no backup reacts to that",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_RFC, "keepalived vrrp_state_backup()"),
    explains=("missed-failover",),
    rank=1,
    says="{master} fell to priority {priority_after} and went on advertising; {backup}, "
    "{under_nopreempt}, restarts its timer at every advert, whatever the priority, so it never "
    "takes over.",
    remedy="Two ways out. (1) Take the weight off the check on every router: a check without a "
    "weight puts the instance into FAULT when it fails, the master sends a priority 0, and the "
    "backup takes over within its Skew_Time, nopreempt or not. (2) Keep the weight, and silence "
    "the adverts of a router whose service is down (iptables -I OUTPUT -p 112 -j DROP for as long "
    "as the check fails): the backup hears nothing and takes over after its "
    "Master_Down_Interval. Raising the weight alone would not help: under nopreempt the backup "
    "does not compare priorities.",
)
def nopreempt_weighted_check(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One sender, exactly on time, whose priority falls by the weight of a check at one advert and
    stays there. No priority 0, no second sender. The backup is silent, or shows itself only by
    its IGMP or MLD report.

    ### Why it stops a failover
    A backup with Preempt_Mode False restarts its Master_Down_Timer at *every* advert, whatever
    its priority (RFC 5798 section 6.4.2; keepalived: `vrrp_state_backup()` tests nopreempt
    first). Only silence or a priority 0 can make it master. A weighted check causes neither.

    ### How to confirm it
    The backup's configuration says `nopreempt`, and the check in the master's `track_script` has
    a weight. The master's log says `Changing effective priority from ... to ...`. The backup's
    log says nothing at all: with preemption it would say `received lower priority (...) advert
    ... - discarding`.

    ### What else could look like this
    `weight-smaller-than-priority-gap` (the backup is not better even now),
    `backup-also-degraded` (its check fails as well), `no-backup-alive`, a backup in FAULT. The
    backup's configuration tells the first from this one; without it the capture cannot. A master
    that was reloaded with a lower priority gives the same picture, apart from its IP
    identification, which begins at 1 again. A backup with unicast peers joins and leaves no group,
    so that its daemon may have stopped unseen: then its log decides.
    """
    for due in case.due_failovers:
        backup = _candidate(due)
        if backup is None or (backup.rejected and case.rejects(backup, due.heard)):
            continue
        master = case.intent(due.story, due.master.address)
        verdict = _verdict(case, due, backup)
        yield Hit(
            virtual_router=due.story.router,
            vantage=due.timeline.vantage.id,
            at_ns=due.since.time_ns,
            until_ns=due.held_until.time_ns,
            verdict=verdict,
            facts=_facts(case, due, backup, verdict),
            because=(*_told(case, due, master, backup), *_seen(case, due, backup, verdict)),
            settle_with=() if verdict is Verdict.PROVEN else _settle_with(case, due, backup),
            not_excluded=_not_excluded(case, due, backup, verdict),
        )


def _candidate(due: DueFailover) -> Backup | None:
    """A backup that would be better after the fall, or might be; the surest one first."""
    fitting = [b for b in due.backups if b.preempts is not True and _may_be_better(due, b)]
    told_otherwise = any(b.preempts and b.is_present and _is_better(due, b) for b in due.backups)
    if told_otherwise:
        # A better backup that does preempt was there: nopreempt on another one explains nothing.
        return None
    if not due.backups:
        return Backup("the backup", None, None, "", None, None, None)
    return max(fitting, key=lambda b: (b.preempts is False, b.is_present), default=None)


def _may_be_better(due: DueFailover, backup: Backup) -> bool:
    """False also where its log tells another reason: FAULT, or a priority that is no better."""
    if backup.is_out is not None or backup.was_no_better(due.priority):
        return False
    priority = backup.healthy_priority
    return priority is None or priority > due.priority


def _is_better(due: DueFailover, backup: Backup) -> bool:
    return (backup.healthy_priority or 0) > due.priority


def _verdict(case: Case, due: DueFailover, backup: Backup) -> Verdict:
    """Proven only where nopreempt is told of every backup, and the better one surely listened."""
    heard = due.heard
    if case.rejects(backup, heard):
        return Verdict.POSSIBLE
    told = backup.preempts is False
    if told and all(b.preempts is False for b in due.backups) and _is_better(due, backup):
        sure = case.surely_listens(backup, heard) and case.surely_failed(due)
        return Verdict.PROVEN if backup.is_present and sure else Verdict.LIKELY
    degraded = backup.was_degraded_before(due.priority)
    if told or (backup.is_present and _is_better(due, backup) and not degraded):
        return Verdict.LIKELY
    return Verdict.POSSIBLE


def _facts(case: Case, due: DueFailover, backup: Backup, verdict: Verdict) -> dict[str, object]:
    told = backup.preempts is False
    hears = "" if _hears(case, due, backup, verdict) else " and if it accepts the adverts"
    return {
        "master": case.name(due.master.address),
        "backup": backup.name,
        "priority_before": due.fall.priority_before,
        "priority_after": due.priority,
        "held_ns": Duration(due.held_ns),
        "under_nopreempt": f"under nopreempt{hears}" if told else _if_it_runs(backup),
    }


def _hears(case: Case, due: DueFailover, backup: Backup, verdict: Verdict) -> bool:
    return verdict is Verdict.PROVEN or _only_reload(case, due, backup)


def _only_reload(case: Case, due: DueFailover, backup: Backup) -> bool:
    """True where it surely listens, and only what lowered the master's priority is not certain."""
    return case.surely_listens(backup, due.heard) and not case.surely_failed(due)


def _if_it_runs(backup: Backup) -> str:
    return "if it ran nopreempt until its reload" if backup.is_changed else "if it runs nopreempt"


def _told(case: Case, due: DueFailover, master: Intent | None, backup: Backup) -> Iterator[Step]:
    """What each router was told."""
    name = case.name(due.master.address)
    if master is not None:
        yield Step(
            f"{name} has a base priority of {master.base_priority.value}",
            Basis.TOLD,
            lines(master.base_priority),
            role=Role.LET,
        )
        for item in _responsible(master, due.priority):
            yield Step(
                f"its check {item.name} has weight {item.weight.value}: when it fails, the "
                f"priority falls to {due.priority} and the router stays master",
                Basis.TOLD,
                (*lines(item.weight), item.line),
                "keepalived vrrp_set_effective_priority()",
                Role.LET,
            )
    if backup.address is not None:
        yield from case.identified(backup.address)
    if backup.intent is not None and backup.preempts is False:
        yield Step(
            f"{backup.name} has a base priority of {backup.intent.base_priority.value} and "
            "nopreempt",
            Basis.TOLD,
            lines(backup.intent.base_priority, backup.intent.nopreempt),
            role=Role.LET,
        )


def _responsible(master: Intent, priority: int) -> list[TrackedItem]:
    """The checks whose failure alone gives this priority."""
    return [i for i in master.tracked if master.priority_when_failed(i) == priority]


def _seen(case: Case, due: DueFailover, backup: Backup, verdict: Verdict) -> Iterator[Step]:
    """What went over the wire, and what follows."""
    yield from due.witnessed(case.name(due.master.address))
    if backup.seen is not None:
        yield Step(
            f"{backup.name} {backup.sign} and never answered",
            Basis.SEEN,
            (backup.seen.ref,),
        )
    yield from backup.logged(due.priority)
    if due.anew is not None and backup.is_changed:
        text = f"{backup.name} took over only after it had been started or reloaded"
        yield Step(text, Basis.TOLD, (due.anew.line,))
    condition = "" if _hears(case, due, backup, verdict) else "if it accepts the adverts, "
    if backup.preempts is not False:
        condition = "if it runs nopreempt, "
    yield Step(
        f"{condition}{backup.name} becomes master only when its timer (Master_Down_Timer) runs "
        "out, and every one of these adverts, whatever its priority, sets that back: only silence "
        "or a priority 0 could move the virtual address",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.HOWEVER,
    )


def _not_excluded(
    case: Case, due: DueFailover, backup: Backup, verdict: Verdict
) -> tuple[str, ...]:
    """The other causes that the evidence leaves open."""
    if verdict is Verdict.PROVEN:
        return ()
    others = [] if backup.is_present else ["no-backup-alive"]
    if backup.preempts is None:
        others.append("preempt-delay" if backup.is_changed else "backup-also-degraded")
        if not _is_better(due, backup):
            others.append("weight-smaller-than-priority-gap")
    elif backup.is_present and not _only_reload(case, due, backup):
        others += ["no-backup-alive", *_DEAF]
    if not case.surely_failed(due) and backup.preempts is False:
        others.append(_RELOAD)
    return tuple(others)


def _settle_with(case: Case, due: DueFailover, backup: Backup) -> tuple[str, ...]:
    settle = list(backup.ask_log())
    if not case.surely_failed(due) and backup.preempts is False:
        name = case.name(due.master.address)
        settle.append(f"the log of {name} at the fall: 'VRRP_Script(...) failed', or 'Reloading'?")
    if backup.intent is None:
        settle.append(
            f"the keepalived.conf of {backup.name}: does it say nopreempt, and what is its "
            "priority? --config NODE=FILE"
        )
    if backup.account is None:
        text = "lines with '- discarding' mean that it preempts, 'Entering FAULT STATE' that it "
        text += "did not listen: this is not the cause then"
        settle.append(f"the log of {backup.name}: {text}")
    if not backup.is_present:
        settle.append(f"whether keepalived ran on {backup.name}: systemctl status keepalived")
    if backup.is_changed or not settle:
        settle.append(f"the keepalived.conf with which {backup.name} ran at that time (a backup?)")
    return tuple(settle)
