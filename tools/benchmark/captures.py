"""Files of captured frames: pcap written in bulk, and the same frames as pcapng or compressed."""

import gzip
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Times = npt.NDArray[np.int64]
"""Nanoseconds since 1970."""

START_NS = 1_767_225_600_000_000_000
"""2026-01-01 00:00 UTC: when made captures begin."""

SECOND_NS = 1_000_000_000

RECORD_HEADER = struct.Struct("<IIII")
"""Seconds, microseconds, bytes captured, bytes on the wire."""

FILE_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
"""pcap 2.4 with microseconds, little-endian, Ethernet."""

_PIECE_BYTES = 1 << 20
_BLOCK_HEADER = struct.Struct("<IIIIIII")
_ENHANCED_PACKET_BLOCK = 6


def stamps(times_ns: Times) -> Bytes:
    """The first 8 bytes of each record: a row of little-endian seconds and microseconds."""
    fields = np.empty((len(times_ns), 2), "<u4")
    fields[:, 0] = times_ns // SECOND_NS
    fields[:, 1] = times_ns % SECOND_NS // 1000
    return fields.view(np.uint8)


def write_rows(file: BinaryIO, times_ns: Times, frames: Bytes) -> None:
    """Appends frames of one length, a row each, as pcap records."""
    count, length = frames.shape
    records = np.empty((count, RECORD_HEADER.size + length), np.uint8)
    records[:, :8] = stamps(times_ns)
    records[:, 8:16] = np.array([length, length], "<u4").view(np.uint8)
    records[:, 16:] = frames
    file.write(records.data)


def record(frame: bytes) -> bytes:
    """A pcap record whose time is still to be filled in."""
    return RECORD_HEADER.pack(0, 0, len(frame), len(frame)) + frame


def join_records(records: list[bytes], times_ns: Times) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Records of any length, one after the other, with their times; and where each begins."""
    joined = np.frombuffer(bytearray().join(records), np.uint8)
    lengths = np.fromiter(map(len, records), np.int64, len(records))
    begins = np.cumsum(lengths) - lengths
    joined[begins[:, None] + np.arange(8)] = stamps(times_ns)
    return joined, begins


def read_records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Time in microseconds and bytes of each frame of a pcap that this module wrote."""
    with path.open("rb") as file:
        file.seek(len(FILE_HEADER))
        rest = b""
        while piece := file.read(_PIECE_BYTES):
            data, at = rest + piece, 0
            while at + RECORD_HEADER.size <= len(data):
                seconds, microseconds, captured, _ = RECORD_HEADER.unpack_from(data, at)
                end = at + RECORD_HEADER.size + captured
                if end > len(data):
                    break
                yield seconds * 1_000_000 + microseconds, data[at + RECORD_HEADER.size : end]
                at = end
            rest = data[at:]


def _packet_block(time_us: int, frame: bytes) -> bytes:
    padding = -len(frame) % 4
    size = _BLOCK_HEADER.size + len(frame) + padding + 4
    time = (time_us >> 32, time_us & 0xFFFFFFFF)
    header = _BLOCK_HEADER.pack(_ENHANCED_PACKET_BLOCK, size, 0, *time, len(frame), len(frame))
    return header + frame + bytes(padding) + size.to_bytes(4, "little")


def to_pcapng(source: Path, target: Path) -> None:
    """The same frames as pcapng: one section, one interface, microseconds, no options."""
    with target.open("wb", buffering=_PIECE_BYTES) as file:
        file.write(struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
        file.write(struct.pack("<IIHHII", 1, 20, 1, 0, 262_144, 20))
        for time_us, frame in read_records(source):
            file.write(_packet_block(time_us, frame))


def to_gzip(source: Path, target: Path) -> None:
    """The same file, compressed as `gzip -6` does."""
    with source.open("rb") as plain, gzip.open(target, "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed, _PIECE_BYTES)
