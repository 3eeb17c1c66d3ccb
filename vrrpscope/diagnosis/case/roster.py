"""Who is who: the routers, what they were told, what they say, and their signs of life."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from vrrpscope.diagnosis.finding import Role, Step
from vrrpscope.diagnosis.nodes import Node, TiedBy
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.diagnosis.questions.replays import find_shift_ns
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.questions.vantages import ClockComparison, compare_clocks
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import AnnouncementKind, Basis, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark

SEEN_BY = {AnnouncementKind.IGMP_JOIN: "igmp", AnnouncementKind.MLD_JOIN: "mld"}
"""How a router that never advertised was seen."""


class Silent(Struct, frozen=True):
    """A router that joined the VRRP group and never advertised for this virtual router."""

    address: Address
    mac: str
    seen_by: str
    mark: Mark
    node: str | None


_Told = TypeVar("_Told")


def by_story(
    told: Iterable[_Told], story_of: Callable[[_Told], RouterStory]
) -> dict[int, tuple[_Told, ...]]:
    """What was found, by the identity of its story: nobody looks through all of it for each."""
    found: dict[int, list[_Told]] = {}
    for one in told:
        found.setdefault(id(story_of(one)), []).append(one)
    return {story: tuple(own) for story, own in found.items()}


class Roster:
    """Who is who: the routers, what they were told, what they say, and their signs of life."""

    def __init__(self, timelines: tuple[Timeline, ...], nodes: tuple[Node, ...] = ()) -> None:
        self.timelines = timelines
        self.nodes = nodes

    def stories(self) -> Iterator[tuple[Timeline, RouterStory]]:
        """Every virtual router at every vantage."""
        for timeline in self.timelines:
            for story in timeline.routers:
                yield timeline, story

    @cached_property
    def clock_comparisons(self) -> tuple[ClockComparison, ...]:
        """How the clocks of each two vantages differ, or why that cannot be told."""
        return tuple(compare_clocks(self.timelines))

    def node(self, address: Address) -> Node | None:
        """The node that has this address."""
        return next((node for node in self.nodes if address in node.addresses), None)

    def name(self, address: Address) -> str:
        """How a report calls a router: "dr-1 (172.31.23.22)", or its address alone."""
        node = self.node(address)
        return f"{node.name} ({address})" if node else str(address)

    def identified(self, address: Address) -> tuple[Step, ...]:
        """How a silent router was recognised, where that was an inference; else nothing."""
        node = self.node(address)
        if node is None or node.tied_by is not TiedBy.ELIMINATION:
            return ()
        statement = f"{node.name} is {address}, by {node.tied_by}"
        return (Step(statement, Basis.INFERRED, role=Role.LET),)

    @cached_property
    def put_together(self) -> dict[str, int]:
        """The ids of vantages that are two captures in one file, and by how much the clocks differ.

        What their times say of two routers at once is nothing.
        """
        return {
            timeline.vantage.id: shift_ns
            for timeline, story in self.stories()
            if (shift_ns := find_shift_ns(story)) is not None
        }

    def timed_stories(self) -> Iterator[tuple[Timeline, RouterStory]]:
        """Every virtual router at every vantage that has one clock."""
        for timeline, story in self.stories():
            if timeline.vantage.id not in self.put_together:
                yield timeline, story

    def intent(self, story: RouterStory, address: Address) -> Intent | None:
        """What the configuration of the router at this address says for this virtual router."""
        node = self.node(address)
        return node.intent(story.router) if node else None

    def tells_of_others(self, story: RouterStory, nodes: Collection[str]) -> bool:
        """True where a file is about this virtual router, and its node is none of these."""
        return any(n.name not in nodes and n.intent(story.router) is not None for n in self.nodes)

    def release(self, address: Address) -> tuple[int, ...] | None:
        """The release of keepalived at this address, for example (2, 2, 7); None if not told."""
        node = self.node(address)
        version = node.release if node else None
        return tuple(int(n) for n in version.split(".") if n.isdigit()) if version else None

    def said(
        self,
        story: RouterStory,
        address: Address,
        *said: Said,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> tuple[Statement, ...]:
        """What the log of the router at this address says about this virtual router.

        Lines about the whole daemon or host are among them. Times are the capture's, and the
        bounds include the log's resolution. Empty without a log.
        """
        node = self.node(address)
        if node is None:
            return ()
        if since_ns is None and until_ns is None:
            return node.said(story.router, said)
        return self.book(node, story.router).within(since_ns, until_ns, *said)

    def log_covers(self, address: Address, since_ns: int, until_ns: int) -> bool:
        """True where the log has lines before and after a span: then what it omits did not happen.

        False without a log, and where its times could not be compared with the capture's.
        """
        node = self.node(address)
        return node is not None and node.log_covers(since_ns, until_ns)

    def silent(self, story: RouterStory) -> tuple[Silent, ...]:
        """Routers that joined the group and never advertised for this virtual router."""
        if any(sender.is_shared for sender in story.senders):
            # FRRouting's IPv6 routers join from another address than they advertise from.
            return ()
        speakers = story.speakers
        first: dict[Address, Silent] = {}
        for join in story.announcements:
            address = join.subject
            if join.kind not in SEEN_BY or address in speakers or address.is_unspecified:
                continue
            node = self.node(address)
            silent = Silent(
                address, join.mac, SEEN_BY[join.kind], join.first, node.name if node else None
            )
            first.setdefault(address, silent)
        return tuple(first.values())

    def signs(self, story: RouterStory) -> Signs:
        """The signs of life of everybody in a story of this case."""
        return self._signs[id(story)]

    @cached_property
    def _signs(self) -> dict[int, Signs]:
        return {id(story): Signs(story) for _, story in self.stories()}

    def book(self, node: Node, router: VirtualRouter) -> LogBook:
        """What the log of a node says of a virtual router, ordered by time."""
        key = (node.name, router)
        if key not in self._books:
            self._books[key] = LogBook(node, router)
        return self._books[key]

    @cached_property
    def _books(self) -> dict[tuple[str, VirtualRouter], LogBook]:
        return {}
