"""What neighbours announced, folded into bursts and kept within bounds."""

from collections.abc import Iterable
from dataclasses import replace

from vrrpscope.observation import Announcement, AnnouncementKind, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.answers import MOST_ANSWERS, AnswerLog, Segment
from vrrpscope.timeline.model import Announced
from vrrpscope.timeline.streak import Mark

_BURST_NS = 1_000_000_000
"""Announcements closer than this belong to one burst (keepalived sends five in a row)."""

_MOST_BURSTS = 50_000
"""Bursts kept for one vantage, so that a network full of ARP cannot fill the memory."""

_Key = tuple[AnnouncementKind, Address, str, Address | None]
_MEMBERSHIP = {
    "ipv4": (AnnouncementKind.IGMP_JOIN, AnnouncementKind.IGMP_LEAVE),
    "ipv6": (AnnouncementKind.MLD_JOIN, AnnouncementKind.MLD_LEAVE),
}


class _Bursts:
    """Bursts of equal announcements on one segment."""

    def __init__(self) -> None:
        self.bursts: list[Announced] = []
        self._open: dict[_Key, int] = {}

    def add(self, announcement: Announcement, *, may_begin: bool = True) -> bool:
        """Takes an announcement that has a time; False where it would begin a burst and may not."""
        assert announcement.time_ns is not None
        mark = Mark(announcement.time_ns, announcement.ref)
        key = (announcement.kind, announcement.subject, announcement.mac, announcement.to)
        index = self._open.get(key)
        if index is not None:
            open_ = self.bursts[index]
            if 0 <= mark.time_ns - open_.last.time_ns <= _BURST_NS:
                self.bursts[index] = replace(open_, last=mark, count=open_.count + 1)
                return True
        if may_begin:
            self._open[key] = len(self.bursts)
            what = (announcement.kind, announcement.subject, announcement.mac)
            self.bursts.append(Announced(*what, mark, mark, 1, announcement.to))
        return may_begin


class AnnouncementLog:
    """Bursts of equal announcements, by the segment on which they were seen."""

    def __init__(self) -> None:
        self.answers = AnswerLog()
        self._segments: dict[Segment, _Bursts] = {}
        self._kept = 0
        self._lost = 0

    def add(self, announcement: Announcement) -> None:
        """Takes an announcement that has a time."""
        if announcement.kind is AnnouncementKind.ARP_REPLY and announcement.mac:
            self.answers.add(announcement)
            return
        segment = (announcement.vlans, announcement.segment)
        bursts = self._segments.setdefault(segment, _Bursts())
        before = len(bursts.bursts)
        if not bursts.add(announcement, may_begin=self._kept < _MOST_BURSTS):
            self._lost += 1
        self._kept += len(bursts.bursts) - before

    def for_router(self, router: VirtualRouter, addresses: set[Address]) -> tuple[Announced, ...]:
        """Joins and leaves of its family, and what was announced of its addresses."""
        segment = (router.vlans, router.segment)
        membership = _MEMBERSHIP[router.family]
        wanted = [
            b
            for b in self._bursts(segment)
            if b.kind in membership
            or b.kind is AnnouncementKind.PROTOCOL_UNREACHABLE
            or b.subject in addresses
        ]
        answered = _Bursts()
        for answer in self.answers.about(segment, addresses):
            answered.add(answer)
        # In the order of the capture, whatever its clock said.
        return tuple(sorted([*wanted, *answered.bursts], key=lambda b: b.first.ref.number))

    def _bursts(self, segment: Segment) -> Iterable[Announced]:
        known = self._segments.get(segment)
        return known.bursts if known is not None else ()

    def notes(self) -> list[str]:
        """Says where the bounds were reached."""
        notes = []
        if self._lost:
            notes.append(
                f"{self._lost} announcements (ARP, ND, IGMP, MLD) beyond {_MOST_BURSTS} not kept"
            )
        if self.answers.lost:
            notes.append(f"{self.answers.lost} ARP replies beyond {MOST_ANSWERS} not kept")
        return notes
