"""ARP replies, of which a busy network has thousands an hour, and a story needs a few.

Which ones it needs is known at the end: those about the virtual addresses. Until then each is six
integers in a row.
"""

from array import array
from collections.abc import Iterator
from ipaddress import IPv4Address

from vrrpscope.observation import Announcement, AnnouncementKind, FrameRef
from vrrpscope.protocol.advertisement import Address

TIME = 0
FRAME = 1
SUBJECT = 2
MAC = 3
TO = 4
"""The host that is answered; 0 for none."""
PLACE = 5
"""The number of the segment; 0 is the untagged wire."""
ANSWER_WORDS = 6

MOST_ANSWERS = 500_000
"""Answers kept for one vantage, 24 MB."""

Segment = tuple[tuple[int, ...], str]


class AnswerLog:
    """All ARP replies of one vantage, in the order of the capture."""

    def __init__(self) -> None:
        self.lost = 0
        self._rows = array("q")
        self._places: dict[Segment, int] = {((), ""): 0}
        self._by_subject: dict[int, list[int]] = {}
        self._indexed = 0
        self._vantage = ""

    def add(self, announcement: Announcement) -> None:
        """Takes one that has a time."""
        segment = (announcement.vlans, announcement.segment)
        place = self._places.setdefault(segment, len(self._places))
        time_ns, to = announcement.time_ns, announcement.to
        assert time_ns is not None
        mac = int(announcement.mac.replace(":", ""), 16)
        row = (
            time_ns,
            announcement.ref.number,
            int(announcement.subject),
            mac,
            int(to or 0),
            place,
        )
        self._vantage = announcement.ref.vantage
        self.extend(array("q", row), announcement.ref.vantage)

    def extend(self, rows: "array[int]", vantage: str) -> None:
        """Takes rows of `ANSWER_WORDS` words each."""
        self._vantage = vantage
        if len(self._rows) + len(rows) > MOST_ANSWERS * ANSWER_WORDS:
            self.lost += len(rows) // ANSWER_WORDS
            return
        self._rows += rows

    def about(self, segment: Segment, addresses: set[Address]) -> Iterator[Announcement]:
        """The replies about these addresses on one segment."""
        place = self._places.get(segment)
        rows, wanted = self._rows, self._index()
        subjects = (int(address) for address in addresses if address.version == 4)
        found = sorted(at for subject in subjects for at in wanted.get(subject, ()))
        for at in found:
            if rows[at + PLACE] == place:
                yield self._announcement(rows[at : at + ANSWER_WORDS], segment)

    def _index(self) -> dict[int, list[int]]:
        """The places of the rows by their subject, up to the latest one."""
        for at in range(self._indexed, len(self._rows), ANSWER_WORDS):
            self._by_subject.setdefault(self._rows[at + SUBJECT], []).append(at)
        self._indexed = len(self._rows)
        return self._by_subject

    def _announcement(self, row: "array[int]", segment: Segment) -> Announcement:
        return Announcement(
            row[TIME],
            AnnouncementKind.ARP_REPLY,
            IPv4Address(row[SUBJECT]),
            row[MAC].to_bytes(6, "big").hex(":"),
            *segment,
            FrameRef(self._vantage, row[FRAME]),
            IPv4Address(row[TO]) if row[TO] else None,
        )
