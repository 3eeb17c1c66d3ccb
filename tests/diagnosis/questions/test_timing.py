"""A hand-over against the timers of the new master as it is told."""

import pytest
from routers import case, conf
from sightings import A, B, Wire, advert


def wire(took_ms: float) -> Wire:
    """A (101) falls silent at 4 s, and B (100) takes over."""
    found = Wire()
    found.repeat(0, 5, advert(A, 101))
    found.repeat(4000 + took_ms, 3, advert(B, 100))
    return found


@pytest.mark.parametrize(
    ("extra", "expected_ns", "on_time", "implied"),
    [
        (None, 3_609_375_000, False, None),
        ("", 3_609_375_000, False, None),
        ("down_timer_adverts 10", 10_609_375_000, True, (98, 112)),
        ("down_timer_adverts 12", 12_609_375_000, False, None),
    ],
)
def test_the_told_number_of_adverts_counts(
    extra: str | None, expected_ns: int, on_time: bool, implied: tuple[int, int] | None
) -> None:
    of = case(wire(10_610), b=None if extra is None else conf(100, extra))
    ((_, story),) = of.stories()
    timing = of.timing(story, story.handovers[1])
    assert timing.expected_ns == (expected_ns, expected_ns)
    assert timing.on_time is on_time
    assert timing.implied == implied
    assert (timing.told is None) is (extra is None)


def test_the_old_masters_configuration_does_not_count() -> None:
    of = case(wire(3610), a=conf(101, "down_timer_adverts 10"))
    ((_, story),) = of.stories()
    assert of.timing(story, story.handovers[1]).on_time is True


def test_the_first_master_has_no_timer() -> None:
    of = case(wire(3610))
    ((_, story),) = of.stories()
    timing = of.timing(story, story.handovers[0])
    assert (timing.expected_ns, timing.on_time, timing.implied) == (None, None, None)
    assert timing.late_ns == 0


def test_a_release_is_answered_in_skew_time_whatever_is_told() -> None:
    found = Wire()
    found.repeat(0, 5, advert(A, 101))
    found.say(4500, advert(A, 0))
    found.repeat(5110, 3, advert(B, 100))
    of = case(found, b=conf(100, "down_timer_adverts 10"))
    ((_, story),) = of.stories()
    timing = of.timing(story, story.handovers[1])
    assert timing.expected_ns == (609_375_000, 609_375_000)
    assert timing.on_time is True
