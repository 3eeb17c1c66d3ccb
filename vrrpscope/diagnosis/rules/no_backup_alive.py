"""The rule no-backup-alive."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.diagnosis.questions.unmastered import Fate, Member, Unmastered
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Statement
from vrrpscope.observation import Basis

_GONE = {
    Fate.LEFT: "left the multicast group, as a daemon that ends does",
    Fate.DIED: "had fallen silent as a master and was not seen again",
    Fate.RELEASED_UNSEEN: "had given the role up and was not seen again",
}

_SETTLE = (
    "on the other routers: systemctl status keepalived; where it has been active since before that "
    "time, this is not the cause"
)
_SETTLE_LOG = (
    "their logs for that time (--log NODE=FILE): a log that ends before it means that keepalived "
    "did not run"
)


@rule(
    title="Nobody is there to take over",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    explains=("no-master", "missed-failover"),
    says="When {master} {ended}, {nobody}.",
    remedy="Start keepalived on the other routers, see that it starts at boot "
    "(systemctl enable --now keepalived), and watch it there: nothing on the wire tells a backup "
    "that is dead from one that is silent.",
)
def no_backup_alive(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master stops, with or without priority 0, and nobody follows. No other router was ever
    seen: no advert, no IGMP or MLD report for the VRRP group from another address. Or one was
    seen, and it left the group before.

    ### Why it stops a failover
    A take-over needs a backup that misses the master's adverts. There is none.

    ### How to confirm it
    `systemctl status keepalived` on every other router, and `journalctl -u keepalived` there:
    the log ends before the failover, or was never begun.

    ### What else could look like this
    `all-nodes-fault`: the others run, but their checks fail. A backup that joined the group
    before the capture began, or one with unicast peers, which joins no group, is not to be seen
    while it is silent: no capture proves this cause, only the logs of the others do.
    """
    for gap in case.unmastered:
        others = [m for m in gap.members if m.address != gap.silence.before.sender.address]
        if all(m.fate in _GONE or _stopped(case, gap, m) for m in others):
            yield _without_master(case, gap, others)
    for due in case.due_failovers:
        if not any(b.is_present for b in due.backups) and _nobody_died(due):
            yield _without_taker(case, due)


def _stopped(case: Case, gap: Unmastered, member: Member) -> Statement | None:
    """The line of its log that says that it had stopped when it should have taken over."""
    return case.stopped(gap.story, member.address, gap.due_ns)


def _is_proven(case: Case, gap: Unmastered, others: list[Member]) -> bool:
    """True where the logs account for everybody, and a master that is not seen is excluded."""
    seen = (case.node(m.address) for m in gap.members)
    if case.tells_of_others(gap.story, {node.name for node in seen if node is not None}):
        return False
    return gap.is_certain and bool(others) and all(_stopped(case, gap, m) for m in others)


def _nobody_died(due: DueFailover) -> bool:
    """True where every other router that was seen has left, or none was."""
    return all(b.seen is None or b.left is not None for b in due.backups)


def _without_master(case: Case, gap: Unmastered, others: list[Member]) -> Hit:
    """The hit for a silence that nobody ended in time."""
    silence = gap.silence
    proven = _is_proven(case, gap, others)
    return Hit(
        virtual_router=gap.story.router,
        vantage=gap.timeline.vantage.id,
        at_ns=silence.since.time_ns,
        until_ns=silence.until_ns,
        verdict=Verdict.PROVEN if proven else _verdict(case, gap, others),
        facts={
            "master": case.name(silence.before.sender.address),
            "ended": "stopped",
            "nobody": _nobody(case, gap, others),
        },
        because=tuple(_steps(case, gap, others)),
        settle_with=() if proven else (_SETTLE, _SETTLE_LOG),
        not_excluded=() if proven else _not_excluded(case, gap, others),
    )


def _not_excluded(case: Case, gap: Unmastered, others: list[Member]) -> tuple[str, ...]:
    if others and all(_stopped(case, gap, m) for m in others):
        return ("a master that was not captured",)
    return ("all-nodes-fault",)


def _verdict(case: Case, gap: Unmastered, others: list[Member]) -> Verdict:
    """Possible where backups are not to be seen here: not even the master's joining was."""
    unclear = gap.sent_unseen or gap.fitting_adverts is not None
    unclear = unclear or not (others or case.signs(gap.story).shows_joins)
    unseen = any(m.fate is Fate.RELEASED_UNSEEN for m in others)
    return Verdict.POSSIBLE if unclear or unseen else Verdict.LIKELY


def _nobody(case: Case, gap: Unmastered, others: list[Member]) -> str:
    """Who was not there, to end the sentence with."""
    if others:
        gone = [f"{case.name(m.address)} {_GONE.get(m.fate, 'had stopped')}" for m in others]
        return f"no other router was there any more: {', and '.join(gone)}"
    if gap.silence.resumed is not None and gap.started_meanwhile is not None:
        return f"{case.name(gap.silence.resumed.sender.address)} was not running yet"
    return "no other router had ever been seen"


def _steps(case: Case, gap: Unmastered, others: list[Member]) -> Iterator[Step]:
    silence = gap.silence
    yield Step(
        f"{case.name(silence.before.sender.address)} was the last master, up to frame "
        f"{silence.since.ref.number}",
        Basis.SEEN,
        (silence.since.ref,),
        role=Role.LET,
    )
    for member in others:
        if member.fate in _GONE:
            text = f"{case.name(member.address)} {_GONE[member.fate]}"
            yield Step(text, Basis.SEEN, (member.mark.ref,))
        said = _stopped(case, gap, member)
        if said is not None:
            text = f"the log of {case.name(member.address)} says that keepalived had stopped"
            yield Step(text, Basis.TOLD, (said.line,))
    if not others:
        yield Step("no advert and no report of another router was seen before that", Basis.SEEN)
    started = gap.started_meanwhile
    if started is not None and silence.resumed is not None:
        yield Step(
            f"{case.name(silence.resumed.sender.address)} joined the group only afterwards, and "
            "spoke when its own timer expired",
            Basis.SEEN,
            (started.ref, silence.resumed.since.ref),
        )
    if _is_proven(case, gap, others):
        return
    yield Step(
        "a backup that joined before the capture began, or that has unicast peers, would not "
        "have been seen either",
        Basis.INFERRED,
        role=Role.HOWEVER,
    )


def _without_taker(case: Case, due: DueFailover) -> Hit:
    """The hit for a fall of the priority that nobody answered."""
    left = [b for b in due.backups if b.left is not None]
    return Hit(
        virtual_router=due.story.router,
        vantage=due.timeline.vantage.id,
        at_ns=due.since.time_ns,
        until_ns=due.held_until.time_ns,
        verdict=Verdict.LIKELY if left else Verdict.POSSIBLE,
        facts={
            "master": case.name(due.master.address),
            "ended": f"fell to priority {due.priority}",
            "nobody": _left(left) if left else "no other router had ever been seen",
        },
        because=tuple(_due_steps(case, due, left)),
        settle_with=(_SETTLE,),
        not_excluded=("nopreempt-weighted-check", "weight-smaller-than-priority-gap"),
    )


def _left(left: list[Backup]) -> str:
    names = ", and ".join(b.name for b in left)
    gone = "left the multicast group, as a daemon that ends does"
    return f"no other router was there any more: {names} {gone}"


def _due_steps(case: Case, due: DueFailover, left: list[Backup]) -> Iterator[Step]:
    yield Step(
        f"the priority of {case.name(due.master.address)} fell to {due.priority}, and it stayed "
        "master",
        Basis.SEEN,
        (due.since.ref, due.held_until.ref),
        role=Role.LET,
    )
    for backup in left:
        marks = tuple(m.ref for m in (backup.seen, backup.left) if m is not None)
        yield Step(f"{backup.name} had left the multicast group before", Basis.SEEN, marks)
    if not left:
        yield Step("no advert and no report of another router was seen before that", Basis.SEEN)
