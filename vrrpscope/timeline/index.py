"""The virtual routers of one vantage by what they have in common, so that none asks all others."""

from collections import Counter
from functools import cached_property
from heapq import nlargest
from operator import itemgetter
from typing import TYPE_CHECKING

from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vrrpscope.timeline.model import RouterStory

Segment = tuple[str, tuple[int, ...], str]
"""Family, VLANs and tunnel of a virtual router."""


def segment_of(router: VirtualRouter) -> Segment:
    """Where a virtual router is: those of one segment differ in the VRID alone."""
    return router.family, router.vlans, router.segment


class Index:
    """The virtual routers of one vantage, by their names, addresses, segments and hosts."""

    def __init__(self, stories: "tuple[RouterStory, ...]") -> None:
        self._stories = stories

    @cached_property
    def by_router(self) -> "dict[VirtualRouter, RouterStory]":
        """The first story of each virtual router."""
        return {story.router: story for story in reversed(self._stories)}

    @cached_property
    def holders(self) -> "dict[Address, tuple[RouterStory, ...]]":
        """The virtual routers of each virtual address."""
        return _listed((address, s) for s in self._stories for address in s.addresses)

    @cached_property
    def spoken_for(self) -> "dict[Address, tuple[RouterStory, ...]]":
        """The virtual routers for which each address advertised."""
        return _listed((address, s) for s in self._stories for address in s.speakers)

    @cached_property
    def segments(self) -> Counter[Segment]:
        """How many virtual routers of a family are on each segment."""
        return Counter(segment_of(router) for router in self.by_router)

    @cached_property
    def hosts(self) -> dict[str, tuple[tuple[int, VirtualRouter], ...]]:
        """When each host spoke last, and for which virtual router; the latest two of those."""
        found: dict[str, list[tuple[int, VirtualRouter]]] = {}
        for story in self._stories:
            for host, last_ns in _last_words(story).items():
                found.setdefault(host, []).append((last_ns, story.router))
        return {host: tuple(nlargest(2, spoken, itemgetter(0))) for host, spoken in found.items()}


def _last_words(story: "RouterStory") -> dict[str, int]:
    """When each host spoke last for a virtual router."""
    latest: dict[str, int] = {}
    for sender, own in story.by_sender.items():
        last_ns = max(streak.last.time_ns for streak in own)
        latest[sender.host] = max(last_ns, latest.get(sender.host, last_ns))
    return latest


def _listed(
    pairs: "Iterable[tuple[Address, RouterStory]]",
) -> "dict[Address, tuple[RouterStory, ...]]":
    """The stories of each address, in the order in which they come."""
    found: dict[Address, list[RouterStory]] = {}
    for address, story in pairs:
        found.setdefault(address, []).append(story)
    return {address: tuple(stories) for address, stories in found.items()}
