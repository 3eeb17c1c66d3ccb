"""What one log says of one virtual router, ordered so that a moment is found at once.

A line happened at some moment between its time and the log's resolution after it, give or take what
the comparison of the clocks leaves open. So it lies *surely* before a moment, or *may* lie in a
span.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import VirtualRouter


class LogBook:
    """The statements with a time, in their order; made once for a node and a virtual router."""

    def __init__(self, node: Node, router: VirtualRouter) -> None:
        self.node = node
        known = node.log is not None and node.clock is not None
        said = node.said(router, ()) if known else ()
        self._said = sorted((s for s in said if s.time_ns is not None), key=time_of)
        self._times = [time_of(s) for s in self._said]
        self._places: dict[Said, list[int]] = {}
        for place, statement in enumerate(self._said):
            self._places.setdefault(statement.said, []).append(place)
        self._give_ns = node.clock.spread_ns if node.clock is not None else 0
        self._late_ns = self._give_ns + (node.log.resolution_ns if node.log is not None else 0)

    @property
    def is_empty(self) -> bool:
        """True where there is no log, or none whose times are known."""
        return not self._said

    @property
    def give_ns(self) -> int:
        """What the comparison of the clocks leaves open, to either side."""
        return self._give_ns

    @property
    def resolution_ns(self) -> int:
        """The log's step: two lines may be nearer to each other by this, or further apart."""
        return self.node.log.resolution_ns if self.node.log is not None else 0

    def last_before(self, time_ns: int, *said: Said) -> Statement | None:
        """The last statement of these kinds that was certainly made before a moment."""
        place = max((p for kind in said for p in self._ends(kind, time_ns)), default=None)
        return None if place is None else self._said[place]

    def first(self, said: Said) -> Statement | None:
        """The first statement of a kind."""
        places = self._places.get(said)
        return self._said[places[0]] if places else None

    def _ends(self, kind: Said, time_ns: int) -> list[int]:
        """The place of the last statement of a kind before a moment, if there is one."""
        places = self._places.get(kind, [])
        index = bisect_left(places, time_ns - self._late_ns, key=self._times.__getitem__)
        return places[index - 1 : index] if index else []

    def within(
        self, since_ns: int | None, until_ns: int | None, *said: Said
    ) -> tuple[Statement, ...]:
        """What may have been said within a span; of all kinds where none is named.

        None for either bound leaves that side open.
        """
        start, end = 0, len(self._times)
        if since_ns is not None:
            start = bisect_left(self._times, since_ns - self._late_ns)
        if until_ns is not None:
            end = bisect_right(self._times, until_ns + self._give_ns)
        return self._between(start, end, said)

    def surely_within(self, since_ns: int, until_ns: int, *said: Said) -> tuple[Statement, ...]:
        """What was certainly said after one moment and before another one."""
        start = bisect_right(self._times, since_ns + self._give_ns)
        end = bisect_left(self._times, until_ns - self._late_ns)
        return self._between(start, end, said)

    def _between(self, start: int, end: int, said: tuple[Said, ...]) -> tuple[Statement, ...]:
        """The statements from one place to before another one, of these kinds or of all."""
        if not said:
            return tuple(self._said[start:end])
        places = [
            place
            for kind in said
            for own in (self._places.get(kind, []),)
            for place in own[bisect_left(own, start) : bisect_left(own, end)]
        ]
        return tuple(self._said[place] for place in sorted(places))


BookOf = Callable[[Node, VirtualRouter], LogBook]
"""Gives what the log of a node says of a virtual router; see `Case.book`."""


def time_of(statement: Statement) -> int:
    """Its time in nanoseconds since the epoch; 0 for a line without one."""
    return statement.time_ns or 0
