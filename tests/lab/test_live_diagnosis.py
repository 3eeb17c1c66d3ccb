"""Cases recorded again, here and now, with real daemons: the diagnosis is the same."""

from collections import Counter
from pathlib import Path

import pytest
from test_scenarios import expectations

from lab import case
from vrrpscope.pipeline import analyze_files

LIVE = (
    "article-1-nopreempt-keeps-lower",
    "article-2-nopreempt-weighted-check",
    "article-3-preempt-works",
    "article-4-silenced-by-firewall",
    "adverts-lost-one-way",
    "auth-password-mismatch-both-visible",
    "frr-v3-failover",
    "no-backup-alive",
)


@pytest.mark.lab
@pytest.mark.parametrize("name", LIVE)
def test_the_diagnosis_of_a_fresh_recording_is_the_same(name: str, tmp_path: Path) -> None:
    case.record(name, tmp_path)
    for told in expectations()[name]["runs"].values():
        captures = [str(tmp_path / file) for file in told.get("captures", ["incident.pcap"])]
        configurations, logs = (
            [f"{n}={tmp_path / f}" for n, f in told.get(kind, {}).items()]
            for kind in ("configs", "logs")
        )
        analysis = analyze_files(captures, configurations, logs=logs)
        found = Counter((f.rule, str(f.verdict), f.virtual_router.id) for f in analysis.findings)
        assert found == Counter(
            (f["rule"], f["verdict"], f["virtual_router"]) for f in told["findings"]
        )
    wanted = expectations()[name]["handovers"]
    stories = {s.router.id: s for t in analysis.timelines for s in t.routers}
    first = next(iter(stories))
    for router, story in stories.items():
        kinds = [h["kind"] for h in wanted if h.get("virtual_router", first) == router]
        assert [str(h.kind) for h in story.handovers] == kinds
        assert all(h.on_time is not False for h in story.handovers)
