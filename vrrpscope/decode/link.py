"""Link layers, and the tags between them and IP."""

from struct import unpack_from

from vrrpscope.decode.walk import OTHER, Layers, Next, Space, Step, Walk

SNAP_ETHERNET = b"\xaa\xaa\x03\x00\x00\x00"
"""LLC with SNAP and the OUI that says: an EtherType follows (RFC 1042)."""

_IPV4, _IPV6 = 0x0800, 0x86DD
_PPPOE_SESSION = 0x8864
_MIN_ETHERTYPE = 0x0600
_ARPHRD_NETLINK = 824
_COOKED_802_3_LLC = 0x0004

# AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs.
_NULL_FAMILIES = {2: _IPV4, 10: _IPV6, 23: _IPV6, 24: _IPV6, 28: _IPV6, 30: _IPV6}

_PPP_PROTOCOLS = {0x21: _IPV4, 0x57: _IPV6, 0x281: 0x8847, 0x283: 0x8848}
_NLPIDS = {0xCC: _IPV4, 0x8E: _IPV6}


def _ethertype(number: int, data: bytes) -> Step:
    """Go on with an EtherType, or with LLC where the number is a length (IEEE 802.3)."""
    if number < _MIN_ETHERTYPE:
        return llc(data[:number])
    return Next(Space.ETHERTYPE, number, data)


def ethernet(walk: Walk, data: bytes) -> Step:
    """Ethernet; padding and frame check sequence are left to the IP length."""
    if len(data) < 14:
        return OTHER
    walk.source_mac = data[6:12]
    return _ethertype(int.from_bytes(data[12:14], "big"), data[14:])


def llc(data: bytes) -> Step:
    """LLC: of interest with SNAP only, IP hosts speak no other (RFC 1042)."""
    if not data.startswith(SNAP_ETHERNET) or len(data) < 8:
        return OTHER
    return Next(Space.ETHERTYPE, int.from_bytes(data[6:8], "big"), data[8:])


def linux_cooked(walk: Walk, data: bytes) -> Step:
    """LINKTYPE_LINUX_SLL."""
    if len(data) < 16:
        return OTHER
    hardware, length = unpack_from("!HH", data, 2)
    return _cooked(walk, hardware, data[6 : 6 + length], data[14:16], data[16:])


def linux_cooked_v2(walk: Walk, data: bytes) -> Step:
    """LINKTYPE_LINUX_SLL2."""
    if len(data) < 20:
        return OTHER
    hardware = int.from_bytes(data[8:10], "big")
    return _cooked(walk, hardware, data[12 : 12 + data[11]], data[0:2], data[20:])


def _cooked(walk: Walk, hardware: int, mac: bytes, protocol: bytes, data: bytes) -> Step:
    if hardware == _ARPHRD_NETLINK:
        return OTHER
    if len(mac) == 6:
        walk.source_mac = mac
    number = int.from_bytes(protocol, "big")
    if number == _COOKED_802_3_LLC:
        return llc(data)
    return Next(Space.ETHERTYPE, number, data)


def raw_ip(_walk: Walk, data: bytes) -> Step:
    """LINKTYPE_RAW and its kin: the IP version tells."""
    version = data[0] >> 4 if data else 0
    return Next(Space.ETHERTYPE, {4: _IPV4, 6: _IPV6}.get(version, 0), data)


def null(_walk: Walk, data: bytes) -> Step:
    """LINKTYPE_NULL in the byte order of the capturing machine, LINKTYPE_LOOP in network order."""
    for order in ("<I", ">I"):
        if len(data) >= 4 and (number := _NULL_FAMILIES.get(unpack_from(order, data)[0])):
            return Next(Space.ETHERTYPE, number, data[4:])
    return OTHER


def ppp(_walk: Walk, data: bytes) -> Step:
    """PPP with or without address and control (RFC 1661, RFC 1662)."""
    at = 2 if data[:2] == b"\xff\x03" else 0
    protocol = data[at : at + 2]
    if protocol[:1] and protocol[0] & 1:  # Protocol-Field-Compression, RFC 1661 section 6.5
        protocol = protocol[:1]
    number = _PPP_PROTOCOLS.get(int.from_bytes(protocol, "big"), 0)
    return Next(Space.ETHERTYPE, number, data[at + len(protocol) :])


def ppp_ether(_walk: Walk, data: bytes) -> Step:
    """LINKTYPE_PPP_ETHER: a PPPoE session without its Ethernet header."""
    return Next(Space.ETHERTYPE, _PPPOE_SESSION, data)


def cisco_hdlc(_walk: Walk, data: bytes) -> Step:
    """Address, control and an EtherType (RFC 1547 section 4.3.1)."""
    if len(data) < 4:
        return OTHER
    return Next(Space.ETHERTYPE, int.from_bytes(data[2:4], "big"), data[4:])


def frame_relay(_walk: Walk, data: bytes) -> Step:
    """Q.922 address, then RFC 2427's NLPID or Cisco's EtherType."""
    at = next((i + 1 for i in range(1, 4) if data[i : i + 1] and data[i] & 1), 0)
    if not at or len(data) < at + 2:
        return OTHER
    if data[at] != 0x03:  # not an unnumbered information frame: Cisco encapsulation
        return Next(Space.ETHERTYPE, int.from_bytes(data[at : at + 2], "big"), data[at + 2 :])
    at += 2 if data[at + 1] == 0 else 1  # RFC 2427 section 3: a pad byte may precede the NLPID
    number = _NLPIDS.get(int.from_bytes(data[at : at + 1], "big"), 0)
    return Next(Space.ETHERTYPE, number, data[at + 1 :])


def vlan_tag(walk: Walk, data: bytes) -> Step:
    """802.1Q, 802.1ad and the EtherTypes that QinQ had before it."""
    if len(data) < 4:
        return OTHER
    tag, number = unpack_from("!HH", data)
    walk.add_vlan(tag & 0x0FFF)
    return _ethertype(number, data[4:])


def four_byte_tag(_walk: Walk, data: bytes) -> Step:
    """VN-Tag, HSR and Cisco metadata: four bytes of no interest here, then an EtherType."""
    if len(data) < 6:
        return OTHER
    return _ethertype(int.from_bytes(data[4:6], "big"), data[6:])


def cisco_metadata(_walk: Walk, data: bytes) -> Step:
    """Cisco metadata: version, length and security group tag, then an EtherType."""
    if len(data) < 8:
        return OTHER
    return _ethertype(int.from_bytes(data[6:8], "big"), data[8:])


LAYERS: Layers = {
    (Space.LINK, 0): null,
    (Space.LINK, 1): ethernet,
    (Space.LINK, 9): ppp,
    (Space.LINK, 12): raw_ip,
    (Space.LINK, 14): raw_ip,
    (Space.LINK, 51): ppp_ether,
    (Space.LINK, 101): raw_ip,
    (Space.LINK, 104): cisco_hdlc,
    (Space.LINK, 107): frame_relay,
    (Space.LINK, 108): null,
    (Space.LINK, 113): linux_cooked,
    (Space.LINK, 228): raw_ip,
    (Space.LINK, 229): raw_ip,
    (Space.LINK, 276): linux_cooked_v2,
    (Space.ETHERTYPE, 0x8100): vlan_tag,
    (Space.ETHERTYPE, 0x88A8): vlan_tag,
    (Space.ETHERTYPE, 0x9100): vlan_tag,
    (Space.ETHERTYPE, 0x9200): vlan_tag,
    (Space.ETHERTYPE, 0x8909): cisco_metadata,
    (Space.ETHERTYPE, 0x8926): four_byte_tag,
    (Space.ETHERTYPE, 0x892F): four_byte_tag,
}
