"""What is told while frames come is what stands at the end."""

from collections import Counter
from pathlib import Path

import pytest

from vrrpscope.capture.source import open_capture
from vrrpscope.events.event import EventKind, Key
from vrrpscope.events.findings import Change, Revision
from vrrpscope.pipeline import Analysis, analyze_files, read_given
from vrrpscope.watch import IN_FLIGHT_NS, Watcher

PROJECT = Path(__file__).resolve().parents[1]
TICK_NS = 50_000_000
CASES = (
    "article-1-nopreempt-keeps-lower",
    "article-2-nopreempt-weighted-check",
    "article-3-preempt-works",
    "article-4-silenced-by-firewall",
    "auth-password-mismatch-both-visible",
    "frr-v3-failover",
    "no-backup-alive",
)


def watched(case: str, *configurations: str) -> tuple[list[tuple[int, Revision]], Analysis]:
    """What is told of a recorded case and when; the clock goes on between frames."""
    path = PROJECT / "pcaps" / case / "incident.pcap"
    told: list[tuple[int, Revision]] = []
    with open_capture(path) as capture:
        watcher = Watcher(path.name, capture.interfaces, read_given(configurations, ()))
        now_ns = 0
        for frame in capture:
            assert frame.time_ns is not None
            now_ns = now_ns or frame.time_ns
            while now_ns < frame.time_ns:
                told += [(now_ns, revision) for revision in watcher.tell(now_ns)]
                now_ns += TICK_NS
            watcher.take(frame)
            told += [(frame.time_ns, revision) for revision in watcher.tell(frame.time_ns)]
        analysis, revisions = watcher.finish()
    return told + [(now_ns, revision) for revision in revisions], analysis


def standing(told: list[tuple[int, Revision]]) -> dict[Key, Revision]:
    """What was told and not withdrawn, by its identity."""
    found: dict[Key, Revision] = {}
    for _, revision in told:
        if revision.change is Change.WITHDRAWN:
            del found[revision.event.key]
        else:
            assert (revision.change is Change.NEW) == (revision.event.key not in found)
            found[revision.event.key] = revision
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_findings_that_stand_are_those_of_diagnose(case: str) -> None:
    told, analysis = watched(case)
    findings = [r.event for r in standing(told).values() if r.event.kind is EventKind.FINDING]
    path = str(PROJECT / "pcaps" / case / "incident.pcap")
    expected = Counter((f.rule, str(f.verdict)) for f in analyze_files([path]).findings)
    assert Counter((e.rule, e.verdict) for e in findings) == expected
    assert Counter((f.rule, str(f.verdict)) for f in analysis.findings) == expected


def test_a_finding_comes_while_it_happens() -> None:
    """dr-1 falls to 99 in frame 24, at 12.6 s of 36.6 s, and goes on."""
    told, analysis = watched("article-2-nopreempt-weighted-check")
    first_ns = analysis.timelines[0].first_ns
    assert first_ns is not None
    at = {r.event.rule or r.event.kind: now_ns - first_ns for now_ns, r in reversed(told)}
    assert 12.6e9 < at[EventKind.PRIORITY_CHANGED] < 14.5e9
    assert 12.6e9 < at["missed-failover"] < 18e9
    assert 12.6e9 < at["nopreempt-weighted-check"] < 18e9


def test_a_configuration_changes_a_verdict_as_for_diagnose() -> None:
    folder = PROJECT / "pcaps" / "article-2-nopreempt-weighted-check"
    told, _ = watched(folder.name, f"dr-1={folder / 'dr-1.conf'}", f"dr-2={folder / 'dr-2.conf'}")
    verdicts = {r.event.rule: r.event.verdict for r in standing(told).values()}
    assert verdicts["nopreempt-weighted-check"] == "proven"


def test_silence_is_told_at_the_deadline_and_not_at_the_next_frame() -> None:
    """dr-1 gave the role up and nobody took it: the clock goes on, and no frame comes."""
    told, _ = watched("no-backup-alive")
    (late_ns,) = (
        now_ns - r.event.known_ns for now_ns, r in told if r.event.kind is EventKind.NO_MASTER
    )
    assert 0 <= late_ns <= IN_FLIGHT_NS + TICK_NS


def test_frames_that_were_lost_are_told_and_doubt_a_silence() -> None:
    """no-master rests on what did not come; with frames lost it is no more than likely."""
    path = PROJECT / "pcaps" / "backup-started-late" / "incident.pcap"
    with open_capture(path) as capture:
        watcher = Watcher(path.name, capture.interfaces)
        for frame in capture:
            watcher.take(frame)
        assert frame.time_ns is not None
        sure, _ = watcher.finish()
        watcher.drop(3, frame.time_ns)
        told = watcher.tell(frame.time_ns + IN_FLIGHT_NS)
        doubted, _ = watcher.finish()
    (event,) = (r.event for r in told if r.event.kind is EventKind.FRAMES_DROPPED)
    assert event.facts == {"frames": 3}
    verdicts = [{f.rule: str(f.verdict) for f in a.findings} for a in (sure, doubted)]
    assert [found["no-master"] for found in verdicts] == ["proven", "likely"]
