"""The table below the lines of `tail`: each virtual router, and how it does now."""

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from vrrpscope.render.clock import Clock
from vrrpscope.render.style import Screen
from vrrpscope.render.values import printable
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline

_EVERY_S = 1.0
_MOST_ROWS = 12
_NS = 1_000_000_000
_COLUMNS = ("virtual router", "master", "priority", "since", "adverts", "last", "health")
_NUMBERS = frozenset(("priority", "adverts", "last"))


class LiveTable:
    """A table that stays below what is printed; a context manager."""

    def __init__(self, clock: Clock, screen: Screen) -> None:
        self._clock = clock
        self._console = Console(file=sys.stdout, no_color=not screen.colour, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._shown_s = 0.0

    def __enter__(self) -> Self:
        """Shows the empty table."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Takes it away."""
        self._live.stop()

    def print(self, line: str) -> None:
        """A line above the table; it may have colours already."""
        self._console.print(Text.from_ansi(line.rstrip("\n")))

    def is_due(self) -> bool:
        """True once a second."""
        return time.monotonic() - self._shown_s >= _EVERY_S

    def show(self, timelines: Iterable[Timeline], now_ns: int) -> None:
        """The table as it is now."""
        self._shown_s = time.monotonic()
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in _COLUMNS:
            table.add_column(name, justify="right" if name in _NUMBERS else "left", no_wrap=True)
        rows = [row for timeline in timelines for row in _rows(timeline, now_ns, self._clock)]
        # What is wrong comes first, for there may be more routers than lines.
        rows.sort(key=lambda row: row[-1] == "ok")
        for row in rows[:_MOST_ROWS]:
            cells = [Text(printable(cell)) for cell in row[:-1]]
            table.add_row(*cells, Text(row[-1], style="green" if row[-1] == "ok" else "bold red"))
        if len(rows) > _MOST_ROWS:
            table.caption = f"and {len(rows) - _MOST_ROWS} more"
        self._live.update(table, refresh=True)


def _rows(timeline: Timeline, now_ns: int, clock: Clock) -> Iterator[tuple[str, ...]]:
    for story in timeline.routers:
        speaking = [t for t in story.tenures if t.ended_by is EndedBy.CAPTURE_ENDED]
        for tenure in speaking or story.tenures[-1:]:
            yield _row(story, tenure, len(speaking), now_ns, clock)


def _row(
    story: RouterStory, tenure: Tenure, masters: int, now_ns: int, clock: Clock
) -> tuple[str, ...]:
    last_ns = max(streak.last.time_ns for streak in tenure.streaks)
    return (
        story.router.id,
        str(tenure.sender.address),
        str(tenure.last_priority),
        clock.time(tenure.since.time_ns),
        f"{tenure.adverts:,}",
        f"{max(0, now_ns - last_ns) / _NS:.1f} s",
        _health(masters),
    )


def _health(masters: int) -> str:
    if masters == 1:
        return "ok"
    return f"{masters} masters" if masters else "no master"
