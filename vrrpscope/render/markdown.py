"""Lays a document out as Markdown (GitHub's), for an issue or a postmortem."""

import re
from collections.abc import Iterable, Iterator

from vrrpscope.render.document import Block, Heading, Line, Paragraph, Picture, Span, Table
from vrrpscope.render.values import printable

_SPECIAL = re.compile(r"([\\`*\[<>|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_MENTIONS = {"&": "&amp;", "@": "&#64;", "#": "&#35;"}
_BACKTICKS = re.compile("`+")
_BLOCK_START = re.compile(r"^(?=[-+=]|\d+[.)](?:\s|$))(\d*)")


def text_of(blocks: Iterable[Block]) -> str:
    """The document as Markdown."""
    lines: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None and not (_is_item(before) and _is_item(block)):
            lines.append("")
        lines.extend(_block(block))
        before = block
    return "\n".join(lines) + "\n"


def _is_item(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(block.label or block.bullet)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * (block.level + 1)} {_title(block.text)}"
    elif isinstance(block, Paragraph):
        yield from _paragraph(block)
    elif isinstance(block, Table):
        yield from _table(block)
    else:
        yield from _picture(block)


def _title(text: Line) -> str:
    """A heading's text: it is bold as it is."""
    plain = tuple(Span(span.text, span.style if span.style == "code" else "") for span in text)
    return _text(plain)


def _paragraph(block: Paragraph) -> Iterator[str]:
    notes = [_text(note) for note in block.notes]
    if _is_item(block):
        label = f"**{escaped(block.label)}:** " if block.label else ""
        yield f"- {label}{_text(block.text)}"
        yield from (f"  - {note}" for note in notes)
        return
    # A backslash at the end breaks the line (GitHub does not show two spaces in a diff).
    yield " \\\n".join([_text(block.text), *notes])


def _table(block: Table) -> Iterator[str]:
    yield _row(escaped(name) for name in block.header)
    yield _row("---" for _ in block.header)
    for row in block.rows:
        yield _row(_text(cell, in_table=True) for cell in row)


def _row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _picture(block: Picture) -> Iterator[str]:
    lines = ["".join(printable(span.text) for span in text).rstrip() for text in block.lines]
    fence = _fence("\n".join(lines), 3)
    yield f"{fence}text"
    yield from lines
    yield fence


def _fence(text: str, least: int) -> str:
    """Backticks, one more than the text has in a row."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    return "`" * max(least, longest + 1)


def _text(text: Line, in_table: bool = False) -> str:
    joined = "".join(_span(span, in_table) for span in text).strip()
    return _BLOCK_START.sub(r"\1\\", joined)


def _span(span: Span, in_table: bool) -> str:
    text = printable(span.text)
    if not text.strip():
        return text
    if span.style == "source":
        return text
    if span.style == "code":
        return _code(text, in_table)
    if span.style in ("strong", "error", "warning"):
        body = text.strip()
        head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{head}**{escaped(body)}**{tail}"
    return escaped(text)


def _code(text: str, in_table: bool) -> str:
    fence = _fence(text, 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    body = text.replace("|", "\\|") if in_table else text
    return f"{fence}{padding}{body}{padding}{fence}"


def escaped(text: str) -> str:
    """Text that stays text: no markup, no HTML, nobody mentioned, no issue linked."""
    return "".join(_MENTIONS.get(c, c) for c in _SPECIAL.sub(r"\\\1", text))
