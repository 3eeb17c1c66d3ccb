"""B is master with 90; A, whose configuration says nopreempt, takes over with 110."""

import dataclasses
from ipaddress import ip_address

from logged import node
from msgspec.structs import replace
from routers import A_MAC, case, conf, found, verdicts
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.log_clock import LogClock
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.displaced import Forbidden
from vrrpscope.observation import AnnouncementKind

KEEPS = "nopreempt-does-not-protect-master"
CLEARED = "nopreempt-cleared-by-state-master"
CALM = conf(110, "nopreempt")
EAGER = CALM.replace("state BACKUP", "state MASTER")
DISCARDS = (17, "(VI_1) received lower priority (90) advert from 10.0.0.2 - discarding")


def taken(first_ip_id: int = 1, priority: int = 110, before: int = 90) -> Wire:
    """A's first advert comes 300 ms after B's last one."""
    wire = Wire()
    wire.repeat(2000, 19, advert(B, before))
    for step in range(10):
        wire.say(20_300 + 1000 * step, advert(A, priority), ip_id=first_ip_id + step)
    return wire


def of_nodes(wire: Wire, *nodes: Node) -> Case:
    """The case with these nodes as they are."""
    return Case((wire.builder.finish(),), nodes)


def test_a_plain_preemption_is_expected() -> None:
    assert case(taken()).displaced == ()
    assert case(taken(), a=conf(110)).displaced == ()


def test_nopreempt_in_effect_leaves_one_way_to_become_master() -> None:
    told = case(taken(), a=CALM)
    (displaced,) = told.displaced
    assert displaced.forbidden is Forbidden.NOPREEMPT
    assert verdicts(KEEPS, told) == ["likely"]
    assert verdicts(CLEARED, told) == []


def test_its_log_shows_that_it_had_been_master_unheard() -> None:
    lines = ((1, "(VI_1) Entering BACKUP STATE (init)"), (15, "(VI_1) Entering MASTER STATE"))
    told = of_nodes(taken(first_ip_id=6), node("a", A, *lines, conf=CALM))
    assert verdicts(KEEPS, told) == ["proven"]


def test_a_router_that_had_been_master_before_the_other_one_took_nothing() -> None:
    """Its count says thirty adverts, and B has been heard for nineteen seconds only."""
    assert case(taken(first_ip_id=31), a=CALM).displaced == ()
    lines = ((0, "(VI_1) Entering MASTER STATE"),)
    told = of_nodes(taken(), node("a", A, *lines, conf=CALM))
    assert told.displaced == ()


def test_a_master_whose_priority_had_fallen_was_to_be_replaced() -> None:
    wire = Wire()
    wire.repeat(1000, 10, advert(B, 120))
    wire.repeat(11_000, 10, advert(B, 90))
    wire.repeat(20_300, 10, advert(A, 110))
    assert case(wire, a=CALM).displaced == ()


def test_state_master_clears_nopreempt() -> None:
    told = case(taken(), a=EAGER)
    (finding,) = found(CLEARED, told)
    assert "state MASTER as well" in finding.says
    assert verdicts(KEEPS, told) == []
    # It may have heard nothing while it started: then it would have come under nopreempt too.
    assert str(finding.verdict) == "likely"
    assert finding.not_excluded == ("master-at-boot",)


def test_its_log_shows_that_it_heard_the_lower_master() -> None:
    lines = ((16, "(VI_1) Entering BACKUP STATE (init)"), DISCARDS)
    assert verdicts(CLEARED, of_nodes(taken(), node("a", A, *lines, conf=EAGER))) == ["proven"]
    # It had done so as another process, and of this one nothing is known.
    lines = (DISCARDS, (18, "(VI_1) Entering BACKUP STATE (init)"))
    assert verdicts(CLEARED, of_nodes(taken(), node("a", A, *lines, conf=EAGER))) == ["likely"]


def test_a_log_that_may_be_off_by_seconds_keeps_the_order_of_its_own_lines() -> None:
    """Its clock is known to five seconds: which line came before the frame is not certain."""
    rough = LogClock(0, 5 * SECOND, 1)
    early = (10, DISCARDS[1])
    anew = (18, "Starting Keepalived v2.2.7 (01/16,2022)")
    for lines, verdict in (((early,), "proven"), ((early, anew), "likely")):
        a = replace(node("a", A, *lines, conf=EAGER), clock=rough)
        assert verdicts(CLEARED, of_nodes(taken(), a)) == [verdict]
    lines = ((5, "(VI_1) Entering MASTER STATE"), (17, "(VI_1) Entering BACKUP STATE"))
    a = replace(node("a", A, *lines, conf=CALM), clock=rough)
    assert verdicts(KEEPS, of_nodes(taken(first_ip_id=6), a)) == ["likely"]


def test_an_owner_needs_to_hear_nothing() -> None:
    assert verdicts(CLEARED, case(taken(priority=255), a=conf(255, "nopreempt"))) == ["proven"]


def test_a_router_that_changes_its_own_address_displaces_nobody() -> None:
    wire = Wire()
    wire.repeat(2000, 19, advert(A, 255))
    wire.repeat(20_300, 10, advert(B, 255, source_mac=A_MAC))
    assert case(wire).displaced == ()


def test_a_master_whose_daemon_ended_just_then_did_not_give_way() -> None:
    wire = Wire()
    wire.repeat(2000, 19, advert(A, 255))
    wire.announce(20_200, AnnouncementKind.IGMP_LEAVE, A, A_MAC)
    wire.repeat(20_300, 10, advert(B, 255))
    assert case(wire).displaced == ()


def test_the_log_says_that_nopreempt_was_cleared() -> None:
    cleared = "(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing"
    told = of_nodes(taken(), node("a", A, (14, cleared), DISCARDS, conf=CALM))
    assert verdicts(CLEARED, told) == ["proven"]
    assert verdicts(KEEPS, told) == []


def test_two_address_owners() -> None:
    told = case(taken(priority=255, before=255))
    (displaced,) = told.displaced
    assert displaced.forbidden is Forbidden.TWO_OWNERS
    # A has the lower address, so B need not have yielded to it: it may have ended just then.
    assert verdicts("duplicate-address-owner", told) == ["likely"]


def test_an_owner_and_a_lesser_one_is_normal() -> None:
    assert case(taken(priority=255, before=254)).displaced == ()


def test_two_owners_of_two_addresses_are_no_conflict() -> None:
    wire = Wire()
    wire.repeat(1000, 20, advert(B, 255))
    other = dataclasses.replace(advert(A, 255), addresses=(ip_address("10.0.0.200"),))
    wire.repeat(20_300, 10, other)
    assert verdicts("duplicate-address-owner", case(wire)) == []
