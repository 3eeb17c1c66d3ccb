"""Packets and frames inside others. dpkt reads the headers whose layout varies.

dpkt is imported where a tunnel is met: its import takes longer than reading a small capture. It
is given headers only, never payloads: it would dissect those too, recursively.
"""

from struct import unpack_from

from vrrpscope.decode.walk import OTHER, Layers, Next, Space, Step, Walk

_IPV4, _IPV6, _ETHERNET_BRIDGING = 0x0800, 0x86DD, 0x6558
_LINK_ETHERNET = 1

_MAX_LABELS = 16
_GRE_HEADER_MAX = 16
_GRE_ROUTING = 0x4000
_GRE_KEY = 0x2000
_GRE_SEQUENCE = 0x1000

# What Ethernet in a pseudowire may carry; tells whether a control word precedes it.
_PLAUSIBLE_ETHERTYPES = frozenset({_IPV4, _IPV6, 0x0806, 0x8100, 0x88A8, 0x9100})


def _inner_frame(data: bytes) -> Step:
    return Next(Space.LINK, _LINK_ETHERNET, data)


def ip_in_ipv4(walk: Walk, data: bytes) -> Step:
    """IPv4 in IP (RFC 2003)."""
    walk.enter("ipip")
    return Next(Space.ETHERTYPE, _IPV4, data)


def ip_in_ipv6(walk: Walk, data: bytes) -> Step:
    """IPv6 in IP (RFC 2473, RFC 4213)."""
    walk.enter("ipip")
    return Next(Space.ETHERTYPE, _IPV6, data)


def gre(walk: Walk, data: bytes) -> Step:
    """GRE (RFC 2784, RFC 2890), and ERSPAN, which mirrors frames through it."""
    from dpkt.dpkt import UnpackError
    from dpkt.gre import GRE

    try:
        header = GRE(data[:_GRE_HEADER_MAX])
    except UnpackError:
        return OTHER
    if header.v != 0 or header.flags & _GRE_ROUTING:
        return OTHER
    size = 4 + 4 * (header.flags & 0x8000 != 0)
    size += 4 * (header.flags & _GRE_KEY != 0) + 4 * (header.flags & _GRE_SEQUENCE != 0)
    inner = data[size:]
    if header.p == 0x88BE:
        return _erspan(walk, inner, 8 if header.flags & _GRE_SEQUENCE else 0)
    if header.p == 0x22EB:
        return _erspan(walk, inner, 12)
    walk.enter(f"gre:{header.key}" if header.flags & _GRE_KEY else "gre")
    if header.p == _ETHERNET_BRIDGING:
        return _inner_frame(inner)
    return Next(Space.ETHERTYPE, header.p, inner)


def _erspan(walk: Walk, data: bytes, size: int) -> Step:
    """ERSPAN type I (no header), II (8 bytes) and III (12 bytes and an optional 8).

    draft-foschiano-erspan-03 section 4. A mirrored frame has lost its VLAN tag where the header
    has it instead.
    """
    if len(data) < size:
        return OTHER
    if size == 0:
        walk.enter("erspan")
        return _inner_frame(data)
    vlan, session = unpack_from("!HH", data)
    if size == 12 and data[11] & 1:
        size += 8
    walk.enter(f"erspan:{session & 0x3FF}")
    inner = data[size:]
    if int.from_bytes(inner[12:14], "big") not in (0x8100, 0x88A8):
        walk.add_vlan(vlan & 0xFFF)
    return _inner_frame(inner)


def vxlan(walk: Walk, data: bytes) -> Step:
    """VXLAN (RFC 7348 section 5), on its port and on the one Linux had before it."""
    if len(data) < 8 or not data[0] & 0x08:
        return OTHER
    walk.enter(f"vxlan:{int.from_bytes(data[4:7], 'big')}")
    return _inner_frame(data[8:])


def geneve(walk: Walk, data: bytes) -> Step:
    """Geneve (RFC 8926 section 3.4)."""
    if len(data) < 8 or data[0] >> 6:
        return OTHER
    protocol = int.from_bytes(data[2:4], "big")
    inner = data[8 + (data[0] & 0x3F) * 4 :]
    walk.enter(f"geneve:{int.from_bytes(data[4:7], 'big')}")
    if protocol == _ETHERNET_BRIDGING:
        return _inner_frame(inner)
    return Next(Space.ETHERTYPE, protocol, inner)


def provider_backbone(walk: Walk, data: bytes) -> Step:
    """IEEE 802.1ah: a service instance tag, then the customer's frame."""
    if len(data) < 4:
        return OTHER
    walk.enter(f"pbb:{int.from_bytes(data[1:4], 'big')}")
    return _inner_frame(data[4:])


def pppoe_session(walk: Walk, data: bytes) -> Step:
    """A PPPoE session (RFC 2516); the Ethernet source is the sender's own."""
    from dpkt.dpkt import UnpackError
    from dpkt.pppoe import PPPoE

    try:
        header = PPPoE(data[:6])
    except UnpackError:
        return OTHER
    if header.code:
        return OTHER
    source_mac = walk.source_mac
    walk.enter(f"pppoe:{header.session}")
    walk.source_mac = source_mac
    return Next(Space.LINK, 9, data[6:])


def mpls(walk: Walk, data: bytes) -> Step:
    """MPLS (RFC 3032): IP, or Ethernet with or without a control word (RFC 4448)."""
    from dpkt.ethernet import MPLSlabel

    for at in range(0, min(len(data) - 3, _MAX_LABELS * 4), 4):
        label = MPLSlabel(data[at : at + 4])
        if label.s:
            walk.enter(f"mpls:{label.val}")
            return _after_labels(data[at + 4 :])
    return OTHER


def _after_labels(data: bytes) -> Step:
    """Guess what the labels carry: nothing in MPLS says it (RFC 4928 section 3)."""
    if len(data) < 20:
        return OTHER
    # 01:00:5e and 33:33 begin as a control word and as no IP at all; only a look at the place
    # of the EtherType tells them from those.
    nibble = data[0] >> 4
    if nibble == 0 and int.from_bytes(data[16:18], "big") in _PLAUSIBLE_ETHERTYPES:
        return _inner_frame(data[4:])
    if nibble == 4 and int.from_bytes(data[2:4], "big") >= 20 and data[0] & 0x0F >= 5:
        return Next(Space.ETHERTYPE, _IPV4, data)
    if nibble == 6 and int.from_bytes(data[12:14], "big") not in _PLAUSIBLE_ETHERTYPES:
        return Next(Space.ETHERTYPE, _IPV6, data)
    return _inner_frame(data)


LAYERS: Layers = {
    (Space.ETHERTYPE, 0x88E7): provider_backbone,
    (Space.ETHERTYPE, 0x8847): mpls,
    (Space.ETHERTYPE, 0x8848): mpls,
    (Space.ETHERTYPE, 0x8864): pppoe_session,
    (Space.IP, 4): ip_in_ipv4,
    (Space.IP, 41): ip_in_ipv6,
    (Space.IP, 47): gre,
    (Space.UDP, 4789): vxlan,
    (Space.UDP, 8472): vxlan,
    (Space.UDP, 6081): geneve,
}
