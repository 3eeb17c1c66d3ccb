"""What neighbours announced, folded into bursts and kept within bounds."""

from dataclasses import replace

from vrrpscope.observation import Announcement, AnnouncementKind, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Announced
from vrrpscope.timeline.streak import Mark

_BURST_NS = 1_000_000_000
"""Announcements closer than this belong to one burst (keepalived sends five in a row)."""

_MOST_BURSTS = 200_000
"""Bursts kept for one vantage, so that a network full of ARP cannot fill the memory."""

_Place = tuple[tuple[int, ...], str]
_Key = tuple[_Place, AnnouncementKind, Address, str, Address | None]
_MEMBERSHIP = {
    "ipv4": (AnnouncementKind.IGMP_JOIN, AnnouncementKind.IGMP_LEAVE),
    "ipv6": (AnnouncementKind.MLD_JOIN, AnnouncementKind.MLD_LEAVE),
}


class AnnouncementLog:
    """Bursts of equal announcements, by the segment on which they were seen."""

    def __init__(self) -> None:
        self._bursts: dict[_Place, list[Announced]] = {}
        self._open: dict[_Key, int] = {}
        self._kept = 0
        self._lost = 0

    def add(self, announcement: Announcement) -> None:
        """Takes an announcement that has a time."""
        assert announcement.time_ns is not None
        mark = Mark(announcement.time_ns, announcement.ref)
        place = (announcement.vlans, announcement.segment)
        key = (place, announcement.kind, announcement.subject, announcement.mac, announcement.to)
        bursts = self._bursts.setdefault(place, [])
        index = self._open.get(key)
        if index is not None and 0 <= mark.time_ns - bursts[index].last.time_ns <= _BURST_NS:
            open_ = bursts[index]
            bursts[index] = replace(open_, last=mark, count=open_.count + 1)
            return
        if self._kept >= _MOST_BURSTS:
            self._lost += 1
            return
        self._kept += 1
        self._open[key] = len(bursts)
        what = (announcement.kind, announcement.subject, announcement.mac)
        bursts.append(Announced(*what, mark, mark, 1, announcement.to))

    def for_router(self, router: VirtualRouter, addresses: set[Address]) -> tuple[Announced, ...]:
        """Joins and leaves of its family, and what was announced of its addresses."""
        membership = _MEMBERSHIP[router.family]
        bursts = self._bursts.get((router.vlans, router.segment), [])
        return tuple(
            b
            for b in bursts
            if b.kind in membership
            or b.kind is AnnouncementKind.PROTOCOL_UNREACHABLE
            or b.subject in addresses
        )

    def notes(self) -> list[str]:
        """Says where the bound was reached."""
        if not self._lost:
            return []
        return [f"{self._lost} announcements (ARP, ND, IGMP, MLD) beyond {_MOST_BURSTS} not kept"]
