"""The times at the heads of log lines, in the formats of syslog, journalctl, keepalived and FRR."""

import re
from calendar import timegm
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

NS = 1_000_000_000
_DAY = 86_400
_MARCH = 60 * _DAY
"""Seconds from the start of a leap year to its 1 March."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
} | {f"{number}月": number for number in range(1, 13)}


class Stamp(NamedTuple):
    """The time of a line.

    Attributes:
        time_ns: since the epoch; without a year, since the start of a leap year.
        dated, zoned: whether the line tells the year, and the zone.
        step_ns: how fine it is: one second where no fraction is written.
    """

    time_ns: int
    dated: bool
    zoned: bool
    step_ns: int

    def in_year(self, years: int, *, leap: bool) -> int:
        """Nanoseconds since the epoch of a stamp without a year, placed in 1970 and later.

        Args:
            years: how many turns of the year come before it in its file.
            leap: whether the file has a 29 February: it is placed in 1972 then.
        """
        second = self.time_ns // NS
        if leap:
            second += 2 * 365 * _DAY + years * 366 * _DAY
        else:
            second += years * 365 * _DAY - (_DAY if second >= _MARCH else 0)
        return second * NS + self.time_ns % NS

    @property
    def is_leap_day(self) -> bool:
        """True for a 29 February without a year."""
        return not self.dated and _MARCH - _DAY <= self.time_ns // NS < _MARCH


_CLOCK = r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:[.,](\d{1,9})\d*)?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"([A-Z][a-z]{2}|1?\d月)"
_ISO = re.compile(
    rf"(\d{{4}})-(\d\d)-(\d\d)[T ]{_CLOCK}(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?:? +", re.ASCII
)
_FULL = re.compile(
    rf"{_WEEKDAY} (\d{{4}})-(\d\d)-(\d\d) {_CLOCK} ([A-Z]{{1,6}}|[+-]\d\d(?:\d\d)?) +", re.ASCII
)
_BSD = re.compile(rf"{_MONTH} {{1,2}}(\d{{1,2}})(?: (\d{{4}}))? {_CLOCK}:? +")
_CTIME = re.compile(rf"{_WEEKDAY} {_MONTH} {{1,2}}(\d{{1,2}}) {_CLOCK} (\d{{4}})(:?) +")
_FRR = re.compile(rf"(\d{{4}})/(\d\d)/(\d\d) {_CLOCK} (?:[a-z]+: )?([A-Z0-9_]+): ?", re.ASCII)
_UNIX = re.compile(r"(\d{9,10})\.(\d{6}) +", re.ASCII)
_MONOTONIC = re.compile(r"\[ {0,11}\d{1,11}\.\d{6}\] +", re.ASCII)


@lru_cache(maxsize=256)
def _seconds(year: str, month: int, day: str, hour: str, minute: str, second: str) -> int | None:
    """Seconds since the epoch as if in UTC; None where there is no such day."""
    if not (1 <= month <= 12 and 1 <= int(day) <= 31 and int(year) >= 1970):
        return None
    return timegm((int(year), month, int(day), int(hour), int(minute), int(second)))


def _stamp(
    year: str | None, month: int, rest: tuple[str, str, str, str, str | None], zone: str | None
) -> Stamp | None:
    """The stamp of a day and clock; `rest` is day, hour, minute, second and fraction."""
    seconds = _seconds(year or "1972", month, *rest[:4])
    if seconds is None:
        return None
    if year is None:
        seconds -= 2 * 365 * _DAY
    fraction = rest[4] or ""
    time_ns = seconds * NS + int(fraction.ljust(9, "0"))
    offset = _offset(zone)
    step_ns = 10 ** (9 - len(fraction))
    return Stamp(time_ns - (offset or 0) * NS, year is not None, offset is not None, step_ns)


def _offset(zone: str | None) -> int | None:
    """Seconds east of UTC; None where there is no zone, or one of many meanings ("CET", "IST")."""
    if zone in ("Z", "UTC", "GMT"):
        return 0
    if zone is None or zone[0] not in "+-":
        return None
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)


class Head(NamedTuple):
    """The head of a line, read: where its rest begins."""

    stamp: Stamp | None
    end: int
    program: str | None = None
    own: bool = False


def iso(text: str) -> Head | None:
    """RFC 3339 as rsyslog, `journalctl -o short-iso` and containers write it."""
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    clock = day, hour, minute, second, fraction
    return Head(_stamp(year, int(month), clock, zone), match.end())


def full(text: str) -> Head | None:
    """`journalctl -o short-full` and `with-unit`: with a weekday and a zone."""
    match = _FULL.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    clock = day, hour, minute, second, fraction
    return Head(_stamp(year, int(month), clock, zone), match.end())


def bsd(text: str) -> Head | None:
    """RFC 3164, and `journalctl -o short` and `short-precise`: no year."""
    match = _BSD.match(text)
    if match is None:
        return None
    month, day, year, *clock = match.groups()
    hour, minute, second, fraction = clock
    number = _MONTHS.get(month, 0)
    return Head(_stamp(year, number, (day, hour, minute, second, fraction), None), match.end())


def ctime(text: str) -> Head | None:
    """Keepalived's own `--log-file` and `--log-console`, and OpenWrt's `logread`."""
    match = _CTIME.match(text)
    if match is None:
        return None
    month, day, hour, minute, second, fraction, year, colon = match.groups()
    clock = day, hour, minute, second, fraction
    return Head(_stamp(year, _MONTHS.get(month, 0), clock, None), match.end(), None, bool(colon))


def frr(text: str) -> Head | None:
    """FRRouting's `log file`, which names the daemon."""
    match = _FRR.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, program = match.groups()
    clock = day, hour, minute, second, fraction
    return Head(_stamp(year, int(month), clock, None), match.end(), program)


def unix(text: str) -> Head | None:
    """`journalctl -o short-unix`."""
    match = _UNIX.match(text)
    if match is None:
        return None
    time_ns = int(match[1]) * NS + int(match[2]) * 1000
    return Head(Stamp(time_ns, True, True, 1000), match.end())


def monotonic(text: str) -> Head | None:
    """`journalctl -o short-monotonic`: seconds since the boot, no time of day."""
    match = _MONOTONIC.match(text)
    return None if match is None else Head(None, match.end())


HEADS: tuple[Callable[[str], Head | None], ...] = (
    bsd,
    iso,
    ctime,
    frr,
    full,
    unix,
    monotonic,
)
