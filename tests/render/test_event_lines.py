"""Events as JSON objects and as lines of text; and the page that promises their keys."""

import json
import re
from datetime import UTC, timedelta, timezone
from pathlib import Path

from msgspec.structs import replace

from vrrpscope.capture.source import open_capture
from vrrpscope.events.event import Event, EventKind, EventSeverity
from vrrpscope.events.findings import Change, Revision
from vrrpscope.events.live import events_of
from vrrpscope.observation import FrameRef, VirtualRouter
from vrrpscope.reader import Reader, Scope
from vrrpscope.render.clock import Clock
from vrrpscope.render.event_lines import event_object, json_line, text_line, timestamp
from vrrpscope.render.style import Screen

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "events.md").read_text("utf-8")
PLAIN = Screen(unicode=False)
UTC_CLOCK = Clock(UTC)

EVENT = Event(
    kind=EventKind.PRIORITY_CHANGED,
    key=("priority-changed", "a.pcap", "ipv4/60", "24"),
    time_ns=1_795_375_413_034_415_123,
    known_ns=1_795_375_413_554_081_001,
    vantage="a.pcap",
    virtual_router=VirtualRouter("ipv4", 60),
    severity=EventSeverity.WARNING,
    frames=(FrameRef("a.pcap", 23), FrameRef("a.pcap", 24)),
    facts={"master": "172.31.23.22", "before": 101, "after": 99, "change": -2},
    says="The priority of dr-1 fell.",
)
FINDING = Event(
    kind=EventKind.FINDING,
    key=("finding", "wrong-master", "a.pcap", "ipv4/60", "1"),
    time_ns=0,
    known_ns=0,
    vantage="a.pcap",
    virtual_router=VirtualRouter("ipv4", 60),
    severity=EventSeverity.ERROR,
    frames=(),
    facts={},
    says="dr-2 is master.",
    rule="wrong-master",
    verdict="proven",
)
LIKELY = replace(FINDING, verdict="likely")


def test_timestamp() -> None:
    """`date -u -d @1795375413` says 2026-11-22 19:23:33."""
    assert timestamp(UTC_CLOCK, EVENT.time_ns) == "2026-11-22T19:23:33.034415123+00:00"
    east = Clock(timezone(timedelta(hours=5, minutes=30)))
    assert timestamp(east, EVENT.time_ns) == "2026-11-23T00:53:33.034415123+05:30"


def test_before_the_epoch() -> None:
    assert timestamp(UTC_CLOCK, -1) == "1969-12-31T23:59:59.999999999+00:00"


def test_json() -> None:
    line = json_line(EVENT, UTC_CLOCK)
    assert line.endswith("}\n")
    assert json.loads(line) == {
        "schema": "vrrpscope.event/1",
        "kind": "priority-changed",
        "key": "priority-changed|a.pcap|ipv4/60|24",
        "change": "new",
        "time": "2026-11-22T19:23:33.034415123+00:00",
        "time_ns": 1_795_375_413_034_415_123,
        "vantage": "a.pcap",
        "virtual_router": "ipv4/60",
        "severity": "warning",
        "frames": [{"vantage": "a.pcap", "number": 23}, {"vantage": "a.pcap", "number": 24}],
        "says": "The priority of dr-1 fell.",
        "facts": {"master": "172.31.23.22", "before": 101, "after": 99, "change": -2},
    }


def test_json_of_a_finding_that_is_revised() -> None:
    found = event_object(FINDING, UTC_CLOCK, Revision(Change.REVISED, FINDING, LIKELY))
    assert found["change"] == "revised"
    assert (found["rule"], found["verdict"]) == ("wrong-master", "proven")
    assert found["previous_verdict"] == "likely"
    assert event_object(FINDING, UTC_CLOCK)["previous_verdict"] is None


def test_text() -> None:
    assert text_line(EVENT, UTC_CLOCK, PLAIN) == (
        "19:23:33.034  ipv4/60   priority-changed   The priority of dr-1 fell.\n"
    )


def test_text_of_findings() -> None:
    line = text_line(FINDING, UTC_CLOCK, PLAIN)
    assert line == "00:00:00.000  ipv4/60   wrong-master       proven: dr-2 is master.\n"
    revised = text_line(FINDING, UTC_CLOCK, PLAIN, Revision(Change.REVISED, FINDING, LIKELY))
    assert "now proven, before likely: dr-2 is master." in revised
    gone = text_line(FINDING, UTC_CLOCK, PLAIN, Revision(Change.WITHDRAWN, FINDING, FINDING))
    assert "withdrawn: dr-2 is master." in gone


def test_colours() -> None:
    """Bold yellow for a warning, as in reports."""
    assert "\x1b[1;33mpriority-changed" in text_line(EVENT, UTC_CLOCK, Screen(colour=True))


def test_foreign_text_cannot_steer_the_terminal() -> None:
    hostile = replace(EVENT, says="dr\x1b[2J\n\u202e is gone.")
    line = text_line(hostile, UTC_CLOCK, Screen())
    assert "dr\\x1b[2J\\n\\u202e is gone." in line
    assert line.count("\n") == 1


def recorded() -> dict[str, set[str]]:
    """Kinds and the facts that they have in recorded captures."""
    cases = (
        "article-1-nopreempt-keeps-lower",
        "article-2-nopreempt-weighted-check",
        "article-4-silenced-by-firewall",
        "all-nodes-fault",
        "flapping",
        "garp-missing",
        "healthy-one-advert-lost",
        "multicast-filter-one-way",
        "reload-lowers-priority",
    )
    found: dict[str, set[str]] = {}
    for case in cases:
        with open_capture(PROJECT / "pcaps" / case / "incident.pcap") as capture:
            (timeline,) = Reader(capture, case, Scope(), None).read()
        for event in events_of(timeline):
            found.setdefault(event.kind, set()).update(event.facts)
    return found


def promised() -> dict[str, set[str]]:
    """Kinds and facts as the page has them."""
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE)
    return {kind: set(re.findall(r"`([a-z_0-9]+)`", told)) for kind, told in rows}


def test_the_page_names_every_kind() -> None:
    assert set(promised()) == {str(kind) for kind in EventKind}


def test_the_page_names_every_fact_and_no_other() -> None:
    table = promised()
    found = recorded()
    # No capture is needed for these: what they tell stands in another test, and in the rules.
    missing = {str(kind) for kind in EventKind} - set(found)
    assert missing == {"finding", "frames-dropped", "interval-changed"}
    assert {kind: table[kind] for kind in found} == found
    assert table["frames-dropped"] == {"frames"}
    assert table["interval-changed"] == {"master", "before_ms", "after_ms"}


def test_the_page_names_every_key() -> None:
    for key in event_object(FINDING, UTC_CLOCK):
        assert f"`{key}`" in PAGE


def test_the_example_of_the_page() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    case = "article-2-nopreempt-weighted-check"
    with open_capture(PROJECT / "pcaps" / case / "incident.pcap") as capture:
        (timeline,) = Reader(capture, "incident.pcap", Scope(), None).read()
    (event,) = (e for e in events_of(timeline) if e.kind is EventKind.PRIORITY_CHANGED)
    assert json.loads(example) == event_object(event, UTC_CLOCK)
