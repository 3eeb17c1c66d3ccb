"""Which findings have to do with each other: an index answers what every pair would."""

import random

from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.diagnosis.related import Related, belong_together, is_consequence
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.timers import NS

RULES = ("flapping", "lossy-path", "daemon-starved", "no-master")


def _findings(seed: int) -> list[Finding]:
    """Findings of two virtual routers: moments, minutes and hours; some end before they begin."""
    rng = random.Random(seed)
    found = []
    for _ in range(60):
        at_ns = rng.randrange(5000) * NS
        length_ns = rng.choice((0, 1, 30, 90, 3600, -5, -200)) * NS
        found.append(
            Finding(
                rule=rng.choice(RULES),
                kind=rng.choice((Kind.CAUSE, Kind.CAUSE, Kind.SYMPTOM, Kind.NOTE)),
                severity=Severity.WARNING,
                verdict=rng.choice(tuple(Verdict)),
                virtual_router=VirtualRouter("ipv4", rng.choice((51, 52))),
                vantage="a.pcap",
                at_ns=at_ns,
                until_ns=at_ns + length_ns,
                says="",
                remedy="",
                facts={},
                because=(),
                explains=tuple(rng.sample(RULES, 2)),
                follows=tuple(rng.sample(RULES, 2)),
                clock_ns=rng.choice((0, 100)) * NS,
            )
        )
    return found


def _ids(findings: list[Finding]) -> list[int]:
    return list(map(id, findings))


def test_the_index_finds_what_a_comparison_of_all_pairs_finds() -> None:
    for seed in range(20):
        found = _findings(seed)
        related = Related(found)
        causes = [f for f in found if f.kind is Kind.CAUSE]
        symptoms = [f for f in found if f.kind is Kind.SYMPTOM]
        for one in causes:
            explained = [s for s in symptoms if s.rule in one.explains and belong_together(one, s)]
            assert _ids(related.symptoms_of(one)) == _ids(explained)
            led_to = [c for c in causes if is_consequence(c, one)]
            assert _ids(related.consequences_of(one)) == _ids(led_to)
        for one in found:
            roots = [c for c in causes if is_consequence(one, c)]
            assert _ids(related.roots_of(one)) == _ids(roots)
            assert {rule for rule in one.follows if related.has_root(one, rule)} == {
                c.rule for c in roots
            }
        for one in symptoms:
            why = [c for c in causes if one.rule in c.explains and belong_together(c, one)]
            assert _ids(related.causes_of(one)) == _ids(why)


def test_sixty_seconds_are_about_one_time_and_more_are_not() -> None:
    cause = replace(_findings(0)[0], kind=Kind.CAUSE, at_ns=0, until_ns=0, clock_ns=0)
    cause = replace(cause, explains=("no-master",))
    at = replace(cause, kind=Kind.SYMPTOM, rule="no-master", at_ns=60 * NS, until_ns=70 * NS)
    assert Related([cause, at]).has_symptom(cause, "no-master")
    late = replace(at, at_ns=60 * NS + 1)
    assert not Related([cause, late]).has_symptom(cause, "no-master")
