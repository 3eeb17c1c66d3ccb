"""The pcapng format: sections of blocks (draft-ietf-opsawg-pcapng)."""

import struct
from collections.abc import Iterator

from vrrpscope.capture import ledger as notes
from vrrpscope.capture.ledger import Ledger
from vrrpscope.capture.pcapng_interface import (
    DamagedError,
    described,
    integer,
    options,
    update_statistics,
)
from vrrpscope.capture.pcapng_section import SECTION_MAGIC, byte_order
from vrrpscope.capture.records import Link, RecordReader, new_frame, without_fcs
from vrrpscope.capture.window import Window
from vrrpscope.observation import Frame

SECTION = 0x0A0D0D0A
INTERFACE, OBSOLETE_PACKET, SIMPLE_PACKET = 1, 2, 3
NAME_RESOLUTION, STATISTICS, ENHANCED_PACKET = 4, 5, 6
JOURNAL = 9
DECRYPTION_SECRETS = 10
CUSTOM = frozenset({0x0BAD, 0x40000BAD})
SYSTEM_EVENTS = frozenset({0x204, 0x208, 0x216, 0x217, 0x221, 0x222})
# Process information and the like: skipped by everyone, and of no use here.
WITHOUT_PACKETS = frozenset({NAME_RESOLUTION, DECRYPTION_SECRETS, 0x201, 0x202, 0x203, 0x80000001})
NETFLIX_PEN = 10949  # Wireshark gives a frame number to some of its blocks only

SHORTEST_BLOCK = 12
LONGEST_BLOCK = 16 * 1024 * 1024
MOST_INTERFACES = 65_536
NO_DROP_COUNT = 0xFFFF
LATEST_NS = 2**63
"""Times from here on fit no 64 bits of nanoseconds: neither do those before `-LATEST_NS`."""


class BlockReader(RecordReader):
    """Reads the blocks of a file, one after the other."""

    longest = LONGEST_BLOCK

    def __init__(self, window: Window, ledger: Ledger) -> None:
        super().__init__(window, ledger)
        self._set_order("<")

    def _set_order(self, order: str) -> None:
        self.order = order
        self._unpack_head = struct.Struct(order + "II").unpack_from
        self._unpack_tail = struct.Struct(order + "I").unpack_from
        self._unpack_plain = struct.Struct(order + "7I").unpack_from
        self._unpack_packet = struct.Struct(order + "5I").unpack_from
        self._unpack_obsolete_packet = struct.Struct(order + "HH4I").unpack_from

    def frames(self) -> Iterator[Frame]:
        """Yields the frames of all packet blocks; damage ends the reading with a note."""
        window = self.window
        try:
            while True:
                yield from self._plain_packets()
                if not self._block_is_complete():
                    return
                position = window.position
                kind, length = self._unpack_head(window.data, position)
                frame = self._block(kind, position + 8, position + length - 4)
                window.position = position + length
                if frame is not None:
                    yield frame
        except DamagedError as error:
            self._ledger.damaged(self.number, window.offset, str(error))

    def _block(self, kind: int, start: int, stop: int) -> Frame | None:
        """What a block of this type says whose body is `data[start:stop]`."""
        if kind == ENHANCED_PACKET:
            return self._enhanced_packet(start, stop)
        if kind == SIMPLE_PACKET:
            return self._simple_packet(start, stop)
        if kind == OBSOLETE_PACKET:
            return self._obsolete_packet(start, stop)
        self._other_block(kind, start, stop)
        return None

    def _plain_packets(self) -> Iterator[Frame]:
        """Yields the packets at hand that need no second look, at a third of the usual price.

        It stops at the first block that is anything else: no packet, incomplete, with options,
        damaged, or earlier than the one before.
        """
        window, links = self.window, self.links
        data, position, end, known = window.data, window.position, len(window.data), len(links)
        unpack, unpack_tail = self._unpack_plain, self._unpack_tail
        while position + 32 <= end:
            kind, length, index, high, low, captured, original = unpack(data, position)
            stop = position + length
            if kind != ENHANCED_PACKET or length != 32 + captured + (-captured & 3):
                return
            if stop > end or unpack_tail(data, stop - 4)[0] != length or index >= known:
                return
            interface, link_type, _, multiplier, divisor, offset_ns, fcs_length = links[index]
            time_ns = (high << 32 | low) * multiplier // divisor + offset_ns
            if fcs_length or not (self.last_ns or 0) <= time_ns < LATEST_NS:
                return
            self.number += 1
            self.last_ns = time_ns
            start = position + 28
            position = window.position = stop
            frame = data[start : start + captured]
            yield new_frame((self.number, time_ns, link_type, frame, original, interface))
            if window.position != position or window.data is not data:
                return  # somebody else has read on

    def _block_is_complete(self) -> bool:
        """Makes the next block available; False at the end of the file, which is noted if cut.

        Raises:
            DamagedError: its lengths make no sense.
        """
        window = self.window
        if not window.bridge(SHORTEST_BLOCK):
            if window.available:
                self._cut_short(SHORTEST_BLOCK)
            return False
        if window.data.startswith(SECTION_MAGIC, window.position):
            self._begin_section()
        length = self._unpack_head(window.data, window.position)[1]
        if length < SHORTEST_BLOCK or length % 4 or length > LONGEST_BLOCK:
            raise DamagedError(f"a block claims a length of {length} bytes")
        if not window.bridge(length):
            self._cut_short(length)
            return False
        (repeated,) = self._unpack_tail(window.data, window.position + length - 4)
        if repeated != length:
            raise DamagedError(f"a block gives its length as {length} and as {repeated} bytes")
        return True

    def _cut_short(self, wanted: int) -> None:
        window = self.window
        self._ledger.cut_short(self.number + 1, window.offset, window.available, wanted)

    def _begin_section(self) -> None:
        """Takes over the byte order, without which not even the length can be read."""
        order = byte_order(self.window)
        if order is None:
            raise DamagedError("a section header has no byte-order magic")
        self._set_order(order)
        self.links = []

    def _enhanced_packet(self, start: int, stop: int) -> Frame:
        if stop - start < 20:
            raise DamagedError("a packet block is too short")
        index, high, low, captured, original = self._unpack_packet(self.window.data, start)
        return self._packet(index, high << 32 | low, captured, original, start + 20, stop)

    def _obsolete_packet(self, start: int, stop: int) -> Frame:
        if stop - start < 20:
            raise DamagedError("a packet block is too short")
        fields = self._unpack_obsolete_packet(self.window.data, start)
        index, drops, high, low, captured, original = fields
        frame = self._packet(index, high << 32 | low, captured, original, start + 20, stop)
        if drops != NO_DROP_COUNT:
            self._ledger.interfaces[frame.interface].dropped_between += drops
        return frame

    def _simple_packet(self, start: int, stop: int) -> Frame:
        """A packet without a time, of the section's first interface."""
        if stop - start < 4:
            raise DamagedError("a packet block is too short")
        (original,) = self._unpack_tail(self.window.data, start)
        snaplen = self.links[0].snaplen if self.links else 0
        captured = min(original, snaplen) if snaplen else original
        frame = self._packet(0, None, captured, original, start + 4, stop)
        self._ledger.tally(notes.NO_TIME, frame.number)
        return frame

    def _packet(
        self, index: int, ticks: int | None, captured: int, original: int, start: int, stop: int
    ) -> Frame:
        """The frame of a packet block whose data starts at `start`, and whose body ends at `stop`.

        Raises:
            DamagedError: there is no such interface, or the data is longer than the block.
        """
        if index >= len(self.links):
            raise DamagedError(f"a packet is of interface {index}, which is not described")
        if captured > stop - start:
            raise DamagedError(f"a packet block claims {captured} captured bytes")
        link = self.links[index]
        self.number += 1
        end = start + captured
        fcs_length = link.fcs_length
        options_start = end + (-captured & 3)
        if options_start + 4 <= stop:
            fcs_length = self._packet_options(options_start, stop, link)
        if fcs_length:
            end, original = without_fcs(start, end, original, fcs_length)
        time_ns = None if ticks is None else self._time_ns(ticks, link)
        data = self.window.data[start:end]
        return new_frame((self.number, time_ns, link.link_type, data, original, link.interface))

    def _time_ns(self, ticks: int, link: Link) -> int | None:
        time_ns = ticks * link.multiplier // link.divisor + link.offset_ns
        if not -LATEST_NS <= time_ns < LATEST_NS:
            self._ledger.tally(notes.IMPOSSIBLE_TIME, self.number)
            return None
        if self.last_ns is not None and time_ns < self.last_ns:
            self._ledger.step_back(self.number, self.last_ns - time_ns)
        self.last_ns = time_ns
        return time_ns

    def _packet_options(self, start: int, stop: int, link: Link) -> int:
        """Counts lost frames; returns the length of the frame check sequence in bytes."""
        fcs_length = link.fcs_length
        for code, value in options(self.window.data, start, stop, self.order):
            if code == 2 and len(value) == 4:  # epb_flags, bits 5 to 8
                fcs_length = int(self._unpack_tail(value)[0]) >> 5 & 15 or fcs_length
            elif code == 4 and len(value) == 8:  # epb_dropcount
                self._ledger.interfaces[link.interface].dropped_between += integer(
                    value, self.order
                )
        return fcs_length

    def _other_block(self, kind: int, start: int, stop: int) -> None:
        if kind == INTERFACE:
            self._interface(start, stop)
        elif kind == STATISTICS:
            self._statistics(start, stop)
        elif kind == SECTION:
            self._section_header(start, stop)
        elif kind in CUSTOM:
            self._custom(start, stop)
        elif kind == JOURNAL or kind in SYSTEM_EVENTS:
            self.number += 1
            self._ledger.tally(notes.NUMBERED_BLOCK, self.number)
        elif kind not in WITHOUT_PACKETS:
            first = f"0x{kind:08x} at byte {self.window.offset}"
            self._ledger.tally(notes.UNKNOWN_BLOCK, first)

    def _section_header(self, start: int, stop: int) -> None:
        if stop - start < 16:
            raise DamagedError("a section header is too short")
        major, minor = struct.unpack_from(self.order + "HH", self.window.data, start + 4)
        if major != 1:
            raise DamagedError(f"a section is of pcapng version {major}.{minor}")

    def _interface(self, start: int, stop: int) -> None:
        """Interface Description Block (section 4.2)."""
        index = len(self._ledger.interfaces)
        if index >= MOST_INTERFACES:
            raise DamagedError(f"more than {MOST_INTERFACES} interfaces")
        interface, link = described(self.window.data, start, stop, self.order, index)
        self._ledger.interfaces.append(interface)
        self.links.append(link)

    def _statistics(self, start: int, stop: int) -> None:
        """Interface Statistics Block (section 4.6)."""
        if stop - start < 12:
            raise DamagedError("a statistics block is too short")
        (index,) = self._unpack_tail(self.window.data, start)
        if index >= len(self.links):
            first = f"at byte {self.window.offset} for interface {index}"
            self._ledger.tally(notes.STRAY_STATISTICS, first)
            return
        interface = self._ledger.interfaces[self.links[index].interface]
        update_statistics(interface, self.window.data, start, stop, self.order)

    def _custom(self, start: int, stop: int) -> None:
        if stop - start < 4:
            raise DamagedError("a custom block is too short")
        if self._unpack_tail(self.window.data, start)[0] == NETFLIX_PEN:
            self._ledger.tally(notes.NETFLIX_BLOCK, self.number)
            return
        self.number += 1
        self._ledger.tally(notes.NUMBERED_BLOCK, self.number)
