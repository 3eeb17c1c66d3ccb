"""unexpected-failover: the old master was alive."""

from ipaddress import ip_address

import pytest
from routers import A_MAC, B_MAC, case, conf, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.observation import AnnouncementKind, FrameRef, Sighting, VirtualRouter

JOIN = AnnouncementKind.IGMP_JOIN


def taken_over(next_id: int | None = 6, joined_again_ms: float | None = None) -> Wire:
    """A falls silent at 4 s, B takes over at 7.61 s, A is back at 12 s."""
    wire = Wire()
    wire.announce(0, JOIN, A, A_MAC)
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(7610, 4, advert(B, 100))
    if joined_again_ms is not None:
        wire.announce(joined_again_ms, JOIN, A, A_MAC)
    wire.say(12_000, advert(A, 101), next_id)
    wire.repeat(13_000, 4, advert(A, 101))
    return wire


@pytest.mark.parametrize(
    ("next_id", "expected"),
    [
        (6, ["proven"]),  # it sent nothing
        (13, ["proven"]),  # eight were due, eight were sent
        (9, ["likely"]),
        (8, []),  # a link that was down: two priority 0 were tried
        (1, []),  # a restart
    ],
)
def test_the_count_decides(next_id: int, expected: list[str]) -> None:
    assert verdicts("unexpected-failover", case(taken_over(next_id))) == expected


def test_it_says_which_of_the_two_it_was() -> None:
    (quiet,) = found("unexpected-failover", case(taken_over(6)))
    (sent,) = found("unexpected-failover", case(taken_over(13)))
    assert "sent nothing for 8.000 s" in quiet.says
    assert "did not arrive for 8.000 s" in sent.says
    assert quiet.facts["ip_id_step"] == 1


def test_a_link_that_came_back_joins_again_without_a_restart() -> None:
    assert verdicts("unexpected-failover", case(taken_over(6, 11_000))) == ["proven"]


def test_a_hand_over_in_order_is_expected() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.say(4500, advert(A, 0))
    wire.repeat(5110, 5, advert(B, 100))
    wire.repeat(10_500, 4, advert(A, 101))
    assert found("unexpected-failover", case(wire)) == []


def test_a_take_over_at_another_time_may_follow_a_master_that_was_not_captured() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(9800, 4, advert(B, 100))
    wire.say(14_000, advert(A, 101))
    assert verdicts("unexpected-failover", case(wire)) == ["likely"]


def test_an_old_master_that_never_returns_may_be_dead() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(7610, 10, advert(B, 100))
    assert found("unexpected-failover", case(wire)) == []


def uncounted(frames: bool, joined: float | None, joined_again: float | None) -> Wire:
    """The same with senders that do not count their adverts."""
    wire = Wire()
    if joined is not None:
        wire.announce(joined, JOIN, A, A_MAC)
    for at_ms in range(100, 5000, 1000):
        wire.say(at_ms, advert(A, 101), 0)
    if frames:
        wire.other(6000, A_MAC)
    for at_ms in range(7710, 11_000, 1000):
        wire.say(at_ms, advert(B, 100), 0)
    if joined_again is not None:
        wire.announce(joined_again, JOIN, A, A_MAC)
    wire.say(12_000, advert(A, 101), 0)
    wire.say(13_000, advert(A, 101), 0)
    return wire


@pytest.mark.parametrize(
    ("frames", "joined", "joined_again", "expected"),
    [
        (True, 0, None, ["likely"]),
        (True, None, None, []),  # joins may not be visible here, so a restart would not show
        (True, 0, 11_000, []),
        (False, 0, None, []),
    ],
)
def test_without_a_count_other_frames_of_the_host_are_a_hint(
    frames: bool, joined: float | None, joined_again: float | None, expected: list[str]
) -> None:
    wire = uncounted(frames, joined, joined_again)
    assert verdicts("unexpected-failover", case(wire)) == expected


def test_where_joins_are_seen_its_own_would_have_been_seen_too() -> None:
    wire = uncounted(True, None, None)
    wire.announce(13_500, JOIN, B, B_MAC)
    assert verdicts("unexpected-failover", case(wire)) == ["possible"]


def test_adverts_to_another_peer_are_no_other_frames() -> None:
    """Unicast, three nodes: A's adverts to the third one come first when it is back."""
    wire = Wire()
    wire.announce(0, JOIN, B, B_MAC)
    peers = [advert(A, 101, destination=ip_address(to)) for to in ("10.0.0.3", B)]
    for at_ms in (100, 1100, 2100, 12_000, 13_000):
        for peer in peers:
            wire.say(at_ms, peer, 0)
    for at_ms in range(5720, 11_000, 1000):
        wire.say(at_ms, advert(B, 100, destination=ip_address(A)), 0)
    assert found("unexpected-failover", case(wire)) == []


def test_a_member_of_a_sync_group_stops_without_a_word() -> None:
    """keepalived vrrp_sync_backup(): only the member that failed sends priority 0."""
    wire = taken_over(6)
    failed = advert(A, 0, vrid=61)
    sighting = Sighting(4_100_000_000, 1, VirtualRouter("ipv4", 61), failed, FrameRef("x", 99))
    wire.builder.push(sighting)
    assert found("unexpected-failover", case(wire)) == []


def test_a_told_sync_group_may_explain_it() -> None:
    group = "vrrp_sync_group G {\n group {\n VI_1\n }\n}\n"
    assert found("unexpected-failover", case(taken_over(6), a=conf(101) + group)) == []
    assert verdicts("unexpected-failover", case(taken_over(6), a=conf(101))) == ["proven"]
