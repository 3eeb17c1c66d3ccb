"""The text of a keepalived.conf as a tree of keywords, each with its file and line.

What the keywords mean is another matter: see `intent`. This module takes what keepalived 2.2.x
takes (lib/parser.c), unknown keywords too, and reads on where keepalived would.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.config_files import ConfigFiles
from vrrpscope.evidence.config_lines import LineReader, LogicalLine
from vrrpscope.evidence.keywords import BLOCK_KEYWORDS, ROOT_BLOCKS, UNMISTAKABLE_BLOCKS
from vrrpscope.evidence.told import Note, Notes, SourceLine

if TYPE_CHECKING:
    from lark import Lark

MAX_DEPTH = 32
"""keepalived's own keywords nest six deep."""

WHITE_SPACE = " \t\f\n\r\v"
"""What separates words (keepalived: WHITE_SPACE_STR)."""

_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]+)|c(.)|([0-7]{1,3})|(.))|(['\"])|([ \t\f\n\r\v]+)", re.DOTALL
)
_CONTROLS = dict(zip("abEfnrtv", "\a\b\x1b\f\n\r\t\v", strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A keyword, what follows it, and what its block holds.

    Attributes:
        keyword: the first word of the line; "" for a block without one.
        values: the other words, without double quotes. They may hold a password.
        children: the lines of the block, if there is one.
        text: the line itself, with its quotes.
        has_block: True also where the block is empty.
    """

    keyword: str
    values: tuple[str, ...] = field(repr=False)
    children: tuple["Node", ...]
    line: SourceLine
    text: str = field(repr=False, default="")
    has_block: bool = False

    def all(self, keyword: str) -> Iterator["Node"]:
        """The children with this keyword, in order."""
        return (child for child in self.children if child.keyword == keyword)

    @property
    def words(self) -> tuple[str, ...]:
        """Keyword and values: a line of a block that is a list has no keyword."""
        return (self.keyword, *self.values)

    @property
    def shell_words(self) -> tuple[str, ...]:
        """The values with single quotes and escapes understood, as for a script's command.

        keepalived: alloc_strvec_quoted_escaped, used for `script` and the notify scripts only.
        """
        return shell_words(self.text)[1:]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A configuration as text and as keywords.

    Attributes:
        nodes: the top level.
        lines: the lines of every file that was read. They may hold a password.
        encodings: how the bytes of each file became characters: "utf-8" or "latin-1".
        conditions: the ids of all `@id` lines.
    """

    file: str
    nodes: tuple[Node, ...]
    notes: tuple[Note, ...]
    lines: dict[str, list[str]] = field(repr=False)
    encodings: dict[str, str]
    conditions: frozenset[str]


def parse_files(path: str, files: ConfigFiles, config_id: str | None = None) -> Tree:
    """A configuration that was read already, and the files that it includes from its folder.

    Args:
        path: the configuration.
        files: it, read; and where what it includes is looked for.
        config_id: what `@id` lines are compared with (keepalived -i; the host name by default).

    Raises:
        EvidenceError: where it is no configuration.
    """
    return _tree(path, files, files.notes, config_id)


def parse_text(text: str, file: str = "keepalived.conf", config_id: str | None = None) -> Tree:
    """Like `parse_files` for a text in memory; includes are looked for beside `file`.

    Raises:
        EvidenceError: where it is no configuration.
    """
    notes = Notes()
    files = ConfigFiles(str(Path(file).parent), notes)
    files.add(file, text.encode("utf-8", "surrogatepass"))
    return _tree(file, files, notes, config_id)


def shell_words(text: str) -> tuple[str, ...]:
    """Split as a shell does: both quotes, and escapes like those of printf."""
    words: list[str] = []
    word, quote, position = None, "", 0
    for match in _ESCAPE.finditer(text):
        if match.start() > position:
            word = (word or "") + text[position : match.start()]
        position = match.end()
        mark, blank = match[5], match[6]
        if mark and quote in ("", mark):
            quote, word = ("" if quote else mark), word or ""
        elif not blank or quote:
            word = (word or "") + (_unescaped(match) or match[0])
        elif word is not None:
            words.append(word)
            word = None
    tail = text[position:]
    if tail or word is not None:
        words.append((word or "") + tail)
    return tuple(words)


def _unescaped(match: re.Match[str]) -> str:
    """The character that an escape stands for; keepalived keeps the low eight bits."""
    hexadecimal, control, octal, other = match.group(1, 2, 3, 4)
    if hexadecimal:
        return chr(int(hexadecimal[-2:], 16))
    if control:
        return chr(ord(control) & 0x1F)
    if octal:
        return chr(int(octal, 8) & 0xFF)
    return _CONTROLS.get(other, other) if other else ""


def _tree(path: str, files: ConfigFiles, notes: Notes, config_id: str | None) -> Tree:
    reader = LineReader(files, notes, config_id)
    lexable = (line for line in reader.logical_lines(path) if _lexable(line.text))
    known = _without_unknown_blocks(_with_braces(lexable, notes), notes)
    lines = list(_balanced(known, notes))
    return Tree(
        file=path,
        nodes=_nodes(lines),
        notes=tuple(notes),
        lines=files.lines,
        encodings=files.encodings,
        conditions=frozenset(reader.conditions),
    )


def _with_braces(lines: Iterator[LogicalLine], notes: Notes) -> Iterator[LogicalLine]:
    """Add the brace that is missing after a keyword that always has a block, as keepalived does."""
    depth = 0
    awaits_brace = False
    for line in lines:
        if awaits_brace and line.text != "{":
            notes.add("brace-missing", "no '{' before this line, which begins a block", line.line)
            depth += 1
            yield LogicalLine("{", line.line)
        yield line
        depth = max(0, depth + (line.text == "{") - (line.text == "}"))
        awaits_brace = depth == 0 and _keyword(line) in ROOT_BLOCKS


def _without_unknown_blocks(lines: Iterator[LogicalLine], notes: Notes) -> Iterator[LogicalLine]:
    """Drop the '{' after a word that is no keyword of the block that it stands in.

    So does keepalived (process_stream): what follows belongs to the outer block, and the next '}'
    ends that one.
    """
    opened: list[str] = []
    keyword = ""
    for line in lines:
        if line.text == "{":
            known = BLOCK_KEYWORDS.get(opened[-1]) if opened else None
            if known is not None and keyword and keyword not in known:
                text = f"the '{{' after {keyword!r} is ignored, and the next '}}' ends {opened[-1]}"
                notes.add("block-unknown", text, line.line)
                continue
            opened.append(keyword)
        elif line.text == "}" and opened:
            opened.pop()
        keyword = "" if line.text in ("{", "}") else _keyword(line)
        yield line


def _balanced(lines: Iterator[LogicalLine], notes: Notes) -> Iterator[LogicalLine]:
    """Drop closing braces that are too many, add those that are missing.

    Raises:
        EvidenceError: where blocks are nested too deep, or a block clearly was never closed.
    """
    opened: list[SourceLine] = []
    for line in lines:
        if line.text == "}" and not opened:
            notes.add("brace-extra", "a '}' that closes nothing", line.line)
            continue
        if line.text == "{":
            opened.append(line.line)
        elif line.text == "}":
            opened.pop()
        elif opened and _keyword(line) in UNMISTAKABLE_BLOCKS:
            raise _unclosed(line, opened[-1])
        if len(opened) > MAX_DEPTH:
            raise EvidenceError(
                f"{line.line}: blocks nested deeper than {MAX_DEPTH}",
                "check that this is a keepalived.conf: keepalived -t -f FILE",
            )
        yield line
    for start in reversed(opened):
        notes.add("brace-missing", "the block that begins here is never closed", start)
        yield LogicalLine("}", start)


def _keyword(line: LogicalLine) -> str:
    return line.text.strip(WHITE_SPACE).partition(" ")[0].partition("\t")[0]


def _unclosed(line: LogicalLine, start: SourceLine) -> EvidenceError:
    return EvidenceError(
        f"{line.line}: {_keyword(line)} inside of the block that begins at {start}: "
        "a '}' is missing",
        f"close the block; keepalived checks a configuration with: keepalived -t -f {start.file}",
    )


def _nodes(lines: list[LogicalLine]) -> tuple[Node, ...]:
    from lark.exceptions import UnexpectedInput

    text = "".join(_lexable(line.text) + "\n" for line in lines)
    try:
        items: Any = _parser().parse(text)
    except UnexpectedInput as error:  # config_lines leaves nothing that the grammar refuses
        line = lines[min(error.line, len(lines)) - 1].line
        raise EvidenceError(
            f"{line}: not understood", "check the file with: keepalived -t -f FILE"
        ) from error
    return tuple(_placed(item, lines) for item in items)


def _lexable(text: str) -> str:
    """The line without a quoted word that is never closed: keepalived drops it as well."""
    whole = text[: text.rindex('"')] if text.count('"') % 2 else text
    return whole.strip(WHITE_SPACE)


def _placed(item: tuple[int, tuple[str, ...], Any], lines: list[LogicalLine]) -> Node:
    """A node from what the grammar found: number of the line, words, block."""
    number, words, block = item
    source = lines[number - 1]
    children = tuple(_placed(child, lines) for child in block or ())
    keyword, values = (words[0], words[1:]) if words else ("", ())
    return Node(keyword, values, children, source.line, source.text, block is not None)


@functools.cache
def _parser() -> "Lark":
    """The parser; importing lark and building the tables takes some 60 ms, so only on demand."""
    from lark import Lark, Transformer

    class Items(Transformer[Any, Any]):
        """Makes (number of the line, words, block) of what the grammar finds."""

        def line(self, tokens: list[Any]) -> tuple[int, tuple[str, ...]]:
            words = (t[1:-1] if t.type == "QUOTED" else str(t) for t in tokens)
            return tokens[0].line, tuple(words)

        def item(self, parts: list[Any]) -> tuple[int, tuple[str, ...], Any]:
            number, words = parts[0]
            return number, words, parts[1][1] if len(parts) > 1 else None

        def nameless(self, parts: list[Any]) -> tuple[int, tuple[str, ...], Any]:
            return parts[0][0], (), parts[0][1]

        def block(self, parts: list[Any]) -> tuple[int, list[Any]]:
            return parts[0].line, parts[1:-1]

        def start(self, parts: list[Any]) -> list[Any]:
            return parts

    grammar = Path(__file__).with_name("keepalived.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", transformer=Items(), maybe_placeholders=False)
