"""Pauses of a master that did not run: what follows them, and what its host did meanwhile.

A (101) is master, once a second from 0 on. Its Master_Down_Interval does not matter here; that of B
(100) is 3609.375 ms.
"""

import pytest
from routers import A_MAC, B_MAC, CLIENT_MAC
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.diagnosis.questions.stalls import Host, Stall, find_stalls
from vrrpscope.observation import AnnouncementKind

HIGH, LOW = advert(A, 101), advert(B, 100)


def stalls(wire: Wire) -> list[Stall]:
    """All stalls of what the wire saw."""
    timeline = wire.builder.finish()
    (story,) = timeline.routers
    return list(find_stalls(timeline, story, Signs(story)))


def paused(burst: int, wire: Wire | None = None) -> Wire:
    """A pauses from 7 s to 14 s; B takes over, and is answered `burst` times when A goes on."""
    wire = wire or Wire()
    wire.repeat(0, 8, HIGH)
    wire.repeat(10_609, 4, LOW)
    for step in range(1 + burst):
        wire.say(14_000 + 0.1 * step, HIGH)
    wire.repeat(15_001, 5, HIGH)
    return wire


@pytest.mark.parametrize("burst", [0, 1, 4])
def test_the_answers_to_what_had_waited_are_counted(burst: int) -> None:
    (stall,) = stalls(paused(burst))
    assert stall.burst == burst
    assert (stall.pause, stall.gap.duration_ns) == (Pause.QUIET, 7_000_000_000)
    assert [str(w.sender.address) for w in stall.meanwhile] == [B]
    assert stall.takeover is not None
    assert str(stall.takeover.after.sender.address) == B


def test_early_adverts_are_no_burst_where_nobody_else_spoke() -> None:
    wire = Wire()
    wire.repeat(0, 8, HIGH)
    for at_ms in (10_000, 10_001, 11_000, 12_000):
        wire.say(at_ms, HIGH)
    (stall,) = stalls(wire)
    assert (stall.burst, stall.takeover) == (0, None)


def test_answers_at_once_are_no_burst() -> None:
    """Strangers keep A silent; two backups of one priority take over at once, and are answered."""
    wire = Wire()
    wire.repeat(0, 8, HIGH)
    wire.say(10_609, LOW)
    wire.say(10_609.2, advert("10.0.0.3", 100))
    for at_ms in (10_609.5, 10_609.7):
        wire.say(at_ms, HIGH)
    wire.repeat(11_610, 5, HIGH)
    (stall,) = stalls(wire)
    assert stall.burst == 0


def test_answers_to_a_router_that_goes_on_speaking_are_no_burst() -> None:
    wire = Wire()
    wire.repeat(0, 8, HIGH)
    wire.repeat(10_609, 4, LOW)
    for second in range(14, 20):
        wire.say(1000 * second, HIGH)
        wire.say(1000 * second + 609, LOW)
        wire.say(1000 * second + 610, HIGH)
    assert [stall.burst for stall in stalls(wire)] == [0]


def test_copies_of_a_mirror_port_are_no_burst_where_nothing_counts() -> None:
    wire = Wire()
    for second in (*range(8), *range(14, 20)):
        if second == 14:
            for at_ms in (10_609, 11_609, 12_609, 13_609):
                wire.say_uncounted(at_ms, LOW)
        for copy in (0, 1):
            wire.say_uncounted(1000 * second + copy, HIGH)
    assert [stall.burst for stall in stalls(wire)] == [0]


def test_who_yielded_or_released_or_was_restarted_did_not_stall() -> None:
    better = Wire()
    better.repeat(0, 8, LOW)
    better.repeat(7_300, 5, HIGH)
    better.repeat(16_000, 5, LOW)
    released = Wire()
    released.repeat(0, 8, HIGH)
    released.say(7_100, advert(A, 0))
    released.repeat(14_000, 5, HIGH)
    restarted = Wire()
    restarted.repeat(0, 8, HIGH)
    restarted.say(14_000, HIGH, 1)
    restarted.repeat(15_000, 5, HIGH)
    for wire in (better, released, restarted):
        assert stalls(wire) == []


@pytest.mark.parametrize(
    ("beat_ms", "until_ms", "host"),
    [
        # Once a second up to the pause, and no more: 5.5 s are 3 beats and more.
        (1000, 7500, Host.STOOD_STILL),
        # Every 2 s: 5.5 s are less than 3 of them.
        (2000, 7500, Host.UNKNOWN),
        # It goes on while VRRP pauses.
        (1000, 20_000, Host.LIVED),
    ],
)
def test_a_host_that_was_busy_stands_still_or_lives(
    beat_ms: int, until_ms: int, host: Host
) -> None:
    wire = Wire()
    events = [(1000 * s, HIGH) for s in range(8)]
    events += [(10_609 + 1000 * s, LOW) for s in range(4)]
    events += [(14_000 + 1000 * s, HIGH) for s in range(5)]
    frames = [(at, None) for at in range(500, until_ms, beat_ms)]
    for at_ms, said in sorted([*events, *frames], key=lambda e: e[0]):
        if said is None:
            wire.other(at_ms, A_MAC)
        else:
            wire.say(at_ms, said)
    (stall,) = stalls(wire)
    assert stall.host is host


def test_an_answer_to_arp_shows_that_the_kernel_lives_and_an_announcement_does_not() -> None:
    hosts = []
    for kind in (AnnouncementKind.ARP_REPLY, AnnouncementKind.GRATUITOUS_ARP):
        wire = Wire()
        wire.repeat(0, 8, HIGH)
        wire.announce(10_000, kind, "10.0.0.100", A_MAC)
        wire.other(10_100, CLIENT_MAC)
        wire.announce(10_200, AnnouncementKind.ARP_REPLY, "10.0.0.100", B_MAC)
        wire.repeat(14_000, 5, HIGH)
        hosts.append([stall.host for stall in stalls(wire)])
    assert hosts == [[Host.LIVED], [Host.UNKNOWN]]


def test_a_pause_is_witnessed_by_its_two_adverts_and_by_the_number_that_went_on() -> None:
    (stall,) = stalls(paused(0))
    first, second = stall.witnessed("a")
    # Eight adverts from 0 to 7 s, four of B, and the one that goes on: frames 8 and 13.
    assert first.statement == (
        "a was master, sent an advert in frame 8, and the next one 7.000 s later, in frame 13, "
        "without priority 0"
    )
    assert second.statement.startswith("its IP identification")
    assert [ref.number for ref in second.evidence] == [8, 13]
