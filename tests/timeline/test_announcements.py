"""Announcements folded into bursts."""

from ipaddress import ip_address

from sightings import MS, ROUTER, VANTAGE

from vrrpscope.observation import Announcement, AnnouncementKind, FrameRef
from vrrpscope.timeline.announcements import AnnouncementLog

VIP = ip_address("10.0.0.100")
MAC = "02:00:00:00:00:10"


def bursts(*said: tuple[float, AnnouncementKind, str | None]):
    """What is kept of these, all about one address and MAC."""
    log = AnnouncementLog()
    for number, (at_ms, kind, to) in enumerate(said, 1):
        host = ip_address(to) if to else None
        ref = FrameRef(VANTAGE.id, number)
        log.add(Announcement(int(at_ms * MS), kind, VIP, MAC, (), "", ref, host))
    return log.for_router(ROUTER, {VIP})


def test_five_in_a_row_are_one_burst() -> None:
    garp = AnnouncementKind.GRATUITOUS_ARP
    (burst,) = bursts(*((n / 10, garp, None) for n in range(5)))
    assert (burst.count, burst.first.ref.number, burst.last.ref.number) == (5, 1, 5)


def test_five_seconds_later_is_another_one() -> None:
    garp = AnnouncementKind.GRATUITOUS_ARP
    assert [b.count for b in bursts((0, garp, None), (5000, garp, None))] == [1, 1]


def test_answers_to_two_hosts_are_told_apart() -> None:
    reply = AnnouncementKind.ARP_REPLY
    said = ((0, reply, "10.0.0.7"), (1, reply, "10.0.0.8"), (2, reply, "10.0.0.7"))
    assert [(str(b.to), b.count) for b in bursts(*said)] == [("10.0.0.7", 2), ("10.0.0.8", 1)]


def test_what_comes_after_it_was_asked_is_told_as_well() -> None:
    log = AnnouncementLog()
    reply = AnnouncementKind.ARP_REPLY
    for number, at_ms in enumerate((0, 5000), 1):
        ref = FrameRef(VANTAGE.id, number)
        log.add(Announcement(at_ms * MS, reply, VIP, MAC, (), "", ref, None))
        assert len(log.for_router(ROUTER, {VIP})) == number
