"""Captures with everything in them that the loop must take, or leave to others."""

import random
import struct
from collections.abc import Iterable
from typing import NamedTuple

MS = 1_000_000
SECOND = 1000 * MS
START_NS = 1_700_000_000 * SECOND


class Packet(NamedTuple):
    """A frame, when it came, and by which interface."""

    time_ns: int
    data: bytes
    interface: int = 0


def advert(
    source: int, vrid: int, priority: int, ip_id: int, *,
    tag: int = 0, version: int = 2, interval: int = 1, ttl: int = 255,
) -> bytes:  # fmt: skip
    """A VRRP advert over IPv4; its checksums are not computed, which is a defect like any other."""
    if version == 2:
        head = struct.pack("!BBBBBBH", 0x21, vrid, priority, 1, 0, interval, 0)
        message = head + bytes((10, 0, 0, 100)) + bytes(8)
    else:
        head = struct.pack("!BBBBHH", 0x31, vrid, priority, 1, interval, 0)
        message = head + bytes((10, 0, 0, 100))
    destination = bytes((224, 0, 0, 18))
    header = struct.pack("!BBHHHBBH", 0x45, 0xC0, 20 + len(message), ip_id, 0, ttl, 112, ip_id ^ 7)
    packet = header + bytes((10, 0, 0, source)) + destination + message
    return _ethernet(source, b"\x08\x00", packet, tag)


def advert6(source: int, vrid: int, priority: int) -> bytes:
    """A VRRPv3 advert over IPv6."""
    message = (
        struct.pack("!BBBBHH", 0x31, vrid, priority, 1, 100, 0) + b"\xfe\x80" + bytes(13) + b"d"
    )
    address = b"\xfe\x80" + bytes(13) + bytes((source,))
    group = bytes.fromhex("ff020000000000000000000000000012")
    header = struct.pack("!IHBB", 6 << 28, len(message), 112, 255)
    return _ethernet(source, b"\x86\xdd", header + address + group + message)


def _ethernet(source: int, ethertype: bytes, packet: bytes, tag: int = 0) -> bytes:
    between = b"\x81\x00" + struct.pack("!H", tag) if tag else b""
    mac = bytes((2, 0, 0, 0, 0, source))
    return b"\x01\x00\x5e\x00\x00\x12" + mac + between + ethertype + packet


def other(choice: int, host: int) -> bytes:
    """A frame that is no advert: some that the loop takes, and some that it must not."""
    address = bytes((10, 0, 0, host))
    vip = bytes((10, 0, 0, 100))
    mac = bytes((2, 0, 0, 0, 0, host))
    arp = b"\x00\x01\x08\x00\x06\x04\x00"
    tcp = struct.pack("!BBHHHBBH", 0x45, 0, 60, 9, 0, 64, 6, 0) + address + vip + bytes(40)
    group = bytes((224, 0, 0, 18))
    return _ethernet(
        host,
        *(
            (b"\x08\x00", tcp),
            (b"\x08\x06", arp + b"\x01" + mac + address + bytes(6) + vip),
            (b"\x08\x06", arp + b"\x02" + mac + vip + mac + bytes((10, 0, 0, 77))),
            (b"\x08\x06", arp + b"\x02" + mac + vip + mac + bytes(4)),
            (b"\x08\x06", arp + b"\x01" + mac + vip + bytes(6) + vip),
            (b"\x00\x26", b"\x42\x42\x03" + bytes(35)),
            (b"\x88\xcc", bytes(40)),
            (b"\x08\x00", struct.pack("!BBHHHBBH", 0x45, 0, 36, 9, 0, 1, 2, 0) + address + group
             + b"\x16\0\0\0" + group + bytes(8)),
            (b"\x86\xdd", struct.pack("!IHBB", 6 << 28, 24, 58, 255) + bytes(32) + b"\x87"
             + bytes(23)),
            (b"\x08\x00", tcp[:15]),
        )[choice],
    )  # fmt: skip


class Traffic:
    """Random incidents of a few virtual routers; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._ip_ids: dict[int, int] = {}
        self.packets: list[Packet] = []

    def _say(self, time_ns: int, source: int, priority: int) -> None:
        """One advert of a router, mostly as it should be."""
        chance = self._random.random
        ip_id = self._ip_ids.get(source, 65_500) % 65_535 + 1
        if chance() < 0.02:
            ip_id = self._random.choice((1, 7, 65_535))
        self._ip_ids[source] = ip_id
        kind = source % 5
        if kind == 4:
            data = advert6(source, 60, priority)
        else:
            data = advert(
                source, 60 + kind % 2, priority, ip_id, tag=30 if kind == 3 else 0,
                version=3 if kind == 2 else 2, interval=100 if kind == 2 else 1,
                ttl=254 if chance() < 0.01 else 255,
            )  # fmt: skip
        self.packets.append(Packet(time_ns, data, source % 2))
        if chance() < 0.05:
            self.packets.append(Packet(time_ns + self._random.choice((1, 9)) * MS, data))

    def run(self, seconds: int) -> list[Packet]:
        """What is captured in so many seconds."""
        speakers = {self._random.randrange(1, 12): 100 for _ in range(4)}
        for second in range(seconds):
            for source in list(speakers):
                jitter_ns = self._random.choice((0, 0, 0, 3, 11, 200, 700)) * MS
                now_ns = START_NS + second * SECOND + source * 20 * MS + jitter_ns
                if self._random.random() < 0.05:
                    speakers[source] = self._random.choice((0, 99, 100, 101, 150))
                if self._random.random() < 0.1:
                    continue
                self._say(now_ns, source, speakers[source])
                if self._random.random() < 0.3:
                    frame = other(self._random.randrange(10), self._random.randrange(1, 16))
                    self.packets.append(Packet(now_ns + MS, frame, source % 2))
        if self._random.random() < 0.8:
            self.packets.sort(key=lambda packet: packet.time_ns)
        return self.packets


def as_pcap(packets: Iterable[Packet], order: str = "<", *, nanoseconds: bool = False) -> bytes:
    """A pcap file of them."""
    magic, unit = (0xA1B23C4D, 1) if nanoseconds else (0xA1B2C3D4, 1000)
    file = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1)]
    for time_ns, data, _ in packets:
        seconds, rest = divmod(time_ns, SECOND)
        file += [struct.pack(order + "4I", seconds, rest // unit, len(data), len(data)), data]
    return b"".join(file)


def _block(order: str, kind: int, body: bytes) -> bytes:
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def as_pcapng(packets: Iterable[Packet], order: str = "<", options: int = 0) -> bytes:
    """A pcapng file of them, of two interfaces with clocks of their own.

    Every `options`-th block has an option (0: none), which makes it no plain one.
    """
    section = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
    nanoseconds = struct.pack(order + "HHB3x4x", 9, 1, 9)
    link = struct.pack(order + "HHI", 1, 0, 0)
    file = [_block(order, 0x0A0D0D0A, section), _block(order, 1, link)]
    file.append(_block(order, 1, link + nanoseconds))
    for number, (time_ns, data, interface) in enumerate(packets, 1):
        ticks = time_ns if interface else time_ns // 1000
        body = struct.pack(
            order + "5I", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)
        )
        body += data + bytes(-len(data) % 4)
        if options and number % options == 0:
            body += struct.pack(order + "HHI4x", 2, 4, 0)
        file.append(_block(order, 6, body))
    return b"".join(file)
