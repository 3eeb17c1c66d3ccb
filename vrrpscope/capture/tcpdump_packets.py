"""One printed packet back to a frame: link layer, IP header and what is in it.

The frame has an Ethernet header where `-e` gave the MACs, else it is raw IP. Where `-x` gave the
bytes, those are taken, and the words only tell the link layer.
"""

import re
from struct import pack
from typing import NamedTuple

from vrrpscope.capture.tcpdump_headers import ARP, IPV4, IPV6, IpWords, Link, ip_words_of, link_of
from vrrpscope.capture.tcpdump_lines import Printed
from vrrpscope.capture.tcpdump_neighbours import (
    ARP_BEGINS,
    BROADCAST,
    Askers,
    announces_itself,
    arp,
    neighbour,
)
from vrrpscope.capture.tcpdump_payloads import (
    AH,
    Address,
    Payload,
    UnusableError,
    advert,
)
from vrrpscope.protocol.checksum import VRRP_PROTOCOL

ETHERNET, RAW_IP, LINUX_COOKED, LINUX_COOKED_V2 = 1, 101, 113, 276

WITHOUT_MACS = (
    "packets without MAC addresses and VLAN tags, which tcpdump prints with -e: {count}, the first "
    "is frame {first}"
)
ARP_WITHOUT_MAC = (
    "gratuitous ARP requests that do not tell whose MAC they announce, which tcpdump prints with "
    "-e: {count}, the first is frame {first}"
)
ARP_BY_HEADER = (
    "ARP requests, of which tcpdump does not print the announced MAC, the Ethernet header's source "
    "is taken for it: {count}, the first is frame {first}"
)
NAMES = (
    "adverts with host names instead of addresses, refused: {count}, the first is frame {first}; "
    "tcpdump -n prints numbers"
)
TUNNELLED = (
    "adverts inside of another packet, refused: {count}, the first is frame {first}; tcpdump -x "
    "prints the bytes"
)

_AH = re.compile(r"AH\([^ ]{0,200}\):? (?=VRRPv)")
_PROTOCOL_112 = re.compile(r"VRRPv\d|ip-proto-112\b|CARPv\d")
_ADVERT_INSIDE = re.compile(r"\S > [^\s,]{1,255}: (?:vrrp .{0,300}: )?VRRPv\d")


class Rebuilt(NamedTuple):
    """A frame's content, and templates of notes about what it lacks."""

    link_type: int
    data: bytes
    original_length: int
    lacks: tuple[str, ...] = ()


def rebuilt(printed: Printed, askers: Askers) -> Rebuilt:
    """The frame that tcpdump printed; one that says nothing to VRRP has no more than its header."""
    link, at = link_of(printed.text)
    text = printed.text[at:]
    ip = ip_words_of(text)
    if printed.dump:
        frame = _dumped(bytes(printed.dump), link, ip)
        if frame is not None:
            return frame
    lacks = () if link.header else (WITHOUT_MACS,)
    if link.ethertype == ARP or text.startswith(("ARP, ", "arp ")):
        return _arp_frame(text, link, askers, lacks)
    if ip.source is not None and ip.destination is not None:
        if ip.source.version == ip.destination.version:
            return _ip_frame(ip, ip.source, ip.destination, link, lacks)
        return _other(text, link, lacks)
    if _PROTOCOL_112.match(ip.content):
        return _refused(link, (*lacks, NAMES))
    return _other(text, link, lacks)


def _ip_frame(
    ip: IpWords, source: Address, destination: Address, link: Link, lacks: tuple[str, ...]
) -> Rebuilt:
    """The frame of an IP packet."""
    content = ip.content
    header = _AH.match(content)
    content = content[header.end() :] if header else content
    try:
        if ip.numbers.get("protocol") == VRRP_PROTOCOL or _PROTOCOL_112.match(content):
            payload = advert(content, source, destination)
        elif _ADVERT_INSIDE.search(content) and not content.startswith("ICMP"):
            return _refused(link, (*lacks, TUNNELLED))
        else:
            found = neighbour(content)
            if found is None:
                return _other(content, link, lacks)
            payload = found
    except UnusableError as reason:
        return _refused(link, (*lacks, str(reason)))
    if header:
        payload = _behind_ah(payload)
    packet, length = _packet(ip.numbers, source, destination, payload)
    return _framed(packet, length, link, (*lacks, *payload.lacks), source.version)


def _behind_ah(payload: Payload) -> Payload:
    """The payload behind an authentication header of keepalived: 24 bytes (RFC 4302, HMAC-96)."""
    header = bytes((payload.protocol, 4)) + bytes(22)
    return payload._replace(
        protocol=AH, data=header + payload.data, length=len(header) + payload.length
    )


def _packet(
    numbers: dict[str, int], source: Address, destination: Address, payload: Payload
) -> tuple[bytes, int]:
    """An IP packet as far as it is known, and how long it was.

    An identification that is not printed is 0 in all packets: a constant is no count.
    """
    ttl = numbers.get("ttl", 255 if payload.ttl is None else payload.ttl) & 0xFF
    length = min(payload.length, 0xFFFF - 40)
    ends = source.packed + destination.packed
    if source.version == 6:
        head = pack("!IHBB", 0x6000_0000, length, payload.protocol, ttl)
        return head + ends + payload.data, 40 + length
    identification = numbers.get("id", 0) & 0xFFFF
    fragment = numbers.get("more", 0) << 13 | numbers.get("offset", 0) >> 3 & 0x1FFF
    sizes = (0x4500, 20 + length, identification, fragment)
    head = pack("!HHHHBBH", *sizes, ttl, payload.protocol, 0)
    return head + ends + payload.data, 20 + length


def _framed(
    packet: bytes, length: int, link: Link, lacks: tuple[str, ...], version: int
) -> Rebuilt:
    """The packet in its frame."""
    if not link.header:
        return Rebuilt(RAW_IP, packet, max(length, len(packet)), lacks)
    header = link.header + (IPV6 if version == 6 else IPV4).to_bytes(2, "big")
    whole = max(link.length or 0, len(header) + length)
    return Rebuilt(ETHERNET, header + packet, whole, lacks)


def _refused(link: Link, lacks: tuple[str, ...]) -> Rebuilt:
    """A packet of protocol 112 that cannot be used: an IPv4 header that is cut behind it."""
    head = b"\x45" + bytes(8) + bytes((VRRP_PROTOCOL,))
    return _framed(head, 40, link, lacks, 4)


def _other(text: str, link: Link, lacks: tuple[str, ...]) -> Rebuilt:
    """A packet that says nothing to VRRP: its header alone shows that its sender was alive."""
    if _ADVERT_INSIDE.search(text) and not text.startswith("ICMP"):
        return _refused(link, (*lacks, TUNNELLED))
    if not link.header:
        return Rebuilt(RAW_IP, b"", 1, lacks)
    header = link.header + (link.ethertype or 0).to_bytes(2, "big")
    return Rebuilt(ETHERNET, header, max(link.length or 0, len(header) + 1), lacks)


def _arp_frame(text: str, link: Link, askers: Askers, lacks: tuple[str, ...]) -> Rebuilt:
    packet = arp(text, link.source, link.destination, askers)
    if packet is None:
        if announces_itself(text) and link.source is None:
            lacks += (ARP_WITHOUT_MAC,)
        return _other("", link, lacks)
    if packet[7] == 1:
        lacks += (ARP_BY_HEADER,)
    # Raw IP has no ARP: without MACs a reply, which tells its own, gets a header with that.
    header = link.header or (link.destination or BROADCAST) + packet[8:14]
    data = header + ARP.to_bytes(2, "big") + packet
    return Rebuilt(ETHERNET, data, max(link.length or 0, len(data)), lacks)


_LAYOUTS = (
    (ETHERNET, 14),
    (ETHERNET, 18),
    (ETHERNET, 22),
    (LINUX_COOKED, 16),
    (LINUX_COOKED_V2, 20),
)
"""Link types with the place where IP begins, behind up to two VLAN tags."""


def _dumped(dump: bytes, link: Link, ip: IpWords) -> Rebuilt | None:
    """The frame of the bytes that were printed; None where they are those of something else."""
    if _fits(dump, 0, ip):
        # -x: without the link layer, which -e may have told.
        version = dump[0] >> 4
        packet = int.from_bytes(dump[2:4], "big") if version == 4 else _ipv6_length(dump)
        return _framed(dump, packet, link, () if link.header else (WITHOUT_MACS,), version)
    if dump.startswith(ARP_BEGINS):
        header = link.header or BROADCAST + dump[8:14]
        data = header + ARP.to_bytes(2, "big") + dump
        return Rebuilt(ETHERNET, data, max(link.length or 0, len(data)))
    for link_type, at in _LAYOUTS:
        if _fits(dump, at, ip) or dump.startswith(ARP_BEGINS, at):
            total = int.from_bytes(dump[at + 2 : at + 4], "big") if dump[at] >> 4 == 4 else 0
            return Rebuilt(link_type, dump, max(len(dump), link.length or 0, at + total))
    return None


def _ipv6_length(dump: bytes) -> int:
    return 40 + int.from_bytes(dump[4:6], "big")


def _fits(dump: bytes, at: int, ip: IpWords) -> bool:
    """True where the IP header of this packet stands there, as far as its addresses are known."""
    version = dump[at] >> 4 if at < len(dump) else 0
    start, size = {4: (at + 12, 4), 6: (at + 8, 16)}.get(version, (0, 0))
    if not size or len(dump) < start + 2 * size:
        return False
    if ip.source is None or ip.destination is None:
        protocol = dump[at + 9] if version == 4 else dump[at + 6]
        return protocol == VRRP_PROTOCOL
    return dump[start : start + 2 * size] == ip.source.packed + ip.destination.packed
