"""Which configuration belongs to which router on the wire."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import JOINS, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline

if TYPE_CHECKING:  # the parser takes a while to import, and most captures come without a file
    from vrrpscope.evidence.intent import Configuration


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
    configuration: "Configuration"
    addresses: frozenset[Address] = frozenset()
    tied_by: TiedBy = TiedBy.NOTHING

    def intent(self, router: VirtualRouter) -> Intent | None:
        """What the configuration says for this virtual router."""
        return next((i for i in self.configuration.intents if _is_for(i, router)), None)


@dataclass(frozen=True, slots=True)
class Given:
    """A configuration as the user gave it: `NAME=FILE`, `ADDRESS=FILE`, `NAME@ADDRESS=FILE`."""

    name: str
    configuration: "Configuration"
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
    nodes = [_by_address(g) for g in _each_once(given)]
    nodes = _by_priorities(nodes, stories)
    return tuple(_by_elimination(nodes, stories))


def _each_once(given: Iterable[Given]) -> list[Given]:
    """The configurations, where each node has one.

    Raises:
        EvidenceError: two are named alike.
    """
    found: dict[str, Given] = {}
    for one in given:
        other = found.setdefault(one.name, one)
        if other is not one:
            raise EvidenceError(
                f"{other.configuration.file} and {one.configuration.file} are both given as the "
                f"configuration of {one.name}",
                f"name them apart: --config {one.name}-b={one.configuration.file}",
            )
    return list(found.values())


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
        while pair := _only_fit(bound, story):
            index, address = pair
            node = bound[index]
            addresses = node.addresses | {address}
            bound[index] = replace(node, addresses=addresses, tied_by=TiedBy.PRIORITIES)
        _refuse_ambiguous(bound, story)
    return bound


def _only_fit(nodes: list[Node], story: RouterStory) -> tuple[int, Address] | None:
    """An address that fits one configuration only, and that no other address needs as much."""
    pairs = _fitting(nodes, story)
    addresses = [address for _, address in pairs]
    certain = [pair for pair in pairs if addresses.count(pair[1]) == 1]
    indexes = [index for index, _ in certain]
    return next((pair for pair in certain if indexes.count(pair[0]) == 1), None)


def _refuse_ambiguous(nodes: list[Node], story: RouterStory) -> None:
    """What still fits now fits more than one.

    Raises:
        EvidenceError: says what to type.
    """
    pairs = _fitting(nodes, story)
    if pairs:
        node, address = nodes[pairs[0][0]], pairs[0][1]
        files = " and ".join(dict.fromkeys(nodes[i].configuration.file for i, _ in pairs))
        addresses = " and ".join(dict.fromkeys(str(a) for _, a in pairs))
        raise EvidenceError(
            f"the priorities that {addresses} sent do not tell whose {files} is",
            f"say it: --config {node.name}@{address}={node.configuration.file}",
        )


def _fitting(nodes: list[Node], story: RouterStory) -> list[tuple[int, Address]]:
    """Every pair of a configuration and an address that are free and fit."""
    taken = {a for node in nodes for a in node.addresses}
    free = dict.fromkeys(s.address for s in story.senders if s.address not in taken)
    return [
        (index, address)
        for index, node in enumerate(nodes)
        for address in free
        if not _is_settled(node, story) and _could_say(node, story, address)
    ]


def _is_settled(node: Node, story: RouterStory) -> bool:
    """True where the node is tied to one of the story's senders, or the user said to whom else."""
    if node.tied_by is TiedBy.USER and any(_is_of(a, story.router) for a in node.addresses):
        return True
    return any(sender.address in node.addresses for sender in story.senders)


def _is_of(address: Address, router: VirtualRouter) -> bool:
    """True for an address of the virtual router's family."""
    return f"ipv{address.version}" == router.family


def _could_say(node: Node, story: RouterStory, address: Address) -> bool:
    """True where the configuration can produce every priority that the address said."""
    intent = node.intent(story.router)
    if intent is None:
        return False
    said = {s.priority for s in story.streaks if s.sender.address == address and s.priority}
    return said <= intent.effective_priorities()


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
        if a.kind in JOINS and not a.subject.is_unspecified
    }
    speakers = {sender.address for story in stories for sender in story.senders}
    return joined - speakers - {a for node in nodes for a in node.addresses}
