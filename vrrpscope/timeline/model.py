"""The story as values: who was master from when to when, and what passed between the masters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from vrrpscope.observation import (
    JOINS,
    LEAVES,
    AnnouncementKind,
    Basis,
    Vantage,
    VirtualRouter,
)
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import Range
from vrrpscope.timeline.carp import CarpRun
from vrrpscope.timeline.groups import Group
from vrrpscope.timeline.index import Index
from vrrpscope.timeline.peers import Voices, find_peers
from vrrpscope.timeline.streak import Gap, Mark, Sender, Streak

_OF_ITSELF = (*JOINS, *LEAVES, AnnouncementKind.PROTOCOL_UNREACHABLE)
"""What a host tells of itself: the subject is its own address."""


class EndedBy(StrEnum):
    """Why a tenure ended."""

    RELEASED = "released"
    SILENT = "silent"
    YIELDED = "yielded"
    CAPTURE_ENDED = "capture-ended"


class HandoverKind(StrEnum):
    """How the role moved."""

    FIRST = "first"
    RELEASE = "release"
    EXPIRY = "expiry"
    PREEMPTION = "preemption"
    CONTEST = "contest"
    UNEXPLAINED = "unexplained"


MOST_AT_ONCE = 32
"""Masters at once of which every pair is compared; pairs grow with the square of their number."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """One sender's time as a master: it speaks, so it believes that it is one.

    `until` is its last advert with a priority above 0, or its first release.
    """

    sender: Sender
    streaks: tuple[Streak, ...]
    since: Mark
    until: Mark
    ended_by: EndedBy

    @property
    def priorities(self) -> tuple[int, ...]:
        """Effective priorities in the order in which they were first said; the release left out."""
        seen = dict.fromkeys(s.priority for s in self.streaks if s.priority)
        return tuple(seen)

    @property
    def interval_ns(self) -> int:
        """The advertised interval at the end of the tenure."""
        return self.streaks[-1].interval_ns

    @property
    def adverts(self) -> int:
        """Adverts sent, releases included."""
        return sum(s.count for s in self.streaks)

    @property
    def last_priority(self) -> int:
        """The effective priority that was said last before any release."""
        return next((s.priority for s in reversed(self.streaks) if s.priority), 0)


@dataclass(frozen=True, slots=True)
class Handover:
    """The role passes from one sender to another.

    Attributes:
        before, after: the tenures; `before` is None for the first master of the capture.
        at: the new master's first advert, or for a contest the moment that settled it.
        counted_from: the last advert that the new master accepted: where its timer began. None
            where it was not seen (a router that was still starting).
        took_ns: from `counted_from` to `at`.
        expected_ns: what the timers of the RFC allow for it; None where no timer governs it.
        discarded: adverts of the old master after `counted_from`, which the new one did not accept.
        on_time: whether `took_ns` lies in `expected_ns`, give or take `TOLERANCE_NS`.
    """

    before: Tenure | None
    after: Tenure
    kind: HandoverKind
    at: Mark
    counted_from: Mark | None = None
    took_ns: int | None = None
    expected_ns: Range | None = None
    discarded: int = 0
    on_time: bool | None = None
    basis: Basis = Basis.INFERRED


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two masters at once. `settled` tells whether one of them gave way inside the capture."""

    first: Tenure
    second: Tenure
    since: Mark
    until: Mark
    settled: bool

    @property
    def duration_ns(self) -> int:
        """From the second one's first advert to the last advert before one of them stopped."""
        return self.until.time_ns - self.since.time_ns


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody advertises.

    `allowed_ns` is the longest time that any backup's timer could have taken; `resumed` is None
    where the capture ends in silence; `until_ns` is then the last frame of the capture.
    """

    before: Tenure
    resumed: Tenure | None
    since: Mark
    until_ns: int
    allowed_ns: int

    @property
    def duration_ns(self) -> int:
        """Length of the silence."""
        return self.until_ns - self.since.time_ns


@dataclass(frozen=True, slots=True)
class PriorityStep:
    """A master's effective priority changes while it goes on advertising."""

    tenure: Tenure
    before: Streak
    after: Streak

    @property
    def is_fall(self) -> bool:
        """True where the priority went down."""
        return self.after.priority < self.before.priority


@dataclass(frozen=True, slots=True)
class IntervalChange:
    """A master's advertised interval changes while it goes on advertising."""

    tenure: Tenure
    before: Streak
    after: Streak


@dataclass(frozen=True, slots=True)
class MissedAdverts:
    """A master was late by at least one advert: inside its time, or before it was heard again."""

    tenure: Tenure
    gap: Gap


@dataclass(frozen=True, slots=True)
class Announced:
    """Equal announcements of a neighbour that came in one burst.

    `to` is the host that was answered (ARP replies), where that is known and has an address; None
    where all are told.
    """

    kind: AnnouncementKind
    subject: Address
    mac: str
    first: Mark
    last: Mark
    count: int
    to: Address | None = None

    def is_by(self, sender: Sender) -> bool:
        """True where the sender said it: by its MAC, or for want of one by the reporter's address.

        Without MACs nobody knows who says something about another address than its own.
        """
        if self.mac and sender.mac:
            return self.mac == sender.mac
        return self.kind in _OF_ITSELF and not self.mac and self.subject == sender.address


@dataclass
class RouterStory:
    """All that one vantage saw of one virtual router; its streaks never change once it is told.

    Everything but the streaks, the announcements and `carp` is derived from them (see `story`).
    `carp` are CARP adverts whose virtual host id is the VRID; `groups` are the senders, parted
    where they are two clusters that share nothing but the VRID, and `group_numbers` tells in which
    of them an address spoke.
    """

    router: VirtualRouter
    streaks: tuple[Streak, ...]
    announcements: tuple[Announced, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    handovers: tuple[Handover, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    silences: tuple[Silence, ...] = ()
    steps: tuple[PriorityStep, ...] = ()
    interval_changes: tuple[IntervalChange, ...] = ()
    missed: tuple[MissedAdverts, ...] = ()
    carp: tuple[CarpRun, ...] = ()
    groups: tuple[Group, ...] = ()
    group_numbers: dict[Address, frozenset[int]] = field(default_factory=dict, repr=False)

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """The virtual addresses in the order in which they were first seen."""
        return tuple(dict.fromkeys(a for s in self.streaks for a in s.advertisement.addresses))

    @cached_property
    def by_sender(self) -> dict[Sender, tuple[Streak, ...]]:
        """The runs of everybody in the order of time; the senders in the order of appearance."""
        found: dict[Sender, list[Streak]] = {}
        for streak in self.streaks:
            found.setdefault(streak.sender, []).append(streak)
        return {sender: tuple(own) for sender, own in found.items()}

    @cached_property
    def voices(self) -> dict[Sender, Voices]:
        """What everybody says to whom."""
        return {sender: Voices(own) for sender, own in self.by_sender.items()}

    @cached_property
    def peers(self) -> dict[Sender, frozenset[Address]]:
        """Whom everybody sends unicast adverts to."""
        return find_peers(self.by_sender)

    @cached_property
    def speakers(self) -> frozenset[Address]:
        """The addresses of everybody who advertised."""
        return frozenset(sender.address for sender in self.by_sender)

    def handovers_from(self, tenure: Tenure | None) -> Sequence[Handover]:
        """How the role passed on from a tenure."""
        return self._handovers_from.get(id(tenure), ())

    @cached_property
    def _handovers_from(self) -> dict[int, list[Handover]]:
        found: dict[int, list[Handover]] = {}
        for handover in self.handovers:
            if handover.before is not None:
                found.setdefault(id(handover.before), []).append(handover)
        return found

    def handover_to(self, tenure: Tenure | None) -> Handover | None:
        """How a tenure got the role."""
        return self._handovers_to.get(id(tenure))

    @cached_property
    def _handovers_to(self) -> dict[int, Handover]:
        return {id(handover.after): handover for handover in reversed(self.handovers)}

    @cached_property
    def senders(self) -> tuple[Sender, ...]:
        """Everybody who advertised, in the order of appearance."""
        return tuple(self.by_sender)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know about this story."""
        shared = [self._shared_source(s) for s in self.senders if s.is_shared]
        if len(self.senders) <= MOST_AT_ONCE:
            return tuple(shared)
        crowd = f"{self.router.id}: {len(self.senders)} senders; not every pair was compared"
        return (*shared, crowd)

    def _shared_source(self, sender: Sender) -> str:
        """Says that a sender may be several routers, and what may tell them apart."""
        said = dict.fromkeys(s.priority for s in self.streaks_of(sender) if s.priority)
        apart = (
            f"; the priorities {' and '.join(map(str, said))} may be those of different ones"
            if len(said) > 1
            else ""
        )
        return (
            f"{self.router.id}: {sender.address} is made of the virtual MAC (FRRouting does that): "
            f"several routers may share it, and cannot be told apart by it{apart}"
        )

    def are_parted(self, one: Address, other: Address) -> bool:
        """True where these two advertised for two clusters that share nothing but the VRID."""
        mine, theirs = self.group_numbers.get(one), self.group_numbers.get(other)
        return bool(mine and theirs and not mine & theirs)

    def streaks_of(self, sender: Sender) -> tuple[Streak, ...]:
        """The runs of one sender in the order of time."""
        return self.by_sender.get(sender, ())


@dataclass
class Timeline:
    """The story of every virtual router as one vantage saw it; those never change once it is told.

    Attributes:
        frames: frames read at this vantage.
        counts: frames by what they were; their sum is `frames`.
        untimed: adverts without a time, counted and left out of the story.
        first_ns, last_ns: the first and the latest frame of any kind; None for an empty capture.
        notes: what the reader should know about this vantage.
        frames_by_mac: frames of any kind by the MAC that sent them.
        dropped: frames that were lost while capturing, as far as that is known.
        dropped_since_ns: from when on; None where only the end of the capture tells.
    """

    vantage: Vantage
    routers: tuple[RouterStory, ...] = ()
    frames: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    untimed: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    notes: list[str] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    frames_by_mac: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    dropped_since_ns: int | None = None

    @property
    def adverts(self) -> int:
        """Adverts decoded."""
        return self.counts.get("advert", 0)

    def story(self, router: VirtualRouter) -> RouterStory | None:
        """The story of one virtual router; None where this vantage never saw it."""
        return self.index.by_router.get(router)

    @cached_property
    def index(self) -> Index:
        """The virtual routers by what they have in common."""
        return Index(self.routers)
