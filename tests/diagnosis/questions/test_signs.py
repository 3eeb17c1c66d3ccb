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


def test_the_wrap_from_65535_to_1_is_one_step() -> None:
    wire = Wire()
    for step in range(5):
        wire.say(1000 * step, advert(A, 101), 65_531 + step)
    wire.say(12_000, advert(A, 101), 1)
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is Pause.QUIET


def test_a_constant_identification_proves_nothing() -> None:
    wire = Wire()
    for at_ms in (0, 1000, 2000, 3000, 4000, 12_000):
        wire.say(at_ms, advert(A, 101), 0)
    story = wire.story()
    assert Signs(story).pause_before(story.streaks[-1]) is Pause.UNKNOWN


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
