"""One virtual router in two VLANs, with one router in each."""

from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.parted import Parted
from vrrpscope.observation import Announcement, AnnouncementKind, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement


def say(wire: Wire, vlan: int, at_ms: float, advertisement: Advertisement, ip_id: int) -> None:
    router = VirtualRouter("ipv4", 60, (vlan,))
    wire.builder.push(Sighting(int(at_ms * MS), ip_id, router, advertisement, wire._ref()))


def trunk(mine: Advertisement, theirs: Advertisement) -> Wire:
    """The one in VLAN 10, the other one in VLAN 20, for 20 s."""
    wire = Wire()
    for step in range(20):
        say(wire, 10, 1000 * step, mine, step + 1)
        say(wire, 20, 1000 * step + 300, theirs, step + 1)
    return wire


def parted(wire: Wire) -> tuple[Parted, ...]:
    return Case((wire.builder.finish(),)).parted


def test_two_halves_of_one_group() -> None:
    (found,) = parted(trunk(advert(A, 101), advert(B, 100)))
    assert (str(found.one_sender.address), str(found.other_sender.address)) == (A, B)
    # From the first advert of B to the last one of A.
    assert found.window.duration_ns == 19 * SECOND - 300 * MS


def test_one_router_that_is_seen_in_two_vlans() -> None:
    assert parted(trunk(advert(A, 101), advert(A, 101))) == ()


def test_routers_that_differ_are_of_two_groups() -> None:
    assert parted(trunk(advert(A, 101), advert(B, 100, advert_interval_ns=2 * SECOND))) == ()


def test_a_vlan_with_a_backup_has_a_group_of_its_own() -> None:
    wire = trunk(advert(A, 101), advert(B, 100))
    kind = AnnouncementKind.IGMP_JOIN
    subject = advert("10.0.0.3", 1).source
    ref = wire._ref()
    joined = Announcement(SECOND, kind, subject, "02:00:00:00:00:30", (20,), "", ref)
    wire.builder.announce(joined)
    assert parted(wire) == ()


def test_two_masters_of_one_vlan_are_another_thing() -> None:
    wire = Wire()
    for step in range(20):
        say(wire, 10, 1000 * step, advert(A, 101), step + 1)
        say(wire, 10, 1000 * step + 300, advert(B, 100), step + 1)
    assert parted(wire) == ()
