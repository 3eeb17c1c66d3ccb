"""Text that tcpdump printed, read as a capture: what tickets, mails and chats contain.

Theory of operation. The text goes through four steps: lines to packets as they were printed
(`tcpdump_lines`), their times to nanoseconds (`tcpdump_times`), their words back to the bytes that
they stood for (`tcpdump_packets`, and for the content `tcpdump_payloads`,
`tcpdump_neighbours`), and the bytes to frames. From there on all is as with any capture.
What the text does not tell ends the frame, as a short snapshot length does, and is said in a note.

A text is streamed: what is kept is one packet, and at the beginning, where the times could be
durations, up to `MOST_SHOWN`. A packet is given when the next one begins, for only then is it
known to be whole.
"""

import re
from collections.abc import Iterable, Iterator

from vrrpscope.capture.ledger import IMPOSSIBLE_TIME, Interface, Ledger
from vrrpscope.capture.tcpdump_lines import Assembler, Printed, Said, lines_of
from vrrpscope.capture.tcpdump_neighbours import Askers
from vrrpscope.capture.tcpdump_packets import rebuilt
from vrrpscope.capture.tcpdump_times import MOST_SHOWN, Times
from vrrpscope.capture.window import Window
from vrrpscope.observation import Frame

MOST_SEARCHED = 256 * 1024
"""Bytes of a text in which its first advert has to come, unless more was read at once."""

MOST_INTERFACES = 64

IS_TEXT = (
    "this is text that tcpdump printed, no capture: frame N is the Nth packet in it, and what was "
    "not printed is unknown"
)
UNTIMED = "packets without a time (tcpdump -t): {count}, the first is frame {first}"
SEVERAL = (
    "the text holds the output of {count} runs of tcpdump: if they are of several machines, give "
    "each in a file of its own"
)

_ADVERT = re.compile(
    rb"(?:>|&gt;) [^\s,]{1,255}: (?:vrrp .{1,255}: |AH\(.{1,200}\):? )?VRRPv\d(?:, |-)[Aau]"
)
_OVERLAP = 1024
"""Bytes that the pattern may take across two reads."""

_JSON = re.compile(rb"\s*(?:\{|\[\s*[{\[\"\d])")
_TIME_LIMIT_NS = 1 << 63


def is_printed(window: Window) -> bool:
    """True where an advert as tcpdump prints it is in the first part of a text.

    It reads no further than to the first one. The window does not move.
    """
    if _JSON.match(window.data[:_OVERLAP]):
        return False
    searched = 0
    while _ADVERT.search(window.data, max(0, searched - _OVERLAP)) is None:
        searched = window.available
        if searched >= MOST_SEARCHED or not window.require(searched + 1):
            return False
    return True


def frames(window: Window, ledger: Ledger) -> Iterator[Frame]:
    """Yields a frame for each packet of the text."""
    ledger.note(IS_TEXT)
    return _Reader(ledger).frames(window.rest())


class _Reader:
    """Reads one text."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._times = Times()
        self._askers = Askers()
        self._interfaces: dict[str, int] = {}
        self._listening: list[str] = []
        self._number = 0
        self._last_ns: int | None = None

    def frames(self, chunks: Iterable[bytes]) -> Iterator[Frame]:
        try:
            for printed in self._packets(chunks):
                yield self._frame(printed)
        finally:
            self._conclude()

    def _packets(self, chunks: Iterable[bytes]) -> Iterator[Printed]:
        """The packets; held back as long as the meaning of their times is open."""
        held: list[Printed] = []
        for item in Assembler(self._ledger).packets(lines_of(chunks, self._ledger)):
            if isinstance(item, Said):
                self._heed(item)
                continue
            held.append(item)
            if not self._times.look_ahead(item.stamp) or len(held) > MOST_SHOWN:
                yield from held
                held.clear()
        yield from held

    def _frame(self, printed: Printed) -> Frame:
        self._number += 1
        link_type, data, original_length, lacks = rebuilt(printed, self._askers)
        for template in lacks:
            self._ledger.tally(template, self._number)
        interface = self._interface(printed.interface, link_type)
        return Frame(
            self._number, self._time_ns(printed.stamp), link_type, data, original_length, interface
        )

    def _time_ns(self, stamp: str) -> int | None:
        if not stamp:
            self._ledger.tally(UNTIMED, self._number)
            return None
        time_ns = self._times.time_ns(stamp)
        if time_ns is None or not -_TIME_LIMIT_NS <= time_ns < _TIME_LIMIT_NS:
            self._ledger.tally(IMPOSSIBLE_TIME, self._number)
            return None
        if self._last_ns is not None and time_ns < self._last_ns:
            self._ledger.step_back(self._number, self._last_ns - time_ns)
        self._last_ns = time_ns
        return time_ns

    def _interface(self, name: str, link_type: int) -> int:
        """The index of an interface; where the packet names none, of the one listened on."""
        index = self._interfaces.get(name)
        if index is None:
            if len(self._interfaces) >= MOST_INTERFACES:
                return 0
            index = self._interfaces[name] = len(self._ledger.interfaces)
            listening = self._listening[-1] if self._listening else None
            self._ledger.interfaces.append(Interface(name or listening, link_type))
        return index

    def _heed(self, said: Said) -> None:
        """Takes what tcpdump said about itself."""
        if said.what == "interface":
            self._listening.append(said.value)
            return
        if not self._ledger.interfaces or said.what == "captured":
            return
        first, count = self._ledger.interfaces[0], int(said.value)
        if said.what == "received by filter":
            first.received = (first.received or 0) + count
        elif said.what == "dropped by kernel":
            first.dropped_by_system = (first.dropped_by_system or 0) + count
        else:
            first.dropped_by_interface = (first.dropped_by_interface or 0) + count

    def _conclude(self) -> None:
        for note in self._times.notes:
            self._ledger.note(note)
        if len(self._listening) > 1:
            self._ledger.note(SEVERAL.format(count=len(self._listening)))
