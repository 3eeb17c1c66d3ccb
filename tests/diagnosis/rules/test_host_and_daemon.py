"""Verdicts about daemons and hosts: how much each needs, and what it must leave alone."""

from dataclasses import replace

import pytest
from routers import A_MAC, B_MAC, CLIENT_MAC, VIP, case, conf, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Given
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.observation import AnnouncementKind

HIGH, LOW = advert(A, 101), advert(B, 100)


def line(second: float, text: str) -> str:
    """A line of keepalived's log in UTC, with microseconds."""
    return f"1970-01-01T00:00:{second:09.6f}+00:00 host Keepalived_vrrp[7]: {text}\n"


def with_log(wire: Wire, log: str) -> Case:
    """The case with a log of A."""
    timeline = wire.builder.finish()
    return Case((timeline,), bind([timeline], [Given("a", log=read_log_text(log, "a.log", "a"))]))


def paused(answers: int, frames: tuple[int, ...] = ()) -> Wire:
    """A pauses from 7 s to 14 s, B takes over; frames of A's host at these milliseconds."""
    said = [(1000.0 * s, HIGH) for s in range(8)] + [(10_609.0 + 1000 * s, LOW) for s in range(4)]
    said += [(14_000 + 0.1 * step, HIGH) for step in range(1 + answers)]
    said += [(15_001.0 + 1000 * s, HIGH) for s in range(4)]
    wire = Wire()
    for at_ms, advertisement in sorted([*said, *((f, None) for f in frames)], key=lambda e: e[0]):
        if advertisement is None:
            wire.other(at_ms, A_MAC)
        else:
            wire.say(at_ms, advertisement)
    return wire


@pytest.mark.parametrize(
    ("answers", "frames", "starved", "frozen"),
    [
        (4, (), ["likely"], []),
        (4, (9000,), ["proven"], []),
        (4, tuple(range(300, 7000, 500)), [], ["likely"]),
        (0, tuple(range(300, 7000, 500)), [], ["likely"]),
        # Nothing answered, nothing else seen: a foreign speaker may have silenced it.
        (0, (), [], []),
        (0, (9000,), [], []),
    ],
)
def test_a_pause_of_the_master(
    answers: int, frames: tuple[int, ...], starved: list[str], frozen: list[str]
) -> None:
    of = case(paused(answers, frames))
    assert verdicts("daemon-starved", of) == starved
    assert verdicts("vm-freeze", of) == frozen


@pytest.mark.parametrize(
    ("late", "verdict"),
    [("6.012345", ["proven"]), ("1.200000", [])],
)
def test_a_timer_that_was_late_for_that_long_proves_it(late: str, verdict: list[str]) -> None:
    log = line(0, "(VI_1) Entering MASTER STATE")
    log += line(14, f"A thread timer expired {late} seconds ago")
    assert verdicts("daemon-starved", with_log(paused(0), log)) == verdict


def killed() -> Wire:
    """A's last advert at 7 s, its new process at 11 s, nobody in between."""
    wire = Wire()
    wire.repeat(0, 8, HIGH)
    wire.say(11_000, HIGH, 1)
    wire.repeat(12_000, 5, HIGH)
    return wire


MASTER_TWICE = line(0, "(VI_1) Entering MASTER STATE") + line(11, "(VI_1) Entering MASTER STATE")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("VRRP child process(17) died: Respawning", ["proven"]),
        ("Stopping", []),
        ("Startup complete", ["likely"]),
    ],
)
def test_what_the_log_says_of_a_process_that_is_gone(text: str, verdict: list[str]) -> None:
    assert verdicts("vrrp-child-respawned", with_log(killed(), MASTER_TWICE + line(7.4, text))) == (
        verdict
    )


def test_a_process_that_is_gone_without_a_log() -> None:
    assert verdicts("vrrp-child-respawned", case(killed())) == ["likely"]


def test_an_own_skew_time_without_a_count_is_likely() -> None:
    wire = Wire()
    for at_ms in range(0, 8000, 1000):
        wire.say_uncounted(at_ms, advert(A, 150))
    wire.say_uncounted(7100, advert(A, 0))
    for at_ms in range(7514, 12_000, 1000):
        wire.say_uncounted(at_ms, advert(A, 150))
    assert verdicts("vip-removed-externally", case(wire)) == ["likely"]


def answered(leave: bool, returns: bool = False) -> Wire:
    """A is silent from 5 s on and answers for the address at 15 s; B is master from 8.6 s on."""
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    if leave:
        wire.announce(5300, AnnouncementKind.IGMP_LEAVE, A, A_MAC)
    wire.repeat(8609, 7, LOW)
    for mac in (A_MAC, B_MAC):
        wire.announce(15_000, AnnouncementKind.ARP_REPLY, VIP, mac)
    wire.other(15_100, CLIENT_MAC)
    wire.repeat(15_609, 3, LOW)
    if returns:
        wire.repeat(19_000, 5, HIGH)
    return wire


@pytest.mark.parametrize(
    ("leave", "returns", "verdict"),
    [
        (True, False, ["likely"]),
        (False, False, ["possible"]),
        # It goes on as the same process: it had been paused.
        (False, True, []),
    ],
)
def test_who_still_answers(leave: bool, returns: bool, verdict: list[str]) -> None:
    assert verdicts("stale-vip-holder", case(answered(leave, returns))) == verdict


@pytest.mark.parametrize(("priority", "verdict"), [(90, ["proven"]), (140, []), (150, [])])
def test_a_reload_that_changes_nothing_for_the_worse_is_none(
    priority: int, verdict: list[str]
) -> None:
    wire = Wire()
    wire.repeat(0, 8, advert(A, 140))
    wire.say(7400, advert(A, priority), 1)
    wire.repeat(8400, 3, advert(A, priority))
    # Priority 120: 3 s + 136 / 256 s after the last advert that it had to accept, at 7 s.
    if priority < 120:
        wire.repeat(10_531, 5, advert(B, 120))
    else:
        wire.repeat(11_400, 5, advert(A, priority))
    assert verdicts("reload-causes-failover", case(wire)) == verdict


@pytest.mark.parametrize(("extra", "verdict"), [("nopreempt", ["likely"]), ("", [])])
def test_a_better_router_that_boots_should_wait_under_nopreempt(
    extra: str, verdict: list[str]
) -> None:
    wire = Wire()
    wire.repeat(0, 6, LOW)
    wire.announce(5300, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.repeat(6000, 3, LOW)
    # Priority 150: 3 s + 106 / 256 s.
    wire.repeat(8710, 6, advert(A, 150))
    assert verdicts("master-at-boot", case(wire, a=conf(150, extra))) == verdict


@pytest.mark.parametrize(
    ("back_ms", "ip_id", "verdict"),
    [
        (16_000, 9, ["likely"]),  # two numbers between 6 and 9
        (16_000, 7, []),  # none: it sent nothing
        (16_000, 12, []),  # five: it was sending
        (16_000, 1, []),  # a new process
        (10_500, 9, []),  # so short that two adverts may just have been lost
    ],
)
def test_a_link_that_was_down(back_ms: int, ip_id: int, verdict: list[str]) -> None:
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    wire.repeat(8609, (back_ms - 8609) // 1000, LOW)
    wire.say(back_ms, HIGH, ip_id)
    wire.repeat(back_ms + 1000, 4, HIGH)
    assert verdicts("link-down-on-master", case(wire)) == verdict


def test_an_orderly_stop_needs_the_log() -> None:
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    wire.repeat(8609, 7, LOW)
    log = line(0, "(VI_1) Entering MASTER STATE") + line(5.5, "Stopping")
    assert verdicts("orderly-stop-expected-slow", case(wire)) == []
    assert verdicts("orderly-stop-expected-slow", with_log(wire, log)) == ["proven"]
    late = line(0, "(VI_1) Entering MASTER STATE") + line(8, "Stopping")
    assert verdicts("orderly-stop-expected-slow", with_log(wire, late)) == []


def test_a_stop_that_was_heard_is_none() -> None:
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    wire.say(5500, replace(HIGH, priority=0))
    wire.repeat(6109, 7, LOW)
    log = line(0, "(VI_1) Entering MASTER STATE") + line(5.5, "Stopping")
    assert verdicts("orderly-stop-expected-slow", with_log(wire, log)) == []
