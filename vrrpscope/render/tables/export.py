"""From captures, or an analysis of them, to the rows of a file."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from vrrpscope.advert_rows import AdvertBatch, Meaning
from vrrpscope.pipeline import Analysis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.redact import redacted
from vrrpscope.render.tables.adverts import Spool, tables_of_batch
from vrrpscope.render.tables.files import TableFile
from vrrpscope.render.tables.frames import tables_of

_TEXTS_KEPT = 65_536

Read = Callable[[Callable[[AdvertBatch], None]], Analysis]
"""Reads captures, hands over their adverts in batches, and returns what was found."""


def write_story(file: TableFile, table: str, analysis: Analysis, *, redact: bool) -> None:
    """Writes a table other than `adverts`."""
    change = None
    if redact:
        analysis, redactor = redacted(analysis)
        change = lru_cache(_TEXTS_KEPT)(redactor.text)
    file.write_all(tables_of(table, analysis, change))


def write_adverts(file: TableFile, read: Read, *, redact: bool) -> Analysis:
    """Writes the table `adverts` while the captures are read, or once all addresses are known."""
    if not redact:
        return read(lambda batch: file.write_all(tables_of_batch(batch)))
    spool = Spool()
    analysis = read(spool.take)
    _, redactor = redacted(analysis)
    redactor.learn(_addresses(spool.meanings))
    change = lru_cache(_TEXTS_KEPT)(redactor.text)
    for batch in spool.batches():
        file.write_all(tables_of_batch(batch, change))
    return analysis


def _addresses(meanings: list[Meaning]) -> Iterator[Address]:
    """Those of adverts that the story leaves out come last, after all that it tells of."""
    for meaning in meanings:
        said = meaning.advertisement
        yield from (*said.addresses, said.source, said.destination)
