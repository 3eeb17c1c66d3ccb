"""How the clocks of two vantages differ, by what both saw."""

from ipaddress import ip_address

import pytest
from sightings import MS, ROUTER, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.vantages import are_connected, compare_clock
from vrrpscope.observation import AnnouncementKind, Sighting
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.model import Timeline

HOUR_MS = 3600 * 1000
MAC = "02:00:00:00:00:99"


def steady(
    first_id: int, count: int, *, at_ms: float, pace_ms: float = 1000, priority: int = 101
) -> Timeline:
    """A master that counts, captured from one of its adverts on."""
    wire = Wire()
    for step in range(count):
        wire.say(at_ms + pace_ms * step, advert(A, priority), ip_id=first_id + step)
    return wire.builder.finish()


def without_ip_id(wire: Wire, at_ms: float, advertisement: Advertisement) -> None:
    """An advert of IPv6: nothing tells two of them apart."""
    wire.number += 1
    ref = wire._ref()
    wire.builder.push(Sighting(int(at_ms * MS), None, ROUTER, advertisement, ref))


def test_a_constant_difference() -> None:
    clock = compare_clock(steady(1, 30, at_ms=0), steady(1, 30, at_ms=37_250))
    assert clock.offset_ns == 37_250 * MS
    assert clock.spread_ns == 0
    assert clock.is_identified
    assert clock.offset_at(12 * SECOND) == 37_250 * MS
    assert clock.reversed().offset_ns == -37_250 * MS


def test_captures_that_begin_at_different_adverts_of_one_run() -> None:
    """Neither begins nor ends with an advert that ends a run of the other one."""
    here = steady(5, 200, at_ms=4000)
    there = steady(40, 100, at_ms=39_000 - 2500)
    clock = compare_clock(here, there)
    assert clock.offset_ns == -2500 * MS
    # Adverts 40, 44, 48 and so on up to 136 are in both, and each capture keeps every 4th.
    assert clock.points == 25


def test_a_long_run_keeps_points_all_the_same() -> None:
    """Two days of one advert a second, and an hour of it: the counter comes round twice."""
    wire = Wire()
    for step in range(140_000):
        wire.say(1000 * step, advert(A, 101), ip_id=step % 65_535 + 1)
    late = Wire()
    for step in range(90_000, 93_600):
        late.say(1000 * step + 250, advert(A, 101), ip_id=step % 65_535 + 1)
    clock = compare_clock(wire.builder.finish(), late.builder.finish())
    assert clock.offset_ns == 250 * MS


def test_a_clock_that_gains_is_followed() -> None:
    """100 millionths over three hours are 1.08 s."""
    here = steady(1, 3 * 3600, at_ms=0)
    there = steady(1, 3 * 3600, at_ms=500, pace_ms=1000.1)
    clock = compare_clock(here, there)
    assert clock.spread_ns == pytest.approx(1.08 * SECOND, abs=2 * MS)
    assert clock.offset_at(0) == 500 * MS
    assert clock.offset_at(5400 * SECOND) == pytest.approx(1040 * MS, abs=2 * MS)
    assert clock.offset_at(10_799 * SECOND) == pytest.approx(1580 * MS, abs=2 * MS)


def test_a_daemon_that_is_started_again_counts_from_one_again() -> None:
    def capture(later_ms: float) -> Timeline:
        wire = Wire()
        for start_ms in (0, 40_000, 95_000):
            for step in range(20):
                wire.say(later_ms + start_ms + 1000 * step, advert(A, 101), ip_id=step + 1)
        return wire.builder.finish()

    clock = compare_clock(capture(0), capture(7000))
    assert clock.offset_ns == 7 * SECOND


def test_a_clock_that_was_set_is_not_compared() -> None:
    """Both saw adverts 1 to 40; one clock was set forward by ten seconds in the middle."""
    wire = Wire()
    for step in range(40):
        wire.say(1000 * step + (10_000 if step >= 20 else 0), advert(A, 101), ip_id=step + 1)
    clock = compare_clock(steady(1, 40, at_ms=0), wire.builder.finish())
    assert clock.offset_ns is None
    assert clock.reason is not None and "was set meanwhile" in clock.reason
    assert clock.offset_at(SECOND) == 0


def test_no_advert_in_common() -> None:
    clock = compare_clock(steady(1, 10, at_ms=0), steady(200, 10, at_ms=0))
    assert clock.offset_ns is None
    assert "cannot be compared: there is no advert that both" in clock.says


def test_without_identification_changes_tell() -> None:
    """Two checks that fail and recover: no other offset fits as many of the four changes."""

    def capture(later_ms: float) -> Timeline:
        wire = Wire()
        for step in range(30):
            priority = 91 if step in (5, 6, 7, 8, 9, 17, 18, 19) else 101
            without_ip_id(wire, later_ms + 1000 * step, advert(A, priority))
        return wire.builder.finish()

    clock = compare_clock(capture(0), capture(3000))
    assert clock.offset_ns == 3 * SECOND
    assert not clock.is_identified
    assert not clock.spans(6 * SECOND, 7 * SECOND)


def test_without_identification_and_changes_nothing_tells() -> None:
    wires = (Wire(), Wire())
    for wire in wires:
        for step in range(30):
            without_ip_id(wire, 1000 * step, advert(A, 101))
    clock = compare_clock(*(wire.builder.finish() for wire in wires))
    assert clock.offset_ns is None


def test_announcements_tell_where_no_advert_is_in_common() -> None:
    def capture(own: str, later_ms: float) -> Timeline:
        wire = Wire()
        for at_ms in (0, 5000, 17_000):
            kind = AnnouncementKind.GRATUITOUS_ARP
            wire.announce(later_ms + at_ms, kind, "10.0.0.100", "02:00:00:00:00:10")
        for step in range(20):
            wire.say(later_ms + 1000 * step, advert(own, 100))
        return wire.builder.finish()

    clock = compare_clock(capture(A, 0), capture(B, 750))
    assert clock.offset_ns == 750 * MS
    assert not clock.is_identified


def test_a_time_lies_between_points_or_it_does_not() -> None:
    clock = compare_clock(steady(1, 30, at_ms=0), steady(1, 30, at_ms=100))
    assert clock.spans(5 * SECOND, 20 * SECOND)
    assert not clock.spans(5 * SECOND, 40 * SECOND)


@pytest.mark.parametrize(
    ("later_ms", "says"),
    [
        (0, "the clocks of crafted.pcap and crafted.pcap agree within 1 ms, by 9 adverts"),
        (41_500, "the clock of crafted.pcap is 41.5 s ahead of that of crafted.pcap"),
        (-500, "the clock of crafted.pcap is 500 ms behind that of crafted.pcap"),
    ],
)
def test_the_sentence(later_ms: float, says: str) -> None:
    clock = compare_clock(steady(1, 30, at_ms=50_000), steady(1, 30, at_ms=50_000 + later_ms))
    assert clock.says.startswith(says)


def test_three_vantages_are_three_comparisons() -> None:
    case = Case(tuple(steady(1, 30, at_ms=at_ms) for at_ms in (0, 1000, 3000)))
    offsets = [c.offset_ns for c in case.clock_comparisons]
    assert offsets == [SECOND, 3 * SECOND, 2 * SECOND]


def test_one_network_is_known_by_a_host_that_both_saw() -> None:
    one, other, apart = Wire(), Wire(), Wire()
    one.say(0, advert(A, 101))
    other.say(0, advert(B, 100))
    apart.say(0, advert("10.0.0.3", 90))
    for wire in (one, other):
        wire.other(1, MAC)
    timelines = [wire.builder.finish() for wire in (one, other, apart)]
    assert are_connected(timelines[0], timelines[1])
    assert not are_connected(timelines[0], timelines[2])


def test_a_virtual_mac_is_no_host() -> None:
    wires = (Wire(), Wire())
    for wire in wires:
        wire.say(0, advert(A, 101, source_mac="00:00:5e:00:01:3c"))
    assert not are_connected(*(wire.builder.finish() for wire in wires))


def test_an_address_of_another_sender_is_no_point() -> None:
    """The same number from two routers is two packets."""
    other = Wire()
    for step in range(10):
        other.say(1000 * step, advert(A, 101, destination=ip_address(B)), ip_id=step + 1)
    assert compare_clock(steady(1, 10, at_ms=0), other.builder.finish()).offset_ns is None


def test_one_advert_alone_does_not_move_a_clock_far() -> None:
    """A daemon that was started anew says 1 again: two captures that follow one another."""
    clock = compare_clock(steady(1, 5, at_ms=0), steady(5, 9, at_ms=17_300))
    assert clock.offset_ns is None
    near = compare_clock(steady(1, 5, at_ms=0), steady(5, 9, at_ms=4300))
    assert near.offset_ns == 300 * MS
