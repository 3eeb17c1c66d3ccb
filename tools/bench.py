"""Times whole processes on captures made for it: vrrpscope beside tcpdump, tshark and dpkt.

Prints medians, spread and the most memory held, and whether the targets are met. The programs take
turns, with the captures in the page cache. A benchmark, not a test: the figures are this machine's.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.benchmark import folder, machine, page, report, series, stages
from tools.benchmark.catalogue import EXPORT, GROUPS, PROJECT, SMALL_CAPTURE, TINY, Sizes
from tools.benchmark.folder import Capture
from tools.benchmark.measure import CommandError
from tools.benchmark.programs import VRRPSCOPE, diagnose
from tools.benchmark.report import Section
from tools.benchmark.results import Results, measure_group, measure_growing
from tools.benchmark.series import GROWTH, WORST, Series

_HUGE = ("huge-dense", "huge-mixed")
STAGES = "stages"
_NAMES = (*GROUPS, GROWTH, WORST, STAGES)
_USAGE_ERROR = 2
_TINY = "tiny captures: these figures are start-up, and the targets are not meant for them"
_GROWTH_HEADER = ("what grows", "how many", "median", "peak memory")
_MACHINE_HEADER = ("machine", "")
_LENGTH_ALONE = 2
"""The first series of growth: longer captures of the same kind."""


class Bench:
    """One session of measuring, and what it has to say."""

    def __init__(self, told: argparse.Namespace) -> None:
        self.sizes = TINY if told.small else Sizes()
        self.cache: Path = told.cache
        self.runs: int = 1 if told.small else told.runs
        self.warm_up = not told.small
        names = told.only or [n for n in _NAMES if told.huge or n not in _HUGE]
        self.groups = [GROUPS[n](self.sizes, self.cache) for n in GROUPS if n in names]
        self.growth = series.growth(self.sizes) if GROWTH in names else []
        self.worst = series.worst(self.sizes) if WORST in names else []
        self.staged = ["dense", "mixed", "small"] if STAGES in names else []
        self.left_out: list[str] = []
        self.failed = False

    def captures(self) -> Iterable[folder.Capture]:
        """What has to be there first."""
        for group in self.groups:
            yield from group.captures
        if self.staged:
            yield Capture("dense", self.sizes.dense)
            yield Capture("mixed", self.sizes.mixed)
        for one in self.growth + self.worst:
            yield from one.points.values()

    def prepare(self) -> None:
        """Makes the captures that are missing.

        Raises:
            OSError: the disk is too small, or they cannot be made.
        """
        missing = folder.missing(self.captures(), self.cache)
        if not missing:
            return
        needed, free = sum(c.size_bytes for c in missing), folder.free_bytes(self.cache)
        say(f"making {len(missing)} captures in {self.cache}, {needed / 1e9:.1f} GB")
        if needed > free:
            raise OSError(f"{self.cache}: needs {needed / 1e9:.1f} GB, has {free / 1e9:.1f} GB")
        folder.make(missing, self.cache)

    def leave_out(self, name: str, why: Exception) -> None:
        """Remembers that something is not measured, and says so."""
        # A version without this command is no failure; any other end with an error is.
        unknown = EXPORT in name and isinstance(why, CommandError) and why.status == _USAGE_ERROR
        self.failed |= isinstance(why, CommandError) and not unknown
        self.left_out.append(f"left out: {name}: {why}")
        say(self.left_out[-1])

    def sections(self) -> Iterator[Section]:
        """Measures; one section after the other."""
        if self.groups:
            yield self.compare()
        if self.growth:
            yield self.grow()
        if self.worst:
            yield self.stress()
        if self.staged:
            yield self.stages()
        yield Section("machine", _MACHINE_HEADER, machine.description())

    def compare(self) -> Section:
        """Measures programs beside each other."""
        results: Results = {}
        for group in self.groups:
            say(f"measuring {group.name}, {self.runs} runs each: {', '.join(group.entries)}")
            results |= measure_group(group, self.runs, self.warm_up, self.leave_out)
        rows = list(report.group_rows(self.groups, results))
        notes = report.titles(self.groups) + self.take_left_out()
        return Section("programs", report.HEADER, rows, notes)

    def grow(self) -> Section:
        """Measures how the cost grows."""
        results = self.alone(self.growth)
        notes = [*report.series_notes(results)]
        for one in self.growth[:_LENGTH_ALONE]:
            notes += report.memory_growth(one, results)
        notes += self.take_left_out()
        return Section(
            GROWTH, _GROWTH_HEADER, list(report.growth_rows(self.growth, results)), notes
        )

    def stress(self) -> Section:
        """Measures what is hard."""
        results = self.alone(self.worst)
        header = ("what is hard", *(f"{frames:,} frames" for frames in self.sizes.worst))
        rows = list(report.worst_rows(self.worst, results))
        return Section(WORST, header, rows, [*report.series_notes(results), *self.take_left_out()])

    def stages(self) -> Section:
        """Measures where the time goes."""
        captures = [Capture("dense", self.sizes.dense), Capture("mixed", self.sizes.mixed)]
        paths = [*(self.cache / capture.name for capture in captures), SMALL_CAPTURE]
        say(f"measuring the stages of {', '.join(self.staged)}")
        rows = list(stages.measured(paths, self.runs))
        return Section(STAGES, ("stage", *self.staged), rows, self.take_left_out())

    def take_left_out(self) -> list[str]:
        """What was left out since this was asked before; and that tiny captures show nothing."""
        said, self.left_out = self.left_out, []
        return said + ([_TINY] if self.sizes is TINY else [])

    def alone(self, every: list[Series]) -> report.SeriesResults:
        """Measures vrrpscope on each capture of some series."""
        results: report.SeriesResults = {}
        for one in every:
            say(f"measuring {one.table}: {one.title}")
            names = [one.points[number].name for number in sorted(one.points)]
            commands = {name: diagnose(self.cache / name) for name in names}
            results |= measure_growing(commands, self.runs, self.warm_up, self.leave_out)
        return results


def say(text: str) -> None:
    """What goes on, apart from the tables."""
    print(text, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--runs", type=_positive, default=5, help="how often each program runs (5)")
    add("--only", action="append", choices=_NAMES, help="this part alone; may be repeated")
    add("--small", action="store_true", help="tiny captures, one run: only to see that it works")
    add("--huge", action="store_true", help="10 million adverts and 10 GB as well")
    add("--cache", type=Path, default=PROJECT / "build" / "bench", help="where captures are kept")
    add("--write", type=Path, metavar="PAGE", help="put the tables into a page")
    return parser


def main() -> None:
    """Makes captures, measures, prints and writes."""
    parser = _parser()
    told = parser.parse_args()
    if told.write and told.only:
        parser.error("--write needs all parts: leave --only out")
    if shutil.which(VRRPSCOPE) is None:
        parser.error("vrrpscope is not installed beside this Python")
    bench = Bench(told)
    sections = []
    try:
        bench.prepare()
        for section in bench.sections():
            print(section.plain(), flush=True)
            sections.append(section)
        if bench.failed:
            sys.exit("something failed, see above: nothing is written")
        if told.write:
            text = told.write.read_text(encoding="utf-8")
            parts = {section.name: section.markdown() for section in sections}
            told.write.write_text(page.replace(text, parts), encoding="utf-8")
    except (OSError, ValueError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
