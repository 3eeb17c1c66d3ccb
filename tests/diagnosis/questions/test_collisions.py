"""Two clusters on one VRID, CARP on it, and masters that are kept silent by them."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from logged import node
from routers import VIP, case, conf
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.collisions import Collision
from vrrpscope.diagnosis.questions.silenced import Silenced
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Advertisement

C = "10.0.0.3"
OTHER = (ip_address("10.0.0.200"),)

OURS = advert(A, 200)
BACKUP = advert(B, 100)
STRANGER = advert(C, 100, addresses=OTHER, version=3, advert_interval_ns=SECOND)


def stranger(wire: Wire, from_ms: int, until_ms: int) -> None:
    """The stranger speaks once a second."""
    for at_ms in range(from_ms, until_ms, 1000):
        wire.say(at_ms, STRANGER)


def starved(answer_ms: float = 0.3, last_id: int = 6, stranger_until_ms: int = 8400) -> Wire:
    """A speaks up to 4 s and is silent; B takes over after 3 + 156/256 s; A speaks again."""
    wire = Wire()
    wire.repeat(0, 5, OURS)
    times = [(at_ms, STRANGER) for at_ms in range(4400, stranger_until_ms, 1000)]
    takeover_ms = 4000 + 3609.375
    times += [(takeover_ms, BACKUP), (takeover_ms + answer_ms, OURS)]
    for at_ms, said in sorted(times, key=lambda x: x[0]):
        wire.say(at_ms, said, ip_id=last_id if said is OURS else None)
    wire.repeat(takeover_ms + answer_ms + 1000, 3, OURS)
    return wire


def only(of: Case) -> Collision:
    (collision,) = of.collisions
    return collision


def test_a_master_that_is_kept_silent_while_its_backup_takes_over() -> None:
    collision = only(case(starved()))
    assert [str(s.address) for s in collision.ours] == [A, B]
    assert [str(s.address) for s in collision.theirs] == [C]
    (silenced,) = collision.takeovers
    assert (silenced.answered, silenced.intervals) == (True, 3)
    assert collision.does_silence
    assert collision.is_certain  # two routers with one list, and a third one that speaks VRRPv3
    assert collision.fields == ("version-mismatch",)


def test_a_master_that_is_back_later_may_have_been_paused() -> None:
    collision = only(case(starved(answer_ms=40)))
    assert len(collision.takeovers) == 1
    assert not collision.does_silence


def test_a_master_whose_adverts_were_lost_was_not_silent() -> None:
    collision = only(case(starved(last_id=9)))
    assert collision.silenced == ()


def test_a_stranger_that_is_silent_itself_keeps_nobody_silent() -> None:
    collision = only(case(starved(stranger_until_ms=5500)))
    assert collision.silenced == ()


def test_the_pause_is_told_apart_from_other_pauses() -> None:
    of = case(starved())
    (_, story) = next(of.stories())
    gaps = [s.gap_before for s in story.streaks if s.gap_before is not None]
    long = [gap for gap in gaps if gap.duration_ns > 3 * SECOND]
    assert [of.is_silenced(story, gap) for gap in long] == [True]


def of_a(collision: Collision) -> list[Silenced]:
    """The pauses of A; the stranger is kept silent too."""
    return [s for s in collision.silenced if str(s.tenure.sender.address) == A]


def one_by_one(shift_ms: float = 0) -> Wire:
    """A misses every third advert, and speaks an interval after the stranger's."""
    wire = Wire()
    for turn in range(5):
        begin = 3000 * turn
        wire.say(begin, OURS)
        wire.say(begin + 1000 + shift_ms / 2, STRANGER)
        wire.say(begin + 2000 + shift_ms, OURS)
    return wire


def test_pauses_that_end_an_interval_after_a_stranger_s_advert_are_no_chance() -> None:
    collision = only(case(one_by_one()))
    assert [s.restarted for s in of_a(collision)] == [True] * 5
    assert collision.takeovers == ()
    assert collision.does_silence
    assert not collision.is_certain


def test_pauses_that_end_at_any_time_may_be_chance() -> None:
    collision = only(case(one_by_one(shift_ms=80)))
    assert len(of_a(collision)) == 5
    assert not collision.does_silence


def test_a_configuration_tells_that_there_are_two_of_one_list() -> None:
    of = case(one_by_one(), a=conf(200), b=conf(100))
    assert only(of).is_certain


def beside(other: Advertisement) -> Case:
    """A and another one speak side by side, and neither misses an advert."""
    wire = Wire()
    for second in range(6):
        wire.say(1000 * second, OURS)
        wire.say(1000 * second + 400, other)
    return case(wire)


def test_two_clusters_side_by_side_are_a_collision_without_harm() -> None:
    collision = only(beside(STRANGER))
    assert collision.silenced == ()
    assert (collision.since.time_ns, collision.until.time_ns) == (400 * MS, 5000 * MS)


@pytest.mark.parametrize(
    "other",
    [
        advert(C, 100),
        advert(C, 100, addresses=OTHER),
        advert("10.9.7.3", 100, addresses=(ip_address("10.9.7.1"),), version=3),
    ],
    ids=["same list", "another list on the same terms", "another network"],
)
def test_no_collision(other: Advertisement) -> None:
    assert beside(other).collisions == ()


ONE = advert(A, 100, destination=ip_address(B))
TWO = advert(C, 100, destination=ip_address("10.0.0.4"), addresses=OTHER, version=3)
VIRTUAL = "00:00:5e:00:01:3c"


@pytest.mark.parametrize(
    ("one", "two", "collide"),
    [
        (ONE, TWO, False),  # each cluster by unicast
        (ONE, STRANGER, False),  # a unicast socket gets no multicast
        (OURS, replace(STRANGER, destination=ip_address("224.0.0.28")), False),
        (OURS, replace(TWO, destination=ip_address(A)), True),
        (replace(ONE, source_mac=VIRTUAL), replace(TWO, source_mac=VIRTUAL), True),
        # One host with two networks, which the capture shows without their tags.
        (OURS, replace(STRANGER, source_mac=OURS.source_mac), False),
    ],
)
def test_who_does_not_hear_the_other_is_not_disturbed(
    one: Advertisement, two: Advertisement, collide: bool
) -> None:
    wire = Wire()
    for second in range(6):
        wire.say(1000 * second, one)
        wire.say(1000 * second + 400, two)
    assert bool(case(wire).collisions) is collide


def test_carp_does_not_get_to_routers_with_unicast_peers() -> None:
    wire = Wire()
    for second in range(6):
        wire.say(1000 * second, ONE)
        wire.carp(1000 * second + 400, C)
    assert case(wire).carp_collisions == ()


def test_a_list_of_another_length_may_be_a_wrong_one() -> None:
    wire = Wire()
    more = (*OTHER, ip_address("10.0.0.201"))
    for second in range(6):
        wire.say(1000 * second, OURS)
        wire.say(1000 * second + 400, advert(C, 100, addresses=more, address_count=2))
    collision = only(case(wire, a=conf(200), b=conf(100)))
    assert collision.fields == ("vip-count-mismatch",)
    assert not collision.is_certain


def test_one_answer_of_a_master_of_another_network_may_be_chance() -> None:
    wire = Wire()
    wire.repeat(0, 5, OURS)
    far = advert("172.16.9.3", 100, addresses=(ip_address("172.16.9.1"),), version=3)
    times = [(at_ms, far) for at_ms in range(4400, 8400, 1000)]
    times += [(7609.375, BACKUP), (7609.7, OURS)]
    for at_ms, said in sorted(times, key=lambda x: x[0]):
        wire.say(at_ms, said)
    wire.repeat(8609.7, 3, OURS)
    collision = only(case(wire))
    assert [s.answered for s in collision.takeovers] == [True]
    assert not collision.does_silence


def test_some_pauses_of_many_that_end_an_interval_after_a_stranger_are_chance() -> None:
    wire = Wire()
    for turn in range(8):
        begin, late_ms = 3000 * turn, 0 if turn < 3 else 80
        wire.say(begin, OURS)
        wire.say(begin + 1000 + late_ms / 2, STRANGER)
        wire.say(begin + 2000 + late_ms, OURS)
    collision = only(case(wire))
    assert sum(s.restarted for s in of_a(collision)) == 3
    assert not collision.does_silence


def test_one_cluster_after_the_other_is_no_collision() -> None:
    wire = Wire()
    wire.repeat(0, 5, OURS)
    stranger(wire, 60_000, 65_000)
    assert case(wire).collisions == ()


def with_carp(vhid: int = 60) -> Case:
    """A is silent from 4 s on, CARP speaks once a second, B takes over and is answered."""
    wire = Wire()
    wire.repeat(0, 5, OURS)
    for second in range(4):
        wire.carp(4300 + 1000 * second, C, vhid)
    wire.say(4000 + 3609.375, BACKUP)
    wire.say(4000 + 3609.6, OURS)
    wire.repeat(8609, 3, OURS)
    return case(wire)


def test_carp_keeps_a_master_silent_as_well() -> None:
    (collision,) = with_carp().carp_collisions
    assert [str(s.address) for s in collision.theirs] == [C]
    assert collision.does_silence
    assert collision.their_addresses == ()


def test_carp_with_another_number_does_not() -> None:
    assert with_carp(vhid=61).carp_collisions == ()


def test_a_silent_router_of_the_other_cluster_is_no_backup_of_this_one() -> None:
    wire = Wire()
    wire.announce(100, AnnouncementKind.IGMP_JOIN, "10.0.0.4", "02:00:00:00:00:40")
    for second in range(20):
        wire.say(1000 * second, OURS)
        wire.say(1000 * second + 400, STRANGER)
    theirs = conf(220).replace(VIP, str(OTHER[0]))
    silent = node("d", "10.0.0.4", conf=theirs)
    of = Case((wire.builder.finish(),), (silent,))
    (_, story) = next(of.stories())
    ours, stranger_ = sorted(story.senders)
    at = story.streaks[-1].last
    assert [str(b.address) for b in of.backups(story, stranger_, at)] == ["10.0.0.4"]
    assert of.backups(story, ours, at) == ()
    assert [(str(k.better), k.tenure.sender) for k in of.kept_down] == [("10.0.0.4", stranger_)]
