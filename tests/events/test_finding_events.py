"""Findings as events: their identity, and what a later look changes."""

from ipaddress import ip_address

from msgspec.structs import replace
from sightings import ROUTER, VANTAGE

from vrrpscope.diagnosis.finding import Duration, Finding, Kind, Severity, Step, Verdict
from vrrpscope.events.event import Event, EventSeverity
from vrrpscope.events.findings import Change, finding_events, revisions
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.timeline.model import Timeline

TIMELINE = Timeline(VANTAGE, last_ns=9_000)


def finding(**changes: object) -> Finding:
    """A cause about two routers."""
    base = Finding(
        rule="wrong-master",
        kind=Kind.CAUSE,
        severity=Severity.ERROR,
        verdict=Verdict.LIKELY,
        virtual_router=ROUTER,
        vantage=VANTAGE.id,
        at_ns=5_000,
        until_ns=8_000,
        says="b is master and a is better.",
        remedy="",
        facts={
            "better": "a (10.0.0.1)",
            "master": "10.0.0.2",
            "lasted_ns": Duration(3_000),
            "addresses": (ip_address("10.0.0.100"),),
        },
        because=(Step("seen", Basis.SEEN, (FrameRef(VANTAGE.id, 7),)),),
    )
    return replace(base, **changes)


def events(*findings: Finding) -> tuple[Event, ...]:
    return finding_events(findings, TIMELINE)


def test_a_finding_as_an_event() -> None:
    (event,) = events(finding())
    assert event.severity is EventSeverity.ERROR
    assert (event.rule, event.verdict) == ("wrong-master", "likely")
    assert (event.time_ns, event.known_ns) == (5_000, 9_000)
    assert event.frames == (FrameRef("crafted.pcap", 7),)
    assert event.facts == {
        "better": "a (10.0.0.1)",
        "master": "10.0.0.2",
        "lasted_ns": 3_000,
        "addresses": ["10.0.0.100"],
    }


def test_numbers_verdicts_and_times_are_no_part_of_its_identity() -> None:
    later = finding(verdict=Verdict.PROVEN, at_ns=6_000, until_ns=9_000)
    later = replace(later, facts={**later.facts, "lasted_ns": Duration(9_000)})
    assert events(finding())[0].key == events(later)[0].key


def test_the_routers_are() -> None:
    other = finding(facts={"better": "a (10.0.0.1)", "master": "10.0.0.3"})
    assert events(finding())[0].key != events(other)[0].key


def test_virtual_addresses_are_not() -> None:
    """A second one may be seen later."""
    one = finding(facts={"master": "10.0.0.2", "addresses": "10.0.0.100"})
    two = finding(facts={"master": "10.0.0.2", "addresses": "10.0.0.100 and 10.0.0.101"})
    assert events(one)[0].key == events(two)[0].key


def test_equal_ones_are_counted() -> None:
    one, other = events(finding(), finding(at_ns=6_000))
    assert one.key[:-1] == other.key[:-1]
    assert (one.key[-1], other.key[-1]) == ("1", "2")


def test_those_of_other_vantages_are_left_out() -> None:
    assert events(finding(vantage="elsewhere.pcap")) == ()


def test_revisions() -> None:
    proven = finding(verdict=Verdict.PROVEN)
    new = finding(rule="dual-master")
    gone = finding(rule="missed-failover")
    found = revisions(events(finding(), gone), events(proven, new))
    assert [(r.change, r.event.rule) for r in found] == [
        (Change.NEW, "dual-master"),
        (Change.REVISED, "wrong-master"),
        (Change.WITHDRAWN, "missed-failover"),
    ]
    assert found[1].before is not None
    assert (found[1].before.verdict, found[1].event.verdict) == ("likely", "proven")


def test_what_only_lasts_longer_is_no_revision() -> None:
    longer = finding(until_ns=9_000, facts={**finding().facts, "lasted_ns": Duration(4_000)})
    assert revisions(events(finding()), events(longer)) == ()
