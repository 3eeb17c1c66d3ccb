"""Every case as text that tcpdump printed: it tells less, and must not claim more.

Without -e there are no MACs and no VLANs, without -v no addresses, no IP identifications, and no
groups in the reports.
"""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from test_scenarios import CASES, analysis, expectations, runs

from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.diagnosis.verdicts import objections
from vrrpscope.pipeline import analyze_files

OPTIONS = ("-n -tt", "-n -tt -e", "-n -v -tt")

COUNTS_NEEDED = {"healthy-merged-by-two-clocks"}
"""That two captures were put together shows in the IP identifications, which only -v prints;
without them two masters at once is what there is to see."""


@cache
def printed(file: Path, options: str) -> bytes:
    """What tcpdump prints of a capture."""
    command = ["tcpdump", *options.split(), "-r", str(file)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def findings(case: str, run: str, options: str, folder: Path) -> tuple[Finding, ...]:
    """One run of a case, with texts instead of the captures."""
    told = expectations()[case]["runs"][run]
    texts = []
    for name in told.get("captures", ["incident.pcap"]):
        text = folder / f"{Path(name).stem}.txt"
        text.write_bytes(printed(CASES / case / name, options))
        texts.append(str(text))
    given: dict[str, Any] = {
        option: [f"{n}={CASES / case / f}" for n, f in told.get(name, {}).items()]
        for option, name in (("configurations", "configs"), ("logs", "logs"))
    }
    return analyze_files(texts, **given).findings


@pytest.mark.tcpdump
@pytest.mark.parametrize(("case", "run"), runs())
def test_a_text_claims_no_more_than_its_capture(case: str, run: str, tmp_path: Path) -> None:
    proven = {f.rule for f in analysis(case, run).findings if f.verdict is Verdict.PROVEN}
    for options in OPTIONS:
        found = findings(case, run, options, tmp_path)
        assert {f.rule for f in found if f.verdict is Verdict.PROVEN} <= proven, options
        assert list(objections(found)) == [], options
        readable = case not in COUNTS_NEEDED or "-v" in options
        if case.startswith("healthy-") and readable:
            assert {f.kind for f in found} <= {Kind.NOTE}, options
            assert {f.severity for f in found} <= {Severity.INFO}, options
