"""Hand-overs that came later than the timers allow."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.diagnosis.questions.timing import allowed_ns
from vrrpscope.evidence.model import Intent
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import DOWN_TIMER_ADVERTS, skew_time_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import (
    EndedBy,
    Handover,
    HandoverKind,
    RouterStory,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import Mark

IntentOf = Callable[[RouterStory, Address], Intent | None]

_FITTING_NS = 10_000_000
"""A timer of keepalived runs out this precisely; other explanations hit it by chance."""
_MOST_DOWN_TIMER_ADVERTS = 100


class LateHandover(Struct, frozen=True):
    """The role moved later than the timers allow, to a router that may have been there.

    Attributes:
        expected_ns: what the timers allow, by the configuration of the new master where it is told.
        told: the configuration of the new master.
        fitting_adverts: the `down_timer_adverts` that would explain it; None where none does, or
            where the configuration tells it.
        present: what shows that the new master was there when its timer began; None where nothing
            does.
        is_measured: the old master is known to have stopped and the new one to have been quiet:
            no advert escaped the capture.
    """

    timeline: Timeline
    story: RouterStory
    handover: Handover
    counted_from: Mark
    took_ns: int
    expected_ns: int
    told: Intent | None
    fitting_adverts: int | None
    present: Mark | None
    is_measured: bool


def find_late_handovers(
    timeline: Timeline, story: RouterStory, signs: Signs, intent_of: IntentOf
) -> Iterator[LateHandover]:
    """Every timed hand-over that came too late, but for those to a router that was away."""
    for handover in story.handovers:
        began, took_ns, before = handover.counted_from, handover.took_ns, handover.before
        if began is None or took_ns is None or before is None or handover.on_time:
            continue
        new = handover.after
        told = intent_of(story, new.sender.address)
        adverts = told.down_timer_adverts.value if told else DOWN_TIMER_ADVERTS
        expected_ns = allowed_ns(handover, adverts)
        if took_ns <= expected_ns + TOLERANCE_NS or _was_away(signs, new, began):
            continue
        yield LateHandover(
            timeline=timeline,
            story=story,
            handover=handover,
            counted_from=began,
            took_ns=took_ns,
            expected_ns=expected_ns,
            told=told,
            fitting_adverts=None if told else _fitting_adverts(handover, before, took_ns),
            present=_present(signs, new, began),
            is_measured=_is_measured(signs, handover, before),
        )


def _fitting_adverts(handover: Handover, before: Tenure, took_ns: int) -> int | None:
    """The whole number of adverts after which a backup would have taken over just then."""
    if handover.kind is HandoverKind.RELEASE:
        return None
    new = handover.after.streaks[0].advertisement
    waited_ns = took_ns - skew_time_ns(new.version, new.priority, before.interval_ns)
    adverts = round(waited_ns / before.interval_ns)
    fits = abs(waited_ns - adverts * before.interval_ns) <= _FITTING_NS
    in_range = DOWN_TIMER_ADVERTS < adverts <= _MOST_DOWN_TIMER_ADVERTS
    return adverts if fits and in_range else None


def _was_away(signs: Signs, new: Tenure, began: Mark) -> bool:
    """True where the new master was not there, or not able, when its timer should have begun.

    It had given the role up or died and had not joined again; it had left the group; or it joined
    only meanwhile, with no proof that it had been running before.
    """
    address = new.sender.address
    joined = signs.joined(address, began)
    left = signs.left(address, began)
    ended = signs.last_end(address, began, EndedBy.RELEASED, EndedBy.SILENT)
    gone = max((mark for mark in (ended, left) if mark is not None), default=None)
    if gone is not None and (joined is None or joined < gone):
        return True
    first = new.streaks[0]
    pause = signs.pause_before(first)
    if pause is Pause.RESTARTED and first.gap_before is not None:
        # Restarted before its timer began only where a join before that shows it.
        return joined is None or joined < first.gap_before.from_
    joined_late = signs.joined(address, new.since)
    return joined_late is not None and joined_late > began and pause is not Pause.QUIET


def _present(signs: Signs, new: Tenure, began: Mark) -> Mark | None:
    """What shows that the new master ran when its timer began."""
    joined = signs.joined(new.sender.address, began)
    ended = signs.last_end(new.sender.address, began, *EndedBy)
    return max((mark for mark in (joined, ended) if mark is not None), default=None)


def _is_measured(signs: Signs, handover: Handover, before: Tenure) -> bool:
    """True where the IP identifications prove that both ends of the wait were captured."""
    if not signs.is_first_word(handover.after.streaks[0]):
        return False
    if handover.kind is HandoverKind.RELEASE:
        return True
    later = signs.next_streak(before.sender, before.until)
    quiet = later is not None and signs.pause_before(later) is Pause.QUIET
    return quiet or handover.kind is HandoverKind.PREEMPTION
