"""Which configuration belongs to which router on the wire."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.intent import Configuration
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import AnnouncementKind, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline

_JOINS = (AnnouncementKind.IGMP_JOIN, AnnouncementKind.MLD_JOIN)


class TiedBy(StrEnum):
    """How a configuration was tied to an address; the text completes "tied by ..."."""

    NOTHING = "nothing"
    USER = "the address that was typed"
    SOURCE_ADDRESS = "the source address in its configuration"
    PRIORITIES = "the priorities that it sent"
    ELIMINATION = "elimination: the one silent router and the one configuration that were left"


@dataclass(frozen=True, slots=True)
class Node:
    """A router that has a name: its configuration, and its addresses on the wire.

    `addresses` is empty where nothing ties the configuration to anybody who was seen.
    """

    name: str
    configuration: Configuration
    addresses: frozenset[Address] = frozenset()
    tied_by: TiedBy = TiedBy.NOTHING

    def intent(self, router: VirtualRouter) -> Intent | None:
        """What the configuration says for this virtual router."""
        return next((i for i in self.configuration.intents if _is_for(i, router)), None)


@dataclass(frozen=True, slots=True)
class Given:
    """A configuration as the user gave it: `NAME=FILE`, `ADDRESS=FILE`, `NAME@ADDRESS=FILE`."""

    name: str
    configuration: Configuration
    address: Address | None = None


def _is_for(intent: Intent, router: VirtualRouter) -> bool:
    return intent.vrid.value == router.vrid and intent.family.value == router.family


def bind(timelines: Iterable[Timeline], given: Iterable[Given]) -> tuple[Node, ...]:
    """Ties each configuration to the addresses that were seen.

    In this order: the address that the user typed; the source address that the configuration
    names; the priorities that were seen, where only one configuration can produce them; and where
    one configuration and one address are left over, those two.

    Raises:
        EvidenceError: where the priorities that were seen fit several configurations.
    """
    stories = [story for timeline in timelines for story in timeline.routers]
    nodes = [_by_address(g) for g in given]
    nodes = _by_priorities(nodes, stories)
    return tuple(_by_elimination(nodes, stories))


def _by_address(given: Given) -> Node:
    """What the user typed, and what the configuration itself says about its source address."""
    addresses = {i.source.value for i in given.configuration.intents if i.source is not None}
    tied_by = TiedBy.SOURCE_ADDRESS if addresses else TiedBy.NOTHING
    if given.address is not None:
        addresses.add(given.address)
        tied_by = TiedBy.USER
    return Node(given.name, given.configuration, frozenset(addresses), tied_by)


def _by_priorities(nodes: list[Node], stories: list[RouterStory]) -> list[Node]:
    """Ties by the priorities that only one configuration can produce."""
    bound = list(nodes)
    for story in stories:
        for address in dict.fromkeys(sender.address for sender in story.senders):
            if any(address in node.addresses for node in bound):
                continue
            fitting = [
                index
                for index, node in enumerate(bound)
                if not _speaks_in(node, story) and _could_say(node, story, address)
            ]
            if len(fitting) > 1:
                raise _ambiguous([bound[i] for i in fitting], address)
            if fitting:
                node = bound[fitting[0]]
                bound[fitting[0]] = replace(
                    node, addresses=node.addresses | {address}, tied_by=TiedBy.PRIORITIES
                )
    return bound


def _speaks_in(node: Node, story: RouterStory) -> bool:
    """True where the node is tied to one of the story's senders already."""
    return any(sender.address in node.addresses for sender in story.senders)


def _could_say(node: Node, story: RouterStory, address: Address) -> bool:
    """True where the configuration can produce every priority that the address said."""
    intent = node.intent(story.router)
    if intent is None:
        return False
    said = {s.priority for s in story.streaks if s.sender.address == address and s.priority}
    return said <= intent.effective_priorities()


def _ambiguous(nodes: list[Node], address: Address) -> EvidenceError:
    names = " and ".join(node.configuration.file for node in nodes)
    first = nodes[0]
    return EvidenceError(
        f"the priorities that {address} sent fit {names} alike",
        f"say whose it is: --config {first.name}@{address}={first.configuration.file}",
    )


def _by_elimination(nodes: list[Node], stories: list[RouterStory]) -> list[Node]:
    """Ties the one configuration that is left to the one silent router that is left.

    Not where there are virtual routers that the configuration does not know: the silent router
    may be one of theirs.
    """
    left = [node for node in nodes if not node.addresses]
    silent = _silent(nodes, stories)
    if len(left) != 1 or len(silent) != 1:
        return nodes
    (node,) = left
    if not all(node.intent(story.router) for story in stories):
        return nodes
    tied = replace(node, addresses=frozenset(silent), tied_by=TiedBy.ELIMINATION)
    return [tied if n is node else n for n in nodes]


def _silent(nodes: list[Node], stories: list[RouterStory]) -> set[Address]:
    """Who joined the group, never spoke, and belongs to no configuration yet."""
    joined = {
        a.subject
        for story in stories
        for a in story.announcements
        if a.kind in _JOINS and not a.subject.is_unspecified
    }
    speakers = {sender.address for story in stories for sender in story.senders}
    return joined - speakers - {a for node in nodes for a in node.addresses}
