"""Where the length of a timer comes from: sums of RFC 3768 and RFC 5798, section 6.1 of each."""

import pytest

from tests.sightings import Wire, advert
from vrrpscope.diagnosis.questions.sums import longest_sum, skew_sum, timer_sum, waited_sum
from vrrpscope.timeline.streak import Streak

SECOND = 1_000_000_000


def streak(priority: int) -> Streak:
    """Three adverts of VRRPv2, one a second."""
    wire = Wire()
    wire.repeat(0, 3, advert("10.0.0.2", priority))
    return wire.story().streaks[0]


@pytest.mark.parametrize(
    ("version", "priority", "expected"),
    [
        # RFC 3768: (256 - 100) / 256 seconds.
        (2, 100, "156/256 s, for priority 100"),
        # RFC 5798: (256 - 254) * Master_Adver_Interval / 256.
        (3, 254, "2/256 of the interval, for priority 254"),
    ],
)
def test_the_skew(version: int, priority: int, expected: str) -> None:
    assert skew_sum(version, priority) == expected


def test_three_intervals_and_the_skew() -> None:
    """3.609 s: 3 s and 156/256 s."""
    text = "3 intervals of 1.000 s and 156/256 s, for priority 100"
    assert timer_sum(2, 100, SECOND) == text


@pytest.mark.parametrize(
    ("waited_ns", "adverts"),
    # 3 s or 10 s, 156/256 s, and some milliseconds that every timer is late.
    [(3_611_000_000, 3), (10_612_000_000, 10)],
)
def test_the_number_of_adverts_is_told_from_the_time(waited_ns: int, adverts: int) -> None:
    text = waited_sum(streak(100), SECOND, waited_ns)
    assert text == f"{adverts} intervals of 1.000 s and 156/256 s, for priority 100"


def test_the_longest_timer_is_that_of_the_lowest_priority() -> None:
    """3 s and 255/256 s; any other time comes from a configuration, and has no sum here."""
    said = " (3 intervals of 1.000 s and 255/256 s, for priority 1)"
    assert longest_sum(streak(100), 3_996_093_750) == said
    assert longest_sum(streak(100), 10_996_093_750) == ""
