"""Intervals of VRRPv2 that are no whole seconds."""

import logged
import pytest
from routers import case, conf
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case


def wire() -> Wire:
    found = Wire()
    found.repeat(0, 5, advert(A, 101))
    found.repeat(4000 + 3609.375, 5, advert(B, 100))
    return found


def test_what_is_written_and_what_is_made_of_it() -> None:
    (rounded,) = case(wire(), conf(101, "advert_int 0.4")).rounded_intervals
    assert rounded.written == "0.4"
    assert rounded.tenure is not None
    assert rounded.late is not None
    assert rounded.note is not None
    assert rounded.note.line is not None
    assert rounded.note.line.line == 6


@pytest.mark.parametrize("extra", ["advert_int 1", "", "version 3\n advert_int 0.123"])
def test_what_is_not_rounded_or_is_no_version_2(extra: str) -> None:
    assert case(wire(), conf(101, extra)).rounded_intervals == ()


def test_a_file_that_the_wire_contradicts_is_not_shown_by_it() -> None:
    (rounded,) = case(wire(), conf(101, "advert_int 1.6")).rounded_intervals
    assert rounded.tenure is None


def test_a_log_tells_it_too() -> None:
    line = "(VI_1) VRRPv2 advertisement interval 0.400000s must be an integer. rounding"
    story = Case((wire().builder.finish(),), (logged.node("a", A, (0, line)),))
    (rounded,) = story.rounded_intervals
    assert rounded.written == ""
    assert rounded.logged is not None


def flood(count: int, pause_ms: float, interval_ns: int = 0) -> Wire:
    found = Wire()
    for step in range(count):
        found.say(step * pause_ms, advert(A, 101, advert_interval_ns=interval_ns))
    return found


def test_a_flood_of_adverts_with_interval_0() -> None:
    (found,) = case(flood(200, 0.08)).floods
    assert found.streak.count == 200
    assert found.pause_ns == 80_000


@pytest.mark.parametrize("changes", [(200, 1000.0, 0), (5, 0.08, 0), (200, 0.08, 1_000_000_000)])
def test_what_is_no_flood(changes: tuple[int, float, int]) -> None:
    assert case(flood(*changes)).floods == ()
