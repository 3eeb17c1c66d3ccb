"""Daemons that were running again at once: A (101), whose Master_Down_Interval is 3605.468 ms."""

import pytest
from routers import A_MAC
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.respawns import Respawn, find_respawns
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.observation import AnnouncementKind

HIGH = advert(A, 101)


def respawns(wire: Wire) -> list[Respawn]:
    """All respawns of what the wire saw."""
    timeline = wire.builder.finish()
    (story,) = timeline.routers
    return list(find_respawns(timeline, story, Signs(story)))


def died(back_ms: float, priority: int = 101) -> Wire:
    """The last advert at 7 s, the first one of the next process at `back_ms`."""
    wire = Wire()
    wire.repeat(0, 8, advert(A, priority))
    wire.say(back_ms, advert(A, priority), 1)
    wire.repeat(back_ms + 1000, 5, advert(A, priority))
    return wire


@pytest.mark.parametrize(
    ("back_ms", "down_ms"),
    [
        (10_610, 5),  # killed right after its advert
        (11_600, 995),  # killed just before the next one
        (14_500, 3895),  # three seconds later, by a supervisor that waits
    ],
)
def test_it_was_running_one_timer_before_it_spoke(back_ms: float, down_ms: int) -> None:
    (respawn,) = respawns(died(back_ms))
    assert (respawn.started_ns - respawn.gap.from_.time_ns) // 1_000_000 in (down_ms, down_ms - 1)
    assert respawn.takeover is None


@pytest.mark.parametrize("back_ms", [14_700, 60_000])
def test_a_machine_that_boots_takes_longer(back_ms: float) -> None:
    assert respawns(died(back_ms)) == []


def test_a_join_shows_the_start_better() -> None:
    wire = Wire()
    wire.repeat(0, 8, HIGH)
    wire.announce(7_600, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.say(20_000, HIGH, 1)
    wire.repeat(21_000, 5, HIGH)
    (respawn,) = respawns(wire)
    assert respawn.joined is not None
    assert respawn.started_ns == 7_600_000_000


def test_the_one_that_took_over_is_named() -> None:
    wire = Wire()
    wire.repeat(0, 8, HIGH)
    wire.say(10_609, advert(B, 100))
    wire.say(11_300, HIGH, 1)
    wire.repeat(12_300, 5, HIGH)
    (respawn,) = respawns(wire)
    assert respawn.takeover is not None
    assert str(respawn.takeover.after.sender.address) == B


def test_no_respawn_after_a_release_nor_of_an_owner_nor_where_nothing_counts() -> None:
    released = Wire()
    released.repeat(0, 8, HIGH)
    released.say(7_100, advert(A, 0))
    released.say(10_800, HIGH, 1)
    released.repeat(11_800, 5, HIGH)
    uncounted = Wire()
    for at_ms in (*range(0, 8000, 1000), *range(10_610, 15_000, 1000)):
        uncounted.say_uncounted(at_ms, HIGH)
    for wire in (released, uncounted, died(10_610, priority=255)):
        assert respawns(wire) == []
