"""One virtual address in two virtual routers."""

from dataclasses import replace
from ipaddress import ip_address

from sightings import MS, SECOND, VANTAGE, A, B, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.shared import SharedAddress
from vrrpscope.observation import FrameRef, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.builder import TimelineBuilder

THREE = tuple(ip_address(f"10.0.0.{host}") for host in (100, 101, 102))


def shared(
    *spoken: tuple[float, int, Advertisement], vlan: int | None = None
) -> tuple[SharedAddress, ...]:
    """What is found where each of these is said once a second: from when, how often, what.

    The last one is on another VLAN, where one is given.
    """
    said = sorted(
        (start_ms + 1000 * step, index, spoken[index][2])
        for index, (start_ms, count, _) in enumerate(spoken)
        for step in range(count)
    )
    builder = TimelineBuilder(VANTAGE)
    for number, (at_ms, index, advertisement) in enumerate(said, 1):
        vlans = (vlan,) if vlan is not None and index == len(spoken) - 1 else ()
        router = VirtualRouter("ipv4", advertisement.vrid, vlans)
        ref = FrameRef(VANTAGE.id, number)
        builder.push(Sighting(int(at_ms * MS), number, router, advertisement, ref))
    return Case((builder.finish(),)).shared_addresses


def other_vrid(source: str, **changes: object) -> Advertisement:
    return replace(advert(source, 100, **changes), vrid=61)


def test_two_masters_of_one_address_under_two_vrids() -> None:
    (found,) = shared((0, 10, advert(A, 101)), (400, 10, other_vrid(B)))
    assert (found.one.router.vrid, found.other.router.vrid) == (60, 61)
    assert (str(found.one_sender.address), str(found.other_sender.address)) == (A, B)
    assert found.is_whole
    assert found.are_alone
    assert found.window.duration_ns == 9 * SECOND - 400 * MS
    assert (found.one_shown.ref.number, found.other_shown.ref.number) == (1, 2)


def test_lists_that_share_one_address() -> None:
    mine, theirs = advert(A, 101, addresses=THREE[:2]), other_vrid(B, addresses=THREE[1:])
    (found,) = shared((0, 10, mine), (400, 10, theirs))
    assert found.addresses == THREE[1:2]
    assert not found.is_whole


def test_another_address_is_another_group() -> None:
    assert shared((0, 10, advert(A, 101)), (400, 10, other_vrid(B, addresses=THREE[1:]))) == ()


def test_one_router_in_two_vrids_is_not_two_masters() -> None:
    assert shared((0, 10, advert(A, 101)), (400, 10, other_vrid(A))) == ()


def test_one_after_the_other_is_a_change_of_the_vrid() -> None:
    assert shared((0, 10, advert(A, 101)), (9500, 10, other_vrid(B))) == ()


def test_the_same_address_on_another_vlan_is_another_network() -> None:
    assert shared((0, 10, advert(A, 101)), (400, 10, other_vrid(B)), vlan=30) == ()


def test_a_third_router_may_mean_two_groups() -> None:
    (found,) = shared(
        (0, 10, advert(A, 101)), (10_400, 10, advert("10.0.0.3", 99)), (400, 10, other_vrid(B))
    )
    assert found.is_whole
    assert not found.are_alone
