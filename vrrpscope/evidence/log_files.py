"""The lines of log files, compressed or not."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

import zstandard

from vrrpscope.errors import EvidenceError

MAX_BYTES = 256 * 1024 * 1024
"""Of a log, uncompressed."""

_MAX_LINE = 64 * 1024
"""Of a longer line only this much is looked at."""

_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


_Stream = IO[bytes] | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile


class LogFile:
    """One file, read line by line.

    Attributes:
        damage: why it ended early; None where it did not.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.damage: str | None = None

    def lines(self) -> Iterator[bytes]:
        """The lines without their ends.

        Raises:
            EvidenceError: where the file cannot be opened, or is too much.
        """
        try:
            with Path(self.path).open("rb") as raw:
                magic = raw.read(6)
                raw.seek(0)
                yield from self._read(_opened(raw, magic), magic)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise EvidenceError(
                f"cannot read the log {self.path}: {reason}",
                "give the path of a log file that this user may read",
            ) from error

    def _read(self, stream: _Stream, magic: bytes) -> Iterator[bytes]:
        if magic[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = stream.read(MAX_BYTES).decode("utf-16", "replace")
            stream = BytesIO(text.encode())
        total = 0
        while True:
            try:
                line = stream.readline(_MAX_LINE)
                total += len(line)
                while line and not line.endswith(b"\n") and len(line) >= _MAX_LINE:
                    more = stream.readline(_MAX_LINE)
                    total += len(more)
                    line = line[:_MAX_LINE] + (b"\n" if more.endswith(b"\n") else b"")
                    if not more or total > MAX_BYTES:
                        break
            except _DAMAGED as error:
                self.damage = str(error) or type(error).__name__
                return
            if not line:
                return
            if total > MAX_BYTES:
                raise EvidenceError(
                    f"{self.path}: more than {MAX_BYTES // 1024 // 1024} MiB of log",
                    f"keep the lines that matter: grep -ai keepalived {self.path} > short.log",
                )
            yield line.rstrip(b"\r\n")


def _opened(raw: IO[bytes], magic: bytes) -> _Stream:
    """The stream, decompressed where its first bytes say that it is compressed."""
    if magic[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=raw)
    if magic[:3] == b"BZh":
        return bz2.BZ2File(raw)
    if magic == b"\xfd7zXZ\x00":
        return lzma.LZMAFile(raw)
    if magic[:4] == b"\x28\xb5\x2f\xfd":
        return BytesIO(_unzstd(raw))
    return raw


def _unzstd(raw: IO[bytes]) -> bytes:
    """A zstd file, up to the bound; what could be read of a damaged one."""
    reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    parts: list[bytes] = []
    total = 0
    try:
        while total <= MAX_BYTES and (part := reader.read(1024 * 1024)):
            parts.append(part)
            total += len(part)
    except zstandard.ZstdError:
        pass
    return b"".join(parts)
