"""The rule for the verdicts, on findings that break it and findings that keep it."""

import pytest
from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Step, Verdict
from vrrpscope.diagnosis.verdicts import objections
from vrrpscope.observation import Basis, FrameRef, VirtualRouter

SEEN = Step("it was seen", Basis.SEEN, (FrameRef("x.pcap", 7),))


def finding(rule: str, verdict: Verdict, **changes: object) -> Finding:
    made = Finding(
        rule=rule,
        kind=Kind.CAUSE,
        severity=Severity.ERROR,
        verdict=verdict,
        virtual_router=VirtualRouter("ipv4", 60),
        vantage="x.pcap",
        at_ns=0,
        until_ns=10,
        says="",
        remedy="",
        facts={},
        because=(SEEN,),
        explains=("dual-master",),
    )
    return replace(made, **changes)


PROVEN = finding("auth-password-mismatch", Verdict.PROVEN)
LIKELY = finding(
    "adverts-lost-one-way",
    Verdict.LIKELY,
    not_excluded=("ttl-not-255",),
    settle_with=("the log of dr-1",),
)
POSSIBLE = finding("no-backup-alive", Verdict.POSSIBLE, settle_with=("the log of dr-1",))


@pytest.mark.parametrize("good", [PROVEN, LIKELY, POSSIBLE])
def test_what_keeps_the_rule_meets_no_objection(good: Finding) -> None:
    assert list(objections([good])) == []


@pytest.mark.parametrize(
    ("bad", "objection"),
    [
        (replace(PROVEN, not_excluded=("ttl-not-255",)), "does not exclude ttl-not-255"),
        (replace(LIKELY, not_excluded=()), "what else could be"),
        (replace(LIKELY, settle_with=()), "what would settle it"),
        (replace(POSSIBLE, settle_with=()), "what would settle it"),
        (
            replace(PROVEN, because=(Step("it follows", Basis.INFERRED),)),
            "shows no frame and no line",
        ),
    ],
)
def test_what_breaks_the_rule_meets_one(bad: Finding, objection: str) -> None:
    (found,) = objections([bad])
    assert objection in found


def test_a_proven_cause_leaves_no_likely_one_for_the_same_symptom() -> None:
    (found,) = objections([PROVEN, LIKELY])
    assert "auth-password-mismatch is proven, and adverts-lost-one-way is likely" in found


def test_a_consequence_does_not_contradict_its_cause() -> None:
    consequence = replace(LIKELY, follows=("auth-password-mismatch",))
    assert list(objections([PROVEN, consequence])) == []


def test_causes_of_other_symptoms_times_and_routers_do_not_contradict() -> None:
    assert list(objections([PROVEN, replace(LIKELY, explains=("flapping",))])) == []
    far = 3600 * 10**9
    assert list(objections([PROVEN, replace(LIKELY, at_ns=far, until_ns=far)])) == []
    other = VirtualRouter("ipv4", 61)
    assert list(objections([PROVEN, replace(LIKELY, virtual_router=other)])) == []
