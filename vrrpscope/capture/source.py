"""Opens captures: finds out what a file is, and gives its frames one after the other."""

import contextlib
import os
import shlex
import stat
import sys
from collections.abc import Generator, Iterator
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from vrrpscope.capture import pcap, pcapng, pcapng_section
from vrrpscope.capture.compression import LONGEST_MAGIC, codec_of, decompressed
from vrrpscope.capture.formats import EXPECTED, HEAD_LENGTH, convert_hint, is_text, refusal
from vrrpscope.capture.ledger import Interface, Ledger
from vrrpscope.capture.records import RecordReader
from vrrpscope.capture.window import Reader, Window, chunks_of
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Frame

CHUNK_SIZE = 1024 * 1024
STANDARD_INPUT = "standard input"


class CaptureFile:
    """A capture that is being read: iterate over it once for its frames, in the file's order.

    Memory is bounded by the chunk size and the longest record; nothing seeks, and a frame is
    given as soon as its last byte has arrived.

    Attributes:
        file: the name to show.
        interfaces: what was captured on, over all sections; grows while frames are read.
        notes: what was wrong or remarkable, one sentence each; complete when all frames are read,
            or the capture is closed.
        reader: what reads the records, for whoever reads some of them himself; None for text.
    """

    def __init__(
        self,
        read: Reader,
        file: str,
        *,
        path: str = "-",
        stream: BinaryIO | None = None,
        closes: bool = True,
        chunk_size: int = CHUNK_SIZE,
    ) -> None:
        """Reads as far as it takes to know the format; `is_text` tells tcpdump's text.

        Args:
            read: gives the next bytes, at most as many as asked for, and b"" at the end.
            file: the name to show.
            path: what to call it in a command line.
            stream: what `read` reads from; None where there is no such thing.
            closes: whether to close it with the capture.
            chunk_size: how many bytes to ask for at a time.

        Raises:
            CaptureError: it is no capture that can be read.
        """
        self.file = file
        self.is_text = False
        self._closes = closes
        self.reader: RecordReader | None = None
        self._ledger = Ledger()
        self.interfaces: list[Interface] = self._ledger.interfaces
        self.notes: list[str] = self._ledger.notes
        self._stream = stream
        self._size = None if stream is None else _size(stream)
        try:
            window = self._uncompressed(Window(chunks_of(read, chunk_size)))
            self._frames = self._finishing(self._recognized(window, path))
        except OSError as error:
            raise _unreadable(error, path, file) from error

    def _uncompressed(self, window: Window) -> Window:
        """A window on the content, where it is compressed."""
        window.require(LONGEST_MAGIC)
        codec = codec_of(window.data)
        if codec is None:
            return window
        return Window(decompressed(window.rest(), codec, self._ledger))

    def _recognized(self, window: Window, path: str) -> Iterator[Frame]:
        """What reads the frames; decided by the first bytes, never by the name."""
        if not window.require(1):
            raise self._nothing_inside()
        window.require(4)
        if window.data[:4] in pcap.MAGICS:
            header = pcap.read_header(window, self._ledger, self.file, convert_hint(path))
            self.reader = pcap.PcapReader(window, header, self._ledger)
            return self.reader.frames()
        if pcapng_section.is_pcapng(window):
            pcapng_section.check_header(window, self.file, convert_hint(path))
            self.reader = pcapng.BlockReader(window, self._ledger)
            return self.reader.frames()
        if is_text(window.data[:HEAD_LENGTH]):
            from vrrpscope.capture import tcpdump_text  # takes 10 ms that only text needs

            if tcpdump_text.is_printed(window):
                self.is_text = True
                return tcpdump_text.frames(window, self._ledger)
        window.require(HEAD_LENGTH)
        raise refusal(window.data[:HEAD_LENGTH], self.file, path)

    def _nothing_inside(self) -> CaptureError:
        if self.notes:
            hint = "copy the file again, or see how much of it can be decompressed"
            return CaptureError(f"{self.file} gives no data: {self.notes[0]}", hint)
        hint = "see whether the capture was still running: tcpdump -U writes each frame at once"
        return CaptureError(f"{self.file} is empty, not even a file header is in it", hint)

    def _finishing(self, frames: Iterator[Frame]) -> Generator[Frame, None, None]:
        """The same frames; then, whatever happened, the notes."""
        try:
            yield from frames
        except OSError as error:
            self._ledger.note(f"reading stopped: {error.strerror or error}")
        finally:
            self._ledger.finish()

    def __iter__(self) -> Iterator[Frame]:
        """The frames that were not given yet."""
        return self._frames

    @property
    def size(self) -> int | None:
        """The size of the file in bytes; None for a pipe, whose length nobody knows."""
        return self._size

    def progress(self) -> float | None:
        """How much of the file was read, 0 to 1; None where its size is not known."""
        if self._stream is None or self._stream.closed or not self._size:
            return None
        return min(1.0, self._stream.tell() / self._size)

    def close(self) -> None:
        """Closes the file, if it is one, and completes the notes."""
        self._frames.close()
        if self._stream is not None and self._closes:
            self._stream.close()

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


def open_capture(path: str | os.PathLike[str], *, chunk_size: int = CHUNK_SIZE) -> CaptureFile:
    """Opens a capture; "-" is standard input.

    It may be pcap, pcapng, or text in which tcpdump printed adverts, as it is or compressed.

    Args:
        path: of a file or a named pipe.
        chunk_size: how many bytes to read at a time.

    Raises:
        CaptureError: it cannot be opened, or is no capture that can be read.
    """
    name = os.fspath(path)
    if name == "-":
        return _open_standard_input(chunk_size)
    try:
        # Unbuffered, for a buffer would wait until it is full before it gives anything.
        stream = Path(name).open("rb", buffering=0)  # noqa: SIM115 - CaptureFile closes it
    except (OSError, ValueError) as error:
        raise _unreadable(error, name, name) from error
    try:
        return CaptureFile(stream.read, name, path=name, stream=stream, chunk_size=chunk_size)
    except BaseException:
        stream.close()
        raise


def _open_standard_input(chunk_size: int) -> CaptureFile:
    if sys.stdin is None or sys.stdin.isatty():
        raise CaptureError(
            f"standard input is a terminal; expected {EXPECTED}",
            "pipe one into it: tcpdump -U -w - | vrrpscope tail -",
        )
    buffer = cast(BufferedReader, sys.stdin.buffer)
    _widen(buffer)
    return CaptureFile(
        buffer.read1, STANDARD_INPUT, stream=buffer, closes=False, chunk_size=chunk_size
    )


def _widen(pipe: BinaryIO) -> None:
    """Lets a pipe hold a whole chunk, where the system can: fewer turns for both ends."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl  # not on every system

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, CHUNK_SIZE)


def _size(stream: BinaryIO) -> int | None:
    """The size of a regular file in bytes; None for a pipe and the like."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _unreadable(error: OSError | ValueError, path: str, file: str) -> CaptureError:
    """The error for a file that the operating system does not give."""
    quoted = shlex.quote(path)
    if isinstance(error, FileNotFoundError):
        folder = shlex.quote(str(Path(path).parent))
        return CaptureError(f"{file} does not exist", f"see what is there: ls {folder}")
    if isinstance(error, IsADirectoryError):
        captures = f"{quoted.rstrip('/')}/*.pcap*"
        return CaptureError(f"{file} is a directory", f"name the captures in it: {captures}")
    if isinstance(error, PermissionError):
        hint = f"let its owner allow it: sudo chmod a+r {quoted}"
        return CaptureError(f"{file} may not be read by this user", hint)
    reason = error.strerror if isinstance(error, OSError) else error
    return CaptureError(f"{file} cannot be read: {reason}", f"check the path: ls -l {quoted}")
