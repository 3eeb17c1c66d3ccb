"""Keeps live frames as pcapng, in one file or in a ring of files like dumpcap's.

Blocks as in draft-ietf-opsawg-pcapng, with times in nanoseconds; each frame is in the file at once.
"""

import os
import struct
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from vrrpscope.capture.ledger import Interface
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Frame

MEGABYTE = 1_000_000
_SECTION, _INTERFACE, _STATISTICS, _ENHANCED_PACKET = 0x0A0D0D0A, 1, 5, 6
_IF_NAME, _IF_TSRESOL = 2, 9
_ISB_IFRECV, _ISB_OSDROP = 4, 7
_NANOSECONDS = b"\x09"


class RingWriter:
    """Writes frames as they come; a context manager.

    With a ring, the files are called `NAME_00001_20260102030405.SUFFIX`, with a number that counts
    up and the time of their first frame in UTC; the oldest is deleted when there are too many.

    Attributes:
        written: how many frames were written.
        paths: the files that there are, the oldest first.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        interfaces: Sequence[Interface],
        *,
        files: int | None = None,
        megabytes: float | None = None,
    ) -> None:
        """Makes the file; those of a ring are made when their first frame comes.

        Args:
            path: of the file, or what the names of the ring's files are made from.
            interfaces: of the source; the list may grow while frames are written.
            files: how many files to keep; None keeps all. Only with `megabytes`.
            megabytes: how large a file may become, in 10^6 bytes; None is without limit.

        Raises:
            CaptureError: the file cannot be written.
        """
        self.written = 0
        self.paths: deque[Path] = deque()
        self._path = Path(path)
        self._interfaces = interfaces
        self._files = files
        self._limit = None if megabytes is None else int(megabytes * MEGABYTE)
        self._described = 0
        self._size = 0
        self._number = 0
        self._last_ns = 0
        self._stream: BinaryIO | None = None
        if self._limit is None:
            self._open(self._path)

    def write(self, frame: Frame) -> None:
        """Writes one frame; without a time it gets that of the one before, for each needs one.

        Raises:
            CaptureError: it cannot be written, for example because the disk is full.
        """
        if frame.time_ns is not None:
            self._last_ns = max(0, frame.time_ns)
        packet = _packet(frame, self._last_ns)
        if self._limit is not None and (
            self._stream is None or self._size + len(packet) > self._limit
        ):
            self._turn()
        while self._described <= frame.interface:
            self._write(_interface(self._interfaces[self._described]))
            self._described += 1
        self._write(packet)
        self.written += 1

    def _turn(self) -> None:
        """Begins the next file of the ring."""
        self._finish()
        self._number += 1
        when = time.strftime("%Y%m%d%H%M%S", time.gmtime(self._last_ns // 1_000_000_000))
        name = f"{self._path.stem}_{self._number:05d}_{when}{self._path.suffix}"
        self._open(self._path.with_name(name))
        while self._files is not None and len(self.paths) > self._files:
            self.paths.popleft().unlink(missing_ok=True)

    def _open(self, path: Path) -> None:
        try:
            self._stream = path.open("wb")
        except OSError as error:
            raise self._failure(path, error) from error
        self.paths.append(path)
        self._described = 0
        self._size = 0
        self._write(_block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))

    def _write(self, data: bytes) -> None:
        if self._stream is None:
            raise ValueError("it is closed")
        try:
            self._stream.write(data)
            self._stream.flush()
        except OSError as error:
            stream, self._stream = self._stream, None
            with suppress(OSError):  # it would fail with what it could not write
                stream.close()
            raise self._failure(self.paths[-1], error) from error
        self._size += len(data)

    @staticmethod
    def _failure(path: Path, error: OSError) -> CaptureError:
        return CaptureError(
            f"{path} cannot be written: {error.strerror or error}",
            f"see what is there, and how much room: df -h {path.parent}",
        )

    def _finish(self) -> None:
        """Ends a file with what the interfaces counted."""
        if self._stream is None:
            return
        for index, interface in enumerate(self._interfaces[: self._described]):
            self._write(_statistics(index, interface, self._last_ns))
        self._stream.close()  # everything was flushed
        self._stream = None

    def close(self) -> None:
        """Completes the file."""
        self._finish()

    def __enter__(self) -> Self:
        """Nothing more to do: it is open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes it."""
        self.close()


def _packet(frame: Frame, time_ns: int) -> bytes:
    """An Enhanced Packet Block (section 4.3)."""
    head = struct.pack(
        "<5I",
        frame.interface,
        time_ns >> 32 & 0xFFFFFFFF,
        time_ns & 0xFFFFFFFF,
        len(frame.data),
        max(frame.original_length, len(frame.data)),
    )
    return _block(_ENHANCED_PACKET, head + frame.data)


def _interface(interface: Interface) -> bytes:
    """An Interface Description Block (section 4.2); times are in nanoseconds."""
    name = (interface.name or "").encode(errors="replace")
    options = (_option(_IF_NAME, name) if name else b"") + _option(_IF_TSRESOL, _NANOSECONDS)
    return _block(_INTERFACE, struct.pack("<HHI", interface.link_type, 0, 0) + options + bytes(4))


def _statistics(index: int, interface: Interface, time_ns: int) -> bytes:
    """An Interface Statistics Block (section 4.6)."""
    counts = ((_ISB_IFRECV, interface.received), (_ISB_OSDROP, interface.dropped_by_system))
    options = b"".join(
        _option(code, struct.pack("<Q", count)) for code, count in counts if count is not None
    )
    head = struct.pack("<III", index, time_ns >> 32 & 0xFFFFFFFF, time_ns & 0xFFFFFFFF)
    return _block(_STATISTICS, head + options + bytes(4))


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _block(kind: int, body: bytes) -> bytes:
    body = _padded(body)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
