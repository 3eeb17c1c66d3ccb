"""Who saw what: one vantage held against another."""

from ipaddress import ip_address

from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.reception import Extent, Reception
from vrrpscope.observation import AnnouncementKind

A_MAC = "02:00:00:00:00:10"
CLIENT = "02:00:00:00:00:99"


def reception(here: Wire, there: Wire, sender: str = A) -> Reception:
    """What the second wire saw of a sender, of what the first one saw."""
    case = Case((here.builder.finish(), there.builder.finish()))
    (found,) = (
        r
        for r in case.receptions
        if r.here is case.timelines[0] and str(r.sender.address) == sender
    )
    return found


def master(missing: set[int], later_ms: float = 0, count: int = 40) -> Wire:
    """Forty adverts of A, one a second, without some of them; a host is heard at both ends."""
    wire = Wire()
    wire.other(later_ms - 500, CLIENT)
    for step in range(count):
        if step not in missing:
            wire.say(later_ms + 1000 * step, advert(A, 101), ip_id=step + 1)
    wire.other(later_ms + 1000 * count, CLIENT)
    return wire


def test_all_of_it() -> None:
    found = reception(master(set()), master(set(), later_ms=90_000))
    assert (found.extent, found.sent, found.missed) == (Extent.ALL, 40, 0)
    assert found.has_all(0, 40 * SECOND)


def test_a_hole_in_the_middle() -> None:
    """Adverts 11 to 18 did not come: frame 1 is the host's, 2 to 11 the first ten adverts."""
    found = reception(master(set()), master(set(range(10, 18)), later_ms=5000))
    (hole,) = found.holes
    assert found.extent is Extent.PART
    assert (hole.since_ns, hole.until_ns, hole.count) == (10 * SECOND, 17 * SECOND, 8)
    assert hole.before is not None and hole.after is not None
    assert (hole.before.ref.number, hole.after.ref.number) == (11, 12)
    assert hole.is_outage and not hole.sender_is_there
    assert not found.has_all(12 * SECOND, 13 * SECOND)
    assert found.has_all(20 * SECOND, 30 * SECOND)


def test_none_of_it() -> None:
    there = Wire()
    there.other(0, CLIENT)
    there.repeat(0, 40, advert(B, 100))
    found = reception(master(set()), there)
    assert found.extent is Extent.NONE
    assert found.missed == found.sent


def test_what_one_capture_had_not_begun_to_see_is_not_missing() -> None:
    there = Wire()
    for step in range(20, 40):
        there.say(1000 * step, advert(A, 101), ip_id=step + 1)
    found = reception(master(set()), there)
    assert found.extent is Extent.ALL
    assert found.sent < 22


def test_other_frames_of_the_sender_in_a_hole() -> None:
    there = Wire()
    there.other(-500, CLIENT)
    for step in range(40):
        if not 10 <= step < 18:
            there.say(1000 * step, advert(A, 101), ip_id=step + 1)
        elif step < 15:
            there.other(1000 * step, A_MAC)
    (hole,) = reception(master(set()), there).holes
    assert hole.sender_frames == 5
    assert hole.frames == 5
    assert hole.sender_is_there


def test_an_announcement_of_the_sender_in_a_hole() -> None:
    there = master(set(range(10, 18)))
    there.announce(13_000, AnnouncementKind.GRATUITOUS_ARP, "10.0.0.100", A_MAC)
    (hole,) = reception(master(set()), there).holes
    assert hole.announced == 1
    assert hole.sender_is_there


def test_here_and_there() -> None:
    found = reception(master(set()), master({5, 6, 11, 12, 13, 20, 27, 28}))
    assert [hole.count for hole in found.holes] == [2, 3, 1, 2]
    assert found.is_patchy


def test_one_long_outage_is_not_here_and_there() -> None:
    assert not reception(master(set()), master({3, 5, *range(10, 30)})).is_patchy


def test_one_unicast_advert_goes_to_each_peer() -> None:
    """What is sent to a third router is not missing at the second one: it is another voice."""
    to_b, to_c = (advert(A, 101, destination=ip_address(a)) for a in (B, "10.0.0.3"))
    here, there = Wire(), Wire()
    for step in range(20):
        here.say(1000 * step, to_b, ip_id=step + 1)
        here.say(1000 * step, to_c, ip_id=step + 1)
        there.say(1000 * step, to_b, ip_id=step + 1)
    case = Case((here.builder.finish(), there.builder.finish()))
    mine = [r for r in case.receptions if r.here is case.timelines[0]]
    assert {str(r.destination): r.extent for r in mine} == {
        B: Extent.ALL,
        "10.0.0.3": Extent.NONE,
    }


def test_copies_of_a_mirror_are_not_counted() -> None:
    here = Wire()
    here.other(-500, CLIENT)
    for step in range(40):
        for _ in range(3):
            here.say(1000 * step, advert(A, 101), ip_id=step + 1)
    here.other(40_000, CLIENT)
    assert reception(here, master(set())).sent == 40
    assert reception(master(set()), here).extent is Extent.ALL
