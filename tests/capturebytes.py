"""Builds capture files byte by byte, and asks tshark what is in them."""

import os
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from vrrpscope.capture.source import CaptureFile
from vrrpscope.observation import Frame

MICROSECONDS, NANOSECONDS, KUZNETZOV = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34
# A VRRPv2 advert in Ethernet, padded to 60 bytes: 00:00:5e:00:01:33 to 224.0.0.18.
ADVERT = bytes.fromhex(
    "01005e00001200005e0001330800"
    "45c0002800010000ff70c9c2c0000201e0000012"
    "21336401000133c80a0000010000000000000000"
).ljust(60, b"\0")


def pcap_header(
    order: str = "<",
    magic: int = MICROSECONDS,
    link: int = 1,
    snaplen: int = 65535,
    version: tuple[int, int] = (2, 4),
) -> bytes:
    return struct.pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, link)


def record(
    seconds: int,
    units: int,
    data: bytes = ADVERT,
    order: str = "<",
    original: int | None = None,
    extra: bytes = b"",
) -> bytes:
    original = len(data) if original is None else original
    return struct.pack(order + "4I", seconds, units, len(data), original) + extra + data


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str = "<", version: tuple[int, int] = (1, 0)) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, *version, -1), order)


def interface(link: int = 1, snaplen: int = 0, options: bytes = b"", order: str = "<") -> bytes:
    end = bytes(4) if options else b""
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options + end, order)


def packet(
    ticks: int,
    data: bytes = ADVERT,
    index: int = 0,
    order: str = "<",
    original: int | None = None,
    options: bytes = b"",
) -> bytes:
    original = len(data) if original is None else original
    head = struct.pack(order + "5I", index, ticks >> 32, ticks & 0xFFFFFFFF, len(data), original)
    return block(6, head + data + bytes(-len(data) % 4) + options, order)


def obsolete_packet(ticks: int, data: bytes = ADVERT, index: int = 0, drops: int = 0xFFFF) -> bytes:
    head = struct.pack("<HH4I", index, drops, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(2, head + data)


def simple_packet(data: bytes = ADVERT, original: int | None = None) -> bytes:
    return block(3, struct.pack("<I", len(data) if original is None else original) + data)


class Seen(NamedTuple):
    """What both readers say of a frame."""

    number: int
    time_ns: int | None
    captured: int
    original: int


def seen(frames: Iterable[Frame]) -> list[Seen]:
    return [Seen(f.number, f.time_ns, len(f.data), f.original_length) for f in frames]


def reading(data: bytes, piece: int = 1 << 20) -> tuple[list[Frame], CaptureFile]:
    """The frames of a file with this content that comes in such pieces, and the file."""
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        chunk = data[position : position + min(piece, count)]
        position += len(chunk)
        return chunk

    capture = CaptureFile(read, "test.pcap", path="test.pcap")
    return list(capture), capture


def tshark_says(path: Path) -> list[Seen]:
    """What tshark reads, up to where it gives up."""
    fields = ("frame.number", "frame.time_epoch", "frame.cap_len", "frame.len")
    command = [os.environ.get("TSHARK", "tshark"), "-n", "-r", str(path), "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return [Seen(int(n), _epoch_ns(time), int(cap), int(wire)) for n, time, cap, wire in rows]


def _epoch_ns(text: str) -> int | None:
    if not text:
        return None
    whole, fraction = text.split(".")
    return int(whole) * 1_000_000_000 + int(fraction.ljust(9, "0"))
