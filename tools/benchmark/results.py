"""What was measured, and whether that is what is to be reached."""

import shutil
from dataclasses import dataclass
from typing import Protocol

from tools.benchmark.catalogue import EXPORT, Entry, Group, Target
from tools.benchmark.measure import Command, Measured, alternate, own_peak_bytes

MEMORY_BYTES = 250_000_000
"""The most that `vrrpscope diagnose` may hold, whatever it reads."""

_MOST_SERIES_RUNS = 3
_START = " (start-up)"
_MOST_AS_PART = 0.5


class Report(Protocol):
    """Is told what cannot be measured."""

    def __call__(self, name: str, why: Exception, /) -> None:
        """Takes what is left out, and why: not installed, or failed."""


class NotInstalledError(Exception):
    """A program that is not there to be run."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed")


@dataclass(frozen=True, slots=True)
class Figures:
    """One program on one capture.

    Attributes:
        seconds: of each run; for an extrapolated one, what the whole would take.
        floor_bytes: less memory than that could not be told.
        extrapolated: whether only a part of the capture was read.
    """

    seconds: tuple[float, ...]
    median_s: float
    peak_bytes: int
    floor_bytes: int
    extrapolated: bool = False


Results = dict[tuple[str, str], Figures]
"""By the names of group and program."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A target, what was reached, and whether that is enough; None: nothing to compare with."""

    target: str
    reached: str
    met: bool | None


def installed(command: Command) -> bool:
    """Whether the program is there to be run."""
    return shutil.which(command.arguments[0]) is not None


def measure_group(group: Group, runs: int, warm_up: bool, report: Report) -> Results:
    """Runs the programs of a group alternately."""
    commands = {}
    for program, entry in group.entries.items():
        if not installed(entry.command):
            report(f"{group.name}: {program}", NotInstalledError(entry.command.arguments[0]))
            continue
        commands[program] = entry.command
        if entry.start is not None:
            commands[program + _START] = entry.start
    measured = alternate(
        commands, runs, warm_up, lambda name, why: report(f"{group.name}: {name}", why)
    )
    return {
        (group.name, program): _figures(entry, measured[program], measured.get(program + _START))
        for program, entry in group.entries.items()
        if program in measured and (entry.start is None or program + _START in measured)
    }


def measure_growing(
    commands: dict[str, Command], runs: int, warm_up: bool, report: Report
) -> dict[str, Figures]:
    """Runs commands alternately, a few times at most; each takes longer than the one before."""
    measured = alternate(commands, min(runs, _MOST_SERIES_RUNS), warm_up, report, growing=True)
    return {name: _figures(Entry(commands[name]), one, None) for name, one in measured.items()}


def _figures(entry: Entry, measured: Measured, start: Measured | None) -> Figures:
    start_s = min(start.median_s, measured.median_s) if start else 0.0

    def whole_s(seconds: float) -> float:
        return start_s + (seconds - start_s) * entry.scale

    return Figures(
        tuple(map(whole_s, measured.seconds)),
        whole_s(measured.median_s),
        measured.peak_bytes,
        own_peak_bytes(),
        start is not None,
    )


def judge(group: Group, program: str, results: Results) -> list[Judgement]:
    """What is to be reached by a program, and what it reached."""
    figures = results[group.name, program]
    found = [
        _judge(group.name, target, figures, results)
        for target in group.targets
        if target.program == program
    ]
    if "vrrpscope" in program and program != EXPORT:
        found.append(judge_memory(figures.peak_bytes))
    return found


def judge_memory(peak_bytes: int) -> Judgement:
    """Whether that is little enough memory for `vrrpscope diagnose`."""
    target, reached = f"{MEMORY_BYTES // 10**6} MB", f"{peak_bytes / 1e6:.0f} MB"
    return Judgement(target, reached, peak_bytes <= MEMORY_BYTES)


def _judge(group: str, target: Target, figures: Figures, results: Results) -> Judgement:
    reached = figures.median_s
    if target.of is None:
        return Judgement(f"{target.factor:g} s", f"{reached:.2f} s", reached <= target.factor)
    name = target.of[1] if target.of[0] == group else f"that of {target.of[0]}"
    as_part = target.factor < 1
    part = f"1/{1 / target.factor:.0f} of" if as_part else f"{target.factor:g} x"
    if target.of not in results:
        return Judgement(f"{part} {name}", "not measured", None)
    ratio = reached / results[target.of].median_s
    text = f"1/{1 / ratio:.1f}" if ratio < _MOST_AS_PART else f"{ratio:.2f} x"
    return Judgement(f"{part} {name}", text, ratio <= target.factor)
