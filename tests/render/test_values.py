import pytest

from vrrpscope.protocol.timers import Range
from vrrpscope.render import values


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [
        (0, "0 ms"),
        (609_375_000, "609 ms"),
        (3_609_375_000, "3.609 s"),
        (24_100_000_000, "24.1 s"),
        (119_000_000_000, "119.0 s"),
        (120_000_000_000, "2 min"),
        (723_000_000_000, "12 min 3 s"),
        (7_500_000_000_000, "2 h 5 min"),
        (180_000_000_000_000, "2 d 2 h"),
        (-180_000_000_000, "-3 min"),
    ],
)
def test_durations_have_the_digits_that_matter(duration_ns, text):
    assert values.duration(duration_ns) == text


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [
        (1_000_000_000, "1 s"),
        (500_000_000, "0.5 s"),
        (3_609_375_000, "3.609375 s"),
        (1, "0.000000001 s"),
    ],
)
def test_exact_durations_lose_nothing(duration_ns, text):
    assert values.exact(duration_ns) == text


def test_what_is_allowed_is_one_duration_or_a_range():
    assert values.allowed(None) is None
    assert values.allowed(Range(3_609_375_000, 3_609_375_000)) == "3.609 s"
    assert values.allowed(Range(3_007_812_500, 3_996_093_750)) == "3.008 s to 3.996 s"


def test_counts_and_lists_read_as_text():
    assert values.count(1, "frame") == "1 frame"
    assert values.count(4128, "frame") == "4,128 frames"
    assert values.count(2, "other", "others") == "2 others"
    assert values.listed(["a"]) == "a"
    assert values.listed(["a", "b", "c"]) == "a, b and c"


def test_foreign_text_cannot_steer_a_terminal():
    assert values.printable("eth0\x1b[31m\r\n\x07") == "eth0\\x1b[31m\\r\\n\\x07"
    # A right-to-left override would reorder what stands behind it.
    assert values.printable("a\u202eb") == "a\\u202eb"
    assert values.printable("straße-1") == "straße-1"


def test_columns_are_counted_as_terminals_do():
    assert values.cells("dr-1") == 4
    assert values.cells("路由器") == 6
    assert values.cells("e\u0301") == 1


def test_shortened_text_keeps_both_ends_and_fits():
    assert values.shortened("172.31.23.22", 20) == "172.31.23.22"
    for width in range(1, 25):
        assert values.cells(values.shortened("fe80::d6ca:6dff:fe66:cf60", width)) <= width
    assert values.shortened("fe80::d6ca:6dff:fe66:cf60", 11, "...") == "fe80...cf60"
