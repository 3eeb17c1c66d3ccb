"""`vrrpscope tail`: the story while it happens, from a source to lines."""

import contextlib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from vrrpscope.capture.live.live_source import LiveSource
from vrrpscope.errors import UsageError
from vrrpscope.events.findings import Revision
from vrrpscope.pipeline import Analysis, read_given
from vrrpscope.render import command, fault
from vrrpscope.render.clock import Clock, clock
from vrrpscope.render.event_lines import json_line, text_line
from vrrpscope.render.style import Screen, screen
from vrrpscope.watch import Watcher

if TYPE_CHECKING:
    from vrrpscope.capture.live.ring import RingWriter
    from vrrpscope.render.live_table import LiveTable

_TICK_S = 0.02
"""How often it looks at the clock while nothing comes; a deadline is told at most so late."""

_ASK_EVERY_S = 1.0

_LIVE_S = 5
"""Frames that are older than this when they come are a replay: the time is that of the frames."""


class Watched(Struct, frozen=True):
    """What to watch and how, as it was typed."""

    file: str | None = None
    interfaces: tuple[str, ...] = ()
    source: str = "auto"
    write: str | None = None
    duration_s: float | None = None
    configurations: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    vrid: int | None = None
    format: str = "text"
    utc: bool = False
    zone: str | None = None
    colour: str = "auto"
    quiet: bool = False


def opened(watched: Watched) -> LiveSource:
    """The source that was asked for.

    Raises:
        VrrpscopeError: it cannot be opened.
    """
    if bool(watched.file) == bool(watched.interfaces):
        raise UsageError(
            "one source is needed: a file, - for a pipe, or interfaces",
            "type vrrpscope tail -i eth0, or vrrpscope tail FILE",
        )
    if watched.file == "-":
        from vrrpscope.capture.live.pumped import StandardInput

        return StandardInput()
    if watched.file:
        from vrrpscope.capture.live.following import Following

        return Following(watched.file)
    return _on_interfaces(watched.interfaces, watched.source)


def _on_interfaces(interfaces: Sequence[str], kind: str) -> LiveSource:
    """A packet socket where this process may open one, else dumpcap with its own privileges."""
    from vrrpscope.capture.live.packet_socket import PacketSocket
    from vrrpscope.capture.live.pyshark_live import PysharkLive
    from vrrpscope.capture.live.refusals import NotPermittedError

    if kind == "pyshark":
        return PysharkLive(interfaces)
    try:
        return PacketSocket(interfaces)
    except NotPermittedError:
        if kind == "socket":
            raise
        return PysharkLive(interfaces)


class Tail:
    """Watches one source and writes what is new."""

    def __init__(self, watched: Watched, source: LiveSource) -> None:
        self._watched = watched
        self._source = source
        self._clock: Clock = clock(watched.utc, watched.zone)
        self._screen: Screen = screen(sys.stdout, watched.colour)
        given = read_given(watched.configurations, watched.logs)
        name = watched.file or ",".join(watched.interfaces)
        self._watcher = Watcher(name, source.interfaces, given, watched.vrid)
        self._latest_ns: int | None = None
        self._is_live = not watched.file
        self._is_read = True
        self._asked_s, self._dropped = 0.0, 0
        self._table: LiveTable | None = None

    def run(self, writer: "RingWriter | None") -> None:
        """Until the source ends, the time is over, or somebody types Ctrl-C."""
        until_s = self._watched.duration_s and time.monotonic() + self._watched.duration_s
        while (
            self._is_read
            and not self._source.ended
            and not (until_s and time.monotonic() >= until_s)
        ):
            frame = self._source.next(_TICK_S)
            if frame is None:
                if self._is_live:
                    self._tell(time.time_ns())
                continue
            if writer is not None:
                writer.write(frame)
            if frame.time_ns is not None:
                self._tell(frame.time_ns)
                self._latest_ns = frame.time_ns
                self._is_live = time.time_ns() - frame.time_ns < _LIVE_S * 10**9
            self._watcher.take(frame)
            if self._latest_ns is not None:
                self._tell(self._latest_ns)

    def _count_drops(self, now_ns: int) -> None:
        """Once a second: the count is asked of the kernel."""
        if time.monotonic() - self._asked_s >= _ASK_EVERY_S:
            self._asked_s, dropped = time.monotonic(), self._source.dropped
            if dropped != self._dropped:
                self._dropped = dropped
                self._watcher.drop(dropped, now_ns)

    def _tell(self, now_ns: int) -> None:
        self._count_drops(now_ns)
        self._write(self._watcher.tell(now_ns))
        if self._table is not None and self._table.is_due():
            self._table.show(self._watcher.timelines(now_ns), now_ns)

    def _write(self, revisions: Iterable[Revision]) -> None:
        for revision in revisions:
            if self._watched.format == "json":
                line = json_line(revision.event, self._clock, revision)
            else:
                line = text_line(revision.event, self._clock, self._screen, revision)
            if self._table is not None:
                self._table.print(line)
            else:
                self._is_read = self._is_read and command.write(line)

    @contextlib.contextmanager
    def table(self) -> Iterator[None]:
        """On a terminal, a table stays below the lines."""
        if self._watched.format == "json" or self._watched.quiet or not sys.stdout.isatty():
            yield
            return
        from vrrpscope.render.live_table import LiveTable  # rich takes 60 ms to import

        with LiveTable(self._clock, self._screen) as self._table:
            yield
        self._table = None

    def finish(self) -> Analysis:
        """What was not told before, and the analysis of all that came."""
        analysis, revisions = self._watcher.finish()
        self._write(revisions)
        return analysis


def watch(watched: Watched) -> Analysis:
    """Writes what happens, until it ends; returns the analysis of all that came."""
    with opened(watched) as source:
        fault.tell(source.name)
        tail = Tail(watched, source)
        with contextlib.suppress(KeyboardInterrupt), tail.table():  # Ctrl-C is the usual end
            if watched.write is None:
                tail.run(None)
            else:
                from vrrpscope.capture.live.ring import RingWriter

                with RingWriter(watched.write, source.interfaces) as writer:
                    tail.run(writer)
        if source.dropped:
            fault.tell(f"frames dropped before they came here: {source.dropped}")
        return tail.finish()
