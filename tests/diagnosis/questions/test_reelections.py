"""Masters that took their role back: the Skew_Time of priority 150 is 414.062 ms in VRRPv2."""

import pytest
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.reelections import Reelection, find_reelections
from vrrpscope.diagnosis.questions.signs import Signs

OWN = advert(A, 150)


def reelections(wire: Wire) -> list[Reelection]:
    """All re-elections of what the wire saw."""
    timeline = wire.builder.finish()
    (story,) = timeline.routers
    return list(find_reelections(timeline, story, Signs(story)))


def gave_up(back_ms: float, releases: int = 1, ip_id: int | None = None) -> Wire:
    """Priority 0 at 7.1 s, the next advert at `back_ms`."""
    wire = Wire()
    wire.repeat(0, 8, OWN)
    for step in range(releases):
        wire.say(7100 + 0.1 * step, advert(A, 0))
    wire.say(back_ms, OWN, ip_id)
    wire.repeat(back_ms + 1000, 5, OWN)
    return wire


@pytest.mark.parametrize("back_ms", [7495, 7514, 7533])
def test_one_skew_time_later(back_ms: float) -> None:
    (found,) = reelections(gave_up(back_ms))
    assert found.skew_ns == 414_062_500
    assert found.is_same_process


@pytest.mark.parametrize("back_ms", [7400, 7600, 10_514])
def test_another_time_has_another_reason(back_ms: float) -> None:
    assert reelections(gave_up(back_ms)) == []


def test_two_priority_0_tell_of_fault() -> None:
    assert reelections(gave_up(7514, releases=2)) == []


def test_a_new_process_is_none() -> None:
    assert reelections(gave_up(7514, ip_id=1)) == []


def test_without_a_count_it_may_be_another_process() -> None:
    wire = Wire()
    for at_ms in range(0, 8000, 1000):
        wire.say_uncounted(at_ms, OWN)
    wire.say_uncounted(7100, advert(A, 0))
    for at_ms in range(7514, 12_000, 1000):
        wire.say_uncounted(at_ms, OWN)
    (found,) = reelections(wire)
    assert not found.is_same_process


def test_somebody_else_in_between_makes_it_a_hand_over() -> None:
    wire = Wire()
    wire.repeat(0, 8, OWN)
    wire.say(7100, advert(A, 0))
    wire.say(7400, advert(B, 200))
    wire.repeat(7514, 5, OWN)
    assert reelections(wire) == []
