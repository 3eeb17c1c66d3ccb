"""Lines of logs: when, on which host, by which program, and what it said.

Read are the formats of syslog (RFC 3164 and RFC 5424), of `journalctl` and of containers, the lines
that keepalived and FRRouting write themselves, and bare messages. Each line is read for itself, so
that a file may hold several formats: only the one that fitted last is tried first.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from vrrpscope.evidence.log_stamps import HEADS, Head, Stamp, bsd, ctime, frr, iso
from vrrpscope.evidence.told import printable


class Line(NamedTuple):
    """A line taken apart; None for what it does not have.

    Attributes:
        text: for quoting: without control characters and passwords.
        own: written by keepalived itself (`--log-file`, `--log-console`), which names no program.
    """

    message: str
    text: str
    stamp: Stamp | None = None
    host: str | None = None
    program: str | None = None
    own: bool = False


_FACILITY = r"(?:kern|user|mail|daemon|auth|authpriv|syslog|local[0-7])\.[a-z]+"
_IS_FACILITY = re.compile(_FACILITY)
_TAG = re.compile(
    rf"(?:(?!VRRP_|\()(?P<host>\S+) +)?(?:{_FACILITY} +)?"
    r"(?P<program>[^\s:\[(]+) ?(?:\[\d+\])?: ?(?P<message>.*)"
)
_RFC5424 = re.compile(
    r"(?P<host>\S+) (?P<program>\S+) (?:-|\d+) \S+ (?:-|\[.*?\]) ?(?P<message>.*)"
)
_ANYWHERE = re.compile(r"\b(?P<program>[Kk]eepalived\w*) ?\[\d+\]: ?(?P<message>.*)")
_PRIORITY = re.compile(r"<\d{1,3}>(1 )?")
_CONTAINER = re.compile(r"[\w./-]{1,80} {1,40}\| ")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*[A-Za-z]")
_MAX_PARTS = 300
"""Lines of an object of the journal; it has some 30 fields."""

_SECRETS = (
    "auth_pass",
    "auth_hmac",
    "password",
    "passwd ",
    "passwd=",
    "passwd:",
    "secret",
    "community",
)
_SECRET = re.compile(
    r"(?i)\b(auth_pass|auth_hmac|password|passwd|secret|community)\b"
    r"(?:\s*[=:]\s*|\s+(?=\S))(?!to \d+ char|from )(?:[\"'`]?)[^\s\"'`!][^\"'`]*"
)


def cleaned(text: str) -> str:
    """A line that may be shown: no control characters, no passwords."""
    if text.isascii() and text.isprintable():
        clean = text
    else:
        text = text.replace("\0", "").replace("\ufeff", "")
        clean = printable(_COLOUR.sub("", text) if "\x1b" in text else text)
    lowered = clean.lower()
    return _SECRET.sub(r"\1 ****", clean) if any(w in lowered for w in _SECRETS) else clean


@dataclass(slots=True)
class LineReader:
    """Takes the lines of one file apart."""

    _last: Callable[[str], Head | None] = bsd
    _pretty: list[str] | None = None

    def read(self, raw: str) -> Line:
        """One line, or one object of `journalctl -o json`."""
        start = raw.lstrip("\x1e")
        start = start.removeprefix("data: ")
        if self._pretty is not None or start.rstrip() == "{":
            return self._gather(start)
        if start.startswith("{"):
            record = self._record(start)
            if record is not None:
                return record
        return self._plain(cleaned(start))

    def _gather(self, text: str) -> Line:
        """A line of an object of `journalctl -o json-pretty`; the last one stands for it."""
        parts = self._pretty = (self._pretty or []) + [text]
        if text.rstrip() != "}" and len(parts) < _MAX_PARTS:
            return Line("", cleaned(text))
        self._pretty = None
        return self._record("".join(parts)) or Line("", cleaned(text))

    def _plain(self, text: str) -> Line:
        body, syslog = _without_prefix(text)
        cut = self._head(body)
        if cut is None:
            found = _ANYWHERE.search(body)
            if found is None:
                return Line(body, text)
            return Line(found["message"], text, None, None, found["program"])
        if cut.program is not None or cut.own:
            return Line(body[cut.end :], text, cut.stamp, None, cut.program, cut.own)
        return _tagged(body[cut.end :], text, cut.stamp, syslog)

    def _head(self, text: str) -> Head | None:
        cut = self._last(text)
        if cut is None:
            for head in HEADS:
                cut = head(text)
                if cut is not None:
                    self._last = head
                    break
        return cut

    def _record(self, text: str) -> Line | None:
        """An object of the journal, or of Docker's json-file driver; None for anything else."""
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(record, dict):
            return None
        if isinstance(record.get("log"), str) and isinstance(record.get("time"), str):
            cut = iso(f"{record['time']} ")
            line = self._plain(cleaned(record["log"].rstrip("\r\n")))
            return line._replace(stamp=cut.stamp if cut else line.stamp)
        if "MESSAGE" not in record:
            return None
        message = cleaned(_message(record["MESSAGE"]))
        host = _word(record.get("_HOSTNAME"))
        program = _word(record.get("SYSLOG_IDENTIFIER")) or _word(record.get("_COMM"))
        shown = " ".join(part for part in (host, f"{program}:" if program else None) if part)
        text = f"{shown} {message}".strip()
        return Line(message, text, _realtime(record), host, program)


def _without_prefix(text: str) -> tuple[str, bool]:
    """Without a syslog priority or a container's name, and whether RFC 5424 follows."""
    if text.startswith("<"):
        match = _PRIORITY.match(text)
        if match is not None:
            return text[match.end() :], match[1] is not None
    elif " | " in text[:120]:
        match = _CONTAINER.match(text)
        if match is not None:
            return text[match.end() :], False
    return text, False


def _tagged(rest: str, text: str, stamp: Stamp | None, syslog: bool) -> Line:
    """What follows a time: host and program, another time (`docker logs -t`), or a message."""
    if syslog:
        match = _RFC5424.match(rest)
        if match is not None:
            return Line(match["message"], text, stamp, match["host"], match["program"])
    inner = ctime(rest) or frr(rest)
    if inner is not None:
        own = inner.own or inner.program is None
        return Line(rest[inner.end :], text, stamp, None, inner.program, own)
    match = _TAG.match(rest)
    if match is None:
        return Line(rest, text, stamp)
    host: str | None = match["host"]
    if host is not None and "." in host and _IS_FACILITY.fullmatch(host):
        host = None
    return Line(match["message"], text, stamp, host, match["program"])


def _message(value: object) -> str:
    """The journal writes a message that is no UTF-8 as a list of bytes."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(b, int) and 0 <= b <= 255 for b in value):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, list):
        return next((v for v in value if isinstance(v, str)), "")
    return ""


def _word(value: object) -> str | None:
    return cleaned(value) if isinstance(value, str) and value else None


def _realtime(record: dict[str, object]) -> Stamp | None:
    value = record.get("__REALTIME_TIMESTAMP")
    digits = value if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 17):
        return None
    return Stamp(int(digits) * 1000, True, True, 1000)
