"""Wordings of log messages: patterns whose named groups are the fields of a `Statement`.

The groups: `before`, `after` numbers; `before_ms`, `after_s` and the like times in that unit;
`delay` seconds; `address`; `state`; `up`, a word that tells good from bad; anything else is text.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from ipaddress import ip_address
from typing import Any

from msgspec import Struct, field

from vrrpscope.evidence.statement import Said
from vrrpscope.protocol.advertisement import Address

Fields = dict[str, Any]

_UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "cs": 10_000_000}
_GOOD = frozenset(
    {"up", "succeeded", "added", "gained", "achieved", "leaving", "successful", "started"}
)
_STATES = {"INITIALIZE": "INIT"}
_LONGEST_NUMBER = 18
_LITERAL = re.compile(r"([\w'-]+)(?= |\\|\.|,|\(|/|$)")
_WORD = re.compile(r"[\w'-]+")
ADDRESS = r"(?P<address>[0-9A-Fa-f.:]+(?:%[\w.-]+)?)"
FROM = rf"(?: from {ADDRESS})?"
NUMBER = r"\d{1,18}"


class Wording(Struct, frozen=True):
    """One way to say something.

    Attributes:
        said: what it says; a line can say two things ("timed_out": the check failed, and it hung).
        pattern: must match from the start of the message.
        fixed: fields that are the same for every such message.
    """

    said: tuple[Said, ...]
    pattern: re.Pattern[str]
    fixed: Mapping[str, object] = field(default_factory=dict)


def wording(said: Said | tuple[Said, ...], pattern: str, **fixed: object) -> Wording:
    """A wording from its pattern."""
    kinds = said if isinstance(said, tuple) else (said,)
    return Wording(kinds, re.compile(pattern, re.IGNORECASE), fixed)


class Wordings:
    """Finds the wording of a message by its first word."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        self._by_word: dict[str, list[Wording]] = {}
        self._others: list[Wording] = []
        for known in wordings:
            first = _LITERAL.match(known.pattern.pattern)
            if first is None:
                self._others.append(known)
            else:
                self._by_word.setdefault(first[1].lower(), []).append(known)

    def read(self, message: str) -> list[tuple[Said, Fields]]:
        """What a message says; empty where no wording is known."""
        word = _WORD.match(message)
        candidates = self._by_word.get(word[0].lower(), ()) if word else ()
        for known in (*candidates, *self._others):
            match = known.pattern.match(message)
            if match is not None:
                fields = _fields(match.groupdict()) | known.fixed
                return [(said, fields) for said in known.said]
        return []


def _fields(groups: Mapping[str, str | None]) -> Fields:
    """The fields of a statement from the groups of a pattern."""
    fields: Fields = {}
    for name, text in groups.items():
        if text is None:
            continue
        base, _, unit = name.partition("_")
        if base in ("before", "after") and len(text) <= _LONGEST_NUMBER:
            fields[base] = int(Decimal(text) * _UNITS.get(unit, 1))
        elif name in ("both", "vrid") and len(text) <= _LONGEST_NUMBER:
            keys = ("before", "after") if name == "both" else ("vrid",)
            fields |= dict.fromkeys(keys, int(text))
        elif name == "delay" and len(text) <= _LONGEST_NUMBER:
            fields["delay_ns"] = int(Decimal(text) * _UNITS["s"])
        elif name == "address":
            fields["address"] = read_address(text)
        elif name == "state":
            fields["state"] = _STATES.get(text.upper(), text.upper())
        elif name == "up":
            fields["good"] = text.lower() in _GOOD
        elif base not in ("before", "after", "both", "vrid", "delay"):
            fields[name] = text
    return fields


def read_address(text: str) -> Address | None:
    """An address without its zone and prefix length; None where it is none."""
    try:
        return ip_address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return None
