"""B is master with 90; A, whose configuration says nopreempt, takes over with 110."""

from dataclasses import replace
from ipaddress import ip_address

from logged import node
from routers import case, conf, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.displaced import Forbidden

KEEPS = "nopreempt-does-not-protect-master"
CLEARED = "nopreempt-cleared-by-state-master"
CALM = conf(110, "nopreempt")


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
    told = case(taken(), a=CALM.replace("state BACKUP", "state MASTER"))
    (finding,) = found(CLEARED, told)
    assert str(finding.verdict) == "proven"
    assert "state MASTER as well" in finding.says
    assert verdicts(KEEPS, told) == []


def test_the_log_says_that_nopreempt_was_cleared() -> None:
    cleared = "(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing"
    told = of_nodes(taken(), node("a", A, (14, cleared), conf=CALM))
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
    other = replace(advert(A, 255), addresses=(ip_address("10.0.0.200"),))
    wire.repeat(20_300, 10, other)
    assert verdicts("duplicate-address-owner", case(wire)) == []
