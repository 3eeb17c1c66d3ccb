"""The part of a plain frame that carries its meaning, found without dissecting it.

A speaker repeats itself: of a million adverts some two hundred differ, once the identification
and the checksum of the IPv4 header are left out, which change with every packet. And most frames
of a busy capture are TCP, or UDP to some port. Both are told here by looking at a few bytes; all
that is less plain goes the long way through the layers.
"""

from typing import Final

NOT_OURS: Final = b""
"""Surely no advert and no announcement."""

# Where a link layer has its EtherType, and where the network layer begins.
_LAYOUTS: Final = {1: (12, 14), 113: (14, 16), 276: (0, 20)}
_RAW: Final = frozenset({12, 14, 101, 228, 229})

_TAGS: Final = frozenset({b"\x81\x00", b"\x88\xa8", b"\x91\x00", b"\x92\x00"})
_IPV4: Final = b"\x08\x00"
_IPV6: Final = b"\x86\xdd"
_TCP: Final = b"\x06"
_UDP: Final = b"\x11"
_VRRP: Final = b"\x70"
_WITHOUT_OPTIONS: Final = b"\x45"

# UDP ports that have a layer: HSRP, GLBP, VXLAN (two), Geneve.
UDP_PORTS: Final = frozenset(
    port.to_bytes(2, "big") for port in (1985, 2029, 3222, 4789, 8472, 6081)
)


def essence(link_type: int, data: bytes) -> bytes | None:
    """Return what decides the meaning of a frame.

    Returns:
        For a plain frame with VRRP: its bytes without what changes from packet to packet.
        `NOT_OURS` for what is none of ours; None where only a dissection can tell.
    """
    layout = _LAYOUTS.get(link_type)
    if layout is None:
        return _essence_of_raw(data) if link_type in _RAW else None
    at, network = layout
    ethertype = data[at : at + 2]
    while ethertype in _TAGS:
        ethertype = data[network + 2 : network + 4]
        network += 4
    if ethertype == _IPV4:
        return _essence_of_ipv4(data, network)
    if ethertype == _IPV6:
        return _essence_of_ipv6(data, network)
    return None


def _essence_of_raw(data: bytes) -> bytes | None:
    version = data[0] >> 4 if data else 0
    if version == 4:
        return _essence_of_ipv4(data, 0)
    return _essence_of_ipv6(data, 0) if version == 6 else None


def _essence_of_ipv4(data: bytes, network: int) -> bytes | None:
    protocol = data[network + 9 : network + 10]
    if protocol == _VRRP:
        return data[: network + 4] + data[network + 6 : network + 10] + data[network + 12 :]
    if protocol == _TCP:
        return NOT_OURS
    if protocol == _UDP and data[network : network + 1] == _WITHOUT_OPTIONS:
        return None if data[network + 22 : network + 24] in UDP_PORTS else NOT_OURS
    return None


def _essence_of_ipv6(data: bytes, network: int) -> bytes | None:
    protocol = data[network + 6 : network + 7]
    if protocol == _VRRP:
        return data
    if protocol == _TCP:
        return NOT_OURS
    if protocol == _UDP:
        return None if data[network + 42 : network + 44] in UDP_PORTS else NOT_OURS
    return None
