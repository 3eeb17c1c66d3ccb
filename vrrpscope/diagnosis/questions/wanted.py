"""Times during which somebody should have taken a role and did not, or did so late."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.due import DueFailover
from vrrpscope.diagnosis.questions.kept_down import KeptDown
from vrrpscope.diagnosis.questions.late import LateHandover
from vrrpscope.diagnosis.questions.unmastered import Fate, Unmastered
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Handover, RouterStory, Tenure, Timeline

_STILL_THERE = (Fate.PRESENT, Fate.RELEASED)


class Span(Struct, frozen=True):
    """A time during which somebody should have taken a role.

    Attributes:
        routers: who could have; empty where nobody missed anything.
        stopped: the master that ended at its begin, where there was one.
        taken: the late hand-over that ended it, where one did.
    """

    story: RouterStory
    since_ns: int
    until_ns: int
    routers: tuple[Address, ...] = ()
    stopped: Tenure | None = None
    taken: Handover | None = None


def spans_of_silence(found: Iterable[Unmastered]) -> Iterator[tuple[Timeline, Span]]:
    """Times without a master: everybody who was not gone could have ended them."""
    for gap in found:
        silence = gap.silence
        before = silence.before.sender.address
        # A master that stops may be held back itself, by the group that made it stop.
        there = [m.address for m in gap.members if m.fate in _STILL_THERE or m.address == before]
        span = Span(
            gap.story,
            silence.since.time_ns,
            silence.until_ns,
            tuple(there),
            silence.before,
            gap.story.handover_to(silence.resumed),
        )
        yield gap.timeline, span


def spans_of_late(found: Iterable[LateHandover]) -> Iterator[tuple[Timeline, Span]]:
    """Hand-overs that came late."""
    for late in found:
        taken = late.handover
        router = taken.after.sender.address
        began_ns, at_ns = late.counted_from.time_ns, taken.at.time_ns
        yield late.timeline, Span(late.story, began_ns, at_ns, (router,), taken.before, taken)


def spans_of_due(found: Iterable[DueFailover]) -> Iterator[tuple[Timeline, Span]]:
    """Falls of a master's priority that nobody answered, where a better router is known."""
    for due in found:
        better = tuple(
            b.address
            for b in due.backups
            if b.address is not None and b.preempts and (b.healthy_priority or 0) > due.priority
        )
        since_ns = due.fall.after.first.time_ns
        if better:
            yield due.timeline, Span(due.story, since_ns, due.held_until.time_ns, better)


def spans_of_kept_down(found: Iterable[KeptDown]) -> Iterator[tuple[Timeline, Span]]:
    """Better routers that stay silent, though they do preempt or may."""
    for kept in found:
        if kept.intent is not None and kept.intent.nopreempt.value:
            continue
        yield kept.timeline, Span(kept.story, kept.since_ns, kept.until_ns, (kept.better,))
