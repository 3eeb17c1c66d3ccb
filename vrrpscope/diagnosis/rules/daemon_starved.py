"""The rule daemon-starved."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.late import LateHandover
from vrrpscope.diagnosis.questions.signs import Pause
from vrrpscope.diagnosis.questions.stalls import Host, Stall
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.timers import NS

_ANSWERS = "keepalived vrrp_state_master_rx()"
_TIMER = "keepalived thread_fetch_next_queue()"

_SHARE_PERCENT = 90
"""A stall that was shorter than this part of a delay is not why it was late."""


@rule(
    title="The VRRP daemon got no processor time",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_ANSWERS, _TIMER),
    explains=("unexpected-failover", "slow-failover", "no-master", "dual-master", "flapping"),
    rank=3,
    says="keepalived on {router} {did} for {pause_ns}: {effect}.",
    remedy="Look for what kept {router} busy at that time: sar -q, dmesg -T (hung tasks, out of "
    "memory), a backup job, a slow disk under its log; on a virtual machine the steal time and the "
    "hypervisor's events. Then give keepalived precedence (vrrp_rt_priority 50, vrrp_no_swap and "
    "max_auto_priority in global_defs). Or let the backup wait longer: a greater advert_int or "
    "down_timer_adverts, on every router.",
)
def daemon_starved(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master is silent for some intervals, says no priority 0, and goes on as the same process:
    its IP identification goes on by one. Its first advert is followed by others within
    milliseconds, one for each advert of the backup that had waited in its socket meanwhile. Or a
    backup takes over much later than its timer says.

    ### Why it stops a failover
    A daemon that does not run sends no adverts, and its timers do not expire. The backup takes over
    from a master that is alive, and both hold the address until the first one runs again. A backup
    that does not run takes over late, or not at all.

    ### How to confirm it
    The log of the router says `A thread timer expired ... seconds ago` (keepalived 2.1.0 and later,
    more than a second late), and nothing else for that time; and its host went on: other frames of
    it, or lines of its other logs, show that.

    ### What else could look like this
    `vm-freeze`: the whole machine stood still; then nothing else of it is seen either. Adverts that
    were sent and lost make the IP identification jump. A foreign router or a second master on the
    same VRID (`vrid-collision`, `dual-master`) silences a master as well, and leaves no burst.
    """
    for stall in case.stalls:
        hit = _of_master(case, stall)
        if hit is not None:
            yield hit
    for late in case.late_handovers:
        said = _timer_late(case, late)
        # Adverts that waited in its socket start its timer anew when it goes on.
        if said and _accounts_for(said, late.took_ns - 2 * late.expected_ns):
            yield _of_backup(case, late, said)


def _of_master(case: Case, stall: Stall) -> Hit | None:
    """The hit for a pause, where a burst or the log shows that the daemon did not run."""
    told = _told(case, stall)
    if stall.host is Host.STOOD_STILL or not (told or stall.burst):
        return None
    # A machine that stands still shows the same burst and the same line, and no other frames.
    certain = stall.host is Host.LIVED and (bool(told) or stall.pause is Pause.QUIET)
    return Hit(
        virtual_router=stall.story.router,
        vantage=stall.timeline.vantage.id,
        at_ns=stall.gap.from_.time_ns,
        until_ns=stall.gap.until.time_ns,
        verdict=Verdict.PROVEN if certain else Verdict.LIKELY,
        facts={
            "router": case.name(stall.sender.address),
            "did": "did not run" if certain or told else "seems not to have run",
            "pause_ns": Duration(stall.gap.duration_ns),
            "effect": _effect(case, stall),
        },
        because=(*_seen(case, stall), *told),
        settle_with=() if certain else _settle_with(case.name(stall.sender.address), bool(told)),
        not_excluded=() if certain else ("vm-freeze",),
        severity=None if stall.takeover else Severity.WARNING,
    )


def _told(case: Case, stall: Stall) -> tuple[Step, ...]:
    """The lines of its log that say so: keepalived writes them when it runs again."""
    said = case.said(
        stall.story,
        stall.sender.address,
        Said.TIMER_LATE,
        since_ns=stall.gap.until.time_ns - stall.before.interval_ns,
        until_ns=stall.gap.until.time_ns + NS,
    )
    # Its own advert was due one interval after the last one.
    due_ns = stall.gap.duration_ns - stall.before.interval_ns
    fitting = [s for s in said if _accounts_for((s,), due_ns)]
    return tuple(_timer_step(case.name(stall.sender.address), s) for s in fitting[:1])


def _accounts_for(said: tuple[Statement, ...], late_ns: int) -> bool:
    """True where timers were late for as long as an advert was."""
    return sum(s.delay_ns or 0 for s in said) >= late_ns * _SHARE_PERCENT // 100


def _timer_step(router: str, said: Statement) -> Step:
    late = Duration(said.delay_ns or 0)
    text = (
        f"the log of {router} says that a timer had expired {late} before keepalived saw to it: it "
        "had not run"
    )
    return Step(text, Basis.TOLD, (said.line,), _TIMER, Role.SO)


def _effect(case: Case, stall: Stall) -> str:
    if stall.takeover is not None:
        new = case.name(stall.takeover.after.sender.address)
        return f"{new} took over from a router that was alive"
    return "its adverts were late, and nobody took over"


def _seen(case: Case, stall: Stall) -> Iterator[Step]:
    router = case.name(stall.sender.address)
    refs = (stall.gap.from_.ref, stall.gap.until.ref)
    yield from stall.witnessed(router)
    if stall.takeover is not None:
        new = case.name(stall.takeover.after.sender.address)
        yield Step(f"{new} took over meanwhile", Basis.SEEN, (stall.takeover.at.ref,))
    if stall.burst:
        yield Step(
            f"its first advert was followed by {stall.burst} more at once: it answered adverts of "
            "the new master that had waited to be read",
            Basis.SEEN,
            (stall.after.first.ref, *(w.mark.ref for w in stall.meanwhile)),
            _ANSWERS,
            Role.HOWEVER,
        )
    if stall.host is Host.LIVED:
        yield Step(
            f"other frames of {router} were seen meanwhile: its kernel ran",
            Basis.SEEN,
            refs,
            role=Role.HOWEVER,
        )


def _settle_with(router: str, is_told: bool) -> tuple[str, ...]:
    log = (
        f"on {router}: journalctl -u keepalived | grep 'A thread timer expired'; such a line at "
        "that time means that keepalived did not run (--log NODE=FILE)",
    )
    return (
        *(() if is_told else log),
        f"any log of {router} with a line a second: lines in that time mean that the machine ran, "
        "none that it stood still",
        "on a virtual machine: the hypervisor's events (snapshot, migration, backup) at that time",
    )


def _timer_late(case: Case, late: LateHandover) -> tuple[Statement, ...]:
    """What the log of a backup that took over late says about its timers."""
    return case.said(
        late.story,
        late.handover.after.sender.address,
        Said.TIMER_LATE,
        since_ns=late.counted_from.time_ns,
        until_ns=late.handover.at.time_ns,
    )


def _of_backup(case: Case, late: LateHandover, said: tuple[Statement, ...]) -> Hit:
    router = case.name(late.handover.after.sender.address)
    longest = max(said, key=lambda s: s.delay_ns or 0)
    over_ns = late.took_ns - late.expected_ns
    return Hit(
        virtual_router=late.story.router,
        vantage=late.timeline.vantage.id,
        at_ns=late.counted_from.time_ns,
        until_ns=late.handover.at.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "router": router,
            "did": "did not run",
            "pause_ns": f"at least {Duration(longest.delay_ns or 0)}",
            "effect": f"it took over {Duration(over_ns)} later than its timer allows",
        },
        because=(
            Step(
                f"{router} took over {Duration(late.took_ns)} after the last advert that it had to "
                f"accept; its timer runs {Duration(late.expected_ns)}",
                Basis.SEEN,
                (late.counted_from.ref, late.handover.at.ref),
                role=Role.LET,
            ),
            _timer_step(router, longest),
        ),
        settle_with=_settle_with(router, is_told=True),
        not_excluded=("vm-freeze",),
    )
