"""From one capture to the timelines of its interfaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vrrpscope.advert_rows import AdvertRows
from vrrpscope.capture.source import CaptureFile
from vrrpscope.decode.decoder import Decoder
from vrrpscope.decode.essence import source_mac
from vrrpscope.observation import Announcement, Carp, Frame, Sighting, Vantage
from vrrpscope.timeline.builder import OTHER_VRID, TimelineBuilder
from vrrpscope.timeline.model import Timeline
from vrrpscope.timeline.registers import Registers

if TYPE_CHECKING:
    from vrrpscope.compiled.accelerator import Accelerator
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
        self._name = capture.file if name == "-" else name
        self._scope = scope
        self._progress = progress
        self._rows = rows
        self._decoder = Decoder()
        self._registers = Registers()
        self._builders: dict[object, TimelineBuilder] = {}
        self._by_interface: dict[int, TimelineBuilder] = {}
        self._accelerator: Accelerator | None = None

    def read(self) -> list[Timeline]:
        """Every frame once, then the story of each interface."""
        next_progress = _PROGRESS_EVERY
        size = self._capture.size or 0
        if size >= LARGE_FILE_BYTES:
            self._load_loop(compile_it=size >= HUGE_FILE_BYTES)
        for frame in self._capture:
            if self._scope.takes(frame.time_ns):
                self._take(frame)
                if self._registers.runs > MOST_RUNS or self._registers.voices > MOST_VOICES:
                    self._capture.notes.append(_STOPPED.format(frame=frame.number))
                    break
            if self._accelerator is not None:
                self._accelerator.go_on()
            elif frame.number in _WHETHER_TO_COMPILE:
                self._load_loop(compile_it=_WHETHER_TO_COMPILE[frame.number])
            if self._progress is not None and frame.number >= next_progress:
                self._progress(self._capture, frame.number)
                next_progress = frame.number + _PROGRESS_EVERY
        self._capture.close()
        if not self._builders:
            self._builder(0)
        for index, builder in self._by_interface.items():
            if index < len(self._capture.interfaces):
                builder.drop(builder.dropped + self._capture.interfaces[index].dropped)
        timelines = [builder.finish() for builder in self._builders.values()]
        timelines[0].notes.extend(self._capture.notes)
        return timelines

    def _load_loop(self, *, compile_it: bool) -> None:
        """Goes on with the compiled loop, where there is one."""
        from vrrpscope.compiled import machine  # of no use to small captures

        loop = machine.load(compile_it=compile_it)
        if loop is not None:
            self.accelerate(loop)

    def accelerate(self, loop: Loop) -> None:
        """From now on, let this loop take what it can; see `vrrpscope.compiled`."""
        from vrrpscope.compiled.accelerator import Accelerator  # of no use to small captures

        reader, scope = self._capture.reader, self._scope
        if reader is None:
            return
        self._accelerator = Accelerator(
            loop, reader, self._registers, scope.since_ns, scope.until_ns, self._rows
        )
        for interface, builder in self._by_interface.items():
            self._accelerator.see_vantage(interface, builder)

    def _take(self, frame: Frame) -> None:
        """Decodes a frame and hands it to the builder of its interface."""
        builder = self._by_interface.get(frame.interface)
        if builder is None:
            builder = self._builder(frame.interface)
        decoded = self._decoder.decode(frame, builder.vantage.id)
        if isinstance(decoded, Sighting):
            self._take_advert(frame, builder, decoded)
        elif isinstance(decoded, Announcement):
            builder.announce(decoded)
            self._learn_host(builder, decoded.mac)
        elif isinstance(decoded, Carp):
            builder.meet(decoded)
        else:
            mac = source_mac(frame.link_type, frame.data)
            builder.notice(decoded.name, decoded.refused, mac, frame.time_ns)
            self._learn_host(builder, mac)

    def _learn_host(self, builder: TimelineBuilder, mac: str) -> None:
        if self._accelerator is not None and mac:
            self._accelerator.learn_host(mac, builder)

    def _take_advert(self, frame: Frame, builder: TimelineBuilder, advert: Sighting) -> None:
        """Hands an advert to its builder; only counts it where its VRID was not asked for."""
        accelerator = self._accelerator
        if self._scope.vrid in (None, advert.router.vrid):
            place = builder.push(advert)
            meaning = 0
            if self._rows is not None:
                meaning = self._rows.add(builder.vantage.id, advert)
            if accelerator is not None and place is not None and self._decoder.remembers(frame):
                accelerator.learn_advert(frame, builder.at, place, meaning)
            return
        mac = advert.advertisement.source_mac
        builder.notice(OTHER_VRID, False, mac, frame.time_ns)
        if accelerator is not None and self._decoder.remembers(frame):
            accelerator.learn_not_asked_for(frame, builder.at, builder.host_at(mac) if mac else 0)

    def _builder(self, index: int) -> TimelineBuilder:
        """The builder of an interface; one that a later section names again is the same."""
        interfaces = self._capture.interfaces
        name = interfaces[index].name if index < len(interfaces) else None
        key = name or index
        if key not in self._builders:
            id_ = self._name if not self._builders else f"{self._name}#{name or index}"
            vantage = Vantage(id_, self._capture.file, name, self._capture.is_text)
            self._builders[key] = TimelineBuilder(vantage, self._registers)
        builder = self._by_interface[index] = self._builders[key]
        if self._accelerator is not None:
            self._accelerator.see_vantage(index, builder)
        return builder
