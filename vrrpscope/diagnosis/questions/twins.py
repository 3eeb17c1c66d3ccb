"""Two voices behind one address and one MAC: two daemons, two routers, or one packet seen twice."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.questions.reigns import runs_backwards
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak, ip_id_step

_FEWEST = 3
"""Adverts of each of the two, side by side, that are no accident."""

_FEWEST_INTERLEAVED = 5
"""Adverts that count on from the last but one, in a run where nobody counts without a break."""

_SAME_COUNT = 1
"""Two counts that differ by no more may be one, seen twice."""


class TwinKind(StrEnum):
    """What tells the two apart."""

    COUNTS = "counts"
    """Each counts its adverts for itself: two processes."""
    PRIORITIES = "priorities"
    """Each says a priority of its own once an interval, and nobody counts (IPv6)."""
    ECHO = "echo"
    """The same packets, a second time."""


class Twins(Struct, frozen=True):
    """Two voices behind one sender at one time.

    Attributes:
        priorities: what they say, the higher one first.
        since, until: from when to when both spoke.
        shown: an advert of each.
        adverts: of both together, as many as were seen side by side.
    """

    timeline: Timeline
    story: RouterStory
    sender: Sender
    kind: TwinKind
    priorities: tuple[int, ...]
    since: Mark
    until: Mark
    shown: tuple[Mark, Mark]
    adverts: int

    @property
    def lasted_ns(self) -> int:
        """For how long both spoke."""
        return self.until.time_ns - self.since.time_ns


def find_twins(timeline: Timeline, story: RouterStory) -> Iterator[Twins]:
    """Every sender behind which two speak, once, for the longest time that they do.

    A clock that is set back makes one speak twice at a time.
    """
    if runs_backwards(story):
        return
    found: dict[Sender, Twins] = {}
    for twins in _each(timeline, story):
        other = found.get(twins.sender)
        if other is None or twins.lasted_ns > other.lasted_ns:
            found[twins.sender] = twins
    yield from found.values()


def _each(timeline: Timeline, story: RouterStory) -> Iterator[Twins]:
    latest: dict[object, Streak] = {}
    for streak in story.streaks:
        said = streak.advertisement
        voice = (streak.sender, said.version, said.destination)
        before = latest.get(voice)
        if before is not None and streak.first < before.last:
            twins = _side_by_side(timeline, story, before, streak)
            if twins is not None:
                yield twins
        if before is None or streak.last > before.last:
            latest[voice] = streak
        if streak.interleaved >= max(_FEWEST_INTERLEAVED, streak.count // 3):
            yield Twins(
                timeline,
                story,
                streak.sender,
                TwinKind.COUNTS,
                (streak.priority,),
                streak.first,
                streak.last,
                (streak.first, streak.last),
                streak.count,
            )


def _side_by_side(
    timeline: Timeline, story: RouterStory, one: Streak, other: Streak
) -> Twins | None:
    """Two runs that went on beside each other; None where it may be an accident."""
    until = min(one.last, other.last)
    beside_ns = until.time_ns - other.first.time_ns
    adverts = min(other.count, beside_ns // other.interval_ns + 1)
    if adverts < _FEWEST:
        return None
    return Twins(
        timeline,
        story,
        one.sender,
        _kind(one, other),
        tuple(sorted({one.priority, other.priority}, reverse=True)),
        other.first,
        until,
        (one.first, other.first),
        2 * adverts,
    )


def _kind(one: Streak, other: Streak) -> TwinKind:
    """What tells two runs apart."""
    if other.first_ip_id is None or one.first_ip_id is None:
        return TwinKind.PRIORITIES
    if one.advertisement != other.advertisement:
        return TwinKind.COUNTS
    gone_ns = other.first.time_ns - one.first.time_ns
    counted = ip_id_step(one.first_ip_id, other.first_ip_id) or 0
    same = abs(counted - gone_ns // one.interval_ns) <= _SAME_COUNT
    return TwinKind.ECHO if same else TwinKind.COUNTS
