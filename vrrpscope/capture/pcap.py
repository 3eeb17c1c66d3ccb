"""The pcap format: one file header, then records (draft-ietf-opsawg-pcap)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vrrpscope.capture.ledger import Interface, Ledger
from vrrpscope.capture.records import Link, RecordReader, new_frame, without_fcs
from vrrpscope.capture.window import Window
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Frame

FILE_HEADER_LENGTH = 24
USUAL_SNAPLEN = 262_144
"""What libpcap and Wireshark allow at most for the link types that carry VRRP."""
HIGHEST_SNAPLEN = 16 * 1024 * 1024
LINK_TYPE_MASK = 0x03FF_FFFF
FCS_PRESENT = 0x0400_0000
RECORDS_TO_TRY = 8


@dataclass(frozen=True)
class Variant:
    """A dialect of pcap.

    Attributes:
        ns_per_unit: the unit of the second time field, in nanoseconds.
        layouts: (bytes after the usual 16 of a record header, who writes them so). The magic
            number does not tell layouts apart; the first one is the common one.
    """

    ns_per_unit: int
    layouts: tuple[tuple[int, str], ...]


_MICROSECONDS = Variant(
    1000, ((0, "libpcap"), (8, "the libpcap of Red Hat 6.1"), (4, "Nokia's libpcap"))
)
_NANOSECONDS = Variant(1, ((0, "libpcap"),))
_KUZNETZOV = Variant(
    1000, ((8, "Kuznetzov's modified libpcap"), (12, "the modified libpcap of SuSE 6.3"))
)

MAGICS: dict[bytes, tuple[str, Variant]] = {
    struct.pack(order + "I", magic): (order, variant)
    for order in "<>"
    for magic, variant in (
        (0xA1B2C3D4, _MICROSECONDS),
        (0xA1B23C4D, _NANOSECONDS),
        (0xA1B2CD34, _KUZNETZOV),
    )
}


@dataclass(frozen=True)
class Header:
    """What the file header says, and what its magic number leaves open.

    Attributes:
        order: byte order, "<" or ">".
        ns_per_unit: as in `Variant`.
        extra: bytes after the usual 16 of each record header.
        link_type: LINKTYPE_ value without the FCS bits.
        fcs_length: length of the frame check sequence that ends each frame, in bytes; 0 if none.
        longest: the highest number of captured bytes that is believed.
    """

    order: str
    ns_per_unit: int
    extra: int
    link_type: int
    fcs_length: int
    longest: int

    def record(self, extra: int) -> struct.Struct:
        """The record header: seconds, units, captured and original length."""
        return struct.Struct(f"{self.order}4I{extra}x")


def read_header(window: Window, ledger: Ledger, file: str, hint: str) -> Header:
    """Reads the file header; the window stands at the magic number.

    Raises:
        CaptureError: the header is cut short, or of a version with other records.
    """
    if not window.require(FILE_HEADER_LENGTH):
        raise CaptureError(
            f"{file} has only {window.available} of the {FILE_HEADER_LENGTH} bytes "
            "of a pcap file header",
            "capture again: nothing was recorded in it",
        )
    order, variant = MAGICS[window.data[window.position :][:4]]
    major, minor, snaplen, link = struct.unpack_from(
        f"{order}4xHH8xII", window.data, window.position
    )
    if major != 2 or minor < 4:
        raise CaptureError(
            f"{file} is pcap version {major}.{minor}, and only 2.4 and later 2.x can be read", hint
        )
    window.position += FILE_HEADER_LENGTH
    fcs_length = 2 * (link >> 28) if link & FCS_PRESENT else 0
    longest = max(USUAL_SNAPLEN, min(snaplen, HIGHEST_SNAPLEN))
    header = Header(order, variant.ns_per_unit, 0, link & LINK_TYPE_MASK, fcs_length, longest)
    ledger.interfaces.append(Interface(None, header.link_type))
    return replace(header, extra=_extra(header, variant, window, ledger))


def _extra(header: Header, variant: Variant, window: Window, ledger: Ledger) -> int:
    """Chooses the layout of the record headers by the records that were read already.

    It reads no further: on a live pipe the first record may be long in coming.
    """
    usual, *others = variant.layouts
    if _readable_records(header, usual[0], window) is None:
        for extra, writer in others:
            # One record fits many layouts by chance; two hardly ever.
            if (_readable_records(header, extra, window) or 0) >= 2:
                ledger.note(f"record headers of {16 + extra} bytes, as {writer} writes them")
                return extra
    return usual[0]


def _readable_records(header: Header, extra: int, window: Window) -> int | None:
    """How many of the first records make sense in this layout; None where one does not."""
    record = header.record(extra)
    position = window.position
    for count in range(RECORDS_TO_TRY):
        if position + record.size > len(window.data):
            return count
        _, units, captured, original = record.unpack_from(window.data, position)
        sane_time = units * header.ns_per_unit < 1_000_000_000
        if not (sane_time and captured <= header.longest and captured <= original):
            return None
        position += record.size + captured
    return RECORDS_TO_TRY


class PcapReader(RecordReader):
    """Reads the records that follow a file header; the window stands at the first one."""

    def __init__(self, window: Window, header: Header, ledger: Ledger) -> None:
        super().__init__(window, ledger)
        self.last_ns = 0
        self.order, self.extra, self.longest = header.order, header.extra, header.longest
        unit = header.ns_per_unit
        self.links = [Link(0, header.link_type, 0, unit, 1, 0, header.fcs_length)]
        self._record = header.record(header.extra)

    def frames(self) -> Iterator[Frame]:
        """Yields the frames.

        A record that is cut short or claims an impossible length ends the reading with a note.
        """
        window, unpack, size = self.window, self._record.unpack_from, self._record.size
        ((_, link_type, _, ns_per_unit, _, _, fcs_length),) = self.links
        wanted = size
        while window.bridge(wanted):
            data, position = window.data, window.position
            end = len(data)
            wanted = size
            while position + size <= end:
                seconds, units, captured, original = unpack(data, position)
                if captured > self.longest:
                    what = f"the next record claims {captured} captured bytes"
                    self._ledger.damaged(self.number, window.offset, what)
                    return
                start = position + size
                stop = start + captured
                if stop > end:
                    wanted = size + captured
                    break
                position = window.position = stop
                time_ns = seconds * 1_000_000_000 + units * ns_per_unit
                self._number(time_ns)
                if fcs_length:
                    stop, original = without_fcs(start, stop, original, fcs_length)
                frame = (self.number, time_ns, link_type, data[start:stop], original, 0)
                yield new_frame(frame)
                if window.position != position or window.data is not data:
                    break  # somebody else has read on
        if window.available:
            self._ledger.cut_short(self.number + 1, window.offset, window.available, wanted)

    def _number(self, time_ns: int) -> None:
        """Counts a frame; notes where time runs backwards."""
        self.number += 1
        if self.last_ns is not None and time_ns < self.last_ns:
            self._ledger.step_back(self.number, self.last_ns - time_ns)
        self.last_ns = time_ns
