"""Captures that have the same adverts twice, at different times: put together of several.

Two captures of one network whose clocks differ, merged into one file, show each router once by each
clock. What is over by the one clock goes on by the other, so a healthy failover looks like two
masters at once.
"""

from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Sender, Streak, ip_id_step

_LOOK_BACK = 4
"""Runs of one sender before a run that may be the same adverts."""

_ALL_NUMBERS = 0x8000
"""A run of so many adverts has any number."""

_FEWEST = 3
"""Adverts in a row with the numbers of others that are no accident."""

_SAME_NS = 20_000_000
"""Two senders that were started again so long after their first start, give or take: no accident."""

_FEWEST_PACES = 4
"""Pauses of each length that two senders in one run make."""

_WHOLE = 100
"""Pauses are counted in hundredths of the interval."""


def is_replayed(story: RouterStory) -> bool:
    """True where adverts seem to be in the capture twice, at different times.

    Two daemons of one host that count alike look the same.
    """
    latest: dict[object, deque[Streak]] = {}
    shifts: list[tuple[int, Sender]] = []
    for streak in story.streaks:
        if streak.sender.is_shared:
            continue
        said = streak.advertisement
        voice = streak.sender, said.version, said.destination
        before = latest.setdefault(voice, deque(maxlen=_LOOK_BACK))
        again = [one for one in before if _has_its_numbers(one, streak)]
        if _is_doubled(streak) or any(_is_no_restart(one, streak) for one in again):
            return True
        shifts.extend((_shift_ns(one, streak), streak.sender) for one in again)
        before.append(streak)
    return any(_are_two(shifts))


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


def _shift_ns(one: Streak, other: Streak) -> int:
    """How much later the adverts of the later run are than those with the same numbers."""
    step = ip_id_step(one.first_ip_id, other.first_ip_id) or 0
    return other.first.time_ns - one.first.time_ns - step * one.interval_ns


def _are_two(shifts: list[tuple[int, Sender]]) -> Iterator[bool]:
    """True for each two senders whose later runs come equally late."""
    for (shift_ns, sender), (next_ns, other) in pairwise(sorted(shifts)):
        yield sender != other and next_ns - shift_ns <= _SAME_NS


def _is_doubled(streak: Streak) -> bool:
    """True where two senders' adverts seem to be in one run."""
    if streak.interleaved >= max(_FEWEST, streak.count // 3):
        return True
    paces = streak.paces
    # A copy within a hundredth of the interval is a mirror's.
    return any(
        _near(paces, pace) >= _FEWEST_PACES and _near(paces, _WHOLE - 1 - pace) >= _FEWEST_PACES
        for pace in range(2, _WHOLE // 2)
    )


def _near(paces: dict[int, int], pace: int) -> int:
    """How many pauses were of about this length."""
    return sum(paces.get(p, 0) for p in (pace - 1, pace, pace + 1))
