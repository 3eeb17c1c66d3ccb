"""Two masters of which each vantage sees only one: two captures compared."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from vrrpscope.diagnosis.finding import Duration, Role, Step
from vrrpscope.diagnosis.questions.reigns import (
    Reign,
    Window,
    find_reigns,
    find_windows,
    runs_backwards,
)
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_NEAR_NS = 10_000_000_000
"""Clocks that differ by more than this may be right, and the captures of different times."""

_TOLERANCE_NS = 50_000_000
"""Two clocks agree on every run that both vantages saw to within this, or are not compared."""


@dataclass(frozen=True, slots=True)
class Islands:
    """Two routers that were master at once, each seen from another place.

    Attributes:
        here, there: the vantage that sees `one` as master, and the one that sees `other`.
        window: when both were, by the clock of `here`.
        there_shown: adverts of `other` at the beginning and the end of it, at `there`.
        offset_ns: how much later the clock of `there` is, by runs of adverts that both saw.
        is_sure: the clocks nearly agree, neither was set back, and each vantage has adverts of its
            master that the other has not.
    """

    here: Timeline
    there: Timeline
    story: RouterStory
    one: Sender
    other: Sender
    window: Window
    here_shown: tuple[Mark, Mark]
    there_shown: tuple[Mark, Mark]
    offset_ns: int
    is_sure: bool

    def witnessed(self, one: str, other: str) -> tuple[Step, ...]:
        """What each vantage shows, as a witness tells it; the names are a report's."""
        return (
            _speech(one, self.here, self.here_shown),
            _speech(other, self.there, self.there_shown),
            Step(
                "by the adverts that both captures have, their clocks differ by "
                f"{Duration(abs(self.offset_ns))}: both were master at once for "
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


def find_islands(timelines: tuple[Timeline, ...]) -> Iterator[Islands]:
    """All pairs of routers that were master at once at two vantages; the longest time of each."""
    for here, there in combinations(timelines, 2):
        for story in here.routers:
            theirs = there.story(story.router)
            offset_ns = clock_offset_ns(story, theirs) if theirs is not None else None
            if theirs is None or offset_ns is None:
                continue
            found = [
                *_split(here, there, story, theirs, offset_ns),
                *_split(there, here, theirs, story, -offset_ns),
            ]
            longest: dict[frozenset[Sender], Islands] = {}
            for islands in sorted(found, key=lambda i: -i.window.duration_ns):
                longest.setdefault(frozenset((islands.one, islands.other)), islands)
            yield from longest.values()


def clock_offset_ns(here: RouterStory, there: RouterStory) -> int | None:
    """How much later the clock of `there` is; None where no run of adverts tells.

    A run that begins with the same IP identification at both vantages began with one packet.
    """
    begun = {
        (s.sender, s.advertisement, s.first_ip_id): s.first.time_ns
        for s in reversed(here.streaks)
        if s.first_ip_id is not None and s.ip_id_counts
    }
    offsets = [
        s.first.time_ns - begun[key]
        for s in there.streaks
        if (key := (s.sender, s.advertisement, s.first_ip_id)) in begun
    ]
    if not offsets or max(offsets) - min(offsets) > _TOLERANCE_NS:
        return None
    return offsets[0]


def _split(
    here: Timeline, there: Timeline, mine: RouterStory, theirs: RouterStory, offset_ns: int
) -> Iterator[Islands]:
    """Times at which one router was master here, and another one there."""
    reigns_there = find_reigns(theirs)
    for one, reigns in find_reigns(mine).items():
        for other, their_reigns in reigns_there.items():
            if one.address == other.address or not _addresses(reigns) & _addresses(their_reigns):
                continue
            moved = tuple(_moved(reign, offset_ns) for reign in their_reigns)
            for window in find_windows(reigns, moved):
                yield Islands(
                    here,
                    there,
                    mine,
                    one,
                    other,
                    window,
                    _shown(reigns, window),
                    _shown(their_reigns, window, offset_ns),
                    offset_ns,
                    _is_sure(mine, theirs, (one, other), window, offset_ns),
                )


def _is_sure(
    mine: RouterStory,
    theirs: RouterStory,
    pair: tuple[Sender, Sender],
    window: Window,
    offset_ns: int,
) -> bool:
    """True where the two captures surely are of one time, and each has what the other has not.

    A daemon that is started anew counts from 1 again: runs of two days can look alike.
    """
    one, other = pair
    if abs(offset_ns) > _NEAR_NS or runs_backwards(mine) or runs_backwards(theirs):
        return False
    since_ns, until_ns = window.since.time_ns, window.until.time_ns
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


def _moved(reign: Reign, offset_ns: int) -> Reign:
    """A reign by the other clock; its streaks keep their own."""
    return replace(
        reign,
        since=reign.since._replace(time_ns=reign.since.time_ns - offset_ns),
        until=reign.until._replace(time_ns=reign.until.time_ns - offset_ns),
    )


def _shown(reigns: tuple[Reign, ...], window: Window, offset_ns: int = 0) -> tuple[Mark, Mark]:
    """The first and the last advert of the runs that touch a window."""
    since_ns, until_ns = window.since.time_ns + offset_ns, window.until.time_ns + offset_ns
    touching = [
        s
        for reign in reigns
        for s in reign.streaks
        if s.first.time_ns <= until_ns and s.last.time_ns >= since_ns
    ]
    return min(s.first for s in touching), max(s.last for s in touching)
