"""What the blocks of pcapng say about interfaces (draft-ietf-opsawg-pcapng, 4.2 and 4.6)."""

import struct
from collections.abc import Iterator

from vrrpscope.capture.ledger import Interface
from vrrpscope.capture.records import Link

LONGEST_NAME = 255
MICROSECONDS = b"\6"
FCS_BYTES = {2: 2, 4: 4, 16: 2, 32: 4}
"""The draft gives if_fcslen in bits, with a value in bytes as its example; files have both."""


class DamagedError(Exception):
    """A block makes no sense; the text says how."""


def described(data: bytes, start: int, stop: int, order: str, index: int) -> tuple[Interface, Link]:
    """Reads the body of an Interface Description Block.

    Args:
        data: what `start` and `stop` count in.
        start: where the body starts.
        stop: where it stops.
        order: byte order of the section, "<" or ">".
        index: the interface's index in the file, over all sections.

    Raises:
        DamagedError: the body is too short.
    """
    if stop - start < 8:
        raise DamagedError("an interface description is too short")
    link_type, snaplen = struct.unpack_from(order + "H2xI", data, start)
    said: dict[int, bytes] = {}
    for code, value in options(data, start + 8, stop, order):
        said.setdefault(code, value)
    name = said.get(2) or said.get(3)  # if_name, if_description
    multiplier, divisor = _resolution(said.get(9) or MICROSECONDS)
    offset_s = integer(said.get(14, b""), order, signed=True)
    fcs_length = FCS_BYTES.get(integer(said.get(13, b""), order), 0)
    link = Link(
        index, link_type, snaplen, multiplier, divisor, offset_s * 1_000_000_000, fcs_length
    )
    return Interface(_text(name) if name else None, link_type), link


def update_statistics(interface: Interface, data: bytes, start: int, stop: int, order: str) -> None:
    """Reads the options of an Interface Statistics Block whose body is `data[start:stop]`.

    Its counters run since the start of the capture: the last block of an interface counts.
    """
    for code, value in options(data, start + 12, stop, order):
        if len(value) != 8:
            continue
        if code == 4:  # isb_ifrecv
            interface.received = integer(value, order)
        elif code == 5:  # isb_ifdrop
            interface.dropped_by_interface = integer(value, order)
        elif code == 7:  # isb_osdrop
            interface.dropped_by_system = integer(value, order)


def options(data: bytes, start: int, stop: int, order: str) -> Iterator[tuple[int, bytes]]:
    """Yields (code, value) up to the end of options, or to the first one that does not fit."""
    while start + 4 <= stop:
        code, length = struct.unpack_from(order + "HH", data, start)
        start += 4
        if code == 0 or start + length > stop:
            return
        yield code, data[start : start + length]
        start += length + (-length & 3)


def integer(value: bytes, order: str, *, signed: bool = False) -> int:
    """The integer that at most 8 bytes stand for; 0 where there are none."""
    return int.from_bytes(value[:8], "little" if order == "<" else "big", signed=signed)


def _text(value: bytes) -> str:
    return value[: 4 * LONGEST_NAME].decode(errors="replace").rstrip("\0")[:LONGEST_NAME]


def _resolution(value: bytes) -> tuple[int, int]:
    """What a tick is, as (multiplier, divisor) of nanoseconds.

    Times finer than a nanosecond are cut, not rounded, as Wireshark does.

    Args:
        value: if_tsresol, one byte; a power of 2 where its highest bit is set, else of 10.
    """
    exponent = value[0] & 0x7F
    if value[0] & 0x80:
        return 1_000_000_000, 2**exponent
    if exponent <= 9:
        return int(10 ** (9 - exponent)), 1
    return 1, int(10 ** (exponent - 9))
