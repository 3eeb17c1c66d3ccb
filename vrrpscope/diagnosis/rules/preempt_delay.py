"""The rule preempt-delay."""

from collections.abc import Iterator
from math import floor

from msgspec import Struct

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.timers import DOWN_TIMER_ADVERTS, master_down_interval_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Streak

_CLAUSE = "keepalived vrrp_state_backup()"


class _Wait(Struct, frozen=True):
    """A better router that let lower adverts restart its timer, and took over at last.

    Attributes:
        accepted_ns: the advert from which its timer ran: the last one that it accepted.
        down_ns: how long the timer ran.
        began: what shows that it could have begun to wait: its join, or the fall of the master.
        heard_ns: the first advert of a lower priority after that, which starts the delay.
        agrees: whether a delay from `heard_ns` ends between `accepted_ns` and the next advert;
            None where the begin is not known.
        logged: the line of its log that says that a delay began.
    """

    handover: Handover
    before: Tenure
    intent: Intent | None
    accepted_ns: int
    down_ns: int
    began: Mark | None
    heard_ns: int | None
    agrees: bool | None
    logged: Statement | None = None

    @property
    def waited_ns(self) -> int:
        """From the first lower advert (or from the accepted one) to the take-over."""
        start_ns = self.accepted_ns if self.heard_ns is None else self.heard_ns
        return self.handover.at.time_ns - start_ns


@rule(
    title="A better router waits for its preempt_delay before it takes over",
    kind=Kind.CAUSE,
    severity=Severity.INFO,
    clauses=(_CLAUSE,),
    explains=("slow-failover",),
    says="{new} has a higher priority than {old} and took over {waited_ns} after the first "
    "advert of a lower priority: {reason}.",
    remedy="Shorten preempt_delay, or leave it as it is: it is meant to keep a router that has "
    "just booted from taking over too soon. It delays a take-over from a master whose priority "
    "has fallen as well; where that matters, let the failed check put the master into FAULT (no "
    "weight): no delay applies to a priority 0.",
)
def preempt_delay(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A router with the higher priority is there and hears a lower master. It takes over not after
    its Master_Down_Interval, but later: one Master_Down_Interval after the last advert that came
    within `preempt_delay` from the first lower one.

    ### Why it stops a failover
    While the delay runs, keepalived treats a lower advert as if it were a higher one: each one
    restarts the timer. Only when the delay is over are they discarded, and the timer can expire.
    The whole wait is the delay and nearly one Master_Down_Interval.

    ### How to confirm it
    With `-D` the log of the better router says `start preempt delay (...)`, and
    `received lower priority (...) advert ... - discarding` only after the delay.

    ### What else could look like this
    A better router whose check had failed and recovered: its priority was lower until then. A
    router that got no processor time.
    """
    for timeline, story in case.stories():
        for handover in story.handovers:
            wait = _wait(case, story, handover)
            verdict = _verdict(wait, _is_late(case, handover)) if wait else None
            if wait is not None and verdict is not None:
                yield _hit(case, timeline, story, wait, verdict)


def _wait(case: Case, story: RouterStory, handover: Handover) -> _Wait | None:
    """The wait, where the take-over is one timer after an advert of the old master."""
    before = handover.before
    if before is None or handover.kind is not HandoverKind.PREEMPTION:
        return None
    first = handover.after.streaks[0]
    intent = case.intent(story, first.sender.address)
    adverts = intent.down_timer_adverts.value if intent else DOWN_TIMER_ADVERTS
    version = first.advertisement.version
    down_ns = master_down_interval_ns(version, first.priority, before.interval_ns, adverts)
    lower = _Lower(before, first.priority)
    accepted_ns = lower.nearest(handover.at.time_ns - down_ns)
    if accepted_ns is None:
        return None
    began = _began(case.signs(story), handover)
    heard_ns = lower.first_after(began.time_ns) if began else None
    agrees = None
    if heard_ns is not None and intent is not None:
        over_ns = heard_ns + intent.preempt_delay_ns.value
        next_ns = lower.first_after(accepted_ns + TOLERANCE_NS) or handover.at.time_ns
        agrees = accepted_ns - TOLERANCE_NS <= over_ns <= next_ns + TOLERANCE_NS
    next_ns = lower.first_after(accepted_ns + TOLERANCE_NS) or handover.at.time_ns
    logged = _logged(case, story, handover, (accepted_ns, next_ns))
    return _Wait(handover, before, intent, accepted_ns, down_ns, began, heard_ns, agrees, logged)


def _logged(
    case: Case, story: RouterStory, handover: Handover, turn_ns: tuple[int, int]
) -> Statement | None:
    """The line about a delay that may have ended between the last accepted advert and the next.

    Not where the log tells as well that its own priority changed since: then that may have been
    what made the adverts lower.
    """
    node = case.node(handover.after.sender.address)
    if node is None:
        return None
    book = case.book(node, story.router)
    said = book.last_before(handover.at.time_ns, Said.PREEMPT_DELAY)
    if said is None or said.time_ns is None or said.delay_ns is None:
        return None
    accepted_ns, next_ns = turn_ns
    over_ns = said.time_ns + said.delay_ns
    early_ns, late_ns = over_ns - book.give_ns, over_ns + book.give_ns + book.resolution_ns
    fits = early_ns <= next_ns + TOLERANCE_NS and late_ns >= accepted_ns - TOLERANCE_NS
    changed = book.within(said.time_ns, handover.at.time_ns, Said.PRIORITY)
    return said if fits and not changed else None


class _Lower:
    """About when a master sent adverts of a lower priority: a streak keeps its ends and count."""

    def __init__(self, tenure: Tenure, priority: int) -> None:
        self._streaks = [s for s in tenure.streaks if 0 < s.priority < priority]

    def nearest(self, time_ns: int) -> int | None:
        """The advert at that time, give or take the tolerance."""
        near = [_time(s, round(_index(s, time_ns))) for s in self._streaks]
        fitting = [t for t in near if abs(t - time_ns) <= TOLERANCE_NS]
        return min(fitting, key=lambda t: abs(t - time_ns), default=None)

    def first_after(self, time_ns: int) -> int | None:
        """The first advert after that time."""
        later = [s for s in self._streaks if s.last.time_ns > time_ns]
        times = [_time(s, floor(_index(s, time_ns)) + 1) for s in later]
        return min(times, default=None)


def _index(streak: Streak, time_ns: int) -> float:
    """Which advert of the streak, counted from 0, was due at that time; -1 before the first."""
    length_ns = streak.last.time_ns - streak.first.time_ns
    if time_ns < streak.first.time_ns or not length_ns:
        return -1.0 if time_ns < streak.first.time_ns else 0.0
    return (time_ns - streak.first.time_ns) * (streak.count - 1) / length_ns


def _time(streak: Streak, index: int) -> int:
    """When the advert of that index was sent, the pace being even."""
    length_ns = streak.last.time_ns - streak.first.time_ns
    steps = max(streak.count - 1, 1)
    return streak.first.time_ns + length_ns * min(max(index, 0), streak.count - 1) // steps


def _began(signs: Signs, handover: Handover) -> Mark | None:
    """The join of the better router, or the last advert that it had to accept anyway."""
    joined = signs.joined(handover.after.sender.address, handover.at)
    marks = [m for m in (joined, handover.counted_from) if m is not None]
    return max(marks, default=None)


def _is_late(case: Case, handover: Handover) -> bool:
    return any(late.handover is handover for late in case.late_handovers)


def _verdict(wait: _Wait, late: bool) -> Verdict | None:
    """Proven where the delay is told and the arithmetic agrees; untold, only what was late.

    Or where the log says that a delay had begun.
    """
    if wait.logged is not None:
        return Verdict.PROVEN
    if wait.intent is None:
        return Verdict.POSSIBLE if late else None
    if wait.intent.nopreempt.value or not wait.intent.preempt_delay_ns.value:
        return None
    if wait.agrees is None:
        return Verdict.LIKELY
    return Verdict.PROVEN if wait.agrees else None


def _hit(case: Case, timeline: Timeline, story: RouterStory, wait: _Wait, verdict: Verdict) -> Hit:
    new = case.name(wait.handover.after.sender.address)
    told = wait.intent
    reason = "a preempt_delay would make it wait like that"
    if wait.logged is not None and wait.logged.delay_ns is not None:
        reason = f"its log says that a preempt_delay of {Duration(wait.logged.delay_ns)} began"
    elif told is not None:
        reason = f"it has a preempt_delay of {Duration(told.preempt_delay_ns.value)}"
    start_ns = wait.began.time_ns if wait.began else wait.accepted_ns
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=start_ns,
        until_ns=wait.handover.at.time_ns,
        verdict=verdict,
        severity=Severity.WARNING if _is_late(case, wait.handover) else None,
        facts={
            "new": new,
            "old": case.name(wait.before.sender.address),
            "waited_ns": Duration(wait.waited_ns),
            "reason": reason,
        },
        because=tuple(_because(case, wait)),
        settle_with=_settle_with(new, wait),
        not_excluded=() if verdict is Verdict.PROVEN else ("backup-also-degraded",),
    )


def _because(case: Case, wait: _Wait) -> Iterator[Step]:
    new = case.name(wait.handover.after.sender.address)
    old = case.name(wait.before.sender.address)
    if wait.intent is not None:
        yield Step(
            f"{new} has a preempt_delay of {Duration(wait.intent.preempt_delay_ns.value)}",
            Basis.TOLD,
            lines(wait.intent.preempt_delay_ns),
            _CLAUSE,
            Role.LET,
        )
    if wait.logged is not None:
        text = f"the log of {new} says that a preempt delay began"
        yield Step(text, Basis.TOLD, (wait.logged.line,), _CLAUSE)
    if wait.began is not None:
        yield Step(
            f"{new} could hear adverts of {old} of a lower priority from frame "
            f"{wait.began.ref.number} on",
            Basis.SEEN,
            (wait.began.ref,),
        )
    ran = Duration(wait.down_ns)
    yield Step(
        f"it took over {ran} (its Master_Down_Interval) after one of these adverts: it had "
        "accepted that one, although it was lower, and none after it",
        Basis.INFERRED,
        (wait.handover.at.ref,),
        _CLAUSE,
        Role.HOWEVER,
    )
    if wait.agrees and wait.intent is not None:
        yield Step(
            f"the {Duration(wait.intent.preempt_delay_ns.value)}, counted from the first lower "
            "advert, ended after that accepted advert and before the next one",
            Basis.INFERRED,
        )


def _settle_with(new: str, wait: _Wait) -> tuple[str, ...]:
    if wait.agrees or wait.logged is not None:
        return ()
    if wait.intent is not None:
        return (f"the log of {new} (with -D): 'start preempt delay'",)
    return (f"the keepalived.conf of {new}: preempt_delay? --config NODE=FILE",)
