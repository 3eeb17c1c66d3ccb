"""What the readers of pcap and pcapng have in common: where they are, and how to read on."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from vrrpscope.capture.ledger import Ledger
from vrrpscope.capture.window import Window
from vrrpscope.observation import Frame

new_frame: Callable[[tuple[int, int | None, int, bytes, int, int]], Frame] = partial(
    tuple.__new__, Frame
)
"""`Frame(*fields)`, at two thirds of its price: it is paid once per captured frame."""


class Link(NamedTuple):
    """How to read the packets of one interface.

    A timestamp of `ticks` is `ticks * multiplier // divisor + offset_ns` nanoseconds.
    """

    interface: int
    link_type: int
    snaplen: int
    multiplier: int
    divisor: int
    offset_ns: int
    fcs_length: int


class RecordReader:
    """Reads the records of a file, one after the other.

    Between two frames the window stands at the next record. Whoever reads records from it himself
    moves `window.position`, `number` and `last_ns`, and the reader goes on from there.

    Attributes:
        window: the bytes.
        number: of the latest frame.
        last_ns: its time, or the latest one that there was.
        order: byte order, "<" or ">".
        links: the interfaces by the number that records have for them; a new list where a section
            begins anew.
        extra: bytes after the usual 16 of a pcap record header; None for pcapng.
        longest: the highest number of captured bytes that is believed.
    """

    extra: int | None = None
    longest: int

    def __init__(self, window: Window, ledger: Ledger) -> None:
        self.window = window
        self.number = 0
        self.last_ns: int | None = None
        self.order = "<"
        self.links: list[Link] = []
        self._ledger = ledger

    def frames(self) -> Iterator[Frame]:
        """Yields the frames; damage ends the reading with a note."""
        raise NotImplementedError


def without_fcs(start: int, stop: int, original: int, fcs_length: int) -> tuple[int, int]:
    """Leaves the frame check sequence out, as far as it was captured.

    Args:
        start: where the captured bytes start.
        stop: where they stop.
        original: length on the wire with the frame check sequence, in bytes.
        fcs_length: length of the frame check sequence, in bytes.

    Returns:
        The new `stop`, and the length on the wire without the frame check sequence.
    """
    # A hostile file may give fewer bytes on the wire than captured: those captured count then.
    content = max(original, stop - start) - fcs_length
    return max(start, min(stop, start + content)), max(0, original - fcs_length)
