"""Tables as files: CSV, Parquet and JSON Lines, written piece by piece.

The file is written beside the one that is wanted and takes its name when it is complete: nobody
ever reads half a table, and an older file stays where something fails.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import pyarrow
from pyarrow import csv, parquet

from vrrpscope.render.tables.adverts import OF_THE_PACKET
from vrrpscope.render.tables.formats import ending, unwritable
from vrrpscope.render.tables.frames import schema
from vrrpscope.render.tables.json_lines import JsonLinesWriter

_COMPRESSION = "snappy"
"""The numbers are small as they are stored; zstd takes longer and saves little."""


class _Writer(Protocol):
    """What `parquet.ParquetWriter` and `csv.CSVWriter` have in common."""

    def write_table(self, table: pyarrow.Table) -> None: ...

    def close(self) -> None: ...


def _writer(format: str, sink: pyarrow.NativeFile, table: str) -> _Writer:
    if format == ".jsonl":
        return JsonLinesWriter(sink)
    wanted = schema(table)
    writer: _Writer = csv.CSVWriter(sink, wanted) if format == ".csv" else _parquet(sink, wanted)
    return writer


def _parquet(sink: pyarrow.NativeFile, wanted: pyarrow.Schema) -> parquet.ParquetWriter:
    """Numbers that always differ are stored as differences, all others as codes."""
    differing = set(OF_THE_PACKET).intersection(wanted.names)
    return parquet.ParquetWriter(
        sink,
        wanted,
        compression=_COMPRESSION,
        use_dictionary=[name for name in wanted.names if name not in differing],
        column_encoding=dict.fromkeys(differing, "DELTA_BINARY_PACKED") or None,
    )


class TableFile:
    """A table that is being written; `rows` have been so far.

    Raises:
        VrrpscopeError: from each of its methods, for a full disk or the like.
    """

    def __init__(self, path: Path, sink: pyarrow.NativeFile, table: str) -> None:
        self._path = path
        self.rows = 0
        with self._writing():
            self._writer = _writer(ending(str(path)), sink, table)

    def write_all(self, pieces: Iterable[pyarrow.Table]) -> None:
        """Writes the next rows."""
        for piece in pieces:
            with self._writing():
                self._writer.write_table(piece)
            self.rows += piece.num_rows

    def close(self, sink: pyarrow.NativeFile) -> None:
        """Writes what is still to be written."""
        with self._writing():
            self._writer.close()
            sink.close()

    def abandon(self) -> None:
        """Ends a file that nobody will read; the writer would complain if it were not closed."""
        with contextlib.suppress(OSError, pyarrow.ArrowException):
            self._writer.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self._path, error) from error


@contextlib.contextmanager
def table_file(output: str, table: str) -> Iterator[TableFile]:
    """A file that takes its name when the block ends, and leaves nothing behind where it fails.

    Raises:
        VrrpscopeError: its ending tells no format, or it cannot be written.
    """
    ending(output)
    path = Path(os.path.realpath(output))  # a link stays one
    try:
        unfinished = _beside(path)
    except OSError as error:
        raise unwritable(Path(output), error) from error
    try:
        with pyarrow.OSFile(str(unfinished), "wb") as sink:
            yield from _filled(TableFile(Path(output), sink, table), sink)
        _rename(unfinished, path, output)
    finally:
        unfinished.unlink(missing_ok=True)


def _filled(file: TableFile, sink: pyarrow.NativeFile) -> Iterator[TableFile]:
    try:
        yield file
        file.close(sink)
    except BaseException:
        file.abandon()
        raise


def _beside(path: Path) -> Path:
    """A new, empty file in the same folder, which the user's umask alone protects.

    Raises:
        OSError: there is no such folder, or it may not be written.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    unfinished = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}")
    unfinished.touch(exist_ok=False)
    return unfinished


def _rename(unfinished: Path, path: Path, output: str) -> None:
    try:
        unfinished.replace(path)
    except OSError as error:
        raise unwritable(Path(output), error) from error
