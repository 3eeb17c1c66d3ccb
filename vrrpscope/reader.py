"""From one capture to the timelines of its interfaces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vrrpscope.advert_rows import AdvertRows
from vrrpscope.capture.source import CaptureFile
from vrrpscope.intake import Intake
from vrrpscope.timeline.model import Timeline

if TYPE_CHECKING:
    from vrrpscope.compiled.loop import Loop

Progress = Callable[[CaptureFile, int], None]
"""Called now and then with the capture and the number of frames read from it."""

_PROGRESS_EVERY = 20_000

# From here on the compiled loop is worth its price: 50 ms where it is in the cache, and some
# seconds where it must be compiled first, which Python alone needs for as much.
LARGE_FILE_BYTES = 8 * 1024 * 1024
HUGE_FILE_BYTES = 64 * 1024 * 1024
_WHETHER_TO_COMPILE = {5_000: False, 500_000: True}
"""The same by the number of frames: of pipes, and of files that compression makes small."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: one VRID, or a time span in nanoseconds since the epoch."""

    vrid: int | None = None
    since_ns: int | None = None
    until_ns: int | None = None

    def takes(self, time_ns: int | None) -> bool:
        """True for a time within the span; a frame without a time is always taken."""
        if time_ns is None:
            return True
        after = self.since_ns is None or time_ns >= self.since_ns
        return after and (self.until_ns is None or time_ns <= self.until_ns)


MOST_RUNS = 70_000
MOST_VOICES = 16_000
"""What is kept of one capture: runs of equal adverts, and senders (by version and destination)."""

_STOPPED = (
    f"reading stopped after frame {{frame}}: more than {MOST_RUNS} runs of equal adverts, or "
    f"{MOST_VOICES} senders; narrow it with --vrid, --since or --until"
)


class Reader:
    """Reads one capture into the timelines of its interfaces."""

    def __init__(
        self,
        capture: CaptureFile,
        name: str,
        scope: Scope,
        progress: Progress | None,
        rows: AdvertRows | None = None,
    ) -> None:
        self._capture = capture
        self._scope = scope
        self._progress = progress
        self._rows = rows
        name = capture.file if name == "-" else name
        self._intake = Intake(
            name, capture.file, capture.interfaces, scope.vrid, rows, is_text=capture.is_text
        )

    def read(self) -> list[Timeline]:
        """Every frame once, then the story of each interface."""
        next_progress = _PROGRESS_EVERY
        intake, registers = self._intake, self._intake.registers
        size = self._capture.size or 0
        if size >= LARGE_FILE_BYTES:
            self._load_loop(compile_it=size >= HUGE_FILE_BYTES)
        for frame in self._capture:
            if self._scope.takes(frame.time_ns):
                intake.take(frame)
                if registers.runs > MOST_RUNS or registers.voices > MOST_VOICES:
                    self._capture.notes.append(_STOPPED.format(frame=frame.number))
                    break
            if intake.accelerator is not None:
                intake.accelerator.go_on()
            elif frame.number in _WHETHER_TO_COMPILE:
                self._load_loop(compile_it=_WHETHER_TO_COMPILE[frame.number])
            if self._progress is not None and frame.number >= next_progress:
                self._progress(self._capture, frame.number)
                next_progress = frame.number + _PROGRESS_EVERY
        self._capture.close()
        if not intake.builders:
            intake.builder(0)
        for index, builder in intake.by_interface.items():
            if index < len(self._capture.interfaces):
                builder.drop(builder.dropped + self._capture.interfaces[index].dropped)
        timelines = [builder.finish() for builder in intake.builders]
        timelines[0].notes.extend(self._capture.notes)
        return timelines

    def _load_loop(self, *, compile_it: bool) -> None:
        """Goes on with the compiled loop, where there is one."""
        from vrrpscope.compiled import machine  # of no use to small captures

        loop = machine.load(compile_it=compile_it)
        if loop is not None:
            self.accelerate(loop)

    def accelerate(self, loop: "Loop") -> None:
        """From now on, let this loop take what it can; see `vrrpscope.compiled`."""
        from vrrpscope.compiled.accelerator import Accelerator  # of no use to small captures

        reader, scope = self._capture.reader, self._scope
        if reader is None:
            return
        intake = self._intake
        intake.accelerator = Accelerator(
            loop, reader, intake.registers, scope.since_ns, scope.until_ns, self._rows
        )
        for interface, builder in intake.by_interface.items():
            intake.accelerator.see_vantage(interface, builder)
