"""The page of the columns, docs/tables.md."""

from collections.abc import Iterator

from vrrpscope.render.document import Block, Heading, Line, Paragraph, Table, code, line
from vrrpscope.render.markdown import text_of
from vrrpscope.render.tables.columns import MEANINGS, TABLES, Column

_HEAD = """\
# The columns of the tables

`vrrpscope export CAPTURE... -o FILE --table NAME` writes one table. The ending of the file tells
the format; the file takes its name only when it is complete. What was written, and what could not
be read of a capture, is said on standard error.

| ending | format |
|---|---|
| `.parquet` | Parquet; pandas reads the very types below back |
| `.csv` | CSV; a missing value is an empty cell |
| `.jsonl` | JSON Lines, one object a line; a missing value is `null` |

```python
import pandas

adverts = pandas.read_parquet("adverts.parquet")
findings = pandas.read_csv("findings.csv", parse_dates=["at", "until"])
tenures = pandas.read_json("tenures.jsonl", lines=True, convert_dates=["from", "until"])
```

Times are UTC, with all nanoseconds that the capture has; columns that end in `_ns` are durations in
nanoseconds. `Int64`, `UInt8` and the like, `boolean`, `category`, `string` and times may be missing
where the meaning says so. Several things in one cell stand between spaces, sentences between
semicolons. Adverts that share VRRP's protocol number and are none, or are debris, are in no table;
`--vrid`, `--since` and `--until` narrow what is read, as everywhere.

A password is never written. `auth_fingerprint` is new with every run: it tells two passwords of one
file apart, and cannot be compared with another file. `--redact` replaces addresses, MACs and names,
and in every table of the same captures the same ones by the same ones. A JSON Lines file without
rows is empty: it has no columns either.
"""


def page() -> str:
    """Every table and its columns, in Markdown."""
    return _HEAD + "\n" + text_of(block for table in TABLES for block in _table(table))


def _table(table: str) -> Iterator[Block]:
    yield Heading(line(code(table)), level=1)
    yield Paragraph(line(MEANINGS[table]))
    yield Table(("column", "type", "meaning"), tuple(_row(c) for c in TABLES[table]))


def _row(column: Column) -> tuple[Line, ...]:
    return line(code(column.name)), line(code(column.dtype)), line(column.meaning)
