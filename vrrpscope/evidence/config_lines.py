"""From the lines of files to the lines that keepalived's keywords see.

keepalived reads a configuration line by line, and so does this module, step by step as
lib/parser.c of keepalived 2.2.7 does (decomment, read_line): comments, `@node` conditions,
`$definitions`, `~SEQ` and `~LST`, `include`. Then a line is cut at its braces, so that a brace
always stands alone. A keyword takes *everything* up to the next brace or the end of the line.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.config_files import ConfigFiles
from vrrpscope.evidence.definitions import (
    MAX_LINE_BYTES,
    Bindings,
    Definitions,
    definition,
    repetition,
)
from vrrpscope.evidence.told import Notes, SourceLine

MAX_LINES = 200_000
MAX_INCLUDE_DEPTH = 16
_MAX_PASSES = 100

_SPECIAL = re.compile(r'["!#]|\\(.?)', re.DOTALL)
_BRACE_OR_QUOTE = re.compile(r'[{}"]')
_INCLUDE = re.compile(r"include[rmwba]?[ \t\r\f\v]+(.*)", re.DOTALL)
_CONDITION = re.compile(r"@(\^?)([^ \t]*)[ \t]+(.*)", re.DOTALL)


class LogicalLine(Struct, frozen=True):
    """One line as a keyword sees it: `{`, `}` or text without braces outside of quotes."""

    text: str
    line: SourceLine


@dataclass(slots=True)
class Decommented:
    """A line without its comment, and what was remarkable about it."""

    text: str
    open_quote: bool = False
    cut_word: bool = False


def decomment(text: str) -> Decommented:
    """Remove a comment, the backslash of an escaped comment character, and blanks at both ends.

    Only double quotes protect `!` and `#`. A backslash at the end of the line is kept: it continues
    a definition.
    """
    text = text.lstrip(" \t")
    kept, position, quoted, end, continued = [], 0, False, -1, False
    for match in _SPECIAL.finditer(text):
        character = match[0][0]
        if character == "\\" and not match[1]:
            continued = True
            end = match.start() if end < 0 else end
        elif end >= 0:
            continue
        elif character == '"':
            quoted = not quoted
        elif character in "!#" and not quoted:
            end = match.start()
        elif match[0] in ("\\!", "\\#") and not quoted:
            kept.append(text[position : match.start()])
            position = match.start() + 1
    body = text[:end] if end >= 0 else text
    cut_word = end > 0 and text[end] in "!#" and text[end - 1] not in " \t{}"
    result = ("".join(kept) + body[position:]).rstrip(" \t")
    return Decommented(result + "\\" * continued, quoted, cut_word)


def split_at_brace(text: str) -> tuple[str, str]:
    """The line up to the first brace outside of double quotes, and what follows."""
    if text[:1] in ("{", "}"):
        return text[0], text[1:].strip(" \t")
    position = 0
    while match := _BRACE_OR_QUOTE.search(text, position):
        if match[0] != '"':
            return text[: match.start()].rstrip(" \t"), text[match.start() :]
        closing = text.find('"', match.end())
        if closing < 0:
            break
        position = closing + 1
    return text.rstrip(" \t"), ""


class LineReader:
    """Makes logical lines from files; what is odd on the way becomes a note.

    Attributes:
        conditions: the ids of all `@id` lines, so that a caller can say which would have matched.
    """

    def __init__(self, files: ConfigFiles, notes: Notes, config_id: str | None) -> None:
        self._files = files
        self._notes = notes
        self._config_id = config_id
        self._definitions = Definitions()
        self._sources: list[Iterator[tuple[str, SourceLine]]] = []
        self._open: list[str] = []
        self.conditions: set[str] = set()

    def logical_lines(self, path: str) -> Iterator[LogicalLine]:
        """The logical lines of a file (already in `files`) and of those that it includes.

        Raises:
            EvidenceError: where there are more than MAX_LINES of them.
        """
        self._sources.append(self._file_lines([path], None))
        count = 0
        while (source := self._next()) is not None:
            text, line = source
            count += 1
            if count > MAX_LINES:
                raise EvidenceError(
                    f"{line}: more than {MAX_LINES} lines after includes and repetitions",
                    "look for a ~SEQ or an include that repeats too much",
                )
            text = self._process(text, line)
            if not text or self._include(text, line):
                continue
            text, rest = split_at_brace(text)
            if rest:
                self._sources.append(iter([(rest, line)]))
            if text:
                yield LogicalLine(text, line)

    def _next(self) -> tuple[str, SourceLine] | None:
        while self._sources:
            item = next(self._sources[-1], None)
            if item is not None:
                return item
            self._sources.pop()
        return None

    def _file_lines(
        self, paths: list[str], included_at: SourceLine | None
    ) -> Iterator[tuple[str, SourceLine]]:
        """The lines of files, without comments; blank lines as they are."""
        for path in paths:
            key = os.path.realpath(path)
            if key in self._open:
                text = f"{path} includes itself: not read a second time"
                self._notes.add("include-loop", text, included_at)
                continue
            if included_at is not None and not self._files.try_to_read(path, included_at):
                continue
            self._open.append(key)
            for number, raw in enumerate(self._files.lines[path], 1):
                yield from self._uncommented(raw.rstrip("\r"), SourceLine(path, number))
            self._open.remove(key)

    def _uncommented(self, raw: str, line: SourceLine) -> Iterator[tuple[str, SourceLine]]:
        if not raw:
            yield "", line
        if len(raw) > MAX_LINE_BYTES:
            text = f"longer than {MAX_LINE_BYTES} bytes: keepalived reads the rest as a new line"
            self._notes.add("line-too-long", text, line)
        for start in range(0, len(raw), MAX_LINE_BYTES):
            found = decomment(raw[start : start + MAX_LINE_BYTES])
            if found.open_quote:
                self._notes.add("open-quote", "a double quote is not closed on its line", line)
            if found.cut_word and "auth_pass" in found.text:
                text = "'!' or '#' starts a comment also inside of a word: auth_pass ends there"
                self._notes.add("comment-in-word", text, line)
            # keepalived copies what it read and reads the copy: a comment character that was
            # escaped is a comment the second time.
            text = decomment(found.text).text
            if text:
                yield text, line

    def _process(self, text: str, line: SourceLine) -> str:
        """Apply conditions, definitions and repetitions; "" where nothing remains of the line."""
        for _ in range(_MAX_PASSES):
            if text.startswith("@"):
                text = self._condition(text)
            if text.startswith("$") and (found := definition(text)):
                self._define(*found)
                return ""
            if text.startswith(("~SEQ", "~LST")):
                self._repeat(text, line)
                return ""
            if "$" not in text or text.startswith("~"):
                return text
            replaced = self._definitions.substitute(text)
            if replaced.too_long:
                reason = "a definition makes the line too long, or names itself"
                self._notes.add("line-too-long", reason, line)
                return replaced.text
            if not replaced.changed:
                return text
            if replaced.random:
                reason = "$_RANDOM: every start of keepalived takes another value"
                self._notes.add("random-value", reason, line)
            self._sources += [iter([(rest, line) for rest in lines]) for lines in replaced.rest]
            text = decomment(replaced.text).text
        return text

    def _condition(self, text: str) -> str:
        """What follows `@id` or `@^id`; "" where the line is for other nodes."""
        match = _CONDITION.match(text)
        if match is None:
            return ""
        reverse, identity, rest = match.groups()
        self.conditions.add(identity)
        return rest if (identity == self._config_id) != bool(reverse) else ""

    def _define(self, name: str, value: str) -> None:
        """Keep a definition; one that ends with a backslash goes on with the next line."""
        lines: list[str] = []
        while value.endswith("\\"):
            lines.append(value.removesuffix("\\").rstrip(" \t"))
            following = self._next()
            value = following[0] if following else ""
        lines.append(value)
        self._definitions.define(name, [text for text in lines if text] or [""])

    def _repeat(self, text: str, line: SourceLine) -> None:
        found = repetition(text, self._definitions)
        if found is None:
            self._notes.add("bad-repetition", "~SEQ or ~LST that keepalived refuses", line)
        else:
            self._sources.append(self._rounds(found.rounds, found.text, line))

    def _rounds(
        self, rounds: Iterator[Bindings], text: str, line: SourceLine
    ) -> Iterator[tuple[str, SourceLine]]:
        for bindings in rounds:
            for name, value in bindings:
                self._definitions.define(name, [value])
            yield text, line

    def _include(self, text: str, line: SourceLine) -> bool:
        """True where the line is an include; its files are read next."""
        match = _INCLUDE.match(text)
        if match is None:
            return False
        if len(self._open) >= MAX_INCLUDE_DEPTH:
            reason = f"includes are nested deeper than {MAX_INCLUDE_DEPTH}: not read"
            self._notes.add("include-depth", reason, line)
        else:
            self._sources.append(self._file_lines(self._files.included(match[1], line), line))
        return True
