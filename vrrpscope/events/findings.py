"""Findings as events, and how a later look differs from an earlier one."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_address

from msgspec import Struct

from vrrpscope.diagnosis.finding import Finding, Severity
from vrrpscope.events.event import Event, EventKind, EventSeverity, Key
from vrrpscope.observation import FrameRef
from vrrpscope.timeline.model import Timeline

_CALLED = re.compile(
    r"(?:.{0,80} \()?([0-9A-Fa-f:.]{2,45}(?:%[^\s)]{1,20})?)\)?(?: \[[0-9a-f:]+\])?"
)
"""How a report calls a router: "dr-1 (172.31.23.22)", "172.31.23.22", "... [02:00:5e:10:00:01]"."""

_SEVERITIES = {
    Severity.ERROR: EventSeverity.ERROR,
    Severity.WARNING: EventSeverity.WARNING,
    Severity.INFO: EventSeverity.INFO,
}


def finding_events(findings: Iterable[Finding], timeline: Timeline) -> tuple[Event, ...]:
    """The findings that this vantage shows, in the order of time.

    Their identity is the rule, the virtual router and the routers that it is about; the verdict,
    times and numbers may change with every frame. Equal ones are counted in the order of time.
    """
    vantage = timeline.vantage.id
    own = sorted((f for f in findings if f.vantage == vantage), key=lambda f: (f.at_ns, f.rule))
    seen: Counter[Key] = Counter()
    events = []
    for finding in own:
        key = (finding.rule, vantage, finding.virtual_router.id, *_subjects(finding))
        seen[key] += 1
        known_ns = timeline.last_ns or finding.at_ns
        events.append(_event(finding, (*key, str(seen[key])), known_ns))
    return tuple(events)


def _subjects(finding: Finding) -> Iterator[str]:
    """The routers that a finding is about: its facts that are how one router is called.

    Lists of virtual addresses, which may have one entry, are none: they grow.
    """
    for name, value in sorted(finding.facts.items()):
        if not isinstance(value, str) or name.endswith("addresses"):
            continue
        match = _CALLED.fullmatch(value)
        if match is not None and _is_address(match[1]):
            yield f"{name}={match[1]}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _event(finding: Finding, identity: Key, known_ns: int) -> Event:
    return Event(
        kind=EventKind.FINDING,
        key=(str(EventKind.FINDING), *identity),
        time_ns=finding.at_ns,
        known_ns=known_ns,
        vantage=finding.vantage,
        virtual_router=finding.virtual_router,
        severity=_SEVERITIES[finding.severity],
        frames=tuple(e for e in finding.evidence if isinstance(e, FrameRef)),
        facts={name: plain(value) for name, value in finding.facts.items()},
        says=finding.says,
        rule=finding.rule,
        verdict=str(finding.verdict),
    )


def plain(value: object) -> object:
    """A fact as JSON knows it; durations are nanoseconds."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


class Change(StrEnum):
    """How a later look differs from an earlier one."""

    NEW = "new"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


class Revision(Struct, frozen=True):
    """One difference; `event` is the latest state, `before` what had been told."""

    change: Change
    event: Event
    before: Event | None = None


def revisions(before: Iterable[Event], after: Iterable[Event]) -> tuple[Revision, ...]:
    """What is new, revised or withdrawn, in the order of `after`; the withdrawn ones last.

    A finding is revised where its verdict or its severity is another one: its times and numbers
    grow with every frame. Any other event is revised where a fact is.
    """
    told = {event.key: event for event in before}
    found = []
    for event in after:
        known = told.pop(event.key, None)
        if known is None:
            found.append(Revision(Change.NEW, event))
        elif _is_revised(known, event):
            found.append(Revision(Change.REVISED, event, known))
    withdrawn = (Revision(Change.WITHDRAWN, event, event) for event in told.values())
    return (*found, *withdrawn)


def _is_revised(before: Event, after: Event) -> bool:
    if before.kind is EventKind.FINDING:
        return (before.verdict, before.severity) != (after.verdict, after.severity)
    return before.facts != after.facts
