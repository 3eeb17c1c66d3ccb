"""What a pause was, by the IP identification: keepalived counts its adverts there."""

import pytest
from sightings import A, Wire, advert

from vrrpscope.diagnosis.questions.signs import Pause, Signs


@pytest.mark.parametrize(
    ("next_id", "pause"),
    [
        # Five adverts were seen, the sixth came eight seconds after the fifth: eight were due.
        (6, Pause.QUIET),
        (7, Pause.FEW),
        (8, Pause.FEW),
        (9, Pause.PARTLY),
        (11, Pause.PARTLY),
        (12, Pause.TRANSMITTED),
        (13, Pause.TRANSMITTED),
        (1, Pause.RESTARTED),
        (5, Pause.RESTARTED),
    ],
)
def test_the_step_tells_what_was_sent(next_id: int, pause: Pause) -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.say(12_000, advert(A, 101), next_id)
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is pause


@pytest.mark.parametrize(
    ("last_id", "next_id", "pause"),
    [
        # Eight adverts were due. A daemon that runs for days is restarted at any number.
        (65_535, 1, Pause.UNKNOWN),  # it wraps to 1, or begins at 1
        (65_530, 3, Pause.UNKNOWN),  # it sent eight on the way, or began anew
        (65_000, 1, Pause.RESTARTED),
        (50_000, 1, Pause.RESTARTED),
        (50_000, 4, Pause.RESTARTED),  # its first three did not come
        (32_769, 1, Pause.RESTARTED),
        (20_000, 1, Pause.RESTARTED),
        (50_000, 50_001, Pause.QUIET),
        (50_000, 50_008, Pause.TRANSMITTED),
        (50_000, 50_016, Pause.TRANSMITTED),  # it answered each advert of a lesser master
        (50_000, 58_000, Pause.UNKNOWN),  # nobody sends that many
        (50_000, 49_000, Pause.UNKNOWN),  # neither goes on nor begins anew
        (50_000, 50_000, Pause.UNKNOWN),
    ],
)
def test_a_count_that_has_run_for_long(last_id: int, next_id: int, pause: Pause) -> None:
    wire = Wire()
    for step in range(5):
        wire.say(1000 * step, advert(A, 101), last_id - 4 + step)
    wire.say(12_000, advert(A, 101), next_id)
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is pause


def test_a_wrap_within_a_run_is_one_step() -> None:
    wire = Wire()
    for step in range(5):
        wire.say(1000 * step, advert(A, 101), 65_531 + step)
    for step in range(5):
        wire.say(5000 + 1000 * step, advert(A, 101), 1 + step)
    (streak,) = wire.story().streaks
    assert streak.ip_id_counts is True


def test_a_constant_identification_proves_nothing() -> None:
    wire = Wire()
    for at_ms in (0, 1000, 2000, 3000, 4000, 12_000):
        wire.say(at_ms, advert(A, 101), 0)
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is Pause.UNKNOWN


@pytest.mark.parametrize(
    ("jumps", "pause"),
    [
        ((), Pause.TRANSMITTED),
        # A single one may be an answer to a lesser master that was lost.
        ((9,), Pause.TRANSMITTED),
        # So often it counts what else its host sends.
        ((9, 15), Pause.UNKNOWN),
    ],
)
def test_a_count_of_all_that_a_host_sends(jumps: tuple[int, ...], pause: Pause) -> None:
    wire, number = Wire(), 1000
    for second in range(20):
        number += 4 if second in jumps else 1
        wire.say(1000 * second, advert(A, 101), number)
    wire.say(27_000, advert(A, 101), number + 8)
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is pause


def test_two_adverts_prove_no_count() -> None:
    wire = Wire()
    wire.repeat(0, 2, advert(A, 101))
    wire.say(9000, advert(A, 101))
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is Pause.UNKNOWN


@pytest.mark.parametrize(("first_id", "proven"), [(1, True), (2, False), (40, False)])
def test_only_the_count_of_one_is_a_first_word(first_id: int, proven: bool) -> None:
    wire = Wire()
    for step in range(5):
        wire.say(1000 * step, advert(A, 101), first_id + step)
    story = wire.story()
    assert Signs(story).is_first_word(story.streaks[0]) is proven
