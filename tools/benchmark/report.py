"""Tables of what was measured: plain for the terminal, Markdown for the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.benchmark.catalogue import Group
from tools.benchmark.results import Figures, Judgement, Results, judge, judge_memory
from tools.benchmark.series import Series

HEADER = ("capture", "program", "median", "min to max", "peak memory", "target", "reached")
SeriesResults = dict[str, Figures]
"""By the name of the capture."""

_MEMORY_GROWTH = 1.1
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A table, and what has to be said below it."""

    name: str
    header: Row
    rows: Sequence[Row]
    notes: Sequence[str] = ()

    def plain(self) -> str:
        """For the terminal."""
        return plain(self.header, self.rows) + "".join(f"{note}\n" for note in self.notes)

    def markdown(self) -> str:
        """For a page."""
        notes = "".join(f"- {note}\n" for note in self.notes)
        return markdown(self.header, self.rows) + (f"\n{notes}" if notes else "")


def seconds(value: float) -> str:
    """Three digits, which is more than two runs agree on."""
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def memory(figures: Figures) -> str:
    """In MB of 10^6 bytes; below what could be told, an upper limit."""
    size = f"{figures.peak_bytes / 1e6:.0f} MB"
    return size if figures.peak_bytes > figures.floor_bytes else f"< {size}"


def _reached(judgement: Judgement) -> str:
    if judgement.met is None:
        return judgement.reached
    return f"{judgement.reached}, {'met' if judgement.met else 'missed'}"


def group_rows(groups: Sequence[Group], results: Results) -> Iterator[Row]:
    """A row for each program, and further ones for its second target and so on."""
    for group in groups:
        for program in group.entries:
            if (group.name, program) not in results:
                continue
            figures = results[group.name, program]
            about = "~ " if figures.extrapolated else ""
            low, high = min(figures.seconds), max(figures.seconds)
            cells = (
                group.name,
                program + (" (extrapolated)" if figures.extrapolated else ""),
                about + seconds(figures.median_s),
                f"{about}{seconds(low)} to {seconds(high)}",
                memory(figures),
            )
            judgements = judge(group, program, results)
            targets = [(one.target, _reached(one)) for one in judgements] or [("", "")]
            yield (*cells, *targets[0])
            yield from (("",) * len(cells) + target for target in targets[1:])


def titles(groups: Sequence[Group]) -> list[str]:
    """What the names in the first column stand for."""
    return [f"{group.name}: {group.title}" for group in groups]


def growth_rows(series: Sequence[Series], results: SeriesResults) -> Iterator[Row]:
    """A row for each point."""
    for one in series:
        for number, capture in one.points.items():
            if capture.name in results:
                figures = results[capture.name]
                yield one.title, f"{number:,}", seconds(figures.median_s), memory(figures)


def worst_rows(series: Sequence[Series], results: SeriesResults) -> Iterator[Row]:
    """A row for each kind, with a cell for each size."""
    for one in series:
        cells = []
        for capture in one.points.values():
            figures = results.get(capture.name)
            cells.append(f"{seconds(figures.median_s)}, {memory(figures)}" if figures else "-")
        yield one.title, *cells


def series_notes(results: SeriesResults) -> Iterator[str]:
    """Whether memory stays small."""
    if results:
        judgement = judge_memory(max(figures.peak_bytes for figures in results.values()))
        yield f"Most memory of all these: {_reached(judgement)} (target: {judgement.target})"


def memory_growth(series: Series, results: SeriesResults) -> Iterator[str]:
    """Whether memory stays the same where the capture alone gets longer."""
    points = {n: results[c.name] for n, c in series.points.items() if c.name in results}
    if len(points) < 2:
        return
    fewest, most = min(points), max(points)
    ratio = points[most].peak_bytes / points[fewest].peak_bytes
    met = "met" if ratio <= _MEMORY_GROWTH else "missed"
    yield (
        f"Memory with {most:,} {series.title}: {ratio:.2f} x that with {fewest:,}, {met} "
        f"(target: {_MEMORY_GROWTH} x)"
    )


def markdown(header: Row, rows: Sequence[Row]) -> str:
    """A table of a Markdown page."""
    lines = [header, ["---"] * len(header), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells) + "\n"


def plain(header: Row, rows: Sequence[Row]) -> str:
    """A table for the terminal."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in padded) + "\n"
