"""The times that tcpdump prints: none of its six ways tells all of a moment.

| option | printed | what it lacks |
|---|---|---|
| -tt | `1795375467.093166` | nothing |
| -tttt | `2026-11-22 19:24:27.093166` | the zone |
| (none) | `19:24:27.093166` | the date and the zone |
| -ttttt | ` 00:00:03.524829` since the first packet | when that was |
| -ttt | ` 00:00:01.000340` since the packet before | when the first one was |
| -t | | everything |

What lacks is not made up, but time has to be a number: the day is then 1970-01-01, the zone UTC.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

DAY_NS = 86_400_000_000_000
MOST_SHOWN = 32
"""Packets that may be looked at before the meaning of their times is decided."""

_SHORT_NS = 60_000_000_000
"""A first time below this is a duration, or one of the first minute after midnight."""

_DATE_LENGTH = len("2026-11-22 ")
_STAMP = re.compile(
    r"(?P<sign>-?)(?P<hours>\d\d):(?P<minutes>\d\d):(?P<seconds>\d\d)\.(?P<fraction>\d{1,9})",
    re.ASCII,
)


class Clock(StrEnum):
    """What the times of a text are; the value is the note about it."""

    DATED = "times have no zone: taken as UTC"
    OF_DAY = "times have no date and no zone: shown as UTC of 1970-01-01 (tcpdump -tt prints all)"
    SINCE_FIRST = (
        "times count from the first packet (tcpdump -ttttt): shown as if that was 1970-01-01 00:00 "
        "UTC"
    )
    SINCE_LAST = (
        "times count from the packet before (tcpdump -ttt): summed up, and shown as if the first "
        "was 1970-01-01 00:00 UTC"
    )


class Times:
    """Turns printed times into nanoseconds since the epoch, in the order of the text.

    Attributes:
        notes: what is unknown about them, one sentence for each kind that came.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._shown: list[int] = []
        self._clock: Clock | None = None
        self._day_ns = 0
        self._last_ns: int | None = None

    def look_ahead(self, stamp: str) -> bool:
        """Looks at a stamp before it is read; False where no more need be seen."""
        value = _of_day(stamp)
        if self._clock is not None or value is None:
            return False
        self._shown.append(value)
        if self._shown[0] < _SHORT_NS and len(self._shown) < MOST_SHOWN:
            return True
        self._clock = _clock_of(self._shown)
        return False

    def time_ns(self, stamp: str) -> int | None:
        """The time of the next packet; None where the stamp is no time."""
        value = _of_day(stamp)
        if value is None:
            if ":" not in stamp:
                return _epoch_ns(stamp)
            self._note(Clock.DATED)
            return _dated_ns(stamp)
        clock = self._clock = self._clock or _clock_of(self._shown or [value])
        self._note(clock)
        if clock is Clock.SINCE_LAST:
            self._last_ns = (self._last_ns or 0) + value
            return self._last_ns
        return self._rolled(value)

    def _rolled(self, value: int) -> int:
        """The time of day on the day that it must be: midnight leads forward."""
        time_ns = self._day_ns + value
        if self._last_ns is not None:
            if time_ns < self._last_ns - DAY_NS // 2:
                self._day_ns += DAY_NS
                time_ns += DAY_NS
            elif time_ns > self._last_ns + DAY_NS // 2 and self._day_ns:
                return time_ns - DAY_NS  # one from before midnight that was printed late
        self._last_ns = time_ns
        return time_ns

    def _note(self, clock: Clock) -> None:
        if clock.value not in self.notes:
            self.notes.append(clock.value)


def _clock_of(shown: list[int]) -> Clock:
    """What times of the form HH:MM:SS are, by the first ones.

    Times since the first packet grow; those since the packet before fall as often as they grow,
    or are all alike where nothing but adverts of one sender was captured.
    """
    if shown[0] >= _SHORT_NS:
        return Clock.OF_DAY
    falls = sum(later < earlier for earlier, later in pairwise(shown))
    positive = [value for value in shown if value > 0]
    alike = shown[0] == 0 and len(positive) > 1 and 2 * max(positive) < 3 * min(positive)
    if alike or (falls and 4 * falls >= len(shown) - 1):
        return Clock.SINCE_LAST
    return Clock.SINCE_FIRST if shown[0] == 0 else Clock.OF_DAY


def _epoch_ns(stamp: str) -> int | None:
    seconds, point, fraction = stamp.partition(".")
    if not point:
        return None
    return int(seconds) * 1_000_000_000 + int(fraction.ljust(9, "0"))


def _of_day(stamp: str) -> int | None:
    """Nanoseconds of HH:MM:SS; None for a time of another form, or none at all."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    hours, minutes, seconds = (int(found[part]) for part in ("hours", "minutes", "seconds"))
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    value = (hours * 3600 + minutes * 60 + seconds) * 1_000_000_000
    value += int(found["fraction"].ljust(9, "0"))
    return -value if found["sign"] else value


def _dated_ns(stamp: str) -> int | None:
    """Nanoseconds since the epoch of YYYY-MM-DD HH:MM:SS, taken as UTC; None where impossible."""
    value = _of_day(stamp[_DATE_LENGTH:])
    if value is None:
        return None
    try:
        date = datetime.fromisoformat(stamp[: _DATE_LENGTH - 1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(date.timestamp()) * 1_000_000_000 + value
