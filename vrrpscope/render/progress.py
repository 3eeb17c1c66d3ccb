"""A progress bar on standard error, on a terminal, once reading takes longer than a second."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from vrrpscope.capture.source import CaptureFile
from vrrpscope.render.values import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_S = 1.0


class ProgressBar:
    """Called with a capture and the number of frames read; shows nothing before its time."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._started_s = time.monotonic()
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Nothing to show yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, capture: CaptureFile, frames: int) -> None:
        """Tells how far the reading is."""
        if not self._wanted or time.monotonic() - self._started_s < _PATIENCE_S:
            return
        bar = self._shown()
        done = capture.progress()
        told = f"{frames:,} frames"
        if capture.file not in self._tasks:
            total = None if done is None else 1.0
            task = bar.add_task(printable(capture.file), total=total, frames=told)
            self._tasks[capture.file] = task
        bar.update(self._tasks[capture.file], completed=done or 0.0, frames=told)

    def _shown(self) -> "Progress":
        """The bar; rich takes 60 ms to import, which short runs need not pay for."""
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[frames]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        return self._bar
