"""Whom each sender speaks to, and what it said to each of them at a moment."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.streak import Mark, Sender, Streak

_MOST_AT_ONCE = 8
"""Runs of one address that may go on at once; a real one has at most two (v2 and v3)."""

Runs = Mapping[Sender, tuple[Streak, ...]]
"""The runs of each sender in the order of time."""


class Voices:
    """What one sender says, each version and each destination by itself; releases left out."""

    def __init__(self, own: tuple[Streak, ...]) -> None:
        self._runs: dict[object, list[Streak]] = {}
        for streak in own:
            if streak.priority:
                voice = (streak.advertisement.version, streak.advertisement.destination)
                self._runs.setdefault(voice, []).append(streak)

    def at(self, moment: Mark) -> list[Streak]:
        """The run of each voice that began last at a moment; before all of them the first one."""
        begun = (bisect_right(runs, moment, key=_began) for runs in self._runs.values())
        found = [
            runs[index - 1] for runs, index in zip(self._runs.values(), begun, strict=True) if index
        ]
        return found or [runs[0] for runs in self._runs.values()][:1]


def find_peers(by_sender: Runs) -> dict[Sender, frozenset[Address]]:
    """Whom each sender sends unicast adverts to.

    Not counted is what goes to another speaker only while that is silent: a switch that forgot
    where a dead router was floods such frames, to places that do not see them otherwise.
    """
    by_address: dict[Address, list[tuple[Streak, ...]]] = {}
    for sender, own in by_sender.items():
        by_address.setdefault(sender.address, []).append(own)
    alive: dict[Address, list[Streak]] = {}
    found: dict[Sender, frozenset[Address]] = {}
    for sender, own in by_sender.items():
        peers: set[Address] = set()
        for streak in own:
            to = streak.advertisement.destination
            if not (streak.priority and streak.advertisement.is_unicast) or to in peers:
                continue
            if to in by_address and to not in alive:
                alive[to] = sorted((s for runs in by_address[to] for s in runs), key=_began)
            if to not in alive or _overlaps(streak, alive[to]):
                peers.add(to)
        found[sender] = frozenset(peers)
    return found


def _began(streak: Streak) -> Mark:
    return streak.first


def _overlaps(streak: Streak, spoken: list[Streak]) -> bool:
    """True where one of the runs, in the order of time, goes on during another run."""
    index = bisect_left(spoken, streak.last, key=_began)
    return any(s.last > streak.first for s in spoken[max(0, index - _MOST_AT_ONCE) : index])
