"""One virtual address in two virtual routers: two masters for it that cannot know of each other."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Role, Step
from vrrpscope.diagnosis.questions.reigns import Reign, Window, find_reigns, find_windows
from vrrpscope.observation import JOINS, Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_MOST_STORIES = 16
"""Virtual routers with one address that are compared with each other."""


class SharedAddress(Struct, frozen=True):
    """Two virtual routers of one segment whose masters hold the same address at once.

    Attributes:
        one, other: the virtual routers in the order in which they were seen.
        addresses: what both have.
        is_whole: both have these addresses and no others.
        are_alone: no third router was seen, of either virtual router: two groups have backups.
    """

    timeline: Timeline
    one: RouterStory
    other: RouterStory
    one_sender: Sender
    other_sender: Sender
    one_shown: Mark
    other_shown: Mark
    addresses: tuple[Address, ...]
    is_whole: bool
    are_alone: bool
    window: Window

    @property
    def are_two_hosts(self) -> bool:
        """True where the MACs say that these are two hosts, in one network, and not one host."""
        return bool(self.one_sender.mac and self.other_sender.mac)

    def witnessed(self, one: str, other: str) -> tuple[Step, ...]:
        """What shows it, as a witness tells it; the names are a report's."""
        listed = ", ".join(map(str, self.addresses))
        return (
            Step(
                f"{one} was master of VRID {self.one.router.vrid} with {listed}",
                Basis.SEEN,
                (self.one_shown.ref,),
            ),
            Step(
                f"{other} was master of VRID {self.other.router.vrid} with {listed}",
                Basis.SEEN,
                (self.other_shown.ref,),
            ),
            Step(
                f"each advertised beside the other for {Duration(self.window.duration_ns)}: a "
                "router ignores the adverts of another VRID",
                Basis.INFERRED,
                (self.window.since.ref, self.window.until.ref),
                "RFC 5798 section 7.1",
                Role.SO,
            ),
        )


def find_shared(timeline: Timeline) -> Iterator[SharedAddress]:
    """All pairs of virtual routers of one segment that share an address at one time."""
    holders: dict[object, list[RouterStory]] = defaultdict(list)
    for story in timeline.routers:
        router = story.router
        for address in story.addresses:
            holders[router.family, router.vlans, router.segment, address].append(story)
    pairs: dict[tuple[int, int], tuple[RouterStory, RouterStory]] = {}
    for stories in holders.values():
        for one, other in combinations(stories[:_MOST_STORIES], 2):
            pairs.setdefault((id(one), id(other)), (one, other))
    for one, other in pairs.values():
        shared = list(_shared(timeline, one, other))
        if shared:
            yield max(shared, key=lambda s: s.window.duration_ns)


def _shared(timeline: Timeline, one: RouterStory, other: RouterStory) -> Iterator[SharedAddress]:
    """Every time that two different routers held an address of both virtual routers."""
    other_reigns = find_reigns(other)
    for mine, my_reigns in find_reigns(one).items():
        for theirs, their_reigns in other_reigns.items():
            if mine.address == theirs.address or (mine.mac and mine.mac == theirs.mac):
                continue
            for window in find_windows(my_reigns, their_reigns):
                ours, my_mark = _held(my_reigns, window)
                also, their_mark = _held(their_reigns, window)
                both = tuple(sorted(ours & also, key=int))
                if both:
                    yield SharedAddress(
                        timeline,
                        one,
                        other,
                        mine,
                        theirs,
                        my_mark,
                        their_mark,
                        both,
                        ours == also,
                        _others(one, other) <= {mine.address, theirs.address},
                        window,
                    )


def _others(one: RouterStory, other: RouterStory) -> set[Address]:
    """Everybody who spoke for either virtual router, or joined the VRRP group."""
    spoke = {s.address for story in (one, other) for s in story.senders}
    said = (a for story in (one, other) for a in story.announcements)
    joined = {a.subject for a in said if a.kind in JOINS and not a.subject.is_unspecified}
    return spoke | joined


def _held(reigns: tuple[Reign, ...], window: Window) -> tuple[frozenset[Address], Mark]:
    """The addresses that a master said last before the end of a window, and where it did."""
    begun = bisect_right(reigns, window.until, key=lambda r: r.since)
    said = reigns[begun - 1].streaks
    latest = said[bisect_right(said, window.until, key=lambda s: s.first) - 1]
    return frozenset(latest.advertisement.addresses), latest.first
