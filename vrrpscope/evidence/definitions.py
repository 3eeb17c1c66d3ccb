"""Definitions (`$NAME=value`) and repetitions (`~SEQ`, `~LST`) of a keepalived configuration.

Source: keepalived 2.2.7, lib/parser.c: find_definition, replace_param, add_seq, add_lst.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

MAX_LINE_BYTES = 1023
"""keepalived's line buffer (MAXBUF), without the end of the string."""

_MAX_REPLACEMENTS = 1000
_DEFINITION = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)", re.DOTALL)
_REFERENCE = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?P<parameters>[ \d]*)\}"
    r"|(?P<bare>[A-Za-z_][A-Za-z0-9_]*)(?=[ \t,)]|\Z))"
)
_SEQUENCE = re.compile(r"~SEQ(x?)[ \t]*\([ \t]*([^ \t,)]+)[ \t]*,([^)]*)\)[ \t]*(.*)", re.DOTALL)
_NUMBER = re.compile(r"[ \t]*([+-]?)(0[xX][0-9a-fA-F]{1,15}|[0-9]{1,18})?[ \t]*\Z")
_LIST = re.compile(r"~LST[ \t]*\((.*?)\)[ \t]*(.*)", re.DOTALL)
_LIST_ITEM = re.compile(r"[ \t]*(?:\{([^{}]*)\}|([^{},]*?))[ \t]*(?:,|\Z)")

Bindings = tuple[tuple[str, str], ...]


def definition(text: str) -> tuple[str, str] | None:
    """The name and the value of a line that defines something; None for other lines."""
    match = _DEFINITION.match(text)
    return (match[1], match[2]) if match else None


@dataclass(slots=True)
class Replaced:
    """A line after substitution.

    Attributes:
        text: the line.
        changed: True where at least one reference was replaced.
        rest: further lines of definitions of several lines, the first to be read last.
        too_long: True where keepalived would refuse the line as too long.
        random: True where `_RANDOM` was replaced, by its least value.
    """

    text: str
    changed: bool = False
    rest: list[Sequence[str]] = field(default_factory=list)
    too_long: bool = False
    random: bool = False


class Definitions:
    """The definitions that are known at one point of the configuration."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, ...]] = {"_PWD": (".",), "_INSTANCE": ("",)}

    def define(self, name: str, lines: Sequence[str]) -> None:
        """Set a definition of one or more lines; a later one replaces an earlier one."""
        self._values[name] = tuple(lines) or ("",)

    def substitute(self, text: str) -> Replaced:
        """Replace references, also those in replacements, as keepalived does.

        A definition of several lines is replaced only at the end of a line. A definition that
        names itself would keep keepalived busy for ever; here it ends as a line too long.
        """
        result = Replaced(text)
        position = 0
        for _ in range(_MAX_REPLACEMENTS):
            match = _REFERENCE.search(result.text, position)
            if match is None:
                return result
            value = self._value(match, result)
            if value is None:
                position = match.start() + 1
                continue
            replaced = result.text[: match.start()] + value + result.text[match.end() :]
            if len(replaced) > MAX_LINE_BYTES:
                break
            result.text, result.changed = replaced, True
            position = match.start()
            if value.lstrip(" \t").startswith("~"):
                return result
        result.too_long = True
        return result

    def _value(self, match: re.Match[str], result: Replaced) -> str | None:
        name = match["braced"] or match["bare"]
        parameters = (match["parameters"] or "").split()
        if name == "_RANDOM" and name not in self._values:
            result.random = True
            return parameters[0] if len(parameters) > 1 else "0"
        lines = self._values.get(name)
        if lines is None or parameters:
            return None
        if len(lines) > 1:
            if match.end() != len(match.string):
                return None
            result.rest.append(lines[1:])
        return lines[0]


class Repetition(Struct, frozen=True):
    """A line that is read several times, each time with other definitions."""

    rounds: Iterator[Bindings]
    text: str


def repetition(text: str, definitions: Definitions) -> Repetition | None:
    """What a line that starts with ~SEQ or ~LST asks for; None where it is malformed."""
    return _sequence(text, definitions) or _list(text)


def _sequence(text: str, definitions: Definitions) -> Repetition | None:
    match = _SEQUENCE.match(text)
    if match is None:
        return None
    hexadecimal, name, bounds, body = match.groups()
    numbers = [_number(word) for word in definitions.substitute(bounds).text.split(",")]
    span = _range([number for number in numbers if number is not None])
    if None in numbers or span is None or (hexadecimal and min(span[0], span[-1]) < 0):
        return None
    shape = "x" if hexadecimal else "d"
    return Repetition((((name, format(number, shape)),) for number in span), body)


def _range(numbers: list[int]) -> range | None:
    """The values of ~SEQ(name, last), (name, first, last) or (name, first, step, last)."""
    if len(numbers) == 1:
        last = numbers[0]
        first, step = (-1 if last < 0 else 1), (-1 if last < 1 else 1)
    elif len(numbers) == 2:
        first, last = numbers
        step = 1 if first <= last else -1
    elif len(numbers) == 3:
        first, step, last = numbers
    else:
        return None
    if step == 0 or (last - first) * step < 0:
        return None
    return range(first, last + (1 if step > 0 else -1), step)


def _number(word: str) -> int | None:
    """A number as strtol reads it with base 0: 0x is hexadecimal, a leading 0 octal."""
    match = _NUMBER.match(word)
    if match is None:
        return None
    sign = -1 if match[1] == "-" else 1
    digits = match[2] or "0"
    if digits[:2].lower() == "0x":
        return sign * int(digits, 16)
    if digits.startswith("0") and len(digits) > 1:
        return sign * int(digits, 8) if digits.strip("01234567") == "" else None
    return sign * int(digits)


def _list(text: str) -> Repetition | None:
    match = _LIST.match(text)
    if match is None:
        return None
    groups = _list_items(match[1])
    if len(groups) < 2 or not all(groups[0]):
        return None
    names, rows = groups[0], groups[1:]
    if any(len(row) > len(names) for row in rows):
        return None
    filled = (row + [""] * (len(names) - len(row)) for row in rows)
    return Repetition((tuple(zip(names, row, strict=True)) for row in filled), match[2])


def _list_items(text: str) -> list[list[str]]:
    """The items of `a, {b, c}, d`: each one a list of its parts."""
    items: list[list[str]] = []
    position = 0
    while position < len(text):
        match = _LIST_ITEM.match(text, position)
        if match is None:
            return []
        parts = match[1].split(",") if match[1] is not None else [match[2]]
        items.append([part.strip(" \t") for part in parts])
        position = match.end()
    return items
