"""Different intervals in VRRPv3: what was waited for, and what was not."""

import pytest
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.learned import Learned
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Advertisement

QUICK, SLOW = 100 * MS, 500 * MS


def v3(source: str, priority: int, interval_ns: int, version: int = 3) -> Advertisement:
    return advert(source, priority, version=version, advert_interval_ns=interval_ns)


def learned(wire: Wire) -> tuple[Learned, ...]:
    return Case((wire.builder.finish(),)).learned_intervals


def takeover(wait_ms: float, slow_ns: int = SLOW, quick_ns: int = QUICK, version: int = 3) -> Wire:
    """A speaks until 4.5 s; B, priority 100, takes over so long after that."""
    wire = Wire()
    for step in range(10):
        wire.say(500 * step, v3(A, 150, slow_ns, version))
    for step in range(10):
        wire.say(4500 + wait_ms + 100 * step, v3(B, 100, quick_ns, version))
    return wire


def test_a_take_over_by_the_masters_interval() -> None:
    """3 x 500 ms + 156/256 x 500 ms; by its own interval 3 x 100 ms + 156/256 x 100 ms."""
    (found,) = learned(takeover(1804.6875))
    assert found.has_waited
    assert found.own_ns == 360_937_500
    assert (found.slow.interval_ns, found.quick.interval_ns) == (SLOW, QUICK)


def test_equal_intervals_are_nothing_to_speak_of() -> None:
    assert learned(takeover(1804.6875, quick_ns=SLOW)) == ()


def test_version_2_learns_nothing() -> None:
    assert learned(takeover(3609.375, SECOND, 2 * SECOND, version=2)) == ()


def test_rounding_is_no_difference() -> None:
    assert learned(takeover(1804.6875, quick_ns=490 * MS)) == ()


def test_a_take_over_at_another_time_shows_only_that_they_differ() -> None:
    (found,) = learned(takeover(900))
    assert not found.has_waited
    assert found.grab is None


def grabbed(joins: tuple[int, ...]) -> Wire:
    """B says a single word between two adverts of A, and joined the group at these times."""
    wire = Wire()
    for step in range(20):
        wire.say(500 * step, v3(A, 150, SLOW))
        if step == 8:
            for at_ms in joins:
                wire.announce(at_ms, AnnouncementKind.IGMP_JOIN, B, "02:00:00:00:00:20")
            wire.say(500 * step + 400, v3(B, 100, QUICK))
            wire.say(500 * step + 400.2, v3(A, 150, SLOW))
    return wire


@pytest.mark.parametrize("joins", [(), (4200,), (1040, 1900)])
def test_a_backup_that_takes_over_for_a_moment_need_not_have_started(
    joins: tuple[int, ...],
) -> None:
    """Three adverts that it lost do the same; one report alone answers a querier."""
    assert [found.grab for found in learned(grabbed(joins))] in ([], [None])


def test_a_router_that_starts_between_two_adverts_of_a_slower_one() -> None:
    """Its own timer of 361 ms runs out before the next advert, 500 ms after the last one."""
    (found,) = learned(grabbed(joins=(4040, 4200)))
    assert found.grab is not None
    assert found.grab.time_ns == 4400 * MS
    assert found.down_ns == 360_937_500


def test_a_time_that_its_own_interval_gives_as_well_proves_nothing() -> None:
    """Of 50 ms and 100 ms: 3 x 100 + 60.9 = 360.9 ms; 6 x 50 + 30.5 = 330.5 ms, 7 x 50 = 380.5."""
    assert learned(takeover(360.9375, 100 * MS, 50 * MS))[0].has_waited
    # Priority 236: 307.8 ms by the master's, and 5 x 60 + 4.7 = 304.7 ms by its own 60 ms.
    wire = Wire()
    for step in range(40):
        wire.say(100 * step, v3(A, 250, 100 * MS))
    for step in range(10):
        wire.say(3900 + 307.8125 + 60 * step, v3(B, 236, 60 * MS))
    (found,) = learned(wire)
    assert not found.has_waited
