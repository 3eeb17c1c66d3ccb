"""Every advert as a row, some at a time, without an object of Python for any of them.

What adverts say is one of a few hundred meanings: a table of those that some rows have is made
row by row, and Arrow takes its rows by index.
"""

import tempfile
from array import array
from collections.abc import Iterator
from typing import Any

import numpy
import pyarrow

from vrrpscope.advert_rows import NO_TIME, ROW_WORDS, ROWS_PER_BATCH, AdvertBatch, Meaning
from vrrpscope.render.tables import cells
from vrrpscope.render.tables.cells import Row
from vrrpscope.render.tables.columns import TABLES
from vrrpscope.render.tables.frames import ROWS_AT_ONCE, Change, array_of, arrow_type, schema
from vrrpscope.timeline.streak import NO_IP_ID, Sender

OF_THE_PACKET = ("time", "frame", "ip_id")
"""The columns that change from packet to packet."""

_OF_THE_MEANING = tuple(c for c in TABLES["adverts"] if c.name not in OF_THE_PACKET)
_TYPES = {c.name: arrow_type(c.dtype) for c in TABLES["adverts"]}
_Numbers = numpy.ndarray[Any, numpy.dtype[numpy.int64]]


def tables_of_batch(batch: AdvertBatch, change: Change | None = None) -> Iterator[pyarrow.Table]:
    """A batch as pieces of the table `adverts`."""
    words = numpy.frombuffer(batch.rows, numpy.int64).reshape(-1, ROW_WORDS)
    for first in range(0, len(words), ROWS_AT_ONCE):
        yield _piece(words[first : first + ROWS_AT_ONCE], batch.meanings, change)


def _piece(words: _Numbers, meanings: list[Meaning], change: Change | None) -> pyarrow.Table:
    time_ns, frame, ip_id = words[:, 0], words[:, 1], words[:, 3]
    columns = _of_the_meanings(words[:, 2], meanings, change) | {
        "time": _numbers("time", time_ns, missing=time_ns == NO_TIME),
        "frame": _numbers("frame", frame),
        "ip_id": _numbers("ip_id", ip_id, missing=ip_id == NO_IP_ID),
    }
    wanted = schema("adverts")
    return pyarrow.Table.from_arrays([columns[name] for name in wanted.names], schema=wanted)


def _numbers(
    name: str, words: _Numbers, missing: "numpy.ndarray[Any, Any] | None" = None
) -> pyarrow.Array:
    return pyarrow.array(words, mask=missing).cast(_TYPES[name], safe=False)


def _of_the_meanings(
    index: _Numbers, meanings: list[Meaning], change: Change | None
) -> dict[str, pyarrow.Array]:
    """The columns that depend on the meaning alone.

    Only the meanings of these rows are looked at, so that a capture in which every advert differs
    takes no more than a row of Python for each.
    """
    is_used = numpy.zeros(len(meanings), numpy.bool_)
    is_used[index] = True
    rows = [_row(meanings[at]) for at in numpy.flatnonzero(is_used)]
    places = pyarrow.array((numpy.cumsum(is_used) - 1)[index])
    return {
        column.name: array_of(column, [row[column.name] for row in rows], change).take(places)
        for column in _OF_THE_MEANING
    }


def _row(meaning: Meaning) -> Row:
    said = meaning.advertisement
    who = Sender(said.source, said.source_mac)
    return cells.place(meaning.vantage, meaning.router) | cells.sender(who) | cells.advert(said)


class Spool:
    """Keeps batches in a temporary file, 32 bytes an advert, until all addresses are known.

    What replaces an address may itself be one that is seen only later; see `Redactor.learn`.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the spool
        self._words = 0
        self.meanings: list[Meaning] = []

    def take(self, batch: AdvertBatch) -> None:
        """Keeps a batch."""
        batch.rows.tofile(self._file)
        self._words += len(batch.rows)
        self.meanings = batch.meanings

    def batches(self) -> Iterator[AdvertBatch]:
        """All of them again, once."""
        self._file.seek(0)
        left = self._words
        while left:
            rows = array("q")
            rows.fromfile(self._file, min(left, ROWS_PER_BATCH * ROW_WORDS))
            left -= len(rows)
            yield AdvertBatch(rows, self.meanings)
        self._file.close()
