"""Reports for the VRRP group from 0.0.0.0 (RFC 3376 section 4.2.13)."""

from dataclasses import replace

from routers import A_MAC, B_MAC
from sightings import ROUTER, A, B, Wire, advert

from vrrpscope.diagnosis.questions.addressless import Addressless, find_addressless
from vrrpscope.observation import AnnouncementKind, Sighting

JOIN = AnnouncementKind.IGMP_JOIN


def found(wire: Wire, vrid: int = 60) -> list[Addressless]:
    """All that is found for one virtual router."""
    timeline = wire.builder.finish()
    (story,) = (s for s in timeline.routers if s.router.vrid == vrid)
    return list(find_addressless(timeline, story))


def master() -> Wire:
    """B is master from 1 s on."""
    wire = Wire()
    wire.repeat(1000, 5, advert(B, 100))
    return wire


def test_a_router_that_never_says_who_it_is() -> None:
    wire = master()
    wire.announce(5500, JOIN, "0.0.0.0", A_MAC)
    (one,) = found(wire)
    assert (one.mac, one.until, one.spoke) == (A_MAC, None, None)


def test_its_first_sign_with_an_address_ends_it() -> None:
    wire = master()
    wire.announce(5500, JOIN, "0.0.0.0", A_MAC)
    wire.announce(9000, JOIN, A, A_MAC)
    wire.say(12_600, advert(A, 200))
    (one,) = found(wire)
    assert one.until is not None
    assert one.until.time_ns == 9_000_000_000
    assert one.spoke is not None


def test_who_had_an_address_before_and_virtual_macs_are_left_out() -> None:
    wire = master()
    wire.announce(500, JOIN, A, A_MAC)
    wire.announce(5500, JOIN, "0.0.0.0", A_MAC)
    wire.announce(5600, JOIN, "0.0.0.0", B_MAC)
    wire.announce(5700, JOIN, "0.0.0.0", "00:00:5e:00:01:3c")
    assert found(wire) == []


def test_beside_other_virtual_routers_only_where_it_spoke() -> None:
    wire = master()
    other = replace(ROUTER, vrid=61)
    wire.announce(5500, JOIN, "0.0.0.0", A_MAC)
    said = replace(advert(A, 200), vrid=61)
    wire.builder.push(Sighting(9_000_000_000, 1, other, said, wire._ref()))
    assert found(wire, 60) == []
    assert [one.mac for one in found(wire, 61)] == [A_MAC]
