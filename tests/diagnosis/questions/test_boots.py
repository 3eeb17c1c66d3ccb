"""Routers that became master right after they joined: priority 100 waits 3609.375 ms."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from routers import B_MAC
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.boots import BootGrab, find_boot_grabs
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.observation import AnnouncementKind

HIGH, LOW = advert(A, 150), advert(B, 100)


def grabs(wire: Wire) -> list[BootGrab]:
    """All grabs of what the wire saw."""
    timeline = wire.builder.finish()
    (story,) = timeline.routers
    return list(find_boot_grabs(timeline, story, Signs(story)))


def booted(
    waited_ms: float = 3600,
    newcomer: object = LOW,
    holder: object = HIGH,
    adverts: int = 2,
    first_id: int = 1,
) -> Wire:
    """A is master from 0 to 20 s; B joins at 5.3 s and speaks `waited_ms` later."""
    events: list[tuple[float, object, int | None]] = []
    events += [(1000 * second, holder, second + 1) for second in range(20)]
    for step in range(adverts):
        events.append((5300 + waited_ms + 1000 * step, newcomer, first_id + step))
    wire = Wire()
    wire.announce(5300, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    for at_ms, said, ip_id in sorted(events, key=lambda e: e[0]):
        wire.say(at_ms, said, ip_id)  # type: ignore[arg-type]
    return wire


@pytest.mark.parametrize("waited_ms", [3500, 3609, 3750])
def test_one_timer_after_its_join_beside_a_better_master(waited_ms: float) -> None:
    (grab,) = grabs(booted(waited_ms))
    assert grab.should_wait
    assert (grab.down_ns, grab.waited_ns) == (3_609_375_000, int(waited_ms * 1_000_000))
    assert grab.until == grab.newcomer.until


@pytest.mark.parametrize("waited_ms", [2600, 3400, 3800, 8000])
def test_another_time_has_another_reason(waited_ms: float) -> None:
    assert grabs(booted(waited_ms)) == []


def test_a_better_newcomer_should_wait_under_nopreempt_only() -> None:
    wire = Wire()
    wire.repeat(0, 6, LOW)
    wire.announce(5300, AnnouncementKind.IGMP_JOIN, A, "02:00:00:00:00:10")
    wire.repeat(6000, 3, LOW)
    # Priority 150: 3 s + 106 / 256 s.
    wire.repeat(8710, 6, HIGH)
    (grab,) = grabs(wire)
    assert not grab.should_wait
    assert str(grab.holder.sender.address) == B


def test_a_backup_accepts_an_equal_priority_and_waits_too() -> None:
    # B has the greater address, so A gives way when both are masters.
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    wire.announce(5300, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(6000, 3, HIGH)
    wire.repeat(8714, 6, advert(B, 150))
    (grab,) = grabs(wire)
    assert grab.should_wait
    assert grab.until == grab.newcomer.since


def test_who_rejects_the_master_is_no_such_case() -> None:
    other = replace(HIGH, addresses=(ip_address("10.0.0.111"),))
    assert grabs(booted(holder=other)) == []


def test_a_count_that_goes_on_shows_no_start() -> None:
    assert grabs(booted(first_id=7)) == []


def test_no_master_on_the_wire() -> None:
    wire = Wire()
    wire.announce(5300, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(8900, 6, LOW)
    assert grabs(wire) == []


def test_two_masters_for_good_are_something_else() -> None:
    wire = Wire()
    wire.announce(5300, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    for second in range(60):
        wire.say(1000 * second, HIGH)
        if second >= 8:
            wire.say(1000 * second + 900, LOW)
    assert grabs(wire) == []
