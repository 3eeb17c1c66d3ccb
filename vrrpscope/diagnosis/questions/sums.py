"""Where the length of a timer comes from, in words: an operator can check the sum."""

from vrrpscope.diagnosis.finding import Duration
from vrrpscope.protocol.timers import (
    DOWN_TIMER_ADVERTS,
    LOWEST_BACKUP_PRIORITY,
    master_down_interval_ns,
    skew_time_ns,
)
from vrrpscope.timeline.streak import Streak

_WHOLE = 256
"""RFC 5798 section 6.1: the Skew_Time is this much less the priority, in 256ths."""


def skew_sum(version: int, priority: int) -> str:
    """The Skew_Time: "156/256 s, for priority 100"; VRRPv3 counts in parts of the interval."""
    unit = "s" if version == 2 else "of the interval"
    return f"{_WHOLE - priority}/{_WHOLE} {unit}, for priority {priority}"


def timer_sum(
    version: int, priority: int, interval_ns: int, adverts: int = DOWN_TIMER_ADVERTS
) -> str:
    """A Master_Down_Interval: "3 intervals of 1.000 s and 156/256 s, for priority 100"."""
    return f"{adverts} intervals of {Duration(interval_ns)} and {skew_sum(version, priority)}"


def waited_sum(new: Streak, interval_ns: int, waited_ns: int) -> str:
    """What a router waited for that became master; an advert more or less is told from the time.

    Args:
        new: what it said then.
        interval_ns: the interval in force at the master before it.
        waited_ns: its timer, give or take less than half an interval.
    """
    version, priority = new.advertisement.version, new.priority
    skew_ns = skew_time_ns(version, priority, interval_ns)
    adverts = (waited_ns - skew_ns + interval_ns // 2) // interval_ns
    return timer_sum(version, priority, interval_ns, adverts)


def longest_sum(of: Streak, allowed_ns: int) -> str:
    """Where the longest timer of any backup comes from, in brackets; else nothing.

    Nothing where a configuration makes it longer than three adverts and the lowest priority do.
    """
    version, lowest = of.advertisement.version, LOWEST_BACKUP_PRIORITY
    if master_down_interval_ns(version, lowest, of.interval_ns) != allowed_ns:
        return ""
    return f" ({timer_sum(version, lowest, of.interval_ns)})"
