"""Which configuration, and which log, belongs to which router on the wire."""

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vrrpscope.diagnosis.config_check import checked, is_told
from vrrpscope.diagnosis.nodes import Given, Node, TiedBy
from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import JOINS, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline

if TYPE_CHECKING:
    from vrrpscope.diagnosis.log_binding import LogBinder


def bind(timelines: Iterable[Timeline], given: Iterable[Given]) -> tuple[Node, ...]:
    """Ties each configuration and each log to the addresses that were seen.

    In this order: the address that the user typed; the source address that the configuration
    names; the address that the log names as the host's own; the priorities that were seen, where
    only one configuration can produce them; what the log says that happened at the moments at
    which one address did it; and where one node and one address are left over, those two.

    Raises:
        EvidenceError: where the priorities that were seen fit several configurations.
    """
    seen = list(timelines)
    stories = [story for timeline in seen for story in timeline.routers]
    virtual = frozenset(a for story in stories for a in story.addresses)
    nodes = [_by_address(g, virtual) for g in _each_once(given)]
    nodes = _by_priorities(nodes, stories)
    logs = _log_binder(seen, nodes)
    if logs is not None:
        nodes = _by_events(nodes, stories, logs)
    nodes = _by_elimination(nodes, stories)
    nodes = [replace(node, told=_told(node, stories)) for node in nodes]
    if logs is not None:
        nodes = [logs.timed(node, nodes) for node in nodes]
    return checked(nodes, stories)


def _log_binder(timelines: list[Timeline], nodes: list[Node]) -> "LogBinder | None":
    """What ties logs to what was seen; None where there is no log."""
    if all(node.log is None for node in nodes):
        return None
    # Imported here: most captures come without a log, and need not wait for what reads one.
    from vrrpscope.diagnosis.log_binding import LogBinder

    return LogBinder(timelines)


def _told(node: Node, stories: list[RouterStory]) -> dict[VirtualRouter, Intent | None]:
    """Which instance of a node is about which virtual router.

    One VRID can be on several VLANs, and a configuration does not name them: a router that was
    seen on one is not on the others, and the virtual addresses tell two instances apart.
    """
    homes = {story.router for story in stories if _is_in(node, story)}
    virtual: dict[VirtualRouter, set[Address]] = {}
    for story in stories:
        virtual.setdefault(story.router, set()).update(story.addresses)
    told: dict[VirtualRouter, Intent | None] = {}
    for router in virtual:
        twins = [r for r in virtual if (r.family, r.vrid) == (router.family, router.vrid)]
        at_home = not homes.intersection(twins) or router in homes
        shared = [i for i in node.fitting(router) if virtual[router] & _addresses(i)]
        others = [
            i for i in node.fitting(router) if not any(virtual[t] & _addresses(i) for t in twins)
        ]
        told[router] = next(iter(shared or others), None) if at_home else None
    return told


def _addresses(intent: Intent) -> set[Address]:
    return {address.value for address in intent.addresses}


def _is_in(node: Node, story: RouterStory) -> bool:
    """True where one of its addresses advertised here, or joined the group here."""
    joined = {a.subject for a in story.announcements if a.kind in JOINS}
    return bool(node.addresses & (joined | {sender.address for sender in story.senders}))


def _each_once(given: Iterable[Given]) -> list[Given]:
    """One for each node: its configuration and its log come together by their name.

    Raises:
        EvidenceError: two configurations, or two logs, have one name.
    """
    found: dict[str, Given] = {}
    for one in _named(list(given)):
        other = found.get(one.name)
        found[one.name] = one if other is None else _joined(other, one)
    return list(found.values())


def _named(given: list[Given]) -> list[Given]:
    """A file without a name is its host's, where a log says how that is called.

    keepalived's router_id is the host name by default, and is often written out.
    """
    hosts = {g.log.host for g in given if g.log and g.log.host}
    names = {g.name for g in given if g.configuration}
    named = []
    for one in given:
        host = _router_id(one) if one.configuration else one.log and one.log.host
        is_hosts = not one.is_named and (one.configuration or one.name not in names)
        named.append(dataclasses.replace(one, name=host) if is_hosts and host in hosts else one)
    return named


def _router_id(given: Given) -> str | None:
    told = given.configuration.settings.router_id if given.configuration else None
    return told.value if told else None


def _joined(one: Given, other: Given) -> Given:
    """Two that have one name.

    Raises:
        EvidenceError: both are configurations, or both are logs.
    """
    for what, option, mine, theirs in (
        ("configuration", "--config", one.configuration, other.configuration),
        ("log", "--log", one.log, other.log),
    ):
        if mine is not None and theirs is not None:
            raise _alike(what, option, one.name, mine.file, theirs.file)
    return dataclasses.replace(
        one,
        configuration=one.configuration or other.configuration,
        log=one.log or other.log,
        address=one.address or other.address,
    )


def _alike(what: str, option: str, name: str, mine: str, theirs: str) -> EvidenceError:
    return EvidenceError(
        f"{mine} and {theirs} are both given as the {what} of {name}",
        f"name them apart: {option} {name}-b={theirs}",
    )


def _by_address(given: Given, virtual: frozenset[Address]) -> Node:
    """What the user typed, and what the configuration or the log say about its own address."""
    node = Node(given.name, given.configuration, log=given.log)
    if given.address is not None:
        told = {i.source.value for i in node.intents if i.source is not None}
        addresses = frozenset(told | {given.address})
        return replace(node, addresses=addresses, tied_by=TiedBy.USER)
    told = {i.source.value for i in node.intents if i.source is not None}
    if told:
        return replace(node, addresses=frozenset(told), tied_by=TiedBy.SOURCE_ADDRESS)
    assigned = given.log.of(Said.ADDRESS_ASSIGNED) if given.log else ()
    own = frozenset(s.address for s in assigned if s.address) - virtual
    return replace(node, addresses=own, tied_by=TiedBy.LOG) if own else node


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
        files = " and ".join(dict.fromkeys(nodes[i].files[0] for i, _ in pairs))
        addresses = " and ".join(dict.fromkeys(str(a) for _, a in pairs))
        raise EvidenceError(
            f"the priorities that {addresses} sent do not tell whose {files} is",
            f"say it: --config {node.name}@{address}={node.files[0]}",
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
    """True where the node is in the story already, or was said to have another address."""
    said = node.tied_by in (TiedBy.USER, TiedBy.LOG)
    if said and any(_is_of(a, story.router) for a in node.addresses):
        return True
    return _is_in(node, story)


def _is_of(address: Address, router: VirtualRouter) -> bool:
    """True for an address of the virtual router's family."""
    return f"ipv{address.version}" == router.family


def _could_say(node: Node, story: RouterStory, address: Address) -> bool:
    """True where the configuration can produce every priority that the address said.

    And what else a configuration says of adverts, at the begin or at the end: it may have changed.
    """
    intent = node.intent(story.router)
    if intent is None:
        return False
    said = [s for s in story.streaks if s.sender.address == address and s.priority]
    if not {s.priority for s in said} <= intent.effective_priorities():
        return False
    return not said or any(is_told(intent, s.advertisement) for s in (said[0], said[-1]))


def _by_events(nodes: list[Node], stories: list[RouterStory], logs: "LogBinder") -> list[Node]:
    """Ties a log to the one free address that did at the same moments what the log says."""
    bound = list(nodes)
    for index, node in enumerate(bound):
        if node.addresses or node.log is None:
            continue
        address = logs.address_of(node.log, _free(bound, stories))
        if address is not None:
            addresses = frozenset({address})
            bound[index] = replace(node, addresses=addresses, tied_by=TiedBy.EVENTS)
    return bound


def _free(nodes: list[Node], stories: list[RouterStory]) -> set[Address]:
    """Addresses of routers that belong to no node yet."""
    speakers = {sender.address for story in stories for sender in story.senders}
    taken = {a for node in nodes for a in node.addresses}
    return (speakers | _silent(nodes, stories)) - taken


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
