"""The timers of the RFCs, in nanoseconds.

VRRPv2 skews by fractions of a *second*, VRRPv3 by fractions of the *interval*: two functions, so
that neither is used for the other (RFC 3768 section 6.1, RFC 5798 section 6.1).
"""

from typing import NamedTuple

NS = 1_000_000_000
"""Nanoseconds in a second."""

LOWEST_BACKUP_PRIORITY = 1
HIGHEST_BACKUP_PRIORITY = 254

DOWN_TIMER_ADVERTS = 3
"""Adverts that a backup misses before it takes over; keepalived >= 2.2.3 can change it
(`down_timer_adverts`)."""


class Range(NamedTuple):
    """A range of durations in nanoseconds, both ends included."""

    low: int
    high: int


def skew_time_v2_ns(priority: int) -> int:
    """Skew_Time of VRRPv2: (256 - priority) / 256 seconds (RFC 3768 section 6.1)."""
    return (256 - priority) * NS // 256


def skew_time_v3_ns(priority: int, advert_interval_ns: int) -> int:
    """Skew_Time of VRRPv3: (256 - priority) * interval / 256 (RFC 5798 section 6.1)."""
    return (256 - priority) * advert_interval_ns // 256


def skew_time_ns(version: int, priority: int, advert_interval_ns: int) -> int:
    """Skew_Time of either version; the interval is the one in force at the master."""
    if version == 2:
        return skew_time_v2_ns(priority)
    return skew_time_v3_ns(priority, advert_interval_ns)


def master_down_interval_ns(
    version: int,
    priority: int,
    advert_interval_ns: int,
    down_timer_adverts: int = DOWN_TIMER_ADVERTS,
) -> int:
    """Master_Down_Interval of a backup: 3 * interval + Skew_Time (RFC 5798 section 6.1)."""
    skew_ns = skew_time_ns(version, priority, advert_interval_ns)
    return down_timer_adverts * advert_interval_ns + skew_ns


def master_down_range_ns(version: int, advert_interval_ns: int) -> Range:
    """Master_Down_Interval of a backup whose priority is unknown (1 to 254)."""
    return Range(
        master_down_interval_ns(version, HIGHEST_BACKUP_PRIORITY, advert_interval_ns),
        master_down_interval_ns(version, LOWEST_BACKUP_PRIORITY, advert_interval_ns),
    )


def skew_range_ns(version: int, advert_interval_ns: int) -> Range:
    """Skew_Time of a backup whose priority is unknown (1 to 254)."""
    return Range(
        skew_time_ns(version, HIGHEST_BACKUP_PRIORITY, advert_interval_ns),
        skew_time_ns(version, LOWEST_BACKUP_PRIORITY, advert_interval_ns),
    )
