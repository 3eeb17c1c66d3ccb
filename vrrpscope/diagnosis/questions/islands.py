"""Two masters of which each vantage sees only one: two captures compared."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Duration, Role, Step, Verdict
from vrrpscope.diagnosis.questions.reigns import (
    Reign,
    Window,
    find_reigns,
    find_windows,
    runs_backwards,
)
from vrrpscope.diagnosis.questions.replays import is_replayed
from vrrpscope.diagnosis.questions.vantages import ClockComparison, are_connected, pairs_of
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender


class Islands(Struct, frozen=True):
    """Two routers that were master at once, each seen from another place.

    Attributes:
        here, there: the vantage that sees `one` as master, and the one that sees `other`.
        window: when both were, by the clock of `here`.
        there_shown: adverts of `other` at the beginning and the end of it, at `there`.
        clock: how the clocks compare, from `here` to `there`; without any advert that both saw
            they are taken as they are.
        is_sure: the clocks nearly agree, neither was set back, and each vantage has adverts of its
            master that the other has not.
        are_connected: some host is seen at both vantages: they are of one network.
    """

    here: Timeline
    there: Timeline
    story: RouterStory
    one: Sender
    other: Sender
    window: Window
    here_shown: tuple[Mark, Mark]
    there_shown: tuple[Mark, Mark]
    clock: ClockComparison
    is_sure: bool
    are_connected: bool

    @property
    def verdict(self) -> Verdict:
        """How certain it is that both were master at once."""
        if self.is_sure:
            return Verdict.PROVEN
        offset_ns = abs(self.clock.offset_at(self.window.since.time_ns))
        near = 2 * offset_ns <= self.window.duration_ns
        known = near and (self.clock.offset_ns is not None or self.are_connected)
        return Verdict.LIKELY if known else Verdict.POSSIBLE

    @property
    def _condition(self) -> str:
        """The condition where nothing tells how the clocks compare."""
        return "" if self.clock.offset_ns is not None else "; if both are right"

    def witnessed(self, one: str, other: str) -> tuple[Step, ...]:
        """What each vantage shows, as a witness tells it; the names are a report's."""
        return (
            _speech(one, self.here, self.here_shown),
            _speech(other, self.there, self.there_shown),
            Step(
                f"{self.clock.says}{self._condition}: both were master at once for "
                f"{Duration(self.window.duration_ns)}",
                Basis.INFERRED,
                clause="RFC 5798 section 6.4.3",
                role=Role.SO,
            ),
        )


def _speech(name: str, timeline: Timeline, shown: tuple[Mark, Mark]) -> Step:
    first, last = shown
    return Step(
        f"{timeline.vantage.id} shows {name} as master from frame {first.ref.number} "
        f"to frame {last.ref.number}",
        Basis.SEEN,
        (first.ref, last.ref),
    )


def find_islands(
    timelines: tuple[Timeline, ...], clocks: Iterable[ClockComparison]
) -> tuple[Islands, ...]:
    """All pairs of routers that were master at once at two vantages; of each the surest time.

    `clocks` are the comparisons of each two vantages, in the order of `pairs_of`.
    """
    found: dict[object, Islands] = {}
    for (here, there), clock in zip(pairs_of(timelines), clocks, strict=True):
        for story in here.routers:
            theirs = there.story(story.router)
            if theirs is None or not _is_usable(clock, story, theirs):
                continue
            for islands in (
                *_split(here, there, story, theirs, clock),
                *_split(there, here, theirs, story, clock.reversed()),
            ):
                key = (story.router, frozenset((islands.one, islands.other)))
                best = found.get(key)
                if best is None or _weight(islands) > _weight(best):
                    found[key] = islands
    return tuple(found.values())


def _weight(islands: Islands) -> tuple[bool, int]:
    return islands.is_sure, islands.window.duration_ns


def _is_usable(clock: ClockComparison, mine: RouterStory, theirs: RouterStory) -> bool:
    """True where the clocks are compared, or no sender at all was seen by both.

    Where both saw a sender, and not one of its adverts is the same, they captured at other times.
    """
    both = {s.address for s in mine.senders} & {s.address for s in theirs.senders}
    return clock.offset_ns is not None or not both


def _split(
    here: Timeline,
    there: Timeline,
    mine: RouterStory,
    theirs: RouterStory,
    clock: ClockComparison,
) -> Iterator[Islands]:
    """Times at which one router was master here, and another one there."""
    back = clock.reversed()
    connected = are_connected(here, there)
    reigns_there = find_reigns(theirs)
    for one, reigns in find_reigns(mine).items():
        for other, their_reigns in reigns_there.items():
            if one.address == other.address or not _addresses(reigns) & _addresses(their_reigns):
                continue
            moved = tuple(_moved(reign, back) for reign in their_reigns)
            for window in find_windows(reigns, moved):
                yield Islands(
                    here,
                    there,
                    mine,
                    one,
                    other,
                    window,
                    _shown(reigns, window),
                    _shown(their_reigns, window, clock),
                    clock,
                    _is_sure(mine, theirs, (one, other), window, clock),
                    connected,
                )


def _is_sure(
    mine: RouterStory,
    theirs: RouterStory,
    pair: tuple[Sender, Sender],
    window: Window,
    clock: ClockComparison,
) -> bool:
    """True where the two captures surely are of one time, and each has what the other has not.

    A daemon that is started anew counts from 1 again: runs of two days can look alike.
    """
    one, other = pair
    if clock.offset_ns is None or not clock.is_identified:
        return False
    offset_ns = clock.offset_at(window.since.time_ns)
    since_ns, until_ns = window.since.time_ns, window.until.time_ns
    one_time = clock.is_of_one_time(since_ns, until_ns)
    if not one_time or any(runs_backwards(s) or is_replayed(s) for s in (mine, theirs)):
        return False
    return _has_more(mine, theirs, one, (since_ns, until_ns), offset_ns) and _has_more(
        theirs, mine, other, (since_ns + offset_ns, until_ns + offset_ns), -offset_ns
    )


def _has_more(
    mine: RouterStory, theirs: RouterStory, sender: Sender, when_ns: tuple[int, int], offset_ns: int
) -> bool:
    """True where one capture has adverts of a sender after the last one that the other has."""
    since_ns, until_ns = when_ns
    own = [s for s in mine.streaks if s.sender == sender and s.first.time_ns <= until_ns]
    here = [s.last_ip_id for s in own if s.last.time_ns > since_ns]
    there = [
        s.last_ip_id
        for s in theirs.streaks
        if s.sender == sender and s.last.time_ns <= until_ns + offset_ns
    ]
    return any(last != there[-1] for last in here) if there else True


def _addresses(reigns: tuple[Reign, ...]) -> set[Address]:
    """The virtual addresses that a master announced."""
    return {a for r in reigns for s in r.streaks for a in s.advertisement.addresses}


def _moved(reign: Reign, clock: ClockComparison) -> Reign:
    """A reign by the other clock; its streaks keep their own."""
    return replace(reign, since=_by(clock, reign.since), until=_by(clock, reign.until))


def _by(clock: ClockComparison, mark: Mark) -> Mark:
    return mark._replace(time_ns=mark.time_ns + clock.offset_at(mark.time_ns))


def _shown(
    reigns: tuple[Reign, ...], window: Window, clock: ClockComparison | None = None
) -> tuple[Mark, Mark]:
    """The first and the last advert of the runs that touch a window."""
    marks = (window.since, window.until)
    moved = marks if clock is None else tuple(_by(clock, mark) for mark in marks)
    since_ns, until_ns = (mark.time_ns for mark in moved)
    touching = [
        s
        for reign in reigns
        for s in reign.streaks
        if s.first.time_ns <= until_ns and s.last.time_ns >= since_ns
    ]
    return min(s.first for s in touching), max(s.last for s in touching)
