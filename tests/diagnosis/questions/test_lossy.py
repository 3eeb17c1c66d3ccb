"""Adverts that get lost here and there."""

from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.lossy import LossyPath


def paths(*wires: Wire) -> tuple[LossyPath, ...]:
    return Case(tuple(wire.builder.finish() for wire in wires)).lossy_paths


def behind(lost: set[int], count: int = 40) -> Wire:
    """A place that some of A's adverts do not reach."""
    wire = Wire()
    wire.other(-500, "02:00:00:00:00:99")
    for step in range(count):
        if step not in lost:
            wire.say(1000 * step, advert(A, 101), ip_id=step + 1)
    return wire


def test_the_count_shows_what_was_sent() -> None:
    """Adverts 6, 11 and 12, 20, 31 are missing: five of forty, in four places."""
    (path,) = paths(behind({5, 10, 11, 19, 30}))
    assert (path.lost, path.came, len(path.losses)) == (5, 35, 4)
    assert [loss.count for loss in path.losses] == [1, 2, 1, 1]
    assert path.takeovers == () and path.has_them is None


def test_two_are_no_habit() -> None:
    assert paths(behind({5, 19})) == ()


def test_one_long_outage_is_something_else() -> None:
    assert paths(behind({3, 5, *range(10, 30)})) == ()


def test_pauses_in_which_nothing_was_sent() -> None:
    """The identification goes on by one: the sender stood still."""
    wire = Wire()
    at_ms, ip_id = 0, 1
    for step in range(40):
        wire.say(at_ms, advert(A, 101), ip_id=ip_id)
        at_ms, ip_id = at_ms + (3000 if step in (5, 12, 20, 31) else 1000), ip_id + 1
    assert paths(wire) == ()


def test_identifications_that_do_not_count() -> None:
    wire = Wire()
    for step in range(40):
        wire.say(
            1000 * step + (2000 if step > 10 else 0), advert(A, 101), ip_id=step * 7919 % 65536
        )
    assert paths(wire) == ()


def test_take_overs_when_the_timer_of_the_backup_ran_out() -> None:
    """B, priority 100, waits 3.609 s after the last advert of A that came to it."""
    lost = {6, 7, 8, 16, 17, 18, 26, 27, 28, 33}
    wire = Wire()
    for step in range(40):
        if step not in lost:
            wire.say(1000 * step, advert(A, 101), ip_id=step + 1)
        elif step in (8, 18, 28):
            wire.say(1000 * step + 612, advert(B, 100))
    (path,) = paths(wire)
    assert len(path.takeovers) == 3
    assert path.is_timed
    assert str(path.backup.address if path.backup else "") == B


def test_another_vantage_has_them() -> None:
    """Without identification, as IPv6, only the other vantage shows what was lost."""
    here, there = behind(set()), behind({5, 10, 11, 19, 30})
    (path,) = paths(here, there)
    assert path.lost == 5
    assert path.timeline.adverts == 35
    assert path.has_them is not None and path.has_them.adverts == 40


def side(lost: set[int], *, stood_still: bool, times: int = 1) -> Wire:
    """A is silent in seconds 10 to 16 (and 24 to 30); B takes over 3.609 s after its last advert.

    Where it stood still, its IP identification goes on by one.
    """
    wire = Wire()
    wire.other(-500, "02:00:00:00:00:99")
    pauses = [range(10, 17), range(24, 31)][:times]
    number = 0
    for step in range(50):
        pausing = any(step in pause for pause in pauses)
        number += not (pausing and stood_still)
        for pause in pauses:
            if step == pause[3]:
                wire.say(1000 * pause[0] - 1000 + 3610, advert(B, 100))
        if step not in lost and not pausing:
            wire.say(1000 * step, advert(A, 101), ip_id=number)
    return wire


def test_a_master_that_stood_still_while_the_capture_lost_adverts() -> None:
    """Advert 17, the first one after the pause, and others are missing in one of two captures."""
    lost = {3, 5, 17, 33, 37}
    here, there = side(set(), stood_still=True), side(lost, stood_still=True)
    for path in paths(here, there):
        assert not path.is_timed


def test_one_outage_while_the_capture_lost_adverts() -> None:
    """One take-over on time shows one outage, two are a habit."""
    lost = {3, 5, 20, 22, 33, 35, 37, 39, 41}

    def at_a() -> Wire:
        wire = Wire()
        wire.repeat(0, 50, advert(A, 101))
        return wire

    (once,) = paths(at_a(), side(lost, stood_still=False))
    assert not once.is_timed
    (twice,) = paths(at_a(), side(lost, stood_still=False, times=2))
    assert twice.is_timed
