"""A log's clock set by a capture's: by the events that both saw.

keepalived logs whole seconds, syslog knows no year, and hardly anybody logs a zone. A router that
becomes master writes a line and sends an advert in the same moment; a changed priority is on the
wire within one interval. Each such pair allows a range of offsets; the offset that most lines of
the log allow, and the fewest speak against, is the one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace

from vrrpscope.diagnosis.log_clock import LogClock
from vrrpscope.diagnosis.log_events import (
    JITTER_NS,
    MOST_EVENTS,
    QUARTER_NS,
    REACH_NS,
    WIDEST_ZONE_NS,
    LogEvents,
    Told,
)
from vrrpscope.diagnosis.log_years import year_offsets
from vrrpscope.diagnosis.wire_events import Happened, Seen, WireEvents
from vrrpscope.evidence.statement import Log
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS

_SKEW_NS = 5 * NS
"""Clocks that are kept differ by less; one event is then enough to recognise the zone."""

_SURE_MATCHES = 3
"""Events that fit an offset which no zone explains: a clock that is simply wrong."""

_ITS_OWN = (Happened.MASTER, Happened.PRIORITY, Happened.RELEASE)
"""What no other router does in the same moment, by and large."""

_MOST_PAIRS = 40_000
"""Pairs of a line and an event on the wire that are compared."""

_MOST_FITS = 100
"""Ranges of offsets, those that most events allow, that are looked at closely."""

Objection = Callable[[LogClock], str]
"""What speaks against a log by some clock: "" where nothing does."""


def set_clock(
    events: LogEvents,
    wire: WireEvents,
    own: frozenset[Address],
    objection: Objection = lambda _: "",
    most_pairs: int = _MOST_PAIRS,
) -> LogClock:
    """Compares a log with what a router did on the wire.

    Args:
        events: of the log of the router.
        wire: what one vantage saw.
        own: the router's own addresses.
        objection: what else is known that speaks against a clock.
        most_pairs: bounds the work.
    """
    log = events.log
    found = _Comparison(events, wire, own, most_pairs).best()
    told = [replace(clock, doubt=objection(clock)) for clock in found]
    sound = [clock for clock in told if not clock.doubt]
    if sound:
        return _agreed(log, sound)
    if told:
        return told[0]
    sure = log.dated and log.zoned
    clock = LogClock(0 if sure else None, log.resolution_ns, 0)
    return replace(clock, doubt=objection(clock))


def _agreed(log: Log, sound: list[LogClock]) -> LogClock:
    """The first of several that fit alike, and as uncertain as they differ; none for two zones."""
    best = sound[0]
    assert best.offset_ns is not None
    others = [(abs((c.offset_ns or 0) - best.offset_ns), c.spread_ns) for c in sound]
    near = [(far_ns, spread_ns) for far_ns, spread_ns in others if far_ns <= 2 * _SKEW_NS]
    if len(near) < len(others) and not (log.dated and log.zoned):
        return LogClock(None, log.resolution_ns, 0)
    return replace(best, spread_ns=max(far_ns + spread_ns for far_ns, spread_ns in near))


def instances(
    events: LogEvents, wire: WireEvents, own: frozenset[Address], clock: LogClock
) -> Counter[tuple[str, str]]:
    """How many events each instance of a log and each virtual router have in common."""
    found: Counter[tuple[str, str]] = Counter()
    offset_ns, first_ns, last_ns = clock.offset_ns, wire.first_ns, wire.last_ns
    if offset_ns is None or first_ns is None or last_ns is None:
        return found
    for told in events.near(first_ns, last_ns, (offset_ns,)):
        if told.instance is not None:
            seen = _matching(events, told, wire, own, clock)
            found.update({(told.instance, s.router.id) for s in seen})
    return found


def _matching(
    events: LogEvents, told: Told, wire: WireEvents, own: frozenset[Address], clock: LogClock
) -> Iterator[Seen]:
    """What the capture shows at the moment of a line."""
    at_ns = told.time_ns + (clock.offset_ns or 0)
    since_ns = at_ns + told.low - clock.spread_ns
    until_ns = at_ns + told.high + events.log.resolution_ns + clock.spread_ns
    for seen in wire.of(told.key, own, since_ns, until_ns):
        if events.is_about(told, seen.router):
            yield seen


def identifies(
    events: LogEvents, wire: WireEvents, own: frozenset[Address], clock: LogClock
) -> bool:
    """True where log and capture tell alike when just this router became master, or gave it up."""
    if not clock.is_compared:
        return False
    assert wire.first_ns is not None
    assert wire.last_ns is not None
    near = events.near(wire.first_ns, wire.last_ns, (clock.offset_ns or 0,))
    agrees = _Agreement(events, near, wire, own, clock)
    return agrees.shares_own and not agrees.missed and not agrees.unsaid


class _Agreement:
    """What a log and a capture tell of one router, by some clock."""

    def __init__(
        self,
        events: LogEvents,
        near: list[Told],
        wire: WireEvents,
        own: frozenset[Address],
        clock: LogClock,
    ) -> None:
        assert wire.first_ns is not None
        assert wire.last_ns is not None
        assert clock.offset_ns is not None
        self._events, self._wire, self._own, self._clock = events, wire, own, clock
        self._offset_ns, self._step_ns = clock.offset_ns, events.log.resolution_ns
        self._give_ns = self._step_ns + NS
        self._first_ns, self._last_ns = wire.first_ns, wire.last_ns
        self._near = near

    @property
    def shares_own(self) -> bool:
        """True where both have something that the router itself did."""
        return any(told.key.what in _ITS_OWN and self._is_seen(told) for told in self._near)

    @property
    def missed(self) -> int:
        """How often the log says, within the capture, that it became master, and nothing came."""
        low, high = self._first_ns + self._give_ns, self._last_ns - self._give_ns
        inside = (told for told in self._near if low < told.time_ns + self._offset_ns < high)
        entered = (told for told in inside if told.key.what is Happened.MASTER)
        return sum(not self._is_seen(told) for told in entered)

    @property
    def unsaid(self) -> int:
        """How often it is seen to become master within the log, which does not say so."""
        log = self._events.log
        if log.first_ns is None or log.last_ns is None:
            return 0
        since_ns = log.first_ns + self._offset_ns + self._give_ns
        until_ns = log.last_ns + self._offset_ns - self._give_ns
        seen = islice(self._wire.reigns_of(self._own, since_ns, until_ns), MOST_EVENTS)
        wide_ns = self._clock.spread_ns + JITTER_NS
        return sum(
            not self._events.has_master(
                at.time_ns - self._offset_ns - wide_ns - self._step_ns,
                at.time_ns - self._offset_ns + wide_ns,
            )
            for at in seen
        )

    def _is_seen(self, told: Told) -> bool:
        seen = _matching(self._events, told, self._wire, self._own, self._clock)
        return next(seen, None) is not None


class _Fit(NamedTuple):
    """A range of offsets, and how many events of the log allow it."""

    matched: int
    low: int
    high: int


class _Comparison:
    """One log against one vantage."""

    def __init__(
        self, events: LogEvents, wire: WireEvents, own: frozenset[Address], most_pairs: int
    ) -> None:
        self._events, self._log, self._wire, self._own = events, events.log, wire, own
        self._most = most_pairs
        self._years: tuple[int, ...] = ()
        self._near: list[Told] = []
        if wire.first_ns is not None and wire.last_ns is not None:
            self._years = year_offsets(events.log, wire.first_ns, wire.last_ns)
            self._near = events.near(wire.first_ns, wire.last_ns, self._years)

    def best(self) -> list[LogClock]:
        """The clocks that most events of the log allow, the most natural one first."""
        fits = sorted(self._fits(), reverse=True)
        found: list[tuple[int, int, int, LogClock]] = []
        odd: list[LogClock] = []
        for fit in fits:
            clock, far_ns = self._clock(fit)
            if far_ns is None:
                odd.append(clock)
            elif len(found) < _MOST_FITS:
                agrees = self._agreement(clock)
                found.append((agrees.missed - clock.matched, agrees.unsaid, far_ns, clock))
        if not found:
            return []
        found.sort(key=lambda f: f[:3])
        least = found[0][0]
        more = (clock for clock in odd[:_MOST_FITS] if -clock.matched < least)
        if least >= 0 or any(self._agreement(c).missed - c.matched < least for c in more):
            # Where what no clock explains fits better, nothing is certain.
            return []
        return [clock for *rank, clock in found if rank[:2] == [least, found[0][1]]]

    def _agreement(self, clock: LogClock) -> _Agreement:
        return _Agreement(self._events, self._near, self._wire, self._own, clock)

    def _fits(self) -> Iterator[_Fit]:
        """Every range of offsets that more events allow than its neighbours: one sweep."""
        ends = sorted(islice(self._ends(), 2 * self._most))
        open_: Counter[int] = Counter()
        grew = False
        for place_, (at, closes, index) in enumerate(ends):
            if closes:
                if grew:
                    yield _Fit(len(open_), ends[place_ - 1][0], at)
                grew = False
                open_[index] -= 1
                if not open_[index]:
                    del open_[index]
            else:
                grew = True
                open_[index] += 1

    def _ends(self) -> Iterator[tuple[int, int, int]]:
        """Both ends of the range of offsets that each pair of a line and an event allows."""
        step_ns = self._log.resolution_ns
        for year_ns in self._years:
            for index, told in enumerate(self._near):
                at_ns = told.time_ns + year_ns
                around = at_ns - REACH_NS, at_ns + REACH_NS
                for seen in self._wire.of(told.key, self._own, *around):
                    if not self._events.is_about(told, seen.router):
                        continue
                    since = seen.time_ns - told.time_ns
                    yield since - step_ns - told.high, 0, index
                    yield since - told.low, 1, index

    def _clock(self, fit: _Fit) -> tuple[LogClock, int | None]:
        """The offset of a range nearest to what a zone explains; how far off, if it is credible."""
        middle = (fit.low + fit.high) // 2
        year_ns = min(self._years, key=lambda year: abs(middle - year))
        zone_ns = round((middle - year_ns) / QUARTER_NS) * QUARTER_NS
        natural = year_ns + zone_ns
        offset_ns = min(max(natural, fit.low), fit.high)
        spread_ns = max(fit.high - offset_ns, offset_ns - fit.low, self._log.resolution_ns)
        clock, far_ns = LogClock(offset_ns, spread_ns, fit.matched), abs(offset_ns - natural)
        # A log that tells its zone may have it wrong; a clock is rarely wrong by an hour.
        is_zone_wrong = self._log.dated and self._log.zoned and zone_ns != 0
        is_odd = far_ns > _SKEW_NS or is_zone_wrong
        if (is_odd and fit.matched < _SURE_MATCHES) or (is_zone_wrong and far_ns > _SKEW_NS):
            return clock, None
        if abs(zone_ns) > WIDEST_ZONE_NS:
            return clock, None
        return clock, far_ns + is_odd * REACH_NS
