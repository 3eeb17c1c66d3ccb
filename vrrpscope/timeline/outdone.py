"""Who heard a better master: asked of every tenure at once, for there may be very many senders."""

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vrrpscope.protocol.election import rank
from vrrpscope.timeline.streak import Mark, Sender, Streak, late_after_ns

_VOICES = 4
"""Streaks of one sender that may run at once: two versions, some unicast peers."""

_NOBODY = 0


class Silenced(NamedTuple):
    """A sender that is heard no more: its last streak, its last advert, and when one was due."""

    last: Streak
    until: Mark
    due_ns: int


class _Floor:
    """Those who have spoken so far, by when they will be late: the best of those not late yet.

    A tree of maxima over the times, so that each question takes as many steps as a bisection.
    """

    def __init__(self, ends_ns: Sequence[int]) -> None:
        self._ends_ns = sorted(ends_ns)
        self._size = len(ends_ns)
        self._best = [_NOBODY] * (2 * self._size)

    def put(self, place: int, value: int) -> None:
        """What counts at a place from now on."""
        best, at = self._best, place + self._size
        best[at] = value
        while at > 1:
            at >>= 1
            greater = max(best[2 * at], best[2 * at + 1])
            if best[at] == greater:
                return
            best[at] = greater

    def best(self, since_ns: int) -> int:
        """The greatest value that is not late at a time."""
        best, found = self._best, _NOBODY
        low = bisect_left(self._ends_ns, since_ns) + self._size
        high = 2 * self._size
        while low < high:
            if low & 1:
                found = max(found, best[low])
                low += 1
            if high & 1:
                high -= 1
                found = max(found, best[high])
            low >>= 1
            high >>= 1
        return found


class _Election:
    """Ranks of senders as numbers: a greater number wins, and tells whose it is."""

    def __init__(self, by_sender: Mapping[Sender, Sequence[Streak]]) -> None:
        self._numbers = {sender: number for number, sender in enumerate(by_sender)}
        ranks = {rank(s.advertisement) for own in by_sender.values() for s in own}
        self._places = {rank_: place for place, rank_ in enumerate(sorted(ranks), 1)}

    def value(self, streak: Streak) -> int:
        """What a streak weighs."""
        weight = self._places[rank(streak.advertisement)] * len(self._numbers)
        return weight + self._numbers[streak.sender]

    def outranks(self, value: int, streak: Streak) -> bool:
        """True where a value is that of a better advert than a streak's."""
        own = self._places[rank(streak.advertisement)]
        return value // len(self._numbers) > own

    def is_of(self, value: int, sender: Sender) -> bool:
        """True where a value is a sender's."""
        return value % len(self._numbers) == self._numbers[sender]


def find_outdone(
    by_sender: Mapping[Sender, Sequence[Streak]], silenced: Sequence[Silenced]
) -> list[bool]:
    """For each, whether a better master spoke at the time at which it fell silent.

    Of each sender only the streaks count that it had begun last when the next advert was due.
    """
    if len(by_sender) < 2 or not silenced:
        return [False] * len(silenced)
    election = _Election(by_sender)
    streaks = sorted((s for own in by_sender.values() for s in own), key=_began_ns)
    ends_ns = [s.last.time_ns + late_after_ns(s.interval_ns) for s in streaks]
    order = sorted(range(len(streaks)), key=ends_ns.__getitem__)
    places = {index: place for place, index in enumerate(order)}
    floor = _Floor(ends_ns)
    voices: dict[Sender, deque[tuple[int, int]]] = {s: deque() for s in by_sender}
    found = [False] * len(silenced)
    begun = 0
    for number in sorted(range(len(silenced)), key=lambda n: silenced[n].due_ns):
        asked = silenced[number]
        while begun < len(streaks) and _began_ns(streaks[begun]) <= asked.due_ns:
            streak = streaks[begun]
            own = voices[streak.sender]
            own.append((places[begun], election.value(streak)))
            floor.put(*own[-1])
            if len(own) > _VOICES:
                floor.put(own.popleft()[0], _NOBODY)
            begun += 1
        found[number] = _is_outdone(asked, floor, election, voices[asked.last.sender])
    return found


def _began_ns(streak: Streak) -> int:
    return streak.first.time_ns


def _is_outdone(
    asked: Silenced, floor: _Floor, election: _Election, own: deque[tuple[int, int]]
) -> bool:
    """True where somebody else that is heard outranks the last advert."""
    best = floor.best(asked.until.time_ns)
    if not election.outranks(best, asked.last):
        return False
    if not election.is_of(best, asked.last.sender):
        return True
    # Its own voices are set aside while the others are looked at.
    for place, _ in own:
        floor.put(place, _NOBODY)
    best = floor.best(asked.until.time_ns)
    for place, value in own:
        floor.put(place, value)
    return election.outranks(best, asked.last)
