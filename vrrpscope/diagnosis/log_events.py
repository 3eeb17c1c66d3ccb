"""The events of a log that a capture shows as well."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from typing import NamedTuple

from vrrpscope.diagnosis.wire_events import Happened, Key
from vrrpscope.evidence.statement import Log, Said, Statement
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.timers import NS

JITTER_NS = 100_000_000
"""Between a line and the packet of the same moment."""

_START_NS = 5 * NS
"""A daemon joins the multicast group within this after its first line."""

_STOP_NS = 2 * NS
"""A daemon sends its priority 0 within this after it was told to stop."""

QUARTER_NS = 900 * NS
"""Zones differ by multiples of a quarter of an hour."""

WIDEST_ZONE_NS = 14 * 3600 * NS
"""The zone furthest from UTC is +14:00."""

REACH_NS = WIDEST_ZONE_NS + QUARTER_NS
"""No clock that is compared differs by more."""

_HEARD = (Said.DISCARDED_LOWER, Said.ELECTION_FORCED, Said.HEARD_RELEASE)
"""Lines about an advert that was received."""

_STALE_NS = 2 * NS
"""A daemon that runs again has read all that waited after this, log steps of a second included."""

MOST_EVENTS = 400
"""Events of one log that are compared: those nearest to the capture."""


class Told(NamedTuple):
    """An event of a log: the packet comes `low` to `high` nanoseconds after it."""

    key: Key
    time_ns: int
    low: int
    high: int
    instance: str | None = None
    vrid: int | None = None
    family: str | None = None


class LogEvents:
    """The events of a log that a capture shows as well, read once, in the order of time.

    `names` are the virtual routers of each instance, where a configuration tells them.
    """

    def __init__(
        self, log: Log, names: Mapping[str, frozenset[VirtualRouter]] | None = None
    ) -> None:
        self.log = log
        self._names = names
        self._told = sorted(_told(log), key=_time_ns)
        self._masters = [t.time_ns for t in self._told if t.key.what is Happened.MASTER]

    def is_about(self, told: Told, router: VirtualRouter) -> bool:
        """True where a line may be about a virtual router."""
        if told.vrid is not None:
            return told.vrid == router.vrid and told.family in (None, router.family)
        if told.instance is None or self._names is None:
            return True
        return router in self._names.get(told.instance, ())

    def has_master(self, since_ns: int, until_ns: int) -> bool:
        """True where it says between two times, on its own clock, that it became master."""
        return bisect_left(self._masters, since_ns) < bisect_right(self._masters, until_ns)

    def near(self, first_ns: int, last_ns: int, years: Iterable[int]) -> list[Told]:
        """Those that by some year and zone lie within a time of the capture, the nearest ones."""
        found: dict[int, Told] = {}
        for offset_ns in years:
            low, high = first_ns - offset_ns, last_ns - offset_ns
            start = bisect_left(self._told, low - REACH_NS, key=_time_ns)
            end = bisect_right(self._told, high + REACH_NS, key=_time_ns)
            # Away from the middle of the capture is away from the capture.
            middle = (low + high) // 2
            places = range(start, end)
            for place_ in nsmallest(
                MOST_EVENTS, places, key=lambda p: abs(self._told[p].time_ns - middle)
            ):
                found[place_] = self._told[place_]
        return list(found.values())


def _time_ns(told: Told) -> int:
    return told.time_ns


def _told(log: Log) -> Iterator[Told]:
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


def _event(said: Statement, before: Statement | None) -> Told | None:
    """What a capture shows at the moment of a line; None for a line without such a thing."""
    key, low, high = None, -JITTER_NS, JITTER_NS
    is_new = before is None or before.said is not said.said
    match said.said:
        case Said.STATE if said.state == "MASTER":
            key = Key(Happened.MASTER)
        case Said.PRIORITY:
            # The next advert carries it; intervals of up to a few seconds are usual.
            key, high = Key(Happened.PRIORITY, None, said.before, said.after), 2 * NS
        case Said.SENT_RELEASE:
            key = Key(Happened.RELEASE)
        case Said.STOPPING:
            key, high = Key(Happened.RELEASE), _STOP_NS
        case Said.HEARD_RELEASE:
            key = Key(Happened.PEER_RELEASE)
        case Said.STARTED:
            key, low, high = Key(Happened.JOIN), 0, _START_NS
        case Said.DISCARDED_LOWER if is_new:
            key = Key(Happened.PEER_LOWER, said.address, said.before)
        case Said.ELECTION_FORCED if is_new:
            key = Key(Happened.PEER_MASTER, said.address)
    if key is None or said.time_ns is None:
        return None
    return Told(key, said.time_ns, low, high, said.instance, said.vrid, said.family)
