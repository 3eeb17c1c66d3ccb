"""Frames for the decoder's tests: a reader for small captures and literal packets."""

import os
import struct
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from vrrpscope.observation import Frame

ETHERNET = 1

MAC = bytes.fromhex("00005e00013c")
GROUP_MAC = {4: bytes.fromhex("01005e000012"), 6: bytes.fromhex("333300000012")}

# Adverts of VRID 60 for 10.0.0.6, or for fe80::6 and 2001:db8::6; tshark calls them good.
IP_V2 = bytes.fromhex(
    "45c0002812340000ff70be5e0a000001e0000012213c650100016fbb0a0000060000000000000000"
)
IP_V3 = bytes.fromhex("45c0002012340000ff70be660a000001e0000012313c6401006475c80a000006")
IP_V6 = bytes.fromhex(
    "6c000000002870fffe800000000000000000000000000001ff020000000000000000000000000012"
    "313cc8020064dbe7fe80000000000000000000000000000620010db8000000000000000000000006"
)
ADVERTS = (IP_V2, IP_V3, IP_V6)


def ip_version(packet: bytes) -> int:
    return packet[0] >> 4


def ethertype(packet: bytes) -> bytes:
    return b"\x08\x00" if ip_version(packet) == 4 else b"\x86\xdd"


def ethernet(packet: bytes, between: bytes = b"") -> bytes:
    """An Ethernet frame; `between` goes in front of the EtherType: tags and their like."""
    return GROUP_MAC[ip_version(packet)] + MAC + between + ethertype(packet) + packet


def ipv4(protocol: int, payload: bytes, *, identification: int = 7, fragment: int = 0,
         source: bytes = bytes((192, 0, 2, 1)), destination: bytes = bytes((192, 0, 2, 2)),
         options: bytes = b"", ttl: int = 64) -> bytes:  # fmt: skip
    header = struct.pack(
        "!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload),
        identification, fragment, ttl, protocol, 0,
    )  # fmt: skip
    return header + source + destination + options + payload


def ipv6(protocol: int, payload: bytes, *, ttl: int = 64, source: bytes = bytes(15) + b"\1",
         destination: bytes = bytes(15) + b"\2") -> bytes:  # fmt: skip
    return (
        struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl) + source + destination + payload
    )


def udp(port: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", 49152, port, 8 + len(payload), 0) + payload


def frame(data: bytes, link_type: int = ETHERNET, *, cut_to: int | None = None, number: int = 1,
          time_ns: int | None = 0) -> Frame:  # fmt: skip
    """A frame, cut by a snapshot length where `cut_to` is given."""
    captured = data if cut_to is None else data[:cut_to]
    return Frame(number, time_ns, link_type, captured, len(data), 0)


def read(path: Path) -> Iterator[Frame]:
    """Read a small pcap or pcapng file; times are left out."""
    raw = path.read_bytes()
    records = _pcapng(raw) if raw[:4] == b"\n\r\r\n" else _pcap(raw)
    for number, (link_type, data, original) in enumerate(records, 1):
        yield Frame(number, None, link_type, data, original, 0)


def _pcap(raw: bytes) -> Iterator[tuple[int, bytes, int]]:
    order = "<" if raw[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    (link_type,) = struct.unpack_from(order + "I", raw, 20)
    at = 24
    while at + 16 <= len(raw):
        captured, original = struct.unpack_from(order + "II", raw, at + 8)
        yield link_type, raw[at + 16 : at + 16 + captured], original
        at += 16 + captured


def _pcapng(raw: bytes) -> Iterator[tuple[int, bytes, int]]:
    order = "<" if raw[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    interfaces: list[int] = []
    at = 0
    while at + 12 <= len(raw):
        kind, size = struct.unpack_from(order + "II", raw, at)
        if kind == 1:
            interfaces += struct.unpack_from(order + "H", raw, at + 8)
        elif kind == 6:
            interface, _, _, captured, original = struct.unpack_from(order + "IIIII", raw, at + 8)
            yield interfaces[interface], raw[at + 28 : at + 28 + captured], original
        at += size


def write_pcapng(path: Path, packets: Iterable[tuple[int, bytes]]) -> None:
    """Write packets of any link types, one interface for each."""
    out = _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for number, (link_type, data) in enumerate(packets):
        out += _block(1, struct.pack("<HHI", link_type, 0, 0))
        out += _block(6, struct.pack("<IIIII", number, 0, number, len(data), len(data)) + data)
    path.write_bytes(out)


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


def tshark(path: Path, fields: list[str], *options: str) -> list[dict[str, str]]:
    """What tshark reads in each frame; several values are joined by commas."""
    command = [os.environ.get("TSHARK", "tshark"), "-n", "-r", str(path), "-T", "fields"]
    for field in ["frame.number", *fields]:
        command += ["-e", field]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    return [
        dict(zip(["frame.number", *fields], line.split("\t"), strict=True))
        for line in done.stdout.splitlines()
    ]
