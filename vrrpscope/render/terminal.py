"""Lays a document out as text: wrapped at words, aligned, in colour where that is wanted."""

from collections.abc import Iterable, Iterator, Sequence

from vrrpscope.render.document import (
    WHOLE,
    Block,
    Heading,
    Line,
    Paragraph,
    Picture,
    Span,
    Table,
    join,
)
from vrrpscope.render.style import Screen
from vrrpscope.render.values import cells, printable

INDENT = 2
LABEL_WIDTH = 9
_COLUMN_GAP = 2


def text_of(blocks: Iterable[Block], screen: Screen) -> str:
    """The document as text, without a line longer than the screen is wide."""
    layout = _Layout(screen)
    for block in blocks:
        layout.add(block)
    return "\n".join(layout.lines) + "\n"


class _Layout:
    """Collects finished lines."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.lines: list[str] = []

    def add(self, block: Block) -> None:
        """Lays out one block."""
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._paragraph(block)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._picture(block)

    def _heading(self, block: Heading) -> None:
        if self.lines:
            self.lines.append("")
        style = "heading" if block.level <= 2 else "strong"
        text = tuple(Span(s.text, s.style or style) for s in block.text)
        hang = 0 if block.level <= 2 else INDENT
        self.lines.extend(self._wrapped(text, "", " " * hang))

    def _paragraph(self, block: Paragraph) -> None:
        if block.apart and self.lines and self.lines[-1]:
            self.lines.append("")
        left = " " * (INDENT * block.indent)
        if block.bullet:
            first, hang = f"{left}{self._screen.glyphs.bullet} ", f"{left}  "
        elif block.label:
            hang = left + " " * LABEL_WIDTH
            first = f"{left}{block.label}".ljust(len(hang) - 1) + " "
        else:
            first, hang = left, left if block.indent else " " * INDENT
        self.lines.extend(self._wrapped(block.text, first, hang, bool(block.label)))
        under = hang + " " * INDENT if block.label else left + " " * INDENT
        for note in block.notes:
            styled = tuple(Span(s.text, s.style or "dim") for s in note)
            self.lines.extend(self._wrapped(styled, under, under + " " * INDENT))

    def _picture(self, block: Picture) -> None:
        for text in block.lines:
            painted = "".join(self._paint(span) for span in text)
            self.lines.append(painted.rstrip() if not self._screen.colour else painted)

    def _paint(self, span: Span) -> str:
        text = self._screen.plain(printable(span.text))
        return self._screen.paint(text, span.style)

    def _wrapped(self, text: Line, first: str, hang: str, label: bool = False) -> Iterator[str]:
        """The text in lines no wider than the screen; `first` and `hang` stand in front."""
        head = self._screen.paint(first, "strong") if label else first
        for index, words in enumerate(_fill(self._plain(text), first, hang, self._screen.width)):
            yield (hang if index else head) + self._joined(words)

    def _plain(self, text: Line) -> Line:
        return tuple(Span(self._screen.plain(printable(s.text)), s.style) for s in text)

    def _joined(self, spans: Sequence[Span]) -> str:
        return "".join(self._screen.paint(s.text, s.style) for s in _merged(spans)).rstrip()

    def _table(self, block: Table) -> None:
        left = " " * (INDENT * block.indent)
        rows = [tuple(self._plain(cell) for cell in row) for row in block.rows]
        header = tuple((Span(name, "dim"),) for name in block.header)
        columns = list(zip(header, *rows, strict=True))
        least = [max(map(_longest_word, column)) for column in columns]
        room = self._screen.width - len(left) - _COLUMN_GAP * (len(columns) - 1)
        if sum(least) > room:
            if block.optional:
                self._table(block.without(block.optional[:1]))
            else:
                self._records(block, left)
            return
        widths = _fitted([max(map(_length, column)) for column in columns], least, room)
        for row in [header, *rows]:
            self.lines.extend(left + text for text in self._row(row, widths))

    def _records(self, block: Table, left: str) -> None:
        """A table that is too wide, row by row: what each cell is stands in front of it."""
        for row in block.rows:
            cells_ = zip(block.header, row, strict=True)
            text = join(((Span(f"{name} ", "dim"), *cell) for name, cell in cells_), "; ")
            self.lines.extend(self._wrapped(text, left, left + " " * INDENT))

    def _row(self, row: Sequence[Line], widths: Sequence[int]) -> Iterator[str]:
        """One row of a table; cells that are too long go on beneath."""
        columns = [list(_fill(c, "", "", w)) for c, w in zip(row, widths, strict=True)]
        for index in range(max(map(len, columns), default=0)):
            parts = []
            for column, width in zip(columns, widths, strict=True):
                spans = column[index] if index < len(column) else []
                parts.append(self._joined(spans) + " " * (width - _length(spans)))
            yield (" " * _COLUMN_GAP).join(parts).rstrip()


def _length(spans: Iterable[Span]) -> int:
    return sum(cells(span.text) for span in spans)


def _longest_word(text: Line) -> int:
    return max(map(_length, _words(text)), default=0)


def _fitted(widths: list[int], least: list[int], room: int) -> list[int]:
    """The widths of columns, the widest made narrower until all fit; no word is broken."""
    while sum(widths) > room:
        slack = [i for i, width in enumerate(widths) if width > least[i]]
        widths[max(slack, key=lambda i: widths[i])] -= 1
    return widths


def _fill(text: Line, first: str, hang: str, width: int) -> Iterator[list[Span]]:
    """Breaks text at spaces; a word that is longer than a line is broken anywhere."""
    filled: list[Span] = []
    used, room = 0, max(width - cells(first), 1)
    later = max(width - cells(hang), 1)
    pending = Span("")
    for word in _words(text):
        if word[0].text == " ":
            pending = word[0] if filled else Span("")
            continue
        length = _length(word)
        gap = cells(pending.text)
        if filled and used + gap + length > room:
            yield filled
            filled, used, room, gap = [], 0, later, 0
        elif gap:
            filled.append(pending)
        pending = Span("")
        used += gap
        for span in word:
            rest = span.text
            while used + cells(rest) > room and rest:
                cut = _fitting(rest, room - used) or int(not used)
                filled.append(Span(rest[:cut], span.style))
                yield filled
                filled, used, room, rest = [], 0, later, rest[cut:]
            filled.append(Span(rest, span.style))
            used += cells(rest)
    yield filled


def _fitting(text: str, room: int) -> int:
    """How many characters fit."""
    used = 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > room:
            return index
    return len(text)


def _words(text: Line) -> Iterator[list[Span]]:
    """Words, each of one or more spans, and the spaces between them."""
    word: list[Span] = []
    for span in text:
        parts = [span.text] if span.style in WHOLE else span.text.split(" ")
        for index, part in enumerate(parts):
            if index:
                if word:
                    yield word
                word = []
                yield [Span(" ", span.style if index else "")]
            if part:
                word.append(Span(part, span.style))
    if word:
        yield word


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Neighbours of one style as one span: fewer escape codes."""
    text, style = "", ""
    for span in spans:
        if span.style == style:
            text += span.text
            continue
        if text:
            yield Span(text, style)
        text, style = span
    if text:
        yield Span(text, style)
