"""A log's clock set by a capture's: by the events that both saw.

keepalived logs whole seconds, syslog knows no year, and hardly anybody logs a zone. A router that
becomes master writes a line and sends an advert in the same moment; a changed priority is on the
wire within one interval. Each such pair allows a range of offsets; the offset that most lines of
the log allow is the one.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from vrrpscope.evidence.statement import Log, Said, Statement
from vrrpscope.observation import JOINS
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory

_JITTER_NS = 100_000_000
"""Between a line and the packet of the same moment."""

_START_NS = 5 * NS
"""A daemon joins the multicast group within this after its first line."""

_STOP_NS = 2 * NS
"""A daemon sends its priority 0 within this after it was told to stop."""

_QUARTER_NS = 900 * NS
"""Zones differ by multiples of a quarter of an hour."""

_WIDEST_ZONE_NS = 14 * 3600 * NS
"""The zone furthest from UTC is +14:00."""

_SKEW_NS = 5 * NS
"""Clocks that are kept differ by less; one event is then enough to recognise the zone."""

_SURE_MATCHES = 3
"""Events that fit an offset which no zone explains: a clock that is simply wrong."""

_HEARD = (Said.DISCARDED_LOWER, Said.ELECTION_FORCED, Said.HEARD_RELEASE)
"""Lines about an advert that was received."""

_STALE_NS = 2 * NS
"""A daemon that runs again has read all that waited after this, log steps of a second included."""

_MOST_EVENTS = 400
"""Events of one log, and of one capture, that are compared."""


@dataclass(frozen=True, slots=True)
class LogClock:
    """What is to be added to a log's times to have the capture's.

    Attributes:
        offset_ns: None where nothing tells it: then the statements have no times.
        spread_ns: the offset may be off by this much to either side; the log's step included.
        matched: events that both saw.
    """

    offset_ns: int | None
    spread_ns: int
    matched: int

    @property
    def is_compared(self) -> bool:
        """True where events that both saw tell the offset."""
        return self.matched > 0


class _Event(NamedTuple):
    """An event of a log: the packet comes `low` to `high` nanoseconds after it."""

    key: Hashable
    time_ns: int
    low: int
    high: int


def set_clock(log: Log, stories: Iterable[RouterStory], addresses: Iterable[Address]) -> LogClock:
    """Compares a log with what a router did on the wire.

    Args:
        log: the log of the router.
        stories: the virtual routers at one vantage.
        addresses: the router's own addresses.
    """
    seen: dict[Hashable, list[int]] = {}
    own = frozenset(addresses)
    for story in stories:
        for key, time_ns in _seen(story, own):
            found = seen.setdefault(key, [])
            if len(found) < _MOST_EVENTS:
                found.append(time_ns)
    best = _best(log, list(_told(log))[:_MOST_EVENTS], seen)
    if best is not None:
        return best
    sure = log.dated and log.zoned
    return LogClock(0 if sure else None, log.resolution_ns, 0)


def place(log: Log, clock: LogClock) -> Log:
    """The log with its times on the capture's clock; without times where that is unknown."""
    offset_ns = clock.offset_ns

    def moved(time_ns: int | None) -> int | None:
        return None if time_ns is None or offset_ns is None else time_ns + offset_ns

    statements = tuple(replace(s, time_ns=moved(s.time_ns)) for s in log.statements)
    first_ns, last_ns = moved(log.first_ns), moved(log.last_ns)
    return replace(log, statements=statements, first_ns=first_ns, last_ns=last_ns)


def _told(log: Log) -> Iterator[_Event]:
    """The events of the log that a capture shows as well."""
    before: Statement | None = None
    stale_ns = 0
    for said in log.statements:
        if said.time_ns is None or said.said is Said.GARP:
            continue
        if said.said is Said.TIMER_LATE:
            stale_ns = said.time_ns + _STALE_NS
        event = _event(said, before)
        # A daemon that did not run hears late what had waited in its socket.
        if event is not None and not (said.said in _HEARD and said.time_ns <= stale_ns):
            yield event
        before = said


def _event(said: Statement, before: Statement | None) -> _Event | None:
    time_ns = said.time_ns or 0
    jitter = -_JITTER_NS, _JITTER_NS
    match said.said:
        case Said.STATE if said.state == "MASTER":
            return _Event("master", time_ns, *jitter)
        case Said.PRIORITY:
            # The next advert carries it; intervals of up to a few seconds are usual.
            return _Event(("priority", said.before, said.after), time_ns, -_JITTER_NS, 2 * NS)
        case Said.SENT_RELEASE:
            return _Event("release", time_ns, *jitter)
        case Said.STOPPING:
            return _Event("release", time_ns, -_JITTER_NS, _STOP_NS)
        case Said.HEARD_RELEASE:
            return _Event("peer-release", time_ns, *jitter)
        case Said.STARTED:
            return _Event("join", time_ns, 0, _START_NS)
        case Said.DISCARDED_LOWER if before is None or before.said is not Said.DISCARDED_LOWER:
            return _Event(("lower", said.address, said.before), time_ns, *jitter)
        case Said.ELECTION_FORCED if before is None or before.said is not Said.ELECTION_FORCED:
            return _Event(("peer", said.address), time_ns, *jitter)
    return None


def _seen(story: RouterStory, own: frozenset[Address]) -> Iterator[tuple[Hashable, int]]:
    """The same events as the capture shows them."""
    for tenure in story.tenures:
        is_own = tenure.sender.address in own
        yield ("master" if is_own else ("peer", tenure.sender.address)), tenure.since.time_ns
    for streak in story.streaks:
        is_own = streak.sender.address in own
        if streak.priority == 0:
            yield ("release" if is_own else "peer-release"), streak.first.time_ns
        elif not is_own:
            yield ("lower", streak.sender.address, streak.priority), streak.first.time_ns
    for sender in story.senders:
        if sender.address in own:
            for before, after in pairwise(story.streaks_of(sender)):
                if before.priority and after.priority:
                    key = ("priority", before.priority, after.priority)
                    yield key, after.first.time_ns
    for announced in story.announcements:
        if announced.kind in JOINS and announced.subject in own:
            yield "join", announced.first.time_ns


class _Fit(NamedTuple):
    """A range of offsets, and how many events of the log allow it."""

    matched: int
    low: int
    high: int


def _best(log: Log, told: list[_Event], seen: dict[Hashable, list[int]]) -> LogClock | None:
    """The offset that most events allow; None where it is not certain."""
    found = [c for fit in _fits(log, told, seen) if (c := _acceptable(log, fit)) is not None]
    if not found:
        return None
    most = max(clock.matched for clock in found)
    best = [clock for clock in found if clock.matched == most]
    zones = {_zone_ns(log, clock.offset_ns or 0) for clock in best}
    if len(zones) > 1:
        return None
    return min(best, key=lambda c: abs((c.offset_ns or 0) - _zone_ns(log, c.offset_ns or 0)))


def _fits(log: Log, told: list[_Event], seen: dict[Hashable, list[int]]) -> Iterator[_Fit]:
    """Every range of offsets that more events allow than its neighbours: one sweep."""
    ends: list[tuple[int, int, int]] = []
    for index, event in enumerate(told):
        for time_ns in seen.get(event.key, ()):
            since = time_ns - event.time_ns
            ends.append((since - log.resolution_ns - event.high, 0, index))
            ends.append((since - event.low, 1, index))
    ends.sort()
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


def _acceptable(log: Log, fit: _Fit) -> LogClock | None:
    """The offset within a range that is nearest to what a zone explains, if it is credible."""
    middle = (fit.low + fit.high) // 2
    natural = _zone_ns(log, middle)
    offset_ns = min(max(natural, fit.low), fit.high)
    spread_ns = max(fit.high - offset_ns, offset_ns - fit.low)
    if log.dated and abs(offset_ns) > _WIDEST_ZONE_NS + _SKEW_NS:
        return None
    if fit.matched < _SURE_MATCHES and abs(offset_ns - natural) > _SKEW_NS:
        return None
    return LogClock(offset_ns, max(spread_ns, log.resolution_ns), fit.matched)


def _zone_ns(log: Log, offset_ns: int) -> int:
    """The nearest offset that a zone explains; 0 for a log that tells its zone."""
    if log.zoned and log.dated:
        return 0
    return round(offset_ns / _QUARTER_NS) * _QUARTER_NS
