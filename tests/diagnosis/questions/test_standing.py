"""Whether a router that is no master still runs, by what was seen of it."""

from ipaddress import ip_address

import pytest
from routers import A_MAC, case
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.standing import Sign
from vrrpscope.observation import AnnouncementKind, FrameRef
from vrrpscope.timeline.streak import Mark

JOIN, LEAVE = AnnouncementKind.IGMP_JOIN, AnnouncementKind.IGMP_LEAVE
LATE = Mark(60_000_000_000, FrameRef("crafted.pcap", 1000))


def sign_of_a(wire: Wire) -> Sign | None:
    """The last sign of router A."""
    told = case(wire)
    (_, story) = next(told.stories())
    standing = told.standing(story, ip_address(A), LATE)
    return standing.sign if standing else None


@pytest.mark.parametrize(
    ("kinds", "sign"),
    [
        ([JOIN], Sign.JOINED),
        ([JOIN, LEAVE], Sign.LEFT),
        ([JOIN, LEAVE, JOIN], Sign.JOINED),
        ([], None),
    ],
)
def test_what_a_router_that_never_spoke_told_the_network(kinds, sign) -> None:
    wire = Wire()
    for at_ms, kind in enumerate(kinds):
        wire.announce(at_ms * 2000, kind, A, A_MAC)
    wire.repeat(8000, 4, advert(B, 100))
    assert sign_of_a(wire) == sign


def test_one_that_gave_the_role_up_may_run_or_not() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.say(3500, advert(A, 0))
    wire.repeat(4110, 10, advert(B, 100))
    assert sign_of_a(wire) is Sign.RELEASED


def test_one_that_fell_silent() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.repeat(6610, 10, advert(B, 100))
    assert sign_of_a(wire) is Sign.SILENT


def test_one_that_yielded_runs() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 101))
    wire.repeat(3300, 10, advert(B, 200))
    assert sign_of_a(wire) is Sign.YIELDED
