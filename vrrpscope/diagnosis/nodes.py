"""Routers that have a name: what they were told, what they say they did, and their addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from vrrpscope.diagnosis.log_clock import LogClock
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Log, Said, Statement
from vrrpscope.evidence.told import Note, SourceLine
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address

if TYPE_CHECKING:  # the parser takes a while to import, and most captures come without a file
    from vrrpscope.evidence.intent import Configuration


class TiedBy(StrEnum):
    """How a node was tied to an address; the text completes "tied by ..."."""

    NOTHING = "nothing"
    USER = "the address that was typed"
    SOURCE_ADDRESS = "the source address in its configuration"
    LOG = "the address that its log names as its own"
    PRIORITIES = "the priorities that it sent"
    EVENTS = "what its log says it did at the same moments"
    ELIMINATION = "elimination: the one silent router and the one configuration that were left"


class Node(Struct, frozen=True):
    """A router that has a name: its configuration or its log, or both.

    Attributes:
        addresses: its addresses on the wire; empty where nothing ties it to anybody who was seen.
        log: its log, with times on the capture's clock.
        clock: how the log's clock was set.
        instances: the name of the instance of each virtual router in its log, where it is known.
        told: what its configuration says for each virtual router that was seen; None for one that
            is not its own, though the VRID is the same (another VLAN), or where it cannot be what
            ran. None before it is known.
        doubts: why instances of its configuration cannot be what ran.
    """

    name: str
    configuration: "Configuration | None" = None
    addresses: frozenset[Address] = frozenset()
    tied_by: TiedBy = TiedBy.NOTHING
    log: Log | None = None
    clock: LogClock | None = None
    instances: Mapping[VirtualRouter, str] = {}
    told: Mapping[VirtualRouter, Intent | None] | None = None
    doubts: tuple[Note, ...] = ()

    @property
    def intents(self) -> tuple[Intent, ...]:
        """Everything that its configuration tells; nothing without one."""
        return self.configuration.intents if self.configuration else ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is odd about its configuration."""
        if self.configuration is None:
            return ()
        own = (n for intent in self.intents for n in intent.notes)
        return (*self.doubts, *self.configuration.notes, *own)

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of its configuration, what that includes, and its log."""
        told = tuple(self.configuration.lines) if self.configuration else ()
        return (*told, self.log.file) if self.log else told

    def quote(self, line: SourceLine) -> str:
        """The text of a line of its files, passwords masked; "" for a line of another file."""
        told = self.configuration.quote(line) if self.configuration else ""
        return told or (self.log.quote(line) if self.log else "")

    def intent(self, router: VirtualRouter) -> Intent | None:
        """What the configuration says for this virtual router."""
        if self.told is not None and router in self.told:
            return self.told[router]
        return next(iter(self.fitting(router)), None)

    def fitting(self, router: VirtualRouter) -> tuple[Intent, ...]:
        """Its instances of this VRID and family; VLANs are in no configuration."""
        return tuple(i for i in self.intents if _is_for(i, router))

    @property
    def release(self) -> str | None:
        """The release of its daemon, by its log where that is not in doubt."""
        doubted = self.clock is not None and bool(self.clock.doubt)
        return self.log.version if self.log is not None and not doubted else None

    def said(
        self,
        router: VirtualRouter,
        said: tuple[Said, ...],
    ) -> tuple[Statement, ...]:
        """See `Case.said`; without kinds, everything. Nothing of a log that is in doubt.

        Where the moment counts, a `LogBook` finds it.
        """
        if self.log is None or (self.clock is not None and self.clock.doubt):
            return ()
        return tuple(
            s
            for s in self.log.statements
            if (not said or s.said in said) and self._is_about(s, router)
        )

    def _is_about(self, statement: Statement, router: VirtualRouter) -> bool:
        """True for a line about this virtual router, or about the daemon or the host as a whole."""
        if statement.vrid is not None:
            families = (None, router.family)
            return statement.vrid == router.vrid and statement.family in families
        return statement.instance in (None, self.instances.get(router))

    def log_covers(self, since_ns: int, until_ns: int) -> bool:
        """See `Case.log_covers`."""
        if self.log is None or self.clock is None or not self.clock.is_compared:
            return False
        first_ns, last_ns = self.log.first_ns, self.log.last_ns
        known = first_ns is not None and last_ns is not None
        return known and first_ns <= since_ns and last_ns >= until_ns  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Given:
    """What the user gave for one node: `NAME=FILE`, `ADDRESS=FILE`, `NAME@ADDRESS=FILE`, `FILE`.

    Attributes:
        is_named: the user typed the name; otherwise it was made of the file's name.
    """

    name: str
    configuration: "Configuration | None" = None
    address: Address | None = None
    log: Log | None = None
    is_named: bool = True


def _is_for(intent: Intent, router: VirtualRouter) -> bool:
    return intent.vrid.value == router.vrid and intent.family.value == router.family
