"""Backups of one priority, and a master that comes back a moment too late."""

from ipaddress import ip_address

import pytest
from routers import case
from sightings import A, B, Wire, advert

C = "10.0.0.3"
MDI_100_MS = 3000 + 609.375
"""RFC 3768 section 6.1: three intervals and (256 - 100) / 256 s."""


def dead_master(*said: tuple[float, str, int, int], **changes: object) -> Wire:
    """C is master up to 4 s; then each says so many adverts: offset, source, priority, count."""
    wire = Wire()
    wire.repeat(0, 5, advert(C, 200))
    adverts = [
        (4000 + MDI_100_MS + offset + 1000 * step, source, priority)
        for offset, source, priority, count in said
        for step in range(count)
    ]
    for at_ms, source, priority in sorted(adverts):
        wire.say(at_ms, advert(source, priority, **(changes if source == A else {})))
    return wire


def test_two_backups_of_one_priority_and_the_higher_address_stays() -> None:
    (race,) = case(dead_master((0, A, 100, 1), (0.4, B, 100, 6))).equal_races
    assert [str(t.sender.address) for t in race.racers] == [A, B]
    assert str(race.winner.sender.address) == B
    assert race.before is not None
    assert str(race.before.sender.address) == C


@pytest.mark.parametrize(
    "said",
    [
        ((0, A, 100, 1), (0.4, B, 101, 6)),  # two priorities
        ((0, A, 100, 1), (30, B, 100, 6)),  # B had time to hear A
        ((0, A, 100, 6), (0.4, B, 100, 6)),  # neither gives way
        ((0, A, 100, 6), (0.4, B, 100, 1)),  # the higher address gives way
        ((0, B, 100, 6),),
    ],
)
def test_no_race(said: tuple[tuple[float, str, int, int], ...]) -> None:
    assert case(dead_master(*said)).equal_races == ()


def test_a_loser_that_cannot_accept_the_winner_is_a_hidden_master() -> None:
    other = (ip_address("10.0.0.100"), ip_address("10.0.0.101"))
    wire = dead_master((0, A, 100, 1), (0.4, B, 100, 6), addresses=other, address_count=2)
    assert case(wire).equal_races == ()


def test_a_master_that_comes_back_is_no_racer() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(B, 100))
    wire.say(4000 + MDI_100_MS, advert(A, 100))
    wire.repeat(4000 + MDI_100_MS + 0.4, 6, advert(B, 100))
    assert case(wire).equal_races == ()


def test_a_master_that_comes_back_just_before_its_backup_is_no_racer() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(B, 100))
    wire.say(4000 + MDI_100_MS - 4, advert(B, 100))
    wire.say(4000 + MDI_100_MS, advert(A, 100))
    wire.repeat(4000 + MDI_100_MS + 996, 6, advert(B, 100))
    assert case(wire).equal_races == ()


def at_once(priority: int, since_ms: int, ip_ids: tuple[int, int]) -> Wire:
    """A and B speak together so long after the capture began, and B goes on."""
    wire = Wire()
    wire.other(0, "02:00:00:00:00:99")
    wire.say(since_ms, advert(A, priority), ip_id=ip_ids[0])
    wire.say(since_ms + 3, advert(B, priority), ip_id=ip_ids[1])
    wire.repeat(since_ms + 1003, 6, advert(B, priority))
    return wire


def test_two_that_end_a_split_when_the_capture_begins_are_no_racers() -> None:
    assert case(at_once(100, 400, (500, 700))).equal_races == ()
    assert len(case(at_once(100, 400, (1, 1))).equal_races) == 1
    assert len(case(at_once(100, 2000, (500, 700))).equal_races) == 1


def test_owners_of_the_address_wait_for_no_timer() -> None:
    assert case(at_once(255, 2000, (1, 1))).equal_races == ()


def test_adverts_that_were_sent_and_not_captured_are_no_wait() -> None:
    wire = Wire()
    for source in (A, B):
        wire.repeat(0 if source == A else 3, 5, advert(source, 100))
    wire.other(9000, "02:00:00:00:00:99")
    wire.say(9000, advert(A, 100), ip_id=10)
    wire.say(9003, advert(B, 100), ip_id=10)
    wire.repeat(10003, 6, advert(B, 100))
    assert case(wire).equal_races == ()


def paused_master(back_ms: float, ip_id: int = 6) -> Wire:
    """B (200) is silent after 4 s, A takes over, and B is back so long after that."""
    wire = Wire()
    wire.repeat(0, 5, advert(B, 200))
    times = [(4000 + MDI_100_MS, advert(A, 100), None)]
    times.append((4000 + MDI_100_MS + back_ms, advert(B, 200), ip_id))
    for at_ms, said, number in sorted(times, key=lambda x: x[0]):
        wire.say(at_ms, said, ip_id=number)
    wire.repeat(4000 + MDI_100_MS + back_ms + 1000, 4, advert(B, 200))
    return wire


@pytest.mark.parametrize("back_ms", [4, 45])
def test_a_master_that_is_back_within_moments(back_ms: float) -> None:
    (race,) = case(paused_master(back_ms)).edge_races
    assert race.late_ns == back_ms * 1_000_000
    assert race.gap.duration_ns == (MDI_100_MS + back_ms) * 1_000_000


def test_a_master_that_is_back_later_was_late_by_more_than_a_hair() -> None:
    assert case(paused_master(900)).edge_races == ()


def test_adverts_that_were_lost_are_no_silence() -> None:
    assert case(paused_master(4, ip_id=9)).edge_races == ()
