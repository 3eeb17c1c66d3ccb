"""Routers that are better than the master, alive, and silent."""

from logged import node
from routers import case, conf, verdicts
from routers import found as found_by
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.observation import AnnouncementKind

A_MAC = "02:00:00:00:00:10"


def kept_down(wire: Wire):
    return Case((wire.builder.finish(),)).kept_down


def test_a_router_that_takes_over_in_time_had_been_listening() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(B, 100))
    wire.announce(2500, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.repeat(3000, 15, advert(B, 100))
    wire.say(17_500, advert(B, 0))
    wire.repeat(17_500 + 605, 5, advert(A, 101))
    (found,) = kept_down(wire)
    assert (str(found.better), found.priority) == (A, 101)
    assert found.took_over is not None
    assert found.lasted_ns == 15_000_000_000


def test_a_router_that_fell_below_the_master_and_yielded_is_no_better_one() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.repeat(4000, 4, advert(A, 99))
    wire.repeat(6610, 20, advert(B, 100))
    assert kept_down(wire) == ()


def test_a_router_that_fell_silent_may_be_dead() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.repeat(6610, 20, advert(B, 100))
    assert kept_down(wire) == ()


def test_a_router_that_stopped_and_joined_again_is_back() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.say(3500, advert(A, 0))
    wire.repeat(4110, 3, advert(B, 100))
    wire.announce(6500, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.repeat(7110, 20, advert(B, 100))
    (found,) = kept_down(wire)
    assert (found.priority, found.took_over) == (101, None)


def test_a_router_that_is_still_starting_is_given_time() -> None:
    """Two of the longest Master_Down_Intervals: 8 seconds."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 101))
    wire.say(2500, advert(A, 0))
    wire.repeat(3110, 3, advert(B, 100))
    wire.announce(5500, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.repeat(6110, 7, advert(B, 100))
    wire.repeat(12_600, 5, advert(A, 101))
    assert kept_down(wire) == ()


def test_a_router_that_left_is_gone() -> None:
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.repeat(10, 4, advert(A, 101))
    wire.announce(3300, AnnouncementKind.IGMP_LEAVE, A, A_MAC)
    wire.repeat(6640, 20, advert(B, 100))
    assert kept_down(wire) == ()


def test_a_router_that_advertises_all_the_while_is_not_silent() -> None:
    wire = Wire()
    for step in range(30):
        wire.say(1000 * step, advert(A, 101))
        if 5 <= step < 20:
            wire.say(1000 * step + 300, advert(B, 100))
    assert kept_down(wire) == ()


def test_a_log_shows_that_the_better_one_was_a_backup() -> None:
    """B, 110, joins at 1 s and is silent beside A, 90, from 2 s to 41 s."""
    for last, verdict in (((60, "Stopping"), "proven"), ((3, "(VI_1) removing VIPs."), "likely")):
        wire = Wire()
        wire.announce(1000, AnnouncementKind.IGMP_JOIN, B, "02:00:00:00:00:20")
        wire.repeat(2000, 40, advert(A, 90))
        start = (1, "Starting Keepalived v2.2.7 (01/16,2022)")
        backup = (1, "(VI_1) Entering BACKUP STATE (init)")
        b = node("b", B, start, backup, last, conf=conf(110, "nopreempt", {"chk": -40}))
        case = Case((wire.builder.finish(),), (b,))
        assert verdicts("wrong-master", case) == [verdict]
        assert verdicts("nopreempt-keeps-lower-master", case) == [verdict]


def started_again(priority: int) -> Case:
    """A (101) is stopped and comes back; its configuration has this priority."""
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.say(3500, advert(A, 0))
    wire.repeat(4110, 3, advert(B, 100))
    wire.announce(6500, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.repeat(7110, 20, advert(B, 100))
    return case(wire, a=conf(priority))


def test_a_router_that_was_started_again_has_the_priority_of_its_configuration() -> None:
    assert started_again(90).kept_down == ()
    (found,) = started_again(101).kept_down
    assert (found.priority, found.was_restarted) == (101, True)
    (wrong,) = found_by("wrong-master", started_again(101))
    assert "a lower priority since it was started again" in wrong.not_excluded
