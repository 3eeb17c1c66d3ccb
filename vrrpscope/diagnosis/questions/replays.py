"""Captures that have the same adverts twice, at different times: put together of several.

Two captures of one network whose clocks differ, merged into one file, show each router once by each
clock. What is over by the one clock goes on by the other, so a healthy failover looks like two
masters at once.
"""

from collections.abc import Iterator
from itertools import pairwise

from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Streak, ip_id_step

_LOOK_BACK = 4
"""Runs of one sender before a run that may be the same adverts."""

_ALL_NUMBERS = 0x8000
"""A run of so many adverts has any number."""

_FEWEST = 3
"""Adverts in a row with the numbers of others that are no accident."""

_SAME_NS = 20_000_000
"""Two senders that were started again equally late, give or take this: no accident."""

_FEWEST_PACES = 4
"""Pauses of each length that two senders in one run make."""

_WHOLE, _TOO_EVEN = 100, 46
"""Pauses are counted in hundredths of the interval. Two that are almost equal may be one sender's
that sends twice as often as it says."""


def is_replayed(story: RouterStory) -> bool:
    """True where adverts seem to be in the capture twice, at different times.

    Two daemons of one host that count alike look the same.
    """
    if any(_is_doubled(s) for s in story.streaks if not s.sender.is_shared):
        return True
    again = list(_again(story))
    return any(_is_no_restart(*pair) for pair in again) or _shift_ns(again) is not None


def find_shift_ns(story: RouterStory) -> int | None:
    """By how much the clocks of two captures differ that were put together; None where none were.

    The adverts of two routers at least come again, equally late: no two daemons on each of two
    hosts do so.
    """
    return _shift_ns(list(_again(story)))


def _again(story: RouterStory) -> Iterator[tuple[Streak, Streak]]:
    """Runs of each sender that have the numbers of an earlier one."""
    latest: dict[object, tuple[Streak, ...]] = {}
    for streak in story.streaks:
        if streak.sender.is_shared:
            continue
        said = streak.advertisement
        voice = streak.sender, said.version, said.destination
        before = latest.get(voice, ())
        yield from ((one, streak) for one in before if _has_its_numbers(one, streak))
        latest[voice] = (*before, streak)[-_LOOK_BACK:]


def _has_its_numbers(one: Streak, other: Streak) -> bool:
    """True where a later run of equal adverts has numbers that an earlier one had."""
    counts = one.ip_id_counts and other.ip_id_counts and other.count >= _FEWEST
    if not counts or one.advertisement != other.advertisement or one.count >= _ALL_NUMBERS:
        return False
    return (ip_id_step(one.first_ip_id, other.first_ip_id) or 0) < one.count


def _is_no_restart(one: Streak, other: Streak) -> bool:
    """True where the later run is no daemon that was started again.

    That one counts from 1 (keepalived vrrp_update_pkt), and the one before it has ended.
    """
    return other.first < one.last or other.first_ip_id != 1


def _shift_ns(again: list[tuple[Streak, Streak]]) -> int | None:
    """How much later the adverts of two senders come again, if equally."""
    shifts = sorted((_later_ns(*pair), pair[0].sender) for pair in again)
    for (shift_ns, sender), (next_ns, other) in pairwise(shifts):
        if sender != other and next_ns - shift_ns <= _SAME_NS:
            return shift_ns
    return None


def _later_ns(one: Streak, other: Streak) -> int:
    """How much later the adverts of the later run are than those with the same numbers."""
    step = ip_id_step(one.first_ip_id, other.first_ip_id) or 0
    return other.first.time_ns - one.first.time_ns - step * one.interval_ns


def _is_doubled(streak: Streak) -> bool:
    """True where two senders' adverts seem to be in one run."""
    if streak.interleaved >= max(_FEWEST, streak.count // 3):
        return True
    if streak.count <= 2 * _FEWEST_PACES:
        return False
    paces = streak.paces
    # A copy within a hundredth of the interval is a mirror's.
    return any(
        _near(paces, pace) >= _FEWEST_PACES and _near(paces, _WHOLE - 1 - pace) >= _FEWEST_PACES
        for pace in range(2, _TOO_EVEN)
    )


def _near(paces: dict[int, int], pace: int) -> int:
    """How many pauses were of about this length."""
    return sum(paces.get(p, 0) for p in (pace - 1, pace, pace + 1))
