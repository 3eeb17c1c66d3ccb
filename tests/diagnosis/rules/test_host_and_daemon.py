"""Verdicts about daemons and hosts: how much each needs, and what it must leave alone."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from logged import node
from routers import A_MAC, B_MAC, CLIENT_MAC, VIP, case, conf, verdicts
from sightings import MS, SECOND, A, B, Wire, advert

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
    ("late", "frames", "verdict"),
    [
        # Its advert was due at 8 s, and came at 14 s.
        ("6.012345", (9000,), ["proven"]),
        # Where its host sent nothing, the whole machine may have stood still.
        ("6.012345", (), ["likely"]),
        ("3.200000", (9000,), []),
        ("1.200000", (9000,), []),
    ],
)
def test_a_timer_that_was_late_for_that_long_shows_it(
    late: str, frames: tuple[int, ...], verdict: list[str]
) -> None:
    log = line(0, "(VI_1) Entering MASTER STATE")
    log += line(14, f"A thread timer expired {late} seconds ago")
    assert verdicts("daemon-starved", with_log(paused(0, frames), log)) == verdict


@pytest.mark.parametrize(
    ("late", "verdict"),
    # A's last advert at 5 s, B's first one at 16.6 s, and its timer runs 3.6 s: a stall of 1 s and
    # a timer that begins anew after it do not account for 11.6 s.
    [("8.012345", ["likely"]), ("1.012345", [])],
)
def test_a_backup_that_did_not_run_takes_over_late(late: str, verdict: list[str]) -> None:
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    for at_ms in (7000, 9000):
        wire.other(at_ms, CLIENT_MAC)
    wire.repeat(16_609, 6, LOW)
    log = line(0, "(VI_1) Entering BACKUP STATE")
    log += line(13, f"A thread timer expired {late} seconds ago")
    log += line(16.609, "(VI_1) Entering MASTER STATE")
    timeline = wire.builder.finish()
    nodes = bind([timeline], [Given("b", log=read_log_text(log, "b.log", "b"))])
    assert verdicts("daemon-starved", Case((timeline,), nodes)) == verdict


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


@pytest.mark.parametrize("ran", [100, 20_000, 40_000, 65_000])
def test_a_process_that_is_gone_after_any_number_of_adverts(ran: int) -> None:
    """40,000 adverts at one a second are half a day; the count has 16 bits."""
    wire = Wire()
    for step in range(8):
        wire.say(1000 * step, HIGH, ran + step)
    wire.repeat(10_609, 2, LOW)
    wire.say(12_000, HIGH, 1)
    wire.repeat(13_000, 5, HIGH)
    of = case(wire)
    assert verdicts("vrrp-child-respawned", of) == ["likely"]
    for rule in ("unexpected-failover", "network-partition", "transmit-blocked"):
        assert verdicts(rule, of) == []


@pytest.mark.parametrize("ran", [100, 20_000, 40_000, 65_000])
def test_a_reload_after_any_number_of_adverts(ran: int) -> None:
    wire = Wire()
    for step in range(8):
        wire.say(1000 * step, advert(A, 140), ran + step)
    wire.say(7400, advert(A, 90), 1)
    wire.repeat(8400, 3, advert(A, 90))
    wire.repeat(10_531, 5, advert(B, 120))
    assert verdicts("reload-causes-failover", case(wire)) == ["proven"]


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


@pytest.mark.parametrize(
    ("interface", "extra", "verdict"),
    [
        ("eth0", "", ["proven"]),
        # By a tracked link that is down nothing would have left anyway.
        ("wan0", "track_interface {\n wan0\n }", []),
        # Without a file nobody knows which of the two wan0 is.
        ("wan0", None, ["likely"]),
    ],
)
def test_the_interface_that_went_down_is_its_own(
    interface: str, extra: str | None, verdict: list[str]
) -> None:
    wire = Wire()
    wire.repeat(0, 6, HIGH)
    wire.repeat(8609, 8, LOW)
    down = f"Netlink reports {interface} down"
    lines = ((0, "(VI_1) Entering MASTER STATE"), (5, down), (5, "(VI_1) Entering FAULT STATE"))
    told = node("a", A, *lines, conf=None if extra is None else conf(101, extra))
    of = Case((wire.builder.finish(),), (told,))
    assert verdicts("link-down-on-master", of) == verdict


@pytest.mark.parametrize(("stopped", "verdict"), [(48, ["proven"]), (54, [])])
def test_a_stop_after_an_advert_was_due_explains_nothing(stopped: int, verdict: list[str]) -> None:
    """Every 10 s; the advert of 50 s did not come, and neither would a priority 0."""
    wire = Wire()
    for step in range(5):
        wire.say(10_000 * step, replace(HIGH, advert_interval_ns=10 * SECOND))
    for step in range(4):
        wire.say(70_609 + 10_000 * step, replace(LOW, advert_interval_ns=10 * SECOND))
    log = line(0, "(VI_1) Entering MASTER STATE") + line(stopped, "Stopping")
    assert verdicts("orderly-stop-expected-slow", with_log(wire, log)) == verdict


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


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ({}, {"addresses": (ip_address(VIP), ip_address("10.0.0.101"))}, ["proven"]),
        # VRRPv3 learns the interval: B has another reason not to yield.
        ({"version": 3}, {"version": 3, "advert_interval_ns": 900 * MS}, []),
    ],
)
def test_a_second_master_after_a_reload_differs_in_what_the_reload_changed(
    before: dict[str, object], after: dict[str, object], verdict: list[str]
) -> None:
    wire = Wire()
    for step in range(8):
        wire.say(1000 * step, advert(A, 140, **before))
    said = [(7400 + 900 * step, advert(A, 140, **after), step + 1) for step in range(12)]
    said += [(10_531 + 1000 * step, advert(B, 120, **before), step + 1) for step in range(7)]
    for at_ms, advertisement, number in sorted(said, key=lambda s: s[0]):
        wire.say(at_ms, advertisement, number)
    of = case(wire)
    assert verdicts("dual-master", of) == ["proven"]
    assert verdicts("reload-causes-failover", of) == verdict
