"""What one vantage saw that a router's log tells as well: an index, made once and asked often."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from vrrpscope.observation import JOINS, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Streak, late_after_ns

_FIRST_IP_ID = 1
"""keepalived counts from 1 when it starts (vrrp_update_pkt)."""


_GAVE_UP = (EndedBy.RELEASED, EndedBy.YIELDED)


class Happened(StrEnum):
    """What happened to a router; of another router its address is told, or nothing."""

    MASTER = "master"
    PRIORITY = "priority"
    RELEASE = "release"
    JOIN = "join"
    PEER_MASTER = "peer-master"
    PEER_RELEASE = "peer-release"
    PEER_LOWER = "peer-lower"


class Key(NamedTuple):
    """What happened, as precisely as a line of a log says it."""

    what: Happened
    address: Address | None = None
    before: int | None = None
    after: int | None = None


class Seen(NamedTuple):
    """When something happened, and in which virtual router."""

    time_ns: int
    router: VirtualRouter


class WireEvents:
    """The events of one vantage by what they are and whose.

    What was going on when the capture began is none: nobody knows when it had happened.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._begin_ns = timeline.first_ns
        self._seen: dict[Key, dict[Address, list[Seen]]] = {}
        self._entered: dict[Address, list[Seen]] = {}
        for story in timeline.routers:
            for key, whose, time_ns in self._events(story):
                own = self._seen.setdefault(key, {})
                own.setdefault(whose, []).append(Seen(time_ns, story.router))
            for tenure in self._surely_entered(story):
                seen = Seen(tenure.since.time_ns, story.router)
                self._entered.setdefault(tenure.sender.address, []).append(seen)
        for by_address in (*self._seen.values(), self._entered):
            for found in by_address.values():
                found.sort(key=_time_ns)
        ends = [s for story in timeline.routers for s in story.streaks]
        self.first_ns = min((s.first.time_ns for s in ends), default=None)
        self.last_ns = max((s.last.time_ns for s in ends), default=None)

    def of(self, key: Key, own: frozenset[Address], since_ns: int, until_ns: int) -> Iterator[Seen]:
        """What happened between two times, both included, that a line of a log can mean.

        Args:
            key: what the line says.
            own: the addresses of the router whose log it is.
            since_ns: the begin, on the capture's clock.
            until_ns: the end.
        """
        for found in self._whose(key, own):
            start = bisect_left(found, since_ns, key=_time_ns)
            yield from found[start : bisect_right(found, until_ns, key=_time_ns)]

    def reigns_of(self, own: frozenset[Address], since_ns: int, until_ns: int) -> Iterator[Seen]:
        """When a router became master between two times, as its log must tell.

        Not where it had fallen silent before: it may have been master all the while.
        """
        for address in own:
            found = self._entered.get(address, [])
            start = bisect_right(found, since_ns, key=_time_ns)
            yield from found[start : bisect_left(found, until_ns, key=_time_ns)]

    def _whose(self, key: Key, own: frozenset[Address]) -> Iterable[list[Seen]]:
        """The events of everybody whom the line can mean."""
        match key.what:
            case Happened.PEER_MASTER | Happened.PEER_LOWER:
                what = Happened.MASTER if key.what is Happened.PEER_MASTER else key.what
                known = self._seen.get(Key(what, before=key.before), {})
                return [known[key.address]] if key.address in known.keys() - own else ()
            case Happened.PEER_RELEASE:
                known = self._seen.get(Key(Happened.RELEASE), {})
                return [known[a] for a in known.keys() - own]
        known = self._seen.get(key, {})
        return [known[a] for a in known.keys() & own]

    def _events(self, story: RouterStory) -> Iterator[tuple[Key, Address, int]]:
        for tenure in story.tenures:
            if self._began(tenure):
                yield Key(Happened.MASTER), tenure.sender.address, tenure.since.time_ns
        before: dict[object, Streak] = {}
        for streak in story.streaks:
            address, time_ns = streak.sender.address, streak.first.time_ns
            earlier = before.get(streak.sender)
            before[streak.sender] = streak
            if streak.priority == 0:
                yield Key(Happened.RELEASE), address, time_ns
                continue
            yield Key(Happened.PEER_LOWER, before=streak.priority), address, time_ns
            if earlier is not None and earlier.priority not in (0, streak.priority):
                changed = earlier.priority, streak.priority
                yield Key(Happened.PRIORITY, None, *changed), address, time_ns
        for announced in story.announcements:
            if announced.kind in JOINS:
                yield Key(Happened.JOIN), announced.subject, announced.first.time_ns

    def _surely_entered(self, story: RouterStory) -> Iterator[Tenure]:
        before: dict[Address, Tenure] = {}
        for tenure in story.tenures:
            earlier = before.get(tenure.sender.address)
            before[tenure.sender.address] = tenure
            if self._began(tenure) and (earlier is None or earlier.ended_by in _GAVE_UP):
                yield tenure

    def _began(self, tenure: Tenure) -> bool:
        """True where it was not going on already when the capture began."""
        if self._begin_ns is None or tenure.streaks[0].first_ip_id == _FIRST_IP_ID:
            return True
        return tenure.since.time_ns - self._begin_ns > late_after_ns(tenure.interval_ns)


def _time_ns(seen: Seen) -> int:
    return seen.time_ns
