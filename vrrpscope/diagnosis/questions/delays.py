"""What else than the timer of the advertised priority accounts for the delay of a take-over."""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Role, Step, lines, listed
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.diagnosis.questions.timing import Timing
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.protocol.timers import DOWN_TIMER_ADVERTS, master_down_interval_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.implied import EARLY_NS
from vrrpscope.timeline.model import Handover, HandoverKind, Tenure

_SKEW = "RFC 5798 section 6.1"
_SHIFT = "keepalived vrrp_set_effective_priority()"
_SHIFTS_SINCE = (2, 1)
"""keepalived from this on moves a running deadline when its own priority changes; measured with
2.2.7 in both directions. So the delay tells the priority that it had in the end, and advertises."""

_FITTING_NS = 10_000_000
"""A timer of keepalived runs out this precisely; other explanations hit it by chance."""


class Witness(Struct, frozen=True):
    """What the log of the new master tells of the wait.

    Attributes:
        changes: changes of its own priority.
        covers: keepalived's log omits nothing: what it does not tell did not happen.
        heard_release: the line by which the priority 0 reached it.
        release: the release of keepalived; empty where it is not told.
    """

    changes: tuple[Statement, ...] = ()
    covers: bool = False
    heard_release: Statement | None = None
    release: tuple[int, ...] = ()

    @property
    def unchanged(self) -> bool:
        """True where its priority surely stayed as it was."""
        return self.covers and not self.changes


def witness_of(book: LogBook | None, handover: Handover) -> Witness:
    """What keepalived's log of the new master tells of a hand-over; nothing without one."""
    if book is None or book.node.log is None or handover.counted_from is None:
        return Witness()
    if book.node.log.daemon != "keepalived":
        return Witness()
    node = book.node
    since_ns, until_ns = handover.counted_from.time_ns, handover.at.time_ns
    heard = book.within(since_ns, until_ns, Said.HEARD_RELEASE)
    return Witness(
        changes=book.within(since_ns, until_ns, Said.PRIORITY),
        covers=node.log_covers(since_ns, until_ns),
        heard_release=heard[0] if heard else None,
        release=tuple(int(n) for n in (node.release or "").split(".") if n.isdigit()),
    )


class Delay(Struct, frozen=True):
    """Other timers that account for a delay.

    Attributes:
        steps: the arithmetic, and what confirms or contradicts it.
        not_excluded: the explanations by which the hand-over was on time after all.
        settle_with: what would decide.
    """

    steps: tuple[Step, ...] = ()
    not_excluded: tuple[str, ...] = ()
    settle_with: tuple[str, ...] = ()


def explain_delay(timing: Timing, names: tuple[str, str], witness: Witness) -> Delay:
    """The other timers that fit a hand-over that was not on time; empty for any other.

    Args:
        timing: what took how long.
        names: how a report calls the new master and the old one.
        witness: what the log of the new master tells.
    """
    handover = timing.handover
    before, took_ns = handover.before, handover.took_ns
    if timing.on_time is not False or before is None or took_ns is None:
        return Delay()
    wait = _Wait(timing, before, took_ns, *names, witness)
    parts = (_other_priority, _whole_timer, _missed_release, _earlier_advert)
    found = [delay for part in parts for delay in part(wait)]
    return Delay(
        tuple(dict.fromkeys(step for delay in found for step in delay.steps)),
        tuple(text for delay in found for text in delay.not_excluded),
        tuple(dict.fromkeys(text for delay in found for text in delay.settle_with)),
    )


class _Wait(Struct, frozen=True):
    """A wait that was not the timer of the advertised priority, and all that is known of it."""

    timing: Timing
    before: Tenure
    took_ns: int
    new: str
    old: str
    witness: Witness

    @property
    def kind(self) -> HandoverKind:
        return self.timing.handover.kind

    @property
    def took(self) -> Duration:
        return Duration(self.took_ns)

    @property
    def said(self) -> int:
        return self.timing.said

    @property
    def down_ns(self) -> int:
        """The Master_Down_Interval of the new master, with the priority that it advertised."""
        new, told = self.timing.handover.after.streaks[0].advertisement, self.timing.told
        adverts = told.down_timer_adverts.value if told else DOWN_TIMER_ADVERTS
        interval_ns = self.before.interval_ns
        return master_down_interval_ns(new.version, new.priority, interval_ns, adverts)

    @property
    def ends(self) -> tuple[FrameRef, ...]:
        """The frames between which it took so long."""
        handover = self.timing.handover
        assert handover.counted_from is not None
        return (handover.counted_from.ref, handover.at.ref)

    @property
    def logged(self) -> tuple[Step, ...]:
        """The changes of the new master's own priority that its log tells."""
        said = f"the log of {self.new} says that its priority changed"
        return tuple(
            Step(f"{said} from {s.before} to {s.after} at that time", Basis.TOLD, (s.line,))
            for s in self.witness.changes
        )


def _other_priority(wait: _Wait) -> Iterator[Delay]:
    """Its timer ran with another priority than the one that it advertised then."""
    implied = wait.timing.implied
    if implied is None or implied.holds(wait.said):
        return
    waits = f"{wait.took} is what a router of priority {implied} waits; {wait.new} then said"
    step = Step(f"{waits} {wait.said}", Basis.INFERRED, wait.ends, _SKEW, Role.HOWEVER)
    against = _contradiction(wait)
    if against is not None:
        yield Delay((step, *wait.logged, against))
        return
    text = (
        f"the timer of {wait.new} ran with a priority of {implied}, which became {wait.said} only "
        "in the end (a check, or a command)"
    )
    settle = (
        f"the log of {wait.new} (--log NODE=FILE): 'Changing effective priority' in that time "
        "means that its priority changed while its timer ran"
    )
    yield Delay((step, *wait.logged, *_confirmation(wait)), (text,), (settle,))


def _contradiction(wait: _Wait) -> Step | None:
    """Why its timer cannot have run with such a priority; None where it can."""
    implied, told, release = wait.timing.implied, wait.timing.told, wait.witness.release
    assert implied is not None
    if wait.witness.unchanged:
        text = f"the log of {wait.new} tells of no change of its priority in that time"
        return Step(text, Basis.TOLD, role=Role.HOWEVER)
    if release >= _SHIFTS_SINCE:
        version = ".".join(map(str, release))
        text = f"keepalived {version} moves a running timer when its own priority changes"
        return Step(text, Basis.INFERRED, clause=_SHIFT, role=Role.HOWEVER)
    if told is None or any(map(implied.holds, told.effective_priorities())):
        return None
    text = f"by its configuration {wait.new} has no priority of {implied}, whatever fails"
    return Step(text, Basis.TOLD, lines(told.base_priority), role=Role.HOWEVER)


def _confirmation(wait: _Wait) -> tuple[Step, ...]:
    """That the configuration gives it such a priority; nothing without one."""
    implied, told = wait.timing.implied, wait.timing.told
    assert implied is not None
    if told is None:
        return ()
    fitting = sorted(filter(implied.holds, told.effective_priorities()))
    text = f"by its configuration the priority of {wait.new} can be {listed(fitting)}"
    watched = (item.weight for item in told.tracked)
    return (Step(text, Basis.TOLD, lines(told.base_priority, *watched)),)


def _whole_timer(wait: _Wait) -> Iterator[Delay]:
    """Keepalived counts a change of priority against a whole timer, though only the skew runs.

    vrrp_set_effective_priority(): the deadline moves by the new Master_Down_Interval less the
    timer as it is, and after a priority 0 that is the skew. Measured with 2.2.7.
    """
    if wait.kind is not HandoverKind.RELEASE or abs(wait.took_ns - wait.down_ns) > _FITTING_NS:
        return
    told = wait.timing.told
    if wait.witness.unchanged or (told and len(told.effective_priorities()) == 1):
        return
    text = (
        f"{wait.took} is a whole Master_Down_Interval of priority {wait.said}: keepalived waits "
        "that long after a priority 0 where its own priority changes just then"
    )
    step = Step(text, Basis.INFERRED, wait.ends, _SHIFT, Role.HOWEVER)
    settle = (
        f"the log of {wait.new} (--log NODE=FILE): 'Changing effective priority' just after the "
        "priority 0 means that its timer was started anew"
    )
    yield Delay((step, *wait.logged), (), () if wait.witness.changes else (settle,))


def _missed_release(wait: _Wait) -> Iterator[Delay]:
    """The priority 0 did not reach it: its timer ran from the last advert before."""
    if wait.kind is not HandoverKind.RELEASE or wait.witness.heard_release is not None:
        return
    last = max((s.last for s in wait.before.streaks if s.priority), default=None)
    if last is None:
        return
    at = wait.timing.handover.at
    waited_ns = at.time_ns - last.time_ns
    if not -EARLY_NS <= waited_ns - wait.down_ns <= TOLERANCE_NS:
        return
    text = (
        f"it is {Duration(waited_ns)} after the last advert of {wait.old} before that, the "
        f"Master_Down_Interval of priority {wait.said}: as if the priority 0 had not reached "
        f"{wait.new}"
    )
    step = Step(text, Basis.INFERRED, (last.ref, at.ref), _SKEW, Role.HOWEVER)
    settle = (
        f"the log of {wait.new} (with -D): a missing 'received priority 0 advertisement' means "
        "that it did not get it"
    )
    yield Delay((step,), (f"the priority 0 did not reach {wait.new}",), (settle,))


def _earlier_advert(wait: _Wait) -> Iterator[Delay]:
    """It came too soon: the last adverts did not reach it, and its timer ran from one before."""
    early_ns, interval_ns = -wait.timing.late_ns, wait.before.interval_ns
    if wait.kind is not HandoverKind.EXPIRY or early_ns <= 0:
        return
    missed = round(early_ns / interval_ns)
    late_ns = missed * interval_ns - early_ns
    if not 0 < missed < wait.before.adverts or not -EARLY_NS <= late_ns <= TOLERANCE_NS:
        return
    adverts = "the last advert" if missed == 1 else f"the last {missed} adverts"
    took = Duration(wait.took_ns + missed * interval_ns)
    text = (
        f"counted from {missed} advert{'s' if missed > 1 else ''} earlier it took {took}, which "
        f"is its timer: as if {adverts} of {wait.old} had not reached {wait.new}"
    )
    step = Step(text, Basis.INFERRED, wait.ends, _SKEW, Role.HOWEVER)
    settle = f"a capture on {wait.new}: where it lacks {adverts} of {wait.old}, they were lost"
    yield Delay((step,), (f"{adverts} of {wait.old} did not reach {wait.new}",), (settle,))
