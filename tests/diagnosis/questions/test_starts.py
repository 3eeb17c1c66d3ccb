"""Routers that were seen to start."""

from ipaddress import ip_address

from routers import A_MAC, B_MAC
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.starts import find_starts
from vrrpscope.observation import AnnouncementKind, FrameRef
from vrrpscope.timeline.streak import Mark

JOIN = AnnouncementKind.IGMP_JOIN


def at(ms: float) -> Mark:
    """A moment."""
    return Mark(int(ms * 1_000_000), FrameRef("crafted.pcap", 10**6))


def test_who_joins_says_so_twice() -> None:
    wire = Wire()
    for at_ms in (0, 1500):
        wire.announce(at_ms, JOIN, B, B_MAC)
    wire.announce(100, JOIN, "0.0.0.0", "02:00:00:00:00:40")
    wire.announce(200, JOIN, A, A_MAC)
    wire.announce(9000, JOIN, A, A_MAC)
    wire.say(9100, advert(A, 101))
    starts = find_starts(wire.story())
    assert {mac: str(s.address) for mac, s in starts.routers.items()} == {B_MAC: B}


def test_a_second_master_has_spoken_once_before_it_is_silenced() -> None:
    wire = Wire()
    for at_ms in (0, 400):
        wire.announce(at_ms, JOIN, B, B_MAC)
        wire.announce(at_ms + 10, JOIN, A, A_MAC)
    wire.repeat(500, 10, advert(A, 101))
    wire.say(9700, advert(B, 100))
    starts, master = find_starts(wire.story()), ip_address(A)
    assert starts.is_no_second_master(B_MAC, master, at(5000))
    assert not starts.is_no_second_master(B_MAC, master, at(9900))
    assert starts.is_no_second_master(A_MAC, master, at(9900))
    assert not starts.is_no_second_master("02:00:00:00:00:99", master, at(5000))
