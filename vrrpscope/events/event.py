"""An event: something that an operator wants to be told when it happens.

What can be known of a capture changes while it grows: whether a master gives way, or has lost an
advert, shows only by what it sends next, or does not send. So each event says from when on it is
known; one whose frames are there already, and that the next frame could still take back, is not
told before that.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from vrrpscope.observation import FrameRef, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS

Key = tuple[str, ...]

Names = Callable[[Address], str]
"""How a router is called: its name and address, or its address alone."""

_NS_PER_MS = NS // 1000


class EventKind(StrEnum):
    """What happened; `docs/events.md` tells when each is told, and its facts."""

    MASTER_APPEARED = "master-appeared"
    MASTER_CHANGED = "master-changed"
    MASTER_RESIGNED = "master-resigned"
    MASTER_SILENT = "master-silent"
    NO_MASTER = "no-master"
    MASTER_BACK = "master-back"
    PRIORITY_CHANGED = "priority-changed"
    INTERVAL_CHANGED = "interval-changed"
    TWO_MASTERS = "two-masters"
    TWO_MASTERS_ENDED = "two-masters-ended"
    FLAPPING = "flapping"
    ROUTER_JOINED = "router-joined"
    ROUTER_LEFT = "router-left"
    ANNOUNCED = "announced"
    NOT_ANNOUNCED = "not-announced"
    ADVERTS_MISSED = "adverts-missed"
    FRAMES_DROPPED = "frames-dropped"
    FINDING = "finding"


BY_ABSENCE = frozenset(
    {
        EventKind.MASTER_SILENT,
        EventKind.NO_MASTER,
        EventKind.TWO_MASTERS_ENDED,
        EventKind.NOT_ANNOUNCED,
    }
)
"""What no frame shows: that something did not come. Only the passing of time tells."""


class EventSeverity(StrEnum):
    """How much it matters to whoever is on call."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Event(Struct, frozen=True):
    """Something that happened.

    Attributes:
        kind: what happened.
        key: its identity, the same however long the capture grows.
        time_ns: when it happened, nanoseconds since the epoch, by the clock of the vantage.
        known_ns: from when on it is known.
        vantage: the id of the vantage that saw it.
        virtual_router: where; None for what belongs to no single virtual router (joins, leaves).
        severity: how much it matters.
        frames: what shows it.
        facts: values as JSON knows them, units in their names.
        says: one sentence with its full stop.
        rule, verdict: of a finding; "" otherwise.
    """

    kind: EventKind
    key: Key
    time_ns: int
    known_ns: int
    vantage: str
    virtual_router: VirtualRouter | None
    severity: EventSeverity
    frames: tuple[FrameRef, ...]
    facts: Mapping[str, object]
    says: str
    rule: str = ""
    verdict: str = ""


def order(event: Event) -> tuple[int, Key]:
    """Sorts events by time; those of one moment by what they are."""
    return event.time_ns, event.key


def milliseconds(duration_ns: int | None) -> float | None:
    """A duration for a fact; microseconds are kept."""
    return None if duration_ns is None else round(duration_ns / _NS_PER_MS, 3)
