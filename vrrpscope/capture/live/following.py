"""Live frames from a capture file that another program is still writing, as `tail -F` follows it.

Where the file ends, there is one of: nothing new yet; the same name, shorter than what was read
or with another inode (it was truncated, or replaced); or another file of the same family that was
written to later (see `siblings`). A program closes one file before it opens the next, so whatever
was written to later follows, and the one that was written to first follows first. The end of the
old file is read once more before it is left.
"""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from vrrpscope.capture import pcap
from vrrpscope.capture.compression import codec_of
from vrrpscope.capture.live.pumped import PumpedSource
from vrrpscope.capture.live.siblings import Sibling, family, siblings
from vrrpscope.capture.pcapng_section import SECTION_MAGIC
from vrrpscope.capture.source import CaptureFile
from vrrpscope.errors import CaptureError

POLL_S = 0.02
QUIET_S = 3.0
"""How long a file must not grow before one follows that only may belong to the same capture."""
_LOOK_AROUND_S = 0.2
"""How often the folder is listed."""


class GrowingFile:
    """One file, read to where it ends for good.

    Attributes:
        path: of the file.
        position: how many bytes were read.
        successor: what to read next; None until the end, or where reading was stopped.
    """

    def __init__(self, path: Path, stream: BinaryIO, stopping: threading.Event) -> None:
        """Reads `stream`, which is `path`, from its beginning, and does not close it."""
        self.path = path
        self.position = 0
        self.successor: Path | None = None
        self._stream = stream
        self._stopping = stopping
        self._members = family(path.name)
        self._is_doubtful = False
        self._grown_s = self._looked_s = time.monotonic()

    def read(self, count: int) -> bytes:
        """The next bytes, at most `count`; waits for them; b"" where no more will come."""
        while True:
            if self._is_shorter():
                self.successor = self.path
                return b""
            if piece := self._stream.read(count):
                if not self.position:
                    self._is_doubtful = not _promising(piece)
                self.position += len(piece)
                self._grown_s = time.monotonic()
                return piece
            if self.successor is not None or self._stopping.wait(POLL_S):
                return b""
            if self._is_doubtful and time.monotonic() - self._grown_s >= QUIET_S:
                return b""  # what is no capture is said to be none, and not waited for
            self.successor = self._next_file()

    def is_recognized(self) -> None:
        """Says that it is a capture, for which is waited as long as it takes."""
        self._is_doubtful = False

    def _is_shorter(self) -> bool:
        """Whether the file was truncated: what is in it now is another capture."""
        return os.fstat(self._stream.fileno()).st_size < self.position

    def _next_file(self) -> Path | None:
        """The file that follows; None where this one may still grow."""
        status = os.fstat(self._stream.fileno())
        inode = (status.st_dev, status.st_ino)
        try:
            now = self.path.stat()
        except OSError:
            now = None
        if now is not None and (now.st_dev, now.st_ino) != inode:
            return self.path
        return self._later_sibling(Sibling(status.st_mtime_ns, self.path, inode))

    def _later_sibling(self, this: Sibling) -> Path | None:
        now_s = time.monotonic()
        quiet = self._members.is_certain or now_s - self._grown_s >= QUIET_S
        if not quiet or now_s - self._looked_s < _LOOK_AROUND_S:
            return None
        self._looked_s = now_s
        for other in siblings(self.path.parent, self._members):
            if other.written_ns > this.written_ns and other.inode != this.inode:
                return other.path
        return None


class Following(PumpedSource):
    """Frames of a capture that is being written, over all its files.

    Attributes:
        rotated: how many times another file followed, or the same one began anew.
        file: the name of the file that is being read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Starts to follow; a file that is not there yet is waited for.

        Args:
            path: of a file; or what was given to a program that adds numbers or times to it.

        Raises:
            CaptureError: the folder does not exist. What is no capture is found out by `next`.
        """
        self._path = Path(path)
        self.rotated = 0
        self.file = os.fspath(path)
        super().__init__(f"file {self.file}, followed while it is written")
        folder = self._path.parent
        if not folder.is_dir():
            raise CaptureError(
                f"the folder {folder} does not exist, so no capture can appear in it",
                f"see what is there: ls {folder.parent}",
            )
        if self._path.is_dir():
            raise CaptureError(
                f"{self.file} is a directory", "name the capture that is written in it"
            )
        self.start()

    def _captures(self) -> Iterator[CaptureFile]:
        path = self._first()
        while path is not None:
            self.file = os.fspath(path)
            try:
                stream = path.open("rb", buffering=0)
            except FileNotFoundError:  # a ring has just deleted it
                path = self._first()
                continue
            except OSError as error:
                raise _unreadable(self.file, error) from error
            with stream:
                growing = GrowingFile(path, stream, self.stopping)
                yield from self._captures_in(growing)
            path = growing.successor
            self.rotated += path is not None

    def _captures_in(self, growing: GrowingFile) -> Iterator[CaptureFile]:
        """The capture in a file; none where it was replaced before anything was in it."""
        try:
            # Without the stream: a capture that knows the file's size would take it for final.
            capture = CaptureFile(growing.read, self.file, path=self.file)
        except CaptureError as error:
            # The first file is what the user named; any other may have been caught half-written.
            if growing.position and not self.rotated:
                raise
            self.note(error.message)
            self._leave(growing)
            return
        growing.is_recognized()
        yield capture
        self._leave(growing)

    def _leave(self, growing: GrowingFile) -> None:
        """Goes on to where the file ends for good, where reading it ended before that."""
        while growing.successor is None and growing.read(1 << 20):
            pass

    def _first(self) -> Path | None:
        """The file to begin with: of that name, or of its family the one written to last."""
        members = family(self._path.name)
        while not self._path.exists():
            found = siblings(self._path.parent, members)
            if found:
                return found[-1].path
            if self.stopping.wait(POLL_S):
                return None
        return self._path


def _promising(beginning: bytes) -> bool:
    """Whether a file that begins so is a capture, or compressed, as far as can be seen."""
    magic = beginning[:4]
    return magic in pcap.MAGICS or magic == SECTION_MAGIC or codec_of(beginning) is not None


def _unreadable(file: str, error: OSError) -> CaptureError:
    return CaptureError(
        f"{file} cannot be read: {error.strerror or error}",
        f"let its owner allow it: sudo chmod a+r {file}",
    )
