"""Masters that send on while nothing of that comes."""

import pytest
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.questions.unseen import UnseenMaster
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.observation import AnnouncementKind

A_MAC = "02:00:00:00:00:10"
MINE = ("network-partition", "adverts-lost-one-way", "transmit-blocked")


def pause(step: int, priority_after: int = 101) -> Wire:
    """A sends ten adverts, B takes over at 12.61 s for 8 s, A is back with a step of its count."""
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(12_610, 8, advert(B, 100))
    for index in range(10):
        ip_id = 10 + step + index
        wire.say(20_610 + 1000 * index, advert(A, priority_after), ip_id=ip_id)
    return wire


def case(wire: Wire) -> Case:
    return Case((wire.builder.finish(),))


def the_unseen(wire: Wire) -> UnseenMaster:
    (unseen,) = case(wire).unseen_masters
    return unseen


def findings(wire: Wire) -> dict[str, Finding]:
    whole = case(wire)
    return {rule: f for rule in MINE for f in all_rules()[rule].run(whole)}


def verdicts(wire: Wire) -> dict[str, str]:
    return {rule: str(finding.verdict) for rule, finding in findings(wire).items()}


def test_nothing_at_all_of_it_came() -> None:
    """From 9 s to 20.61 s are 11.6 intervals: a count of 12 is an advert in each."""
    unseen = the_unseen(pause(12))
    assert unseen.would_answer and not unseen.hears and not unseen.is_heard_of
    assert verdicts(pause(12)) == {"network-partition": "likely"}


def test_it_answers_by_gratuitous_arp() -> None:
    wire = pause_with_garps()
    unseen = the_unseen(wire)
    assert unseen.claims == 8 and unseen.hears
    assert verdicts(wire) == {"adverts-lost-one-way": "likely"}


def pause_with_garps() -> Wire:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    for index in range(8):
        at_ms = 12_610 + 1000 * index
        wire.say(at_ms, advert(B, 100))
        wire.announce(at_ms + 1, AnnouncementKind.GRATUITOUS_ARP, "10.0.0.100", A_MAC)
    for index in range(10):
        wire.say(20_610 + 1000 * index, advert(A, 101), ip_id=22 + index)
    return wire


def test_other_frames_of_it_came_and_no_answer() -> None:
    """Neither a cut nor a router that hears: the capture alone cannot say."""
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    for index in range(8):
        wire.say(12_610 + 1000 * index, advert(B, 100))
        wire.other(12_900 + 1000 * index, A_MAC)
    for index in range(10):
        wire.say(20_610 + 1000 * index, advert(A, 101), ip_id=22 + index)
    assert the_unseen(wire).is_heard_of
    assert verdicts(wire) == {}


def test_it_sent_until_it_heard_the_new_one() -> None:
    """3.6 intervals passed until B spoke, and A counts three adverts: it yielded to B."""
    unseen = the_unseen(pause(4))
    assert unseen.yielded and unseen.hears
    assert verdicts(pause(4)) == {"transmit-blocked": "possible"}


@pytest.mark.parametrize("step", [1, 2, 3])
def test_it_sent_nothing_or_next_to_nothing(step: int) -> None:
    """It stood still, or its link was down: other causes."""
    assert case(pause(step)).unseen_masters == ()


def test_a_lesser_one_would_not_have_answered() -> None:
    """A comes back with a priority below B's: whether it heard B is open."""
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(12_610, 8, advert(B, 100))
    for index in range(10):
        wire.say(20_610 + 1000 * index, advert(A, 90), ip_id=22 + index)
    assert verdicts(wire) == {}


def test_another_capture_has_what_the_host_seemed_to_hold_back() -> None:
    """A says as much as was due until B took over (12.61 s), and then no more: it heard B."""
    wire = pause(4)
    assert verdicts(wire) == {"transmit-blocked": "possible"}
    whole = Wire()
    whole.repeat(0, 13, advert(A, 101))
    whole.repeat(12_610, 8, advert(B, 100))
    whole.repeat(20_610, 10, advert(A, 101))
    both = Case((pause(4).builder.finish(), whole.builder.finish()))
    assert list(all_rules()["transmit-blocked"].run(both)) == []
