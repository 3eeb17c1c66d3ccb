"""Timers against literal numbers: from the RFCs' formulas by hand, and from captures."""

import pytest

from vrrpscope.protocol.timers import (
    master_down_interval_ns,
    master_down_range_ns,
    skew_range_ns,
    skew_time_ns,
    skew_time_v2_ns,
    skew_time_v3_ns,
)

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("priority", "expected_ns"),
    [(100, 609_375_000), (101, 605_468_750), (254, 7_812_500), (1, 996_093_750), (255, 3_906_250)],
)
def test_skew_of_version_2_is_in_seconds(priority: int, expected_ns: int) -> None:
    assert skew_time_v2_ns(priority) == expected_ns


def test_skew_of_version_2_ignores_the_interval() -> None:
    assert skew_time_ns(2, 100, 10 * SECOND) == 609_375_000


@pytest.mark.parametrize(
    ("priority", "interval_ns", "expected_ns"),
    [(100, SECOND, 609_375_000), (100, 10_000_000, 6_093_750), (200, 10 * SECOND, 2_187_500_000)],
)
def test_skew_of_version_3_scales_with_the_interval(
    priority: int, interval_ns: int, expected_ns: int
) -> None:
    assert skew_time_v3_ns(priority, interval_ns) == expected_ns
    assert skew_time_ns(3, priority, interval_ns) == expected_ns


@pytest.mark.parametrize(
    ("version", "priority", "interval_s", "expected_ns"),
    [
        (2, 100, 1, 3_609_375_000),
        (2, 100, 10, 30_609_375_000),
        (3, 100, 10, 36_093_750_000),
        (2, 50, 1, 3_804_687_500),
    ],
)
def test_master_down_interval(
    version: int, priority: int, interval_s: int, expected_ns: int
) -> None:
    assert master_down_interval_ns(version, priority, interval_s * SECOND) == expected_ns


def test_master_down_interval_with_another_multiplier() -> None:
    assert master_down_interval_ns(2, 100, SECOND, down_timer_adverts=5) == 5_609_375_000


def test_an_unknown_priority_gives_a_range() -> None:
    assert master_down_range_ns(2, SECOND) == (3_007_812_500, 3_996_093_750)
    assert skew_range_ns(3, 2 * SECOND) == (15_625_000, 1_992_187_500)
