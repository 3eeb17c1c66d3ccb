"""A report as blocks: what it says, before anybody knows how it will look."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace


class Span(NamedTuple):
    """A piece of text in one style: "", "strong", "dim", "code", or a colour's role.

    Those in `WHOLE` are not broken at their spaces; "source" is Markdown already, and ours.
    """

    text: str
    style: str = ""


WHOLE = ("number", "legend")


Line = tuple[Span, ...]
"""Text that is wrapped where it has to be."""


def line(*pieces: str | Span) -> Line:
    """A line of pieces; a plain string has no style."""
    return tuple(piece if isinstance(piece, Span) else Span(piece) for piece in pieces)


def code(text: str) -> Span:
    """Something to type, to open, or to look for."""
    return Span(text, "code")


def strong(text: str) -> Span:
    """Something to see first."""
    return Span(text, "strong")


def dim(text: str) -> Span:
    """Something to read second."""
    return Span(text, "dim")


def number(text: str) -> Span:
    """A number with its unit."""
    return Span(text, "number")


def join(parts: Iterable[Line], separator: str = ", ") -> Line:
    """The lines one behind the other."""
    joined: list[Span] = []
    for part in parts:
        if joined:
            joined.append(Span(separator))
        joined.extend(part)
    return tuple(joined)


class Heading(Struct, frozen=True):
    """A heading; level 1 is the report's."""

    text: Line
    level: int = 2


class Paragraph(Struct, frozen=True):
    """Text with an optional label in front of it ("Then", "Remedy").

    Attributes:
        text: what it says.
        label: stands in a column of its own, `LABEL_WIDTH` wide.
        notes: smaller print beneath it, one line each.
        indent: levels to the right.
        bullet: True for an item of a list.
        apart: a blank line stands before it.
    """

    text: Line
    label: str = ""
    notes: tuple[Line, ...] = ()
    indent: int = 0
    bullet: bool = False
    apart: bool = False


class Table(Struct, frozen=True):
    """A table; every row has as many cells as the header.

    Attributes:
        header, rows: the cells.
        indent: levels to the right.
        optional: names of columns that are left out where there is no room, the first one first.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    indent: int = 0
    optional: tuple[str, ...] = ()

    def without(self, names: Collection[str]) -> "Table":
        """The table without the columns of these names."""
        kept = [i for i, name in enumerate(self.header) if name not in names]
        header = tuple(self.header[i] for i in kept)
        rows = tuple(tuple(row[i] for i in kept) for row in self.rows)
        optional = tuple(name for name in self.optional if name not in names)
        return Table(header, rows, self.indent, optional)


def row(*texts: str | Line) -> tuple[Line, ...]:
    """A row of a table; plain texts become lines."""
    return tuple(line(text) if isinstance(text, str) else text for text in texts)


def cell(text: str | None) -> Line:
    """A number with its unit, which stay together; "-" for none."""
    return line(number(text)) if text is not None else line("-")


class Picture(Struct, frozen=True):
    """Lines whose columns matter: never wrapped."""

    lines: tuple[Line, ...]


Block = Heading | Paragraph | Table | Picture


def mapped(block: Block, change: Callable[[str], str]) -> Block:
    """The block with every piece of its text changed."""

    def every(text: Line) -> Line:
        return tuple(Span(change(span.text), span.style) for span in text)

    if isinstance(block, Heading):
        return replace(block, text=every(block.text))
    if isinstance(block, Paragraph):
        return replace(block, text=every(block.text), notes=tuple(map(every, block.notes)))
    if isinstance(block, Table):
        return replace(block, rows=tuple(tuple(map(every, row)) for row in block.rows))
    return Picture(tuple(map(every, block.lines)))
