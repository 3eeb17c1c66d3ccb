"""How the clocks of two vantages differ, by what both of them saw.

An advert that was captured in two places carries the same IP identification in both: the
difference of the two times is the difference of the clocks, give or take the way between the
places. What has no identification (IPv6, and announcements such as a gratuitous ARP) is recognised
by its kind and its order alone; it is used where there is nothing better, and only where more of it
agrees with one offset than with any other.

Two clocks drift apart, so an offset belongs to a moment: `ClockComparison` keeps the points. A
daemon that is started again counts from 1 again, and a counter of 16 bits comes round, so one
advert can seem to be several: the offset on which most points agree is taken. Where a clock was set
meanwhile, no offset fits, and the comparison says so.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, islice

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration
from vrrpscope.timeline.model import Timeline
from vrrpscope.timeline.streak import Streak, late_after_ns

AGREE_NS = 50_000_000
"""Points of one offset differ by less than this: the ways between the places take that long."""

VIRTUAL_MAC = "00:00:5e:00:"
"""RFC 5798 section 7.3: routers of one group have it in common."""

_DRIFT_PPM = 500
"""NTP slews a clock by at most this (RFC 5905 section 11.3), and a free clock drifts by less."""

_NEAR_NS = 1_000_000_000
"""Most clocks are nearer to each other than this."""

MOST_VANTAGES = 12
"""Vantages of which every pair is compared; pcapng files can have hundreds of interfaces."""
_MOST_RUNS = 20_000
_MOST_ALIKE = 8
_MOST_PAIRS = 20_000
_MOST_CHAINS = 64
_MOST_POINTS = 1_000

_Key = tuple[object, ...]
_Pair = tuple[int, int]
"""A time at the one vantage, and how much later the other one's clock shows it."""


class ClockComparison(Struct, frozen=True):
    """How the clocks of two vantages differ.

    Attributes:
        here, there: the vantages by their ids.
        offset_ns: how much later the clock of `there` is, in the middle; None where nothing tells.
        spread_ns: between the least and the greatest offset: drift, and the ways of the packets.
        points: adverts or announcements that both saw and on which it rests.
        is_identified: the points carry an IP identification; without one they are recognised by
            their order.
        reason: why there is no offset.
        was_set: one of the clocks was set while both captured.
    """

    here: str
    there: str
    offset_ns: int | None
    spread_ns: int = 0
    points: int = 0
    is_identified: bool = True
    reason: str | None = None
    course: tuple[_Pair, ...] = ()
    was_set: bool = False

    @property
    def says(self) -> str:
        """The comparison as a sentence."""
        if self.offset_ns is None:
            return (
                f"the clocks of {self.here} and {self.there} cannot be compared: {self.reason}; "
                "their times are taken as they are"
            )
        what = "adverts" if self.is_identified else "changes and announcements"
        rests = f"by {self.points} {what} that both saw" if self.points > 1 else _ONE[what]
        within = _precise(self.spread_ns)
        if abs(self.offset_ns) <= max(self.spread_ns, 1_000_000):
            return f"the clocks of {self.here} and {self.there} agree within {within}, {rests}"
        later = "ahead of" if self.offset_ns > 0 else "behind"
        return (
            f"the clock of {self.there} is {_precise(abs(self.offset_ns))} {later} that of "
            f"{self.here}, and that changes by {within} at most, {rests}"
        )

    def offset_at(self, time_ns: int) -> int:
        """The offset at a time of `here`; between two points on the line that joins them.

        0 where nothing tells: the clocks are taken as they are.
        """
        if not self.course:
            return 0
        index = bisect_right(self.course, time_ns, key=lambda point: point[0])
        if index in (0, len(self.course)):
            return self.course[max(index - 1, 0)][1]
        (from_ns, before_ns), (until_ns, after_ns) = self.course[index - 1 : index + 1]
        return before_ns + (after_ns - before_ns) * (time_ns - from_ns) // (until_ns - from_ns)

    def spans(self, since_ns: int, until_ns: int) -> bool:
        """True where identified points lie before and after a time of `here`.

        Then both captures are of one time: a daemon that is started anew counts from 1 again, and
        two steady runs of two days look alike, but not across a change.
        """
        if not self.is_identified or not self.course:
            return False
        return self.course[0][0] <= since_ns and until_ns <= self.course[-1][0]

    def is_of_one_time(self, since_ns: int, until_ns: int) -> bool:
        """True where a time of `here` surely is the one of `there` that the offset says.

        Either the offset is small: then half of that time is in common, even if both clocks are
        right and the adverts of two different times were taken for the same ones. Or adverts on
        both sides of it are the same.
        """
        if self.offset_ns is None or not self.is_identified:
            return False
        near = 2 * abs(self.offset_at(since_ns)) <= until_ns - since_ns
        return near or self.spans(since_ns, until_ns)

    def reversed(self) -> "ClockComparison":
        """The same comparison from the other side."""
        return ClockComparison(
            here=self.there,
            there=self.here,
            offset_ns=None if self.offset_ns is None else -self.offset_ns,
            spread_ns=self.spread_ns,
            points=self.points,
            is_identified=self.is_identified,
            reason=self.reason,
            course=tuple((time_ns + offset, -offset) for time_ns, offset in self.course),
            was_set=self.was_set,
        )


_ONE = {
    "adverts": "by one advert that both surely saw",
    "changes and announcements": "by one change that both surely saw",
}


def _precise(time_ns: int) -> str:
    """A duration, never less than a millisecond: no capture is more precise."""
    return str(Duration(max(time_ns, 1_000_000)))


def compare_clocks(timelines: tuple[Timeline, ...]) -> Iterator[ClockComparison]:
    """Every pair of vantages, each once, in the order of `pairs_of`."""
    for here, there in pairs_of(timelines):
        yield compare_clock(here, there)


def pairs_of(timelines: tuple[Timeline, ...]) -> Iterator[tuple[Timeline, Timeline]]:
    """Every two vantages that are compared, each pair once."""
    return combinations(timelines[:MOST_VANTAGES], 2)


def compare_clock(here: Timeline, there: Timeline) -> ClockComparison:
    """How the clocks of two vantages differ."""
    names = here.vantage.id, there.vantage.id
    identified = _pairs(_identified(here), _identified(there))
    pairs = identified or _pairs(_recognised(here), _recognised(there))
    if not pairs:
        return ClockComparison(*names, None, reason="there is no advert that both saw")
    best, *others = _chains(pairs)
    if identified and len(best) == 1 and abs(best[0][1]) > _NEAR_NS:
        # A daemon that was started anew counts from 1 again.
        return ClockComparison(*names, None, reason="only one advert may be in both")
    if not identified and (len(best) < 2 or (others and len(others[0]) >= len(best))):
        reason = "there is no advert that both surely saw"
        return ClockComparison(*names, None, reason=reason)
    rival = _rival(best, others)
    if rival is not None:
        one, other = (str(Duration(chain[0][1])) for chain in (best, rival))
        reason = f"one of them was set meanwhile: they differ by {one}, and by {other}"
        return ClockComparison(*names, None, reason=reason, was_set=True)
    offsets = [offset for _, offset in best]
    step = len(best) // _MOST_POINTS + 1
    return ClockComparison(
        *names,
        offset_ns=_median(offsets),
        spread_ns=max(offsets) - min(offsets),
        points=len(best),
        is_identified=bool(identified),
        course=(*best[:-1:step], best[-1]),
    )


def _median(offsets: list[int]) -> int:
    """The middle one, of two the lesser one; `statistics` takes longer to import than to sort."""
    return sorted(offsets)[(len(offsets) - 1) // 2]


def _identified(timeline: Timeline) -> dict[_Key, list[int]]:
    """The times of adverts that an IP identification tells apart from others."""
    seen: dict[_Key, list[int]] = defaultdict(list)
    for streak in _streaks(timeline):
        if not streak.ip_id_counts:
            continue
        ends = (
            (streak.first_ip_id, streak.first.time_ns),
            (streak.last_ip_id, streak.last.time_ns),
        )
        for ip_id, time_ns in dict.fromkeys((*ends, *streak.sampled)):
            _note(seen, (streak.sender, streak.advertisement, ip_id), time_ns)
    return seen


def _recognised(timeline: Timeline) -> dict[_Key, list[int]]:
    """The times of what can only be recognised by its kind: changes of a sender, announcements."""
    seen: dict[_Key, list[int]] = defaultdict(list)
    before: dict[object, Streak] = {}
    for streak in _streaks(timeline):
        advertisement = streak.advertisement
        voice = (streak.sender, advertisement.vrid, advertisement.version)
        earlier = before.get(voice)
        before[voice] = streak
        changed = earlier.advertisement if earlier and _is_change(earlier, streak) else None
        if changed is not None or _is_beginning(timeline, streak):
            _note(seen, (streak.sender, changed, advertisement), streak.first.time_ns)
    every = (a for story in timeline.routers for a in story.announcements)
    announced = {a.first: a for a in islice(every, _MOST_RUNS)}
    for mark, said in announced.items():
        _note(seen, (said.kind, said.subject, said.mac), mark.time_ns)
    return seen


def _is_change(earlier: Streak, streak: Streak) -> bool:
    """True where a sender says something else with its next advert."""
    if earlier.advertisement == streak.advertisement:
        return False
    pause_ns = streak.first.time_ns - earlier.last.time_ns
    return 0 <= pause_ns <= late_after_ns(earlier.interval_ns)


def _is_beginning(timeline: Timeline, streak: Streak) -> bool:
    """True where the sender had surely not been heard just before."""
    if streak.gap_before is not None:
        return streak.gap_before.duration_ns > late_after_ns(streak.interval_ns)
    since_ns = timeline.first_ns if timeline.first_ns is not None else streak.first.time_ns
    return streak.first.time_ns - since_ns > late_after_ns(streak.interval_ns)


def _note(seen: dict[_Key, list[int]], key: _Key, time_ns: int) -> None:
    if len(seen[key]) < _MOST_ALIKE:
        seen[key].append(time_ns)


def _streaks(timeline: Timeline) -> Iterator[Streak]:
    """The runs of all senders, as many as are looked at."""
    return islice((s for story in timeline.routers for s in story.streaks), _MOST_RUNS)


def _pairs(here: dict[_Key, list[int]], there: dict[_Key, list[int]]) -> list[_Pair]:
    """Every way in which something here may be something there, in the order of time."""
    found: list[_Pair] = []
    for key, mine in here.items():
        for time_ns in mine:
            found.extend((time_ns, theirs_ns - time_ns) for theirs_ns in there.get(key, ()))
        if len(found) > _MOST_PAIRS:
            break
    return sorted(found)


def _chains(pairs: Iterable[_Pair]) -> list[list[_Pair]]:
    """Pairs that agree on an offset, give or take what a clock can drift; the best ones first.

    That is the longest one, or one that is about as long with a lesser offset: most clocks are
    about right, and a counter that comes round makes several chains that are nearly equal.
    """
    chains: list[list[_Pair]] = []
    for pair in pairs:
        fitting = [chain for chain in chains if _fits(chain[-1], pair)]
        if fitting:
            min(fitting, key=lambda chain: abs(chain[-1][1] - pair[1])).append(pair)
        elif len(chains) < _MOST_CHAINS:
            chains.append([pair])
    longest = max(len(chain) for chain in chains)
    about = [chain for chain in chains if len(chain) * 5 >= longest * 4]
    best = min(about, key=lambda chain: abs(chain[0][1]))
    others = [chain for chain in chains if chain is not best]
    return [best, *sorted(others, key=len, reverse=True)]


def _fits(last: _Pair, pair: _Pair) -> bool:
    """True where one clock can have come from the one offset to the other."""
    drift_ns = (pair[0] - last[0]) * _DRIFT_PPM // 1_000_000
    return abs(pair[1] - last[1]) <= AGREE_NS + drift_ns


def _rival(best: list[_Pair], others: list[list[_Pair]]) -> list[_Pair] | None:
    """An offset that explains what the best one cannot, and half as much: a clock was set."""
    here = {time_ns for time_ns, _ in best}
    there = {time_ns + offset_ns for time_ns, offset_ns in best}
    for chain in others:
        left = [1 for t, offset_ns in chain if t not in here and t + offset_ns not in there]
        if 2 * len(left) >= len(best):
            return chain
    return None


def are_connected(here: Timeline, there: Timeline) -> bool:
    """True where both vantages saw frames of one host: they are of one network."""
    shared = set(here.frames_by_mac) & set(there.frames_by_mac)
    return any(mac and not mac.startswith(VIRTUAL_MAC) for mac in shared)
