"""How findings relate to each other."""

from pathlib import Path

from msgspec.structs import replace
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import _order, diagnose
from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.diagnosis.related import belong_together, is_consequence
from vrrpscope.observation import AnnouncementKind, VirtualRouter
from vrrpscope.pipeline import analyze_files

JOIN = AnnouncementKind.IGMP_JOIN
CASES = Path(__file__).resolve().parents[2] / "pcaps"
PRINCIPAL = CASES / "article-2-nopreempt-weighted-check"
CONFIGS = [f"dr-1={PRINCIPAL / 'dr-1.conf'}", f"dr-2={PRINCIPAL / 'dr-2.conf'}"]


def test_causes_come_first_and_the_commonest_of_equals() -> None:
    findings = analyze_files([str(PRINCIPAL / "incident.pcap")]).findings
    assert [(f.kind, f.rule) for f in findings] == [
        (Kind.CAUSE, "nopreempt-weighted-check"),
        (Kind.CAUSE, "weight-smaller-than-priority-gap"),
        (Kind.CAUSE, "backup-also-degraded"),
        (Kind.SYMPTOM, "missed-failover"),
    ]


def test_a_cause_explains_only_what_is_there() -> None:
    case = CASES / "check-flaps-without-handover"
    (finding,) = analyze_files([str(case / "incident.pcap")]).findings
    assert (finding.rule, finding.explains) == ("check-flaps", ())


def test_two_vantages_of_one_incident_give_each_finding_once() -> None:
    captures = [str(PRINCIPAL / name) for name in ("incident.pcap", "at-dr-2.pcap")]
    findings = analyze_files(captures, CONFIGS).findings
    assert [f.rule for f in findings] == ["nopreempt-weighted-check", "missed-failover"]
    assert {f.vantage for f in findings} == {"incident.pcap"}


def test_the_principal_case_is_proven_with_frames_and_lines() -> None:
    findings = analyze_files([str(PRINCIPAL / "incident.pcap")], CONFIGS).findings
    cause = findings[0]
    assert (cause.rule, cause.verdict) == ("nopreempt-weighted-check", Verdict.PROVEN)
    assert cause.explains == ("missed-failover",)
    # Frame 24 is the first advert at 99 by tshark; nopreempt stands on line 16 of dr-2.conf.
    assert "24" in cause.display_filter
    assert [str(e) for e in cause.evidence if str(e).endswith("dr-2.conf:16")]
    assert (PRINCIPAL / "dr-2.conf").read_text().splitlines()[15].strip() == "nopreempt"


def test_how_long_something_lasted_is_not_certain_where_a_clock_was_set() -> None:
    """Nobody is missing in the first capture; the clock of the second one was set by a minute."""

    def capture(step_ms: int) -> Wire:
        wire = Wire()
        wire.announce(0, JOIN, A, "02:00:00:00:00:10")
        wire.announce(0, JOIN, B, "02:00:00:00:00:20")
        wire.repeat(100, 10, advert(A, 101))
        for at_ms in (9500, step_ms + 10_000, step_ms + 10_100):
            wire.other(at_ms, "02:00:00:00:00:99")
        wire.repeat(step_ms + 12_710, 10, advert(B, 100))
        wire.repeat(step_ms + 23_000, 10, advert(A, 101))
        return wire

    def symptoms(*wires: Wire) -> list[tuple[str, Verdict]]:
        found = diagnose(Case(tuple(wire.builder.finish() for wire in wires)))
        return [(f.rule, f.verdict) for f in found if f.kind is Kind.SYMPTOM]

    assert ("no-master", Verdict.PROVEN) in symptoms(capture(60_300))
    both = symptoms(capture(0), capture(60_300))
    assert both and not [rule for rule, verdict in both if verdict is Verdict.PROVEN]


def made(rule: str, **changes: object) -> Finding:
    """A finding of a rule, whatever it says."""
    return replace(
        Finding(
            rule=rule,
            kind=Kind.CAUSE,
            severity=Severity.ERROR,
            verdict=Verdict.LIKELY,
            virtual_router=VirtualRouter("ipv4", 60),
            vantage="x.pcap",
            at_ns=0,
            until_ns=0,
            says="",
            remedy="",
            facts={},
            because=(),
        ),
        **changes,
    )


def test_the_certain_goes_first_then_what_explains_more_then_the_grave() -> None:
    order = [
        made("a", verdict=Verdict.PROVEN, severity=Severity.WARNING),
        made("b", explains=("dual-master", "flapping"), severity=Severity.WARNING),
        made("c", explains=("dual-master",), severity=Severity.ERROR),
        made("d", explains=("dual-master",), severity=Severity.WARNING),
        made("e", verdict=Verdict.PROVEN, severity=Severity.INFO),
    ]
    backwards = order[::-1]
    assert sorted(backwards, key=_order) == order


def test_a_consequence_is_folded_under_a_cause_that_is_as_certain() -> None:
    effect = made("vip-count-mismatch", follows=("reload-causes-failover",))
    root = made("reload-causes-failover")
    assert is_consequence(effect, root)
    assert is_consequence(effect, replace(root, verdict=Verdict.PROVEN))
    assert not is_consequence(effect, replace(root, verdict=Verdict.POSSIBLE))
    assert not is_consequence(effect, made("lossy-path"))
    hours = 3600 * 10**9
    assert not is_consequence(effect, replace(root, at_ns=hours, until_ns=hours))


def test_findings_of_two_vantages_are_compared_on_one_clock() -> None:
    hours = 3600 * 10**9
    cause = made("network-partition")
    symptom = made("dual-master", vantage="y.pcap", at_ns=hours, until_ns=hours)
    assert not belong_together(cause, symptom)
    assert belong_together(cause, replace(symptom, clock_ns=hours))
