"""flapping and check-flaps: to and fro."""

import pytest
from routers import A_MAC, case, conf, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.observation import AnnouncementKind


def to_and_fro(times: int, restart: bool = False, apart_ms: int = 10_000) -> Wire:
    """A releases and comes back: each time two moves."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    for turn in range(times):
        at_ms = 4500 + apart_ms * turn
        wire.say(at_ms, advert(A, 0))
        lasts = (apart_ms - 5000) // 1000
        wire.repeat(at_ms + 610, lasts, advert(B, 100))
        back_ms = at_ms + apart_ms - 4000
        if restart:
            wire.announce(back_ms - 3600, AnnouncementKind.IGMP_JOIN, A, A_MAC)
            wire.say(back_ms, advert(A, 101), 1)
        else:
            wire.say(back_ms, advert(A, 101))
        wire.repeat(back_ms + 1000, 3, advert(A, 101))
    return wire


def test_once_to_and_fro_is_a_failover_and_a_return() -> None:
    assert found("flapping", case(to_and_fro(1))) == []


def test_twice_to_and_fro_is_flapping() -> None:
    (finding,) = found("flapping", case(to_and_fro(2)))
    assert (finding.verdict, finding.severity) == ("proven", "error")
    assert finding.facts["moves"] == 4


def test_moves_more_than_a_minute_apart_do_not_belong_together() -> None:
    assert found("flapping", case(to_and_fro(3, apart_ms=70_000))) == []


def test_somebody_who_restarts_a_daemon_twice() -> None:
    assert found("flapping", case(to_and_fro(2, restart=True))) == []


def test_a_daemon_that_is_restarted_again_and_again() -> None:
    (finding,) = found("flapping", case(to_and_fro(4, restart=True)))
    assert (finding.verdict, finding.severity) == ("proven", "warning")
    assert f"{A} was restarted 4 times" in finding.says


def uncounted(times: int, *, joins: bool) -> Wire:
    """A releases and comes back, and its adverts do not count (tcpdump without -v, IPv6)."""
    wire = Wire()
    if joins:
        wire.announce(0, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    for turn in range(times + 1):
        began_ms = 10_000 * turn
        for second in range(4):
            wire.say(began_ms + 1000 * second + 100, advert(A, 101), 0)
        if turn < times:
            wire.say(began_ms + 3600, advert(A, 0), 0)
            for second in range(6):
                wire.say(began_ms + 4210 + 1000 * second, advert(B, 100), 0)
    return wire


@pytest.mark.parametrize(
    ("times", "joins", "expected"),
    [
        (2, False, []),  # it may have been restarted twice
        (3, False, ["proven"]),  # more often than an upgrade restarts it
        (2, True, ["proven"]),  # a restarted daemon would have joined the group again
    ],
)
def test_where_nothing_tells_of_restarts_it_takes_more_moves(
    times: int, joins: bool, expected: list[str]
) -> None:
    assert verdicts("flapping", case(uncounted(times, joins=joins))) == expected


def test_a_router_that_was_preempted_each_time_was_not_restarted() -> None:
    """A's priority falls and rises: it yields, and preempts."""
    wire = Wire()
    for turn in range(3):
        began_ms = 10_000 * turn
        for second in range(4):
            wire.say(began_ms + 1000 * second, advert(A, 101), 0)
        if turn < 2:
            for second in (4, 5, 6):
                wire.say(began_ms + 1000 * second, advert(A, 90), 0)
            # It discards those, and takes over 3.609 s after the last better one.
            for second in range(4):
                wire.say(began_ms + 6610 + 1000 * second, advert(B, 100), 0)
    assert verdicts("flapping", case(wire)) == ["proven"]


def test_a_ladder_of_better_routers_is_no_flapping(shared_captures) -> None:
    """Seven routers of rising priority: six moves, and nobody gets the role twice."""
    from vrrpscope.pipeline import analyze_files

    analysis = analyze_files([str(shared_captures / "tcpdump__vrrp.pcap")])
    assert [f.rule for f in analysis.findings] == []


def test_two_masters_that_take_turns_in_being_heard_do_not_flap() -> None:
    """Each advert silences the other one for a second: that is no election."""
    wire = Wire()
    for turn in range(8):
        wire.repeat(4000 * turn, 2, advert(A, 101))
        wire.repeat(4000 * turn + 2000, 2, advert(B, 100))
    assert found("flapping", case(wire)) == []


# The check


def swings(*values: int, length: int = 2) -> Wire:
    wire = Wire()
    wire.repeat(0, 5, advert(A, values[0]))
    for turn, value in enumerate(values[1:]):
        wire.repeat(5000 + 1000 * length * turn, length, advert(A, value))
    return wire


def test_two_falls_and_two_rises_flap() -> None:
    (finding,) = found("check-flaps", case(swings(101, 99, 101, 99, 101)))
    assert (finding.verdict, finding.severity) == ("likely", "warning")
    assert (finding.facts["falls"], finding.facts["rises"]) == (2, 2)


@pytest.mark.parametrize(
    "values", [(101, 99, 101), (101, 99, 101, 99), (101, 99, 97, 95, 97), (101, 99, 101, 97, 101)]
)
def test_fewer_changes_or_other_values_do_not(values: tuple[int, ...]) -> None:
    assert found("check-flaps", case(swings(*values))) == []


def test_changes_more_than_a_minute_apart_do_not() -> None:
    assert found("check-flaps", case(swings(101, 99, 101, 99, 101, length=61))) == []


def test_reloads_with_another_priority_count_anew() -> None:
    wire = Wire()
    for turn, value in enumerate((101, 99, 101, 99, 101, 99)):
        wire.say(5000 * turn, advert(A, value), 1)
        wire.repeat(5000 * turn + 1000, 4, advert(A, value))
    assert found("check-flaps", case(wire)) == []


@pytest.mark.parametrize(
    ("scripts", "expected"),
    [
        ({"chk": -2}, "proven"),
        ({"chk": -2, "other": -10}, "proven"),
        ({"chk": -2, "same": -2}, "likely"),
        ({"chk": -5}, "possible"),
        ({}, "possible"),
    ],
)
def test_the_arithmetic_names_the_check(scripts: dict[str, int], expected: str) -> None:
    of = case(swings(101, 99, 101, 99, 101), a=conf(101, scripts=scripts))
    assert verdicts("check-flaps", of) == [expected]


def test_a_positive_weight_counts_while_all_is_well() -> None:
    of = case(swings(101, 99, 101, 99, 101), a=conf(99, scripts={"chk": 2}))
    assert verdicts("check-flaps", of) == ["proven"]


def test_senders_that_do_not_count_leave_a_reload_open() -> None:
    wire = Wire()
    for second, value in enumerate([101, 101, 99, 99] * 3):
        wire.say(1000 * second, advert(A, value), 0)
    (finding,) = found("check-flaps", case(wire, a=conf(101, scripts={"chk": -2})))
    assert finding.verdict == "likely"
    assert finding.not_excluded == ("reload-causes-failover",)


def test_a_check_without_a_weight_releases_the_role() -> None:
    wire = to_and_fro(2)
    assert verdicts("check-flaps", case(wire)) == ["likely"]
    assert verdicts("check-flaps", case(wire, a=conf(101, scripts={"chk": 0}))) == ["likely"]
    assert found("check-flaps", case(to_and_fro(2, restart=True))) == []
    assert found("check-flaps", case(to_and_fro(1))) == []
