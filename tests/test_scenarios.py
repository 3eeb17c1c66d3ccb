"""Every case of pcaps/: its findings are a closed list, so each is a negative test as well."""

import struct
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from vrrpscope.diagnosis.candidates import CANDIDATES
from vrrpscope.diagnosis.finding import Kind, Severity
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.diagnosis.verdicts import objections
from vrrpscope.pipeline import Analysis, analyze_files

CASES = Path(__file__).resolve().parents[1] / "pcaps"
ON_TIME_NS = 50_000_000
"""Give or take of a take-over that the timers govern: measured, not taken from the package."""


@cache
def expectations() -> dict[str, dict[str, Any]]:
    """What each case must give, by the name of its folder."""
    files = sorted(CASES.glob("*/expected.yaml"))
    return {file.parent.name: yaml.safe_load(file.read_text()) for file in files}


def runs() -> list[tuple[str, str]]:
    """Every run of every case."""
    return [(case, run) for case, wanted in expectations().items() for run in wanted["runs"]]


@cache
def analysis(case: str, run: str) -> Analysis:
    """Runs one run of a case."""
    told = expectations()[case]["runs"][run]
    folder = CASES / case
    captures = [str(folder / name) for name in told.get("captures", ["incident.pcap"])]
    options: dict[str, Any] = {
        option: [f"{n}={folder / f}" for n, f in told.get(name, {}).items()]
        for option, name in (("configurations", "configs"), ("logs", "logs"))
    }
    return analyze_files(captures, **options)


def first_run(case: str) -> Analysis:
    """The run that the hand-overs are about."""
    return analysis(case, next(iter(expectations()[case]["runs"])))


@pytest.mark.parametrize(("case", "run"), runs())
def test_findings_are_exactly_these(case: str, run: str) -> None:
    wanted = Counter(
        (f["rule"], f["verdict"], f["virtual_router"])
        for f in expectations()[case]["runs"][run]["findings"]
    )
    found = Counter(
        (f.rule, str(f.verdict), f.virtual_router.id) for f in analysis(case, run).findings
    )
    assert found == wanted


@pytest.mark.parametrize("case", expectations())
def test_hand_overs_are_these_in_this_order(case: str) -> None:
    for router, wanted in by_router(case).items():
        story = next(s for s in first_run(case).timelines[0].routers if s.router.id == router)
        found = [
            {
                "from": str(h.before.sender.address) if h.before else None,
                "to": str(h.after.sender.address),
                "kind": str(h.kind),
            }
            for h in story.handovers
        ]
        # "from" may be left out: it is the "to" of the line before.
        assert [{k: f[k] for k in w if k in f} for f, w in zip(found, wanted, strict=False)] == [
            {k: v for k, v in w.items() if k in ("from", "to", "kind")} for w in wanted
        ]
        assert len(found) == len(wanted)


def by_router(case: str) -> dict[str, list[dict[str, Any]]]:
    """The expected hand-overs of each virtual router; one that is not named is the first one."""
    routers = [s.router.id for s in first_run(case).timelines[0].routers]
    wanted: dict[str, list[dict[str, Any]]] = {router: [] for router in routers}
    for handover in expectations()[case].get("handovers") or []:
        wanted[handover.get("virtual_router", routers[0])].append(handover)
    return wanted


@pytest.mark.parametrize("case", expectations())
def test_timers_account_for_each_hand_over(case: str) -> None:
    for router, wanted in by_router(case).items():
        story = next(s for s in first_run(case).timelines[0].routers if s.router.id == router)
        for handover, told in zip(story.handovers, wanted, strict=False):
            if handover.on_time is None or told.get("late"):
                continue
            assert handover.took_ns is not None
            assert handover.expected_ns is not None
            low, high = handover.expected_ns
            assert low - ON_TIME_NS <= handover.took_ns <= high + ON_TIME_NS


@pytest.mark.parametrize("case", expectations())
def test_no_frame_is_lost(case: str) -> None:
    for timeline in first_run(case).timelines:
        counted = sum(timeline.counts.values())
        assert counted == timeline.frames == records(Path(timeline.vantage.file))


def records(file: Path) -> int:
    """The records of a classic pcap file, by their lengths alone."""
    data = file.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    offset, count = 24, 0
    while offset < len(data):
        (length,) = struct.unpack_from(order + "I", data, offset + 8)
        offset += 16 + length
        count += 1
    return count


def test_a_healthy_case_gives_no_symptom_and_no_cause() -> None:
    healthy = [case for case in expectations() if case.startswith("healthy-")]
    assert healthy
    for case in healthy:
        for run in expectations()[case]["runs"]:
            for finding in analysis(case, run).findings:
                assert finding.kind is Kind.NOTE
                assert finding.severity is Severity.INFO


def test_every_rule_has_a_case_that_it_must_find() -> None:
    assert set(all_rules()) - expected_rules() == set()


def test_every_rule_has_a_case_that_it_must_leave_alone() -> None:
    for rule in all_rules():
        assert any(rule not in rules_of(case) for case in expectations())


def test_every_expected_rule_exists() -> None:
    assert expected_rules() - set(all_rules()) == set()


def expected_rules() -> set[str]:
    """Rules that some run can be expected to find."""
    return {rule for case in expectations() for rule in rules_of(case)}


def rules_of(case: str) -> set[str]:
    """The rules that the runs of a case find."""
    return {f["rule"] for run in expectations()[case]["runs"].values() for f in run["findings"]}


def test_every_case_says_what_it_expects() -> None:
    cases = {file.parent.name for file in CASES.glob("*/incident.pcap")}
    assert sorted(cases - set(expectations())) == []


@pytest.mark.parametrize(("case", "run"), runs())
def test_every_verdict_keeps_the_rule_for_verdicts(case: str, run: str) -> None:
    assert list(objections(analysis(case, run).findings)) == []


@pytest.mark.parametrize(("case", "run"), runs())
def test_what_is_not_excluded_is_a_rule_a_candidate_or_said_in_words(case: str, run: str) -> None:
    named = {name for f in analysis(case, run).findings for name in f.not_excluded}
    unknown = named - set(all_rules()) - set(CANDIDATES)
    assert [name for name in sorted(unknown) if " " not in name] == []
