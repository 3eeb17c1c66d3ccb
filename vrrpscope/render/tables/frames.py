"""Rows as tables of Arrow and pandas, of the types that `columns` promises."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

import pandas
import pyarrow

from vrrpscope.pipeline import Analysis
from vrrpscope.render.tables import stories
from vrrpscope.render.tables.cells import Cell, Row
from vrrpscope.render.tables.columns import CATEGORY, FLAG, TABLES, TEXT, TIME, Column

Change = Callable[[str], str]
"""What becomes of every text of a table."""

ROWS_AT_ONCE = 65_536
"""Rows of a piece, and of a row group of Parquet: what is in memory at a time."""

_LEAST, _MOST = -(2**63), 2**63 - 1


def arrow_type(dtype: str) -> pyarrow.DataType:
    """The type of Arrow, and so of Parquet, for a type of pandas."""
    special = {
        TIME: pyarrow.timestamp("ns", "UTC"),
        CATEGORY: pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
        TEXT: pyarrow.string(),
        FLAG: pyarrow.bool_(),
    }
    return special.get(dtype) or pyarrow.type_for_alias(dtype.lower())


@cache
def schema(table: str) -> pyarrow.Schema:
    """The schema of a table; its metadata makes pandas read the very types back from Parquet."""
    columns = TABLES[table]
    empty = pandas.DataFrame({c.name: pandas.Series([], dtype=c.dtype) for c in columns})
    fields = [pyarrow.field(c.name, arrow_type(c.dtype)) for c in columns]
    told = pyarrow.Schema.from_pandas(empty, preserve_index=False).metadata
    return pyarrow.schema(fields, metadata=told)


def frame_of(tables: Iterable[pyarrow.Table], table: str) -> pandas.DataFrame:
    """Pieces of a table as one DataFrame."""
    whole = pyarrow.concat_tables([schema(table).empty_table(), *tables])
    return whole.unify_dictionaries().to_pandas()


def tables_of(
    table: str, analysis: Analysis, change: Change | None = None
) -> Iterator[pyarrow.Table]:
    """A table other than `adverts`, in pieces."""
    rows = stories.rows(table, analysis)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield table_of(table, some, change)


def table_of(table: str, rows: Sequence[Row], change: Change | None = None) -> pyarrow.Table:
    """Some rows as a piece of a table."""
    arrays = [array_of(c, [row[c.name] for row in rows], change) for c in TABLES[table]]
    return pyarrow.Table.from_arrays(arrays, schema=schema(table))


def array_of(column: Column, cells: Sequence[Cell], change: Change | None = None) -> pyarrow.Array:
    """The cells of a column."""
    fitting = [_fitting(cell, change) for cell in cells]
    return pyarrow.array(fitting, arrow_type(column.dtype))


def _fitting(cell: Cell, change: Change | None) -> Cell:
    """The cell as every format can hold it.

    File names need not be UTF-8, and the difference of two times may be longer than 292 years.
    """
    if isinstance(cell, str):
        text = change(cell) if change else cell
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return cell if cell is None else max(_LEAST, min(_MOST, cell))
