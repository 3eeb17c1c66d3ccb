"""How often the cause of a recorded case is found: with all evidence, with less, with least.

Each case says in `expected.yaml` what was really done to its routers (`causes`). Here every case is
diagnosed three times: from the capture alone, with the routers' configurations, and with their
configurations and logs. `docs/scoreboard.md` is what `tools/generate_docs.py` makes of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.pipeline import analyze_files

CASES = Path(__file__).resolve().parents[1] / "pcaps"


class Given(StrEnum):
    """What the diagnosis has to go by."""

    CAPTURES = "captures alone"
    CONFIGURATIONS = "with configurations"
    LOGS = "with configurations and logs"


class Score(StrEnum):
    """How well the causes of a case were found; the values head the columns."""

    PROVEN = "proven"
    """Each true cause that a rule can find is proven."""
    FIRST = "named first"
    """The cause that is named first is a true one."""
    NAMED = "named"
    """A true cause is among those that are named."""
    OPEN = "left open"
    """A true cause is among what a finding says is not excluded."""
    MISSED = "not named"
    """Nothing is said of a true cause."""
    NOTHING = "nothing to find"
    """Nothing was wrong, and no cause is named above severity info."""


@dataclass(frozen=True)
class Result:
    """One diagnosis of one case.

    Attributes:
        wrong: causes that were proven and are not true.
        symptoms: what the users of the virtual address suffered.
    """

    case: str
    given: Given
    score: Score
    causes: tuple[str, ...]
    named: tuple[Finding, ...]
    wrong: tuple[str, ...]
    symptoms: tuple[str, ...]


@cache
def cases() -> dict[str, dict[str, Any]]:
    """What each case expects, by the name of its folder."""
    files = sorted(CASES.glob("*/expected.yaml"))
    return {file.parent.name: yaml.safe_load(file.read_text()) for file in files}


@cache
def result(case: str, given: Given) -> Result:
    """Diagnoses a case with what is given."""
    folder, told = CASES / case, cases()[case]
    configurations = _files(folder, told, "configs", "*.conf")
    logs = _files(folder, told, "logs", "*.log")
    findings = analyze_files(
        [str(folder / name) for name in _captures(told)],
        configurations if given is not Given.CAPTURES else (),
        logs if given is Given.LOGS else (),
    ).findings
    true = tuple(told.get("causes") or ())
    named = tuple(
        f
        for f in findings
        if f.kind is not Kind.SYMPTOM and (f.rule in true or f.severity is not Severity.INFO)
    )
    proven = {f.rule for f in named if f.kind is Kind.CAUSE and f.verdict is Verdict.PROVEN}
    symptoms = tuple(dict.fromkeys(f.rule for f in findings if f.kind is Kind.SYMPTOM))
    open_ = {name for f in findings for name in f.not_excluded}
    wrong = tuple(sorted(proven - set(true)))
    return Result(case, given, _score(true, named, open_), true, named, wrong, symptoms)


def _captures(told: dict[str, Any]) -> list[str]:
    """The captures of the run that has most of them."""
    runs: list[list[str]] = [run.get("captures") or [] for run in told["runs"].values()]
    return max(runs, key=len) or ["incident.pcap"]


def _files(folder: Path, told: dict[str, Any], option: str, pattern: str) -> list[str]:
    """`NODE=FILE` for each node: as a run has them, else every file that the folder has."""
    runs = [run.get(option) or {} for run in told["runs"].values()]
    named: dict[str, str] = max(runs, key=len)
    if not named:
        # `<node>-2.conf` came after a change; the first one is what the incident began with.
        files = [f for f in sorted(folder.glob(pattern)) if f.stat().st_size]
        stems = {f.stem for f in files}
        named = {f.stem: f.name for f in files if f.stem.rpartition("-")[0] not in stems}
    return [f"{node}={folder / file}" for node, file in named.items()]


def _score(true: tuple[str, ...], named: tuple[Finding, ...], open_: set[str]) -> Score:
    found = [f for f in named if f.rule in true]
    if not true:
        return Score.NOTHING
    if not found:
        return Score.OPEN if open_ & set(true) else Score.MISSED
    if all(any(f.rule == t and f.verdict is Verdict.PROVEN for f in found) for t in true):
        return Score.PROVEN
    return Score.FIRST if named[0].rule in true else Score.NAMED


def page() -> str:
    """`docs/scoreboard.md`."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# How often the cause is found"
    yield ""
    yield (
        "Made by `make docs` from the cases in `pcaps/`; `make test` fails where it is out of "
        "date. Each case was recorded with real daemons (a few beside a script that speaks as "
        "another vendor's router does) and says what was really done to its routers; each is "
        "diagnosed three times, with more and more evidence."
    )
    yield ""
    yield from _totals()
    yield ""
    yield (
        "*Proven*: each true cause is proven. *Named first*: the first cause that the report names "
        "is a true one, likely or possible. *Named*: a true cause is among those named. "
        "*Left open*: a true cause is among what a finding does not exclude. *Not named*: "
        "nothing is said of it; mostly the role moved as it should, and no symptom asks for a "
        "cause. *Nothing to find*: nothing was done that the rules should blame. *Wrongly "
        "proven*: a cause was called proven and is not true."
    )
    yield ""
    yield "## Case by case"
    yield ""
    yield f"| case | what was done | {' | '.join(Given)} |"
    yield "|---|---|" + "---|" * len(Given)
    for case in cases():
        done = ", ".join(cases()[case].get("causes") or ()) or "-"
        scores = " | ".join(result(case, given).score for given in Given)
        yield f"| {case} | {done} | {scores} |"


def _totals() -> Iterator[str]:
    yield f"| evidence | cases | {' | '.join(Score)} | wrongly proven |"
    yield "|---|---:|" + "---:|" * (len(Score) + 1)
    for given in Given:
        results = [result(case, given) for case in cases()]
        counts = [sum(r.score is score for r in results) for score in Score]
        wrong = sum(len(r.wrong) for r in results)
        yield f"| {given} | {len(results)} | {' | '.join(map(str, counts))} | {wrong} |"
