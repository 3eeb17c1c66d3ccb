"""Live frames that a reader of capture files gives: it may block, so it has a thread of its own."""

import os
import queue
import select
import sys
import threading
from abc import abstractmethod
from collections.abc import Iterator

from vrrpscope.capture.ledger import Interface
from vrrpscope.capture.live.live_source import LiveSource
from vrrpscope.capture.source import STANDARD_INPUT, CaptureFile
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Frame

MOST_WAITING = 10_000
"""How many frames may wait for whoever takes them; then the thread waits too."""
_GLANCE_S = 0.1
"""How soon a thread that waits notices that it shall stop."""


class PumpedSource(LiveSource):
    """Frames of captures that a thread reads one after the other.

    Frames are numbered on over all captures; interfaces of the same name and link type are one.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.stopping = threading.Event()
        self._queue: queue.Queue[Frame | BaseException | None] = queue.Queue(MOST_WAITING)
        self._number = 0
        self._dropped_before = 0
        self._reading: list[Interface] = []
        self._thread = threading.Thread(target=self._pump, name=name, daemon=True)

    def start(self) -> None:
        """Lets the thread begin; for the end of a constructor."""
        self._thread.start()

    @abstractmethod
    def _captures(self) -> Iterator[CaptureFile]:
        """Yields the captures, in the thread; the pump closes each of them.

        What they read from gives b"" soon after `stopping` is set.
        """

    def next(self, timeout_s: float | None) -> Frame | None:
        """The next frame; see `LiveSource`."""
        if self.ended:
            return None
        try:
            item = self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(item, Frame):
            return item
        self.ended = True
        if item is not None:
            raise item
        return None

    @property
    def dropped(self) -> int:
        """How many frames the captures say were dropped; most say so at their end only."""
        return self._dropped_before + _drops(self._reading)

    def close(self) -> None:
        """Stops the thread."""
        self.stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)
        self.ended = True

    def _pump(self) -> None:
        last: BaseException | None = None
        try:
            for capture in self._captures():
                with capture:
                    self._pass_on(capture)
                self._finish(capture)
        except BaseException as error:  # it is raised again where the frames are taken
            last = None if self.stopping.is_set() else error
        self._put(last)

    def _pass_on(self, capture: CaptureFile) -> None:
        self._reading = capture.interfaces
        indices: list[int] = []
        for frame in capture:
            while len(indices) < len(capture.interfaces):
                indices.append(self._index(capture.interfaces[len(indices)]))
            self._number += 1
            index = indices[frame.interface]
            if not self._put(frame._replace(number=self._number, interface=index)):
                return

    def _index(self, interface: Interface) -> int:
        """Where the interface stands among those of all captures."""
        for index, known in enumerate(self.interfaces):
            if (known.name, known.link_type) == (interface.name, interface.link_type):
                return index
        self.interfaces.append(interface)
        return len(self.interfaces) - 1

    def _finish(self, capture: CaptureFile) -> None:
        self._dropped_before += _drops(capture.interfaces)
        self._reading = []
        if not self.stopping.is_set():
            for note in capture.notes:
                self.note(f"{capture.file}: {note}")

    def _put(self, item: Frame | BaseException | None) -> bool:
        """Hands over; False where nobody takes it any more."""
        while not self.stopping.is_set():
            try:
                self._queue.put(item, timeout=_GLANCE_S)
            except queue.Full:
                continue
            return True
        return False


class Pipe:
    """Reads from a pipe until it ends, or until it shall stop: reading never blocks for long."""

    def __init__(self, descriptor: int, stopping: threading.Event) -> None:
        self._descriptor = descriptor
        self._stopping = stopping
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def read(self, count: int) -> bytes:
        """The next bytes, at most `count`; b"" at the end."""
        while not self._stopping.is_set():
            if self._poll.poll(_GLANCE_S * 1000):
                return os.read(self._descriptor, count)
        return b""


class StandardInput(PumpedSource):
    """Frames of a capture that another program writes to standard input."""

    def __init__(self) -> None:
        """Starts to read.

        Raises:
            CaptureError: standard input is a terminal. What is no capture is found out by `next`.
        """
        super().__init__(STANDARD_INPUT)
        if sys.stdin is None or sys.stdin.isatty():
            raise CaptureError(
                "standard input is a terminal; expected a capture",
                "pipe one into it: tcpdump -U -w - | vrrpscope tail -",
            )
        self.start()

    def _captures(self) -> Iterator[CaptureFile]:
        pipe = Pipe(sys.stdin.fileno(), self.stopping)
        yield CaptureFile(pipe.read, STANDARD_INPUT)


def _drops(interfaces: list[Interface]) -> int:
    return sum(
        (interface.dropped_by_interface or 0)
        + (interface.dropped_by_system or 0)
        + interface.dropped_between
        for interface in interfaces
    )
