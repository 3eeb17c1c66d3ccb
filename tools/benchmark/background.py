"""Frames of everyday traffic, in which VRRP is rare: TCP, UDP, ARP, ICMP, IPv6, STP, LLDP.

Every frame is one of a few thousand templates with a random payload. TCP, UDP and ICMPv6 checksums
are 0, as in captures on machines whose network card computes them.
"""

import struct
from collections.abc import Callable
from random import Random

import numpy as np

from tools.benchmark.adverts import checksums

HOSTS = 300
_TEMPLATES = 4000
_VLANS = (10, 20, 30)
_TAGGED_SHARE = 0.1
_TCP_SIZES = (0, 0, 0, 24, 120, 350, 900, 1448, 1448, 1448)
_UDP_SIZES = (32, 120, 400, 1250)
_IPV4, _ARP, _IPV6, _LLDP = 0x0800, 0x0806, 0x86DD, 0x88CC
_TCP, _UDP, _ICMP, _ICMPV6 = 6, 17, 1, 58


def host_mac(number: int) -> bytes:
    """The physical address of a host."""
    return bytes((0x00, 0x16, 0x3E, 0x01, number >> 8, number & 0xFF))


def _host_v4(number: int) -> bytes:
    return bytes((192, 168, 2 + (number >> 8), number & 0xFF))


def _host_v6(number: int) -> bytes:
    return bytes.fromhex("20010db8000000000000000000000000")[:14] + number.to_bytes(2, "big")


def ipv4(protocol: int, source: bytes, target: bytes, payload: bytes, ttl: int = 64) -> bytes:
    """A packet with a valid header checksum."""
    size = 20 + len(payload)
    header = struct.pack("!BBHHHBBH", 0x45, 0, size, 0, 0x4000, ttl, protocol, 0) + source + target
    total = checksums(np.frombuffer(header, np.uint8).reshape(1, -1)).tobytes()
    return header[:10] + total + header[12:] + payload


def udp(source_port: int, target_port: int, payload: bytes) -> bytes:
    """A datagram without a checksum."""
    return struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0) + payload


def arp(operation: int, mac: bytes, address: bytes, target_mac: bytes, target: bytes) -> bytes:
    """A request (1) or a reply (2)."""
    return struct.pack("!HHBBH", 1, _IPV4, 6, 4, operation) + mac + address + target_mac + target


def _ipv6(protocol: int, source: bytes, target: bytes, payload: bytes) -> bytes:
    hops = 255 if protocol == _ICMPV6 else 64
    return (
        struct.pack("!IHBB", 0x60000000, len(payload), protocol, hops) + source + target + payload
    )


def _tcp(random: Random) -> bytes:
    port, service = random.randrange(32768, 61000), random.choice((22, 80, 443, 443, 5432, 9092))
    ports = (port, service) if random.random() < 0.5 else (service, port)
    numbers = (random.getrandbits(32), random.getrandbits(32))
    header = struct.pack("!HHIIBBHHH", *ports, *numbers, 0x80, 0x10, 501, 0, 0)
    options = struct.pack("!BBBBII", 1, 1, 8, 10, random.getrandbits(32), random.getrandbits(32))
    return header + options + random.randbytes(random.choice(_TCP_SIZES))


def _dns(random: Random) -> bytes:
    question = b"\x04host\x07example\x00" + struct.pack("!HH", 1, 1)
    query = struct.pack("!HHHHHH", random.getrandbits(16), 0x0100, 1, 0, 0, 0) + question
    return udp(random.randrange(32768, 61000), 53, query)


def _datagram(random: Random) -> bytes:
    if random.random() < 0.3:
        return _dns(random)
    payload = random.randbytes(random.choice(_UDP_SIZES))
    return udp(random.randrange(32768, 61000), random.choice((443, 443, 514)), payload)


def _echo(random: Random) -> bytes:
    message = struct.pack("!BBHHH", 8, 0, 0, 7, random.getrandbits(16)) + random.randbytes(56)
    total = checksums(np.frombuffer(message, np.uint8).reshape(1, -1)).tobytes()
    return message[:2] + total + message[4:]


def _frame(random: Random, source: int, target_mac: bytes, kind: int, payload: bytes) -> bytes:
    tag = b""
    if random.random() < _TAGGED_SHARE:
        tag = struct.pack("!HH", 0x8100, random.choice(_VLANS))
    return target_mac + host_mac(source) + tag + kind.to_bytes(2, "big") + payload


def _v4(protocol: int, payload: Callable[[Random], bytes]) -> Callable[[Random], bytes]:
    def make(random: Random) -> bytes:
        source, target = random.sample(range(HOSTS), 2)
        packet = ipv4(protocol, _host_v4(source), _host_v4(target), payload(random))
        return _frame(random, source, host_mac(target), _IPV4, packet)

    return make


def _v6(protocol: int, payload: Callable[[Random], bytes]) -> Callable[[Random], bytes]:
    def make(random: Random) -> bytes:
        source, target = random.sample(range(HOSTS), 2)
        packet = _ipv6(protocol, _host_v6(source), _host_v6(target), payload(random))
        return _frame(random, source, host_mac(target), _IPV6, packet)

    return make


def _arp_request(random: Random) -> bytes:
    source, target = random.sample(range(HOSTS), 2)
    body = arp(1, host_mac(source), _host_v4(source), bytes(6), _host_v4(target))
    return _frame(random, source, b"\xff" * 6, _ARP, body)


def _arp_reply(random: Random) -> bytes:
    source, target = random.sample(range(HOSTS), 2)
    body = arp(2, host_mac(source), _host_v4(source), host_mac(target), _host_v4(target))
    return _frame(random, source, host_mac(target), _ARP, body)


def _neighbour_solicitation(random: Random) -> bytes:
    source, target = random.sample(range(HOSTS), 2)
    low = _host_v6(target)[13:]
    group = bytes.fromhex("ff0200000000000000000001ff") + low
    option = b"\x01\x01" + host_mac(source)
    message = struct.pack("!BBHI", 135, 0, 0, 0) + _host_v6(target) + option
    packet = _ipv6(_ICMPV6, _host_v6(source), group, message)
    return _frame(random, source, b"\x33\x33\xff" + low, _IPV6, packet)


def _router_advertisement(random: Random) -> bytes:
    source = random.randrange(HOSTS)
    local = bytes.fromhex("fe80000000000000") + _host_v6(source)[8:]
    everyone = bytes.fromhex("ff020000000000000000000000000001")
    message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    packet = _ipv6(_ICMPV6, local, everyone, message + b"\x01\x01" + host_mac(source))
    return _frame(random, source, bytes.fromhex("333300000001"), _IPV6, packet)


def _spanning_tree(random: Random) -> bytes:
    bridge = struct.pack("!H", 0x8000) + host_mac(random.randrange(HOSTS))
    ages = struct.pack("!HHHHH", 0x8001, 0, 20 * 256, 2 * 256, 15 * 256)
    body = b"\x42\x42\x03" + bytes(5) + bridge + bytes(4) + bridge + ages
    target = bytes.fromhex("0180c2000000")
    return target + bridge[2:] + len(body).to_bytes(2, "big") + body + bytes(8)


def _lldp(random: Random) -> bytes:
    mac = host_mac(random.randrange(HOSTS))
    body = b"\x02\x07\x04" + mac + b"\x04\x07\x03" + mac + b"\x06\x02\x00\x78" + b"\x00\x00"
    return bytes.fromhex("0180c200000e") + mac + _LLDP.to_bytes(2, "big") + body + bytes(20)


_KINDS: dict[Callable[[Random], bytes], int] = {
    _v4(_TCP, _tcp): 640,
    _v4(_UDP, _datagram): 130,
    _v4(_ICMP, _echo): 15,
    _v6(_TCP, _tcp): 120,
    _v6(_UDP, _datagram): 50,
    _arp_request: 25,
    _arp_reply: 5,
    _neighbour_solicitation: 6,
    _router_advertisement: 2,
    _spanning_tree: 4,
    _lldp: 3,
}
"""How many of 1000 frames."""


def templates(random: Random) -> list[bytes]:
    """Frames to choose from; on average some 550 bytes."""
    makers = random.choices(list(_KINDS), list(_KINDS.values()), k=_TEMPLATES)
    return [make(random) for make in makers]


def tcp_templates(random: Random) -> list[bytes]:
    """TCP over IPv4 without a tag: the source address is at bytes 6 to 12 of each."""
    return [
        frame for frame in templates(random) if frame[12:14] == b"\x08\x00" and frame[23] == _TCP
    ]


def inside_vxlan(frame: bytes, random: Random) -> bytes:
    """The frame as one tunnel endpoint sends it to another one (RFC 7348)."""
    source, target = random.sample(range(4), 2)
    header = struct.pack("!II", 0x08000000, random.randrange(100, 110) << 8)
    datagram = udp(random.randrange(49152, 65535), 4789, header + frame)
    packet = ipv4(_UDP, _host_v4(source), _host_v4(target), datagram)
    return host_mac(target) + host_mac(source) + _IPV4.to_bytes(2, "big") + packet
