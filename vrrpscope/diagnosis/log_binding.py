"""Whose a log is by what happened when, by which clock, and whether it can be its node's."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from vrrpscope.diagnosis.log_check import LogClaims, contradiction, foreign_address
from vrrpscope.diagnosis.log_clock import LogClock, place
from vrrpscope.diagnosis.log_events import LogEvents
from vrrpscope.diagnosis.log_matching import identifies, instances, set_clock
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.wire_events import WireEvents
from vrrpscope.evidence.statement import Log, Said
from vrrpscope.observation import JOINS, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline

_MOST_FREE = 64
"""Addresses among which a log's own one is looked for by what happened when."""

_OF_OTHERS = (Said.DISCARDED_LOWER, Said.ELECTION_FORCED, Said.YIELDED)
"""Lines about an advert of another priority: keepalived knows its own address and says so."""

_MOST_PAIRS = 40_000
"""Lines and events that are compared for all of them together."""


class LogBinder:
    """Compares logs with what each vantage saw."""

    def __init__(self, timelines: Iterable[Timeline]) -> None:
        self._timelines = list(timelines)
        self._made: list[WireEvents] | None = None
        self._stories = [story for t in self._timelines for story in t.routers]
        self._routers = frozenset(a for story in self._stories for a in _routers(story))

    def address_of(self, log: Log, free: Iterable[Address]) -> Address | None:
        """The one free address that did at the same moments what the log says."""
        events, addresses = LogEvents(log), sorted(free, key=str)
        if len(addresses) > _MOST_FREE:
            return None
        fits: dict[int, list[Address]] = {}
        for address in addresses:
            matched = max(
                (
                    set_clock(
                        events, wire, frozenset({address}), most_pairs=_MOST_PAIRS // len(addresses)
                    ).matched
                    for wire in self._wires
                ),
                default=0,
            )
            fits.setdefault(matched, []).append(address)
        best = max(fits, default=0)
        return fits[best][0] if best and len(fits[best]) == 1 else None

    def timed(self, node: Node, others: Iterable[Node]) -> Node:
        """The node with its log on the clock of the capture that shares most events with it."""
        if node.log is None:
            return node
        reader = _Reader(node, self._stories)
        foreign = _host_of_another(node, others) or reader.foreign(self._routers)
        clocks = [(reader.clock(wire), wire) for wire in self._wires]
        clock, wire = max(clocks, key=_rank, default=(LogClock(None, 0, 0), None))
        names = reader.names(wire, clock) if wire is not None else {}
        known = wire is not None and reader.is_known(wire, clock)
        clock = replace(clock, doubt=foreign or clock.doubt, is_identified=known)
        return replace(node, log=place(node.log, clock), clock=clock, instances=names)

    @property
    def _wires(self) -> list[WireEvents]:
        """Made when the first log is there."""
        if self._made is None:
            self._made = [WireEvents(timeline) for timeline in self._timelines]
        return self._made


def _routers(story: RouterStory) -> Iterator[Address]:
    """Who advertised or joined the group."""
    yield from (sender.address for sender in story.senders)
    yield from (a.subject for a in story.announcements if a.kind in JOINS)


def _rank(found: tuple[LogClock, WireEvents]) -> tuple[bool, bool, int]:
    """Compared and undoubted first; a doubt counts for more than nothing in common."""
    clock, _ = found
    return clock.is_compared, bool(clock.doubt), clock.matched


def _host_of_another(node: Node, others: Iterable[Node]) -> str:
    """Says that the lines name the host of another one of the nodes; "" where they do not."""
    host = _short(node.log.host) if node.log is not None and node.log.host else ""
    if not host or host == _short(node.name):
        return ""
    if any(_short(other.name) == host for other in others if other is not node):
        return f"its lines name the host {host}, which is another one of the routers that are named"
    return ""


def _short(host: str) -> str:
    return host.lower().partition(".")[0]


class _Reader:
    """One node's log, against one vantage after the other."""

    def __init__(self, node: Node, stories: list[RouterStory]) -> None:
        assert node.log is not None
        self._node, self._log, self._stories = node, node.log, stories
        self._events = LogEvents(node.log, self._routers_of() if node.configuration else None)
        self._claims = LogClaims(node.log)
        self._known = list(dict.fromkeys(s.instance for s in node.log.statements if s.instance))

    def _routers_of(self) -> dict[str, frozenset[VirtualRouter]]:
        """The virtual routers of each instance of the configuration."""
        found: dict[str, set[VirtualRouter]] = {}
        for story in self._stories:
            for intent in self._node.fitting(story.router):
                found.setdefault(intent.instance, set()).add(story.router)
        return {name: frozenset(routers) for name, routers in found.items()}

    def clock(self, wire: WireEvents) -> LogClock:
        """How its clock is set by one vantage's."""
        own = self._node.addresses

        def objection(clock: LogClock) -> str:
            names = self.names(wire, clock)
            return contradiction(self._claims, clock, wire.timeline.routers, own, names)

        return set_clock(self._events, wire, own, objection)

    def is_known(self, wire: WireEvents, clock: LogClock) -> bool:
        """True where the log is surely this router's: by its address, or by what it did."""
        own = self._node.addresses
        assigned = {s.address for s in self._log.of(Said.ADDRESS_ASSIGNED)}
        return bool(own & assigned) or identifies(self._events, wire, own, clock)

    def foreign(self, routers: frozenset[Address]) -> str:
        """What in the log belongs to another host, or to another cluster."""
        own = self._node.addresses
        elsewhere = foreign_address(self._log, own, routers, self._sourceless())
        return elsewhere or self._heard_itself() or next(self._other_addresses(), "")

    def _sourceless(self) -> frozenset[int]:
        """The IP versions in which no instance of its configuration names a source address."""
        intents = self._node.intents
        families = {i.family.value for i in intents} - {i.family.value for i in intents if i.source}
        return frozenset(int(family[-1]) for family in families)

    def _heard_itself(self) -> str:
        """Says that the log calls its own router another one; a second host has no such address."""
        senders = {sender for story in self._stories for sender in story.senders}
        addresses = [sender.address for sender in senders]
        shared = {sender.address for sender in senders if sender.is_shared}
        single = {a for a in self._node.addresses - shared if addresses.count(a) < 2}
        for said in self._log.of(*_OF_OTHERS):
            if said.address in single:
                return f"line {said.line.line} tells of an advert of {said.address} to itself"
        return ""

    def _other_addresses(self) -> Iterator[str]:
        """Says that an instance announces nothing that its virtual router has."""
        for router, name in self._told_names().items():
            known = {a for s in self._stories if s.router == router for a in s.addresses}
            intent = self._node.intent(router)
            for told in (*intent.addresses, *intent.excluded) if intent is not None else ():
                known.add(told.value)
            announced = self._announced(router, name)
            if announced and not known & announced.keys():
                address, line = next(iter(announced.items()))
                yield (
                    f"line {line} announces {address}, and no line announces an address of "
                    f"{router.id}"
                )

    def _announced(self, router: VirtualRouter, instance: str) -> dict[Address, int]:
        """The addresses of the family that an instance announces, and the first line of each."""
        found: dict[Address, int] = {}
        for said in self._log.of(Said.GARP):
            address = said.address
            if said.instance != instance or address is None:
                continue
            if f"ipv{address.version}" == router.family:
                found.setdefault(address, said.line.line)
        return found

    def _told_names(self) -> dict[VirtualRouter, str]:
        """How the log calls the virtual routers that the configuration tells."""
        found: dict[VirtualRouter, str] = {}
        for story in self._stories:
            intent = self._node.intent(story.router)
            if intent is not None:
                found[story.router] = intent.instance
        return found

    def names(self, wire: WireEvents, clock: LogClock) -> dict[VirtualRouter, str]:
        """How the log calls each virtual router: told, or recognised by what happened when."""
        found = self._told_names()
        rest = {s.router.id: s.router for s in self._stories if s.router not in found}
        if self._node.configuration is not None:
            # An instance that the configuration does not know is not of this router.
            rest = {i: r for i, r in rest.items() if self._node.fitting(r)}
        if len(self._known) == 1 and len({s.router for s in self._stories}) == 1:
            return found | {r: n for r in rest.values() for n in self._known if self._may_be(r, n)}
        common = instances(self._events, wire, self._node.addresses, clock) if rest else {}
        for router_id, router in rest.items():
            counts = {name: common.get((name, router_id), 0) for name in self._known}
            most = max(counts.values(), default=0)
            best = [name for name, count in counts.items() if count == most]
            if most and len(best) == 1:
                found[router] = best[0]
        return found

    def _may_be(self, router: VirtualRouter, name: str) -> bool:
        """True where an instance announces an address of the virtual router, or nothing."""
        announced = self._announced(router, name)
        seen = {a for s in self._stories if s.router == router for a in s.addresses}
        return not announced or bool(seen & announced.keys())
