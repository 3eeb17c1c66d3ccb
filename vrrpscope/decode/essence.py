"""The part of a plain frame that carries its meaning, found without dissecting it.

A speaker repeats itself: of a million adverts some two hundred differ, once the identification
and the checksum of the IPv4 header are left out, which change with every packet. And most frames
of a busy capture are TCP, or UDP to some port. Both are told here by looking at a few bytes; all
that is less plain goes the long way through the layers.

`classify`, what it calls, and `mac_offset` are also compiled (`vrrpscope.compiled`): they use
integers and one sequence of bytes, and never look beyond `stop`.
"""

from collections.abc import Sequence
from typing import Final

NOT_OURS: Final = b""
"""Surely no advert and no announcement."""

NOTHING: Final = -1
"""The same, as an integer."""
UNCLEAR: Final = -2
"""Only a dissection can tell."""
ANSWER: Final = -16
"""An ARP reply about an address, less the offset of its ARP header."""

ETHERNET: Final = 1
LINUX_COOKED: Final = 113
LINUX_COOKED_2: Final = 276

_ARP_BYTES: Final = 28


def essence(link_type: int, data: bytes) -> bytes | None:
    """Return what decides the meaning of a frame.

    Returns:
        For a plain frame with VRRP: its bytes without what changes from packet to packet.
        `NOT_OURS` for what is none of ours; None where only a dissection can tell.
    """
    found = classify(data, 0, len(data), link_type)
    if found < 0:
        return NOT_OURS if found == NOTHING else None
    if found & 1:
        return data
    network = found >> 1
    return data[: network + 4] + data[network + 6 : network + 10] + data[network + 12 :]


def mac_offset(link_type: int) -> int:
    """Where the sender's MAC stands in a frame; -1 where the link layer has none."""
    if link_type in (ETHERNET, LINUX_COOKED):
        return 6
    return 12 if link_type == LINUX_COOKED_2 else -1


def source_mac(link_type: int, data: bytes) -> str:
    """The sender's MAC, lower-case with colons; "" where the link layer has none."""
    offset = mac_offset(link_type)
    return "" if offset < 0 else data[offset : offset + 6].hex(":")


def classify(data: Sequence[int], start: int, stop: int, link_type: int) -> int:
    """Tells what the frame `data[start:stop]` is.

    Returns:
        For a plain frame with VRRP: twice the offset of its IP header from `start`, and 1 more
        where that is IPv6. `ANSWER`, less the offset of the ARP header from `start`, for a reply
        that is no gratuitous one. Else `NOTHING`, or `UNCLEAR`.
    """
    if link_type == ETHERNET:
        return _after_link(data, start, stop, start + 12, start + 14)
    if link_type == LINUX_COOKED:
        return _after_link(data, start, stop, start + 14, start + 16)
    if link_type == LINUX_COOKED_2:
        return _after_link(data, start, stop, start, start + 20)
    if link_type == 12 or link_type == 14 or link_type == 101 or 228 <= link_type <= 229:
        if start < stop and data[start] >> 4 == 4:
            return _ipv4(data, start, stop, start)
        if start < stop and data[start] >> 4 == 6:
            return _ipv6(data, start, stop, start)
    return UNCLEAR


def _after_link(data: Sequence[int], start: int, stop: int, at: int, network: int) -> int:
    """The same for a link layer that has its EtherType at `at`; the payload is at `network`."""
    if network > stop:
        return UNCLEAR
    ethertype = data[at] << 8 | data[at + 1]
    while ethertype in (0x8100, 0x88A8, 0x9100, 0x9200):
        if network + 4 > stop:
            return UNCLEAR
        ethertype = data[network + 2] << 8 | data[network + 3]
        network += 4
    if ethertype == 0x0800:
        return _ipv4(data, start, stop, network)
    if ethertype == 0x86DD:
        return _ipv6(data, start, stop, network)
    if ethertype == 0x0806:
        return _arp(data, start, stop, network)
    if ethertype < 0x0600:
        return _llc(data, stop, network)
    return NOTHING if ethertype == 0x88CC else UNCLEAR  # LLDP; all the rest is rare


def _llc(data: Sequence[int], stop: int, network: int) -> int:
    """The same for LLC, where the EtherType is a length: only with SNAP it may be of interest."""
    if network + 2 > stop:
        return UNCLEAR
    return UNCLEAR if data[network] == 0xAA and data[network + 1] == 0xAA else NOTHING


def _ipv4(data: Sequence[int], start: int, stop: int, network: int) -> int:
    if network + 24 > stop:
        return UNCLEAR
    protocol = data[network + 9]
    if protocol == 112:
        return (network - start) << 1
    if protocol == 6:
        return NOTHING
    if data[network] != 0x45:  # with options
        return UNCLEAR
    if protocol == 17:
        return _udp(data, network + 22)
    if protocol == 1:  # ICMP: of interest is that a destination is unreachable
        return UNCLEAR if data[network + 20] == 3 else NOTHING
    return UNCLEAR


def _ipv6(data: Sequence[int], start: int, stop: int, network: int) -> int:
    if network + 44 > stop:
        return UNCLEAR
    protocol = data[network + 6]
    if protocol == 112:
        return (network - start) << 1 | 1
    if protocol == 6:
        return NOTHING
    if protocol == 17:
        return _udp(data, network + 42)
    # ICMPv6: echo, router discovery and solicitations say nothing of whom an address belongs to.
    if protocol == 58 and (128 <= data[network + 40] <= 129 or 133 <= data[network + 40] <= 135):
        return NOTHING
    return UNCLEAR


def _udp(data: Sequence[int], at: int) -> int:
    """The same for UDP, by the destination port at `at`: HSRP, GLBP, VXLAN (two) and Geneve."""
    port = data[at] << 8 | data[at + 1]
    return UNCLEAR if port in (1985, 2029, 3222, 4789, 8472, 6081) else NOTHING


def _arp(data: Sequence[int], start: int, stop: int, network: int) -> int:
    """The same for ARP: a request for somebody else's address announces nothing."""
    if network + _ARP_BYTES > stop or data[network + 6] != 0:
        return UNCLEAR
    different = 0
    for index in range(4):
        different |= data[network + 14 + index] ^ data[network + 24 + index]
    if different == 0:
        return UNCLEAR
    if data[network + 7] == 1:
        return NOTHING
    plain = data[network + 1] == 1 and data[network + 2] == 8 and data[network + 4] == 6
    plain = plain and data[network] == 0 and data[network + 3] == 0 and data[network + 5] == 4
    told = data[network + 14] | data[network + 15] | data[network + 16] | data[network + 17]
    if plain and data[network + 7] == 2 and told != 0:
        return ANSWER - (network - start)
    return UNCLEAR
