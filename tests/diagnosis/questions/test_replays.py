"""Captures that were put together of others whose clocks differ."""

import pytest
from routers import case, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.replays import is_replayed
from vrrpscope.protocol.advertisement import Advertisement

Said = list[tuple[float, Advertisement, int]]


def failover() -> Said:
    """A is stopped after its eighth advert, and B takes over after its Skew_Time."""
    said: Said = [(1000 * n, advert(A, 200), n + 1) for n in range(8)]
    said.append((7500, advert(A, 0), 9))
    return said + [(8109.4 + 1000 * n, advert(B, 100), n + 1) for n in range(12)]


def put_together(*shifts_ms: float, counted: bool = True) -> Wire:
    """The failover once for each clock."""
    wire = Wire()
    all_ = [(at + shift, said, ip_id) for shift in shifts_ms for at, said, ip_id in failover()]
    for at_ms, said, ip_id in sorted(all_, key=lambda x: x[0]):
        if counted:
            wire.say(at_ms, said, ip_id=ip_id)
        else:
            wire.say_uncounted(at_ms, said)
    return wire


@pytest.mark.parametrize("shift_ms", [1370, 5310, 8640])
def test_the_same_numbers_again(shift_ms: float) -> None:
    assert is_replayed(put_together(0, shift_ms).story())


@pytest.mark.parametrize("shift_ms", [2400, 4310])
def test_two_adverts_in_each_interval_without_numbers(shift_ms: float) -> None:
    assert is_replayed(put_together(0, shift_ms, counted=False).story())


def test_one_capture() -> None:
    assert not is_replayed(put_together(0).story())
    assert not is_replayed(put_together(0, counted=False).story())


def test_copies_of_a_mirror_are_no_other_time() -> None:
    assert not is_replayed(put_together(0, 0.05).story())
    assert not is_replayed(put_together(0, 0.05, counted=False).story())


def test_a_daemon_that_is_started_again_counts_from_1() -> None:
    wire = Wire()
    wire.repeat(0, 6, advert(A, 200))
    wire.repeat(8609, 6, advert(B, 100))
    for n in range(6):
        wire.say(20_000 + 1000 * n, advert(A, 200), ip_id=n + 1)
    assert not is_replayed(wire.story())


def test_a_master_that_answers_a_lesser_one_is_no_second_sender() -> None:
    """Over IPv6 each answer comes some time after its own advert, and the next one in time."""
    wire = Wire()
    for turn in range(8):
        begin = 10_000 * turn
        for second in range(5):
            wire.say_uncounted(begin + 1000 * second, advert(A, 200))
        wire.say_uncounted(begin + 4300, advert(B, 100))
        for second in range(5):
            wire.say_uncounted(begin + 4301 + 1000 * second, advert(A, 200))
    assert not is_replayed(wire.story())


@pytest.mark.parametrize("shift_ms", [5310, 8640])
def test_two_clocks_in_one_capture_make_no_two_masters(shift_ms: float) -> None:
    of = case(put_together(0, shift_ms))
    assert of.rivalries == ()
    assert of.twins == ()
    (together,) = of.copies
    assert abs(of.put_together["crafted.pcap"] - shift_ms * 1_000_000) < 20_000_000
    assert together.says.startswith(f"crafted.pcap has the adverts twice, {shift_ms / 1000:.3f} s")


def test_two_masters_of_such_a_capture_without_numbers_are_not_proven() -> None:
    assert verdicts("dual-master", case(put_together(0, 4310, counted=False))) == ["likely"]


def test_two_counts_behind_one_address_may_be_two_daemons() -> None:
    """B has a second daemon, which was started later; that is no second capture."""
    wire = Wire()
    said = [(1000 * n, A, 200, n + 1) for n in range(12)]
    said += [(400 + 1000 * n, B, 100, n + 1) for n in range(12)]
    said += [(3700 + 1000 * n, B, 100, n + 1) for n in range(8)]
    for at_ms, source, priority, ip_id in sorted(said):
        wire.say(at_ms, advert(source, priority), ip_id=ip_id)
    of = case(wire)
    assert of.put_together == {}
    assert verdicts("dual-master", of) == ["likely"]
