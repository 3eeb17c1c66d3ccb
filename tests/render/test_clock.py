import os
import time
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from vrrpscope.errors import UsageError
from vrrpscope.render.clock import Clock, clock

BERLIN = Clock(ZoneInfo("Europe/Berlin"))
# date -u -d @1700000000: 2023-11-14 22:13:20
WHEN_NS = 1_700_000_000_123_456_789


def test_times_are_written_in_the_zone():
    assert Clock(UTC).full(WHEN_NS) == "2023-11-14 22:13:20.123 UTC"
    assert BERLIN.full(WHEN_NS) == "2023-11-14 23:13:20.123 CET +01:00"
    assert BERLIN.time(WHEN_NS) == "23:13:20.123"


def test_the_local_zone_is_the_default(monkeypatch):
    monkeypatch.setitem(os.environ, "TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert clock(False, None).full(WHEN_NS) == "2023-11-15 03:43:20.123 IST +05:30"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_times_beyond_the_calendar_are_still_written():
    assert BERLIN.full(-(2**63)).startswith("1677-09-21")
    assert BERLIN.full(2**63 - 1).startswith("2262-04-1")


@pytest.mark.parametrize(
    "typed",
    [
        "1700000000.123456789",
        "2023-11-14T22:13:20.123456789Z",
        "2023-11-14 22:13:20.123456789+00:00",
        "2023-11-14T23:13:20.123456789",
        "2023-11-14T16:13:20,123456789-06:00",
    ],
)
def test_times_are_read_to_the_nanosecond(typed):
    assert BERLIN.parse(typed, "--since") == WHEN_NS


def test_a_date_alone_is_its_first_moment_in_the_zone():
    assert BERLIN.parse("2023-11-14", "--since") == 1_699_916_400 * 10**9


@pytest.mark.parametrize(
    "typed", ["yesterday", "", "12:00", "2023-13-01", "1e9", "0x10", "+5", "NaN"]
)
def test_what_is_no_time_is_refused_with_a_hint(typed):
    with pytest.raises(UsageError, match="--until") as caught:
        BERLIN.parse(typed, "--until")
    assert "--until 2026" in caught.value.hint


def test_an_unknown_zone_is_refused_with_the_nearest_one():
    with pytest.raises(UsageError) as caught:
        clock(False, "Europe/Berln")
    assert caught.value.hint == "type --tz Europe/Berlin"
    with pytest.raises(UsageError):
        clock(False, "../../etc/passwd")
    with pytest.raises(UsageError):
        clock(True, "Europe/Berlin")
