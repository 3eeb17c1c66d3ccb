"""Two voices behind one sender, side by side."""

from sightings import A, Wire, advert


def streaks(wire: Wire) -> list[tuple[int, int]]:
    """Priority and count of each streak."""
    return [(s.priority, s.count) for s in wire.story().streaks]


def test_two_counts_behind_one_sender_are_two_streaks() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 100), ip_id=50 + second)
        if second >= 5:
            wire.say(1000 * second + 400, advert(A, 100), ip_id=second - 4)
    one, other = wire.story().streaks
    assert (one.count, one.first_ip_id, one.last_ip_id, one.ip_id_counts) == (10, 50, 59, True)
    assert (other.count, other.first_ip_id, other.last_ip_id) == (5, 1, 5)


def test_two_counts_from_the_first_advert_on_are_told_by_every_second_one() -> None:
    wire = Wire()
    for second in range(8):
        wire.say(1000 * second, advert(A, 100), ip_id=50 + second)
        wire.say(1000 * second + 400, advert(A, 100), ip_id=1 + second)
    (streak,) = wire.story().streaks
    # All but the first three, of which two have nothing to go on with, and one nothing before.
    assert (streak.count, streak.interleaved, streak.ip_id_counts) == (16, 14, False)


def test_two_priorities_in_turn_without_a_count_are_two_streaks() -> None:
    wire = Wire()
    for second in range(10):
        wire.say_uncounted(1000 * second, advert(A, 200))
        wire.say_uncounted(1000 * second + 500, advert(A, 100))
    assert streaks(wire) == [(200, 10), (100, 10)]
    assert wire.story().steps == ()


def test_one_router_whose_priority_goes_down_and_up_is_no_two() -> None:
    wire = Wire()
    for second, priority in enumerate((200, 200, 100, 100, 200, 200)):
        wire.say_uncounted(1000 * second, advert(A, priority))
    assert streaks(wire) == [(200, 2), (100, 2), (200, 2)]
    assert [step.is_fall for step in wire.story().steps] == [True, False]


def test_a_release_ends_what_was_before_it() -> None:
    """Without a count: 200, 0, and 200 again within an interval is one router that came back."""
    wire = Wire()
    wire.say_uncounted(0, advert(A, 200))
    wire.say_uncounted(400, advert(A, 0))
    wire.say_uncounted(950, advert(A, 200))
    assert streaks(wire) == [(200, 1), (0, 1), (200, 1)]


def test_a_reload_begins_one_streak_and_ends_the_other() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 100), ip_id=50 + second if second < 5 else second - 4)
    assert streaks(wire) == [(100, 5), (100, 5)]
