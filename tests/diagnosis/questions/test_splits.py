"""A router that loses one of its two roles."""

from ipaddress import ip_address

from routers import case, found
from sightings import MS, SECOND, VANTAGE, A, B

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.splits import Split
from vrrpscope.observation import FrameRef, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.builder import TimelineBuilder

Said = tuple[float, int, str, int, int]
"""From when (ms), VRID, source, priority, how many adverts, one a second."""


def splits(*said: Said) -> tuple[Split, ...]:
    adverts = sorted(
        (start + 1000 * step, vrid, source, priority)
        for start, vrid, source, priority, count in said
        for step in range(count)
    )
    builder = TimelineBuilder(VANTAGE)
    for number, (at_ms, vrid, source, priority) in enumerate(adverts, 1):
        advertisement = Advertisement(
            version=2,
            vrid=vrid,
            priority=priority,
            advert_interval_ns=SECOND,
            addresses=(ip_address(f"10.0.{vrid}.1"),),
            source=ip_address(source),
            destination=ip_address("224.0.0.18"),
            source_mac=f"02:00:00:00:00:{source[-1:]}0",
            ttl=255,
            address_count=1,
        )
        router = VirtualRouter("ipv4", vrid)
        ref = FrameRef(VANTAGE.id, number)
        builder.push(Sighting(int(at_ms * MS), number, router, advertisement, ref))
    return Case((builder.finish(),)).splits


def test_one_role_falls_and_the_other_stays() -> None:
    (split,) = splits(
        (0, 11, A, 150, 5),
        (5000, 11, A, 90, 3),
        (7600, 11, B, 100, 12),
        (100, 12, A, 150, 20),
    )
    assert (split.lost.router.vrid, split.kept.router.vrid) == (11, 12)
    assert split.is_told is False
    assert split.handover.at.time_ns == 7600 * MS
    assert split.until.time_ns == 18_600 * MS


def test_a_host_that_dies_loses_both() -> None:
    assert (
        splits(
            (0, 11, A, 150, 5), (7609, 11, B, 100, 9), (100, 12, A, 150, 5), (7709, 12, B, 100, 9)
        )
        == ()
    )


def test_a_better_router_that_returns_takes_what_is_its_own() -> None:
    """B is best for 11, A for 12: while B was away A had both."""
    assert splits((0, 11, A, 100, 5), (4400, 11, B, 150, 15), (100, 12, A, 150, 20)) == ()


def test_a_role_that_was_with_another_router_all_the_time_is_no_split() -> None:
    assert splits((0, 11, A, 150, 5), (7609, 11, B, 100, 9), (100, 12, B, 150, 20)) == ()


def test_a_role_that_comes_back_at_once_was_not_apart() -> None:
    assert (
        splits(
            (0, 11, A, 150, 5),
            (7609, 11, B, 100, 3),
            (10_000, 11, A, 150, 9),
            (100, 12, A, 150, 20),
        )
        == ()
    )


def test_nothing_of_it_is_found_where_one_router_is_all_there_is() -> None:
    from sightings import Wire, advert

    wire = Wire()
    wire.repeat(0, 5, advert(A, 100))
    assert found("masters-split-across-nodes", case(wire)) == []
