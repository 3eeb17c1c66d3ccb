"""IPv4, IPv6, what stands between them and the payload, and UDP."""

from struct import unpack_from

from vrrpscope.decode.walk import (
    FRAGMENT,
    MALFORMED,
    OTHER,
    TRUNCATED,
    IpHeader,
    Layers,
    Next,
    Space,
    Step,
    Walk,
)

VRRP = 112
AH = 51
_MAY_CARRY_VRRP = frozenset({VRRP, AH})

_HOP_BY_HOP, _ROUTING, _FRAGMENT, _DESTINATION_OPTIONS = 0, 43, 44, 60


def ipv4(walk: Walk, data: bytes) -> Step:
    """IPv4 (RFC 791); the header checksum is the receiving kernel's business."""
    if len(data) < 20 or data[0] >> 4 != 4:
        return TRUNCATED if walk.is_cut and data[9:10] == bytes((VRRP,)) else OTHER
    header_length = (data[0] & 0x0F) * 4
    total, identification, fragment = unpack_from("!HHH", data, 2)
    total = total or len(data)  # segmentation offload leaves it 0
    protocol = data[9]
    if header_length < 20 or total < header_length:
        return MALFORMED if protocol == VRRP else OTHER
    walk.ip = IpHeader(
        source=data[12:16],
        destination=data[16:20],
        ttl=data[8],
        identification=identification,
        identification_at=len(walk.frame.data) - len(data) + 4,
        length=total - header_length,
    )
    payload = data[header_length:total]
    if not fragment & 0x3FFF:
        return Next(Space.IP, protocol, payload)
    offset, more = (fragment & 0x1FFF) * 8, bool(fragment & 0x2000)
    return _fragment(walk, protocol, identification, offset, more, payload)


def _fragment(
    walk: Walk, protocol: int, identification: int, offset: int, more: bool, piece: bytes
) -> Step:
    """Wait for the other fragments, or go on with the whole of them."""
    if protocol not in _MAY_CARRY_VRRP:
        return OTHER
    ip = walk.ip
    if ip is None or len(piece) < ip.length:
        return FRAGMENT
    whole = walk.fragments.add(
        (walk.vantage_id, walk.segment, walk.vlans, ip.source, ip.destination, protocol,
         identification),
        time_ns=walk.frame.time_ns,
        offset=offset,
        piece=piece,
        more=more,
    )  # fmt: skip
    if whole is None:
        return FRAGMENT
    ip.length = len(whole)
    walk.repeatable = False
    return Next(Space.IP, protocol, whole)


def ipv6(walk: Walk, data: bytes) -> Step:
    """IPv6 (RFC 8200); a payload length of 0 is a jumbogram or segmentation offload."""
    if len(data) < 40 or data[0] >> 4 != 6:
        return TRUNCATED if walk.is_cut and data[6:7] == bytes((VRRP,)) else OTHER
    length = int.from_bytes(data[4:6], "big") or len(data) - 40
    walk.ip = IpHeader(
        source=data[8:24],
        destination=data[24:40],
        ttl=data[7],
        identification=None,
        identification_at=None,
        length=length,
    )
    return Next(Space.IP, data[6], data[40 : 40 + length])


def extension_header(walk: Walk, data: bytes) -> Step:
    """Hop-by-hop options, routing and destination options share a format (RFC 8200 section 4)."""
    if len(data) < 2 or walk.ip is None:
        return OTHER
    size = (data[1] + 1) * 8
    return _after(walk, data, data[0], size)


def ipv6_fragment(walk: Walk, data: bytes) -> Step:
    """IPv6 fragment header (RFC 8200 section 4.5)."""
    from dpkt.ip6 import IP6FragmentHeader

    if len(data) < 8 or walk.ip is None:
        return OTHER
    header = IP6FragmentHeader(data[:8])
    step = _after(walk, data, header.nxt, 8)
    if not header.frag_off and not header.m_flag:
        return step  # an atomic fragment (RFC 6946)
    offset, more = header.frag_off * 8, bool(header.m_flag)
    return _fragment(walk, header.nxt, header.id, offset, more, data[8:])


def authentication_header(walk: Walk, data: bytes) -> Step:
    """AH (RFC 4302), which keepalived puts before the adverts of `auth_type AH`."""
    from dpkt import ah

    if len(data) < 12 or walk.ip is None:
        return TRUNCATED if walk.is_cut and data[:1] == bytes((VRRP,)) else OTHER
    header = ah.AH(data[:12])  # its fixed part: dpkt would go on with the payload
    return _after(walk, data, header.nxt, (header.len + 2) * 4)


def _after(walk: Walk, data: bytes, protocol: int, size: int) -> Step:
    """Go on after a header between IP and the payload."""
    if walk.ip is None or walk.ip.length < size:
        return MALFORMED if protocol == VRRP else OTHER
    walk.ip.length -= size
    return Next(Space.IP, protocol, data[size:])


def udp(_walk: Walk, data: bytes) -> Step:
    """UDP: the destination port tells tunnels and the sister protocols."""
    if len(data) < 8:
        return OTHER
    return Next(Space.UDP, int.from_bytes(data[2:4], "big"), data[8:])


LAYERS: Layers = {
    (Space.ETHERTYPE, 0x0800): ipv4,
    (Space.ETHERTYPE, 0x86DD): ipv6,
    (Space.IP, _HOP_BY_HOP): extension_header,
    (Space.IP, _ROUTING): extension_header,
    (Space.IP, _FRAGMENT): ipv6_fragment,
    (Space.IP, _DESTINATION_OPTIONS): extension_header,
    (Space.IP, AH): authentication_header,
    (Space.IP, 17): udp,
}
