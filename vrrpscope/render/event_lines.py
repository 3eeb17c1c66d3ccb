"""Events for programs, one JSON object each, and for people, one line each."""

import json

from vrrpscope.events.event import Event, EventKind, EventSeverity
from vrrpscope.events.findings import Change, Revision
from vrrpscope.render.clock import Clock
from vrrpscope.render.style import Screen
from vrrpscope.render.values import printable

SCHEMA = "vrrpscope.event/1"
"""Its keys are promised: add some, change none."""

_STYLES = {
    EventSeverity.INFO: "dim",
    EventSeverity.NOTICE: "info",
    EventSeverity.WARNING: "warning",
    EventSeverity.ERROR: "error",
}

_KIND_WIDTH = max(len(kind) for kind in EventKind)
_ROUTER_WIDTH = 8
"""For example "ipv4/255"; longer ones (VLANs, tunnels) push the rest to the right."""


def timestamp(clock: Clock, time_ns: int) -> str:
    """RFC 3339 with nanoseconds and offset: "2026-11-22T18:10:03.118000000+00:00"."""
    moment = clock.moment(time_ns)
    offset = moment.strftime("%z")
    date = f"{clock.date(time_ns)}T{moment.strftime('%H:%M:%S')}"
    return f"{date}.{time_ns % 1_000_000_000:09d}{offset[:3]}:{offset[3:5]}"


def event_object(event: Event, clock: Clock, revision: Revision | None = None) -> dict[str, object]:
    """An event as JSON knows it.

    Args:
        event: what happened.
        clock: the time zone.
        revision: how it differs from what had been told; None where it is new.
    """
    router = event.virtual_router
    change = revision.change if revision is not None else Change.NEW
    found: dict[str, object] = {
        "schema": SCHEMA,
        "kind": str(event.kind),
        "key": "|".join(event.key),
        "change": str(change),
        "time": timestamp(clock, event.time_ns),
        "time_ns": event.time_ns,
        "vantage": event.vantage,
        "virtual_router": router.id if router is not None else None,
        "severity": str(event.severity),
        "frames": [{"vantage": ref.vantage, "number": ref.number} for ref in event.frames],
        "says": event.says,
        "facts": dict(event.facts),
    }
    if event.kind is EventKind.FINDING:
        before = revision.before if revision is not None else None
        found["rule"] = event.rule
        found["verdict"] = event.verdict
        found["previous_verdict"] = before.verdict if before is not None else None
    return found


def json_line(event: Event, clock: Clock, revision: Revision | None = None) -> str:
    """The object on one line; ASCII, so that it survives any terminal and encoding."""
    return json.dumps(event_object(event, clock, revision)) + "\n"


def text_line(event: Event, clock: Clock, screen: Screen, revision: Revision | None = None) -> str:
    """An event on one line: "18:10:03.118  ipv4/60  master-changed  dr-2 (172.31.23.23) ..."."""
    router = event.virtual_router.id if event.virtual_router is not None else "-"
    kind = event.rule or str(event.kind)
    text = printable(f"{_said_before(event, revision)}{event.says}")
    parts = (
        clock.time(event.time_ns),
        printable(router).ljust(_ROUTER_WIDTH),
        screen.paint(printable(kind).ljust(_KIND_WIDTH), _STYLES[event.severity]),
        text,
    )
    return screen.plain("  ".join(parts)) + "\n"


def _said_before(event: Event, revision: Revision | None) -> str:
    """What a reader must know who has read an earlier line about it."""
    known = f"{event.verdict}: " if event.verdict else ""
    if revision is None or revision.change is Change.NEW:
        return known
    if revision.change is Change.WITHDRAWN:
        return "withdrawn: "
    before = revision.before
    if before is not None and before.verdict != event.verdict:
        return f"now {event.verdict}, before {before.verdict}: "
    return f"revised: {known}"
