"""The years that a log without one can be of.

RFC 3164 times have no year. Such a log is placed in 1970 and later, in years without a 29 February,
or from 1972 on, in leap years, where it has lines of one (`Stamp.in_year`).
"""

from calendar import isleap, timegm

from vrrpscope.evidence.statement import Log
from vrrpscope.protocol.timers import NS

_DAY_NS = 86_400 * NS
_MEAN_YEAR_NS = 31_556_952 * NS
"""Of the Gregorian calendar."""

_EPOCH = 1970
_MOST_TURNS = 3
"""Turns of the year in one log that are considered."""


def year_offsets(log: Log, first_ns: int, last_ns: int) -> tuple[int, ...]:
    """What to add to the times of a log to have it in the years of a capture; the zone left open.

    Args:
        log: as it was read.
        first_ns: the begin of the capture.
        last_ns: its end.
    """
    if log.dated or log.first_ns is None or log.last_ns is None:
        return (0,)
    leap = log.first_ns >= 2 * 365 * _DAY_NS
    begin_ns, length_ns = (730 * _DAY_NS, 366 * _DAY_NS) if leap else (0, 365 * _DAY_NS)
    turns = min((log.last_ns - begin_ns) // length_ns, _MOST_TURNS)
    first, last = _year(first_ns), _year(last_ns)
    # Around New Year the log's year may be another one than UTC's.
    years = dict.fromkeys((first - 1, first, last, last + 1))
    return tuple(
        _start_ns(year) - begin_ns - turn * length_ns + _leap_day_ns(year, first_ns, leap=leap)
        for year in years
        for turn in range(turns + 1)
    )


def _year(time_ns: int) -> int:
    year = _EPOCH + max(time_ns, 0) // _MEAN_YEAR_NS
    return year + (_start_ns(year + 1) <= time_ns) - (_start_ns(year) > time_ns)


def _start_ns(year: int) -> int:
    return timegm((year, 1, 1, 0, 0, 0)) * NS


def _leap_day_ns(year: int, at_ns: int, *, leap: bool) -> int:
    """The day by which the year and the log's own kind of years differ from March on."""
    if isleap(year) == leap or at_ns < timegm((year, 3, 1, 0, 0, 0)) * NS:
        return 0
    return _DAY_NS if isleap(year) else -_DAY_NS
