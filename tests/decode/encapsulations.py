"""Every way in which an advert may be wrapped, written down with what must come out."""

import struct
from collections.abc import Callable
from typing import NamedTuple

from decodeframes import MAC, ethernet, ethertype, ip_version, ipv4, ipv6, udp

VXLAN_100 = bytes.fromhex("0800000000006400")
GENEVE_200 = bytes.fromhex("010065580000c800" + "01020380")  # one option of four bytes
OUTER_MACS = bytes.fromhex("02aaaaaaaaaa" + "02bbbbbbbbbb")


class Case(NamedTuple):
    """`wrap` takes an IP packet; `mac` is the source MAC that must come out."""

    wrap: Callable[[bytes], bytes]
    link_type: int = 1
    vlans: tuple[int, ...] = ()
    segment: str = ""
    mac: str = MAC.hex(":")
    tshark: bool = True
    versions: tuple[int, ...] = (4, 6)


def tag(tpid: int, vlan: int) -> bytes:
    return struct.pack("!HH", tpid, 0xE000 | vlan)


def outer(protocol: int, payload: bytes, between: bytes = b"") -> bytes:
    return OUTER_MACS + between + b"\x08\x00" + ipv4(protocol, payload)


def outer6(protocol: int, payload: bytes) -> bytes:
    return OUTER_MACS + b"\x86\xdd" + ipv6(protocol, payload)


def gre(flags: int, protocol: int, payload: bytes, options: bytes = b"") -> bytes:
    return struct.pack("!HH", flags, protocol) + options + payload


def mpls(payload: bytes, *labels: int) -> bytes:
    last = len(labels) - 1
    stack = b"".join(
        struct.pack("!I", label << 12 | (at == last) << 8 | 64) for at, label in enumerate(labels)
    )
    return OUTER_MACS + b"\x88\x47" + stack + payload


def cooked(packet: bytes, between: bytes = b"", protocol: bytes | None = None) -> bytes:
    head = struct.pack("!HHH", 1, 1, 6) + MAC + b"\0\0" + (protocol or ethertype(packet))
    return head + between + packet


def cooked2(packet: bytes, between: bytes = b"", protocol: bytes | None = None) -> bytes:
    head = (protocol or ethertype(packet)) + struct.pack("!HIHBB", 0, 2, 1, 1, 6) + MAC + b"\0\0"
    return head + between + packet


def null(packet: bytes, order: str, family: int) -> bytes:
    return struct.pack(order + "I", 2 if ip_version(packet) == 4 else family) + packet


def ppp_protocol(packet: bytes) -> bytes:
    return b"\x00\x21" if ip_version(packet) == 4 else b"\x00\x57"


def gre_protocol(packet: bytes) -> int:
    return int.from_bytes(ethertype(packet), "big")


def in_ip(packet: bytes) -> int:
    return 4 if ip_version(packet) == 4 else 41


def padded(packet: bytes) -> bytes:
    return ethernet(packet).ljust(60, b"\0") + b"\xde\xad\xbe\xef"


def snap(packet: bytes) -> bytes:
    body = b"\xaa\xaa\x03\x00\x00\x00" + ethertype(packet) + packet
    return ethernet(packet)[:12] + struct.pack("!H", len(body)) + body


def pppoe(packet: bytes) -> bytes:
    return struct.pack("!BBHH", 0x11, 0, 5, 2 + len(packet)) + ppp_protocol(packet) + packet


def with_ah(packet: bytes) -> bytes:
    """AH with 12 bytes of integrity check value, as keepalived's `auth_type AH`."""
    header = bytes((112, 4, 0, 0)) + struct.pack("!II", 1, 99) + bytes(12)
    if ip_version(packet) == 4:
        total = struct.pack("!H", len(packet) + 24)
        return packet[:2] + total + packet[4:9] + b"\x33" + packet[10:20] + header + packet[20:]
    length = struct.pack("!H", len(packet) - 40 + 24)
    return packet[:4] + length + b"\x33" + packet[7:40] + header + packet[40:]


def with_options(packet: bytes) -> bytes:
    """Router alert in IPv4; hop-by-hop and 16 bytes of destination options in IPv6."""
    if ip_version(packet) == 4:
        total = struct.pack("!H", len(packet) + 4)
        options = b"\x94\x04\x00\x00"
        return b"\x46" + packet[1:2] + total + packet[4:20] + options + packet[20:]
    options = bytes((60, 0, 5, 2, 0, 0, 1, 0)) + bytes((112, 1, 1, 12)) + bytes(12)
    length = struct.pack("!H", len(packet) - 40 + 24)
    return packet[:4] + length + b"\0" + packet[7:40] + options + packet[40:]


def without_length(packet: bytes) -> bytes:
    """As segmentation offload leaves it."""
    if ip_version(packet) == 4:
        return packet[:2] + b"\0\0" + packet[4:]
    return packet


def atomic_fragment(packet: bytes) -> bytes:
    length = struct.pack("!H", len(packet) - 40 + 8)
    header = bytes((112, 0, 0, 0, 0, 0, 0, 9))
    return packet[:4] + length + b"\x2c" + packet[7:40] + header + packet[40:]


ERSPAN_II = struct.pack("!HHI", 0x1000 | 30, 10, 0)
ERSPAN_II_UNTAGGED = struct.pack("!HHI", 0x1000, 0xE000 | 10, 0)  # class of service 7
ERSPAN_III = struct.pack("!HHIHH", 0x2000 | 30, 10, 0, 0, 0)
ERSPAN_III_LONG = struct.pack("!HHIHHQ", 0x2000 | 30, 10, 0, 0, 1, 0)

CASES = {
    "ethernet": Case(ethernet),
    "padding and FCS": Case(padded),
    "802.1Q": Case(lambda p: ethernet(p, tag(0x8100, 30)), vlans=(30,)),
    "priority tag": Case(lambda p: ethernet(p, tag(0x8100, 0))),
    "802.1ad": Case(lambda p: ethernet(p, tag(0x88A8, 100) + tag(0x8100, 30)), vlans=(100, 30)),
    "QinQ 8100": Case(lambda p: ethernet(p, tag(0x8100, 100) + tag(0x8100, 30)), vlans=(100, 30)),
    "QinQ 9100": Case(lambda p: ethernet(p, tag(0x9100, 100) + tag(0x8100, 30)), vlans=(100, 30)),
    "three tags": Case(
        lambda p: ethernet(p, tag(0x88A8, 7) + tag(0x8100, 100) + tag(0x8100, 30)),
        vlans=(7, 100, 30),
    ),
    "priority tag outside": Case(
        lambda p: ethernet(p, tag(0x8100, 0) + tag(0x8100, 30)), vlans=(30,)
    ),
    "LLC/SNAP": Case(snap),
    "VN-Tag": Case(lambda p: ethernet(p, bytes.fromhex("892600000001"))),
    "Cisco metadata": Case(lambda p: ethernet(p, bytes.fromhex("8909010100010010"))),
    "HSR": Case(lambda p: ethernet(p, bytes.fromhex("892f00340001"))),
    "802.1ah": Case(
        lambda p: OUTER_MACS + tag(0x88A8, 9) + b"\x88\xe7\0\0\x01\x00" + ethernet(p),
        segment="pbb:256",
    ),
    "802.1ah with an inner tag": Case(
        lambda p: OUTER_MACS + b"\x88\xe7\0\0\x01\x00" + ethernet(p, tag(0x8100, 30)),
        segment="pbb:256",
        vlans=(30,),
    ),
    "MPLS with IP": Case(lambda p: mpls(p, 16, 17), segment="mpls:17", mac=""),
    "MPLS pseudowire, control word": Case(
        lambda p: mpls(bytes(4) + ethernet(p), 16), segment="mpls:16", versions=(4,)
    ),
    "MPLS pseudowire, control word, tshark loses it": Case(
        lambda p: mpls(bytes(4) + ethernet(p), 16), segment="mpls:16", versions=(6,), tshark=False
    ),
    "MPLS pseudowire": Case(lambda p: mpls(ethernet(p), 16), segment="mpls:16", tshark=False),
    "PPPoE": Case(lambda p: OUTER_MACS + b"\x88\x64" + pppoe(p), segment="pppoe:5",
                  mac="02:bb:bb:bb:bb:bb"),
    "Linux cooked": Case(cooked, 113),
    "Linux cooked, tagged": Case(
        lambda p: cooked(p, b"\0\x1e" + ethertype(p), b"\x81\0"), 113, vlans=(30,)
    ),
    "Linux cooked v2": Case(cooked2, 276),
    "Linux cooked v2, tagged": Case(
        lambda p: cooked2(p, b"\0\x1e" + ethertype(p), b"\x81\0"), 276, vlans=(30,)
    ),
    "Linux cooked v2, two tags": Case(
        lambda p: cooked2(p, b"\0\x64\x81\0\0\x1e" + ethertype(p), b"\x88\xa8"), 276,
        vlans=(100, 30),
    ),
    "raw 12": Case(lambda p: p, 12, mac=""),
    "raw 14": Case(lambda p: p, 14, mac=""),
    "raw 101": Case(lambda p: p, 101, mac=""),
    "raw IPv4": Case(lambda p: p, 228, mac="", versions=(4,)),
    "raw IPv6": Case(lambda p: p, 229, mac="", versions=(6,)),
    "null, little endian": Case(lambda p: null(p, "<", 30), 0, mac=""),
    "null, big endian": Case(lambda p: null(p, ">", 24), 0, mac=""),
    "loop": Case(lambda p: null(p, ">", 24), 108, mac=""),
    "PPP": Case(lambda p: b"\xff\x03" + ppp_protocol(p) + p, 9, mac=""),
    "PPP without address": Case(lambda p: ppp_protocol(p) + p, 9, mac=""),
    "PPP, protocol compressed": Case(lambda p: ppp_protocol(p)[1:] + p, 9, mac=""),
    "PPPoE link type": Case(pppoe, 51, segment="pppoe:5", mac=""),
    "Cisco HDLC": Case(lambda p: b"\x0f\0" + ethertype(p) + p, 104, mac=""),
    "frame relay": Case(
        lambda p: b"\x18\x41\x03" + (b"\xcc" if ip_version(p) == 4 else b"\x8e") + p, 107, mac=""
    ),
    "frame relay, Cisco": Case(lambda p: b"\x18\x41" + ethertype(p) + p, 107, mac=""),
    "IPIP": Case(lambda p: outer(in_ip(p), p), segment="ipip", mac=""),
    "IPIP in IPv6": Case(lambda p: outer6(in_ip(p), p), segment="ipip", mac=""),
    "GRE with IP": Case(lambda p: outer(47, gre(0, gre_protocol(p), p)), segment="gre", mac=""),
    "GRE with key": Case(
        lambda p: outer(47, gre(0xB000, gre_protocol(p), p, struct.pack("!III", 0, 42, 1))),
        segment="gre:42",
        mac="",
    ),
    "GRE with Ethernet": Case(
        lambda p: outer6(47, gre(0, 0x6558, ethernet(p, tag(0x8100, 30)))),
        segment="gre",
        vlans=(30,),
    ),
    "ERSPAN I": Case(lambda p: outer(47, gre(0, 0x88BE, ethernet(p))), segment="erspan"),
    "ERSPAN II": Case(
        lambda p: outer(47, gre(0x1000, 0x88BE, ERSPAN_II_UNTAGGED + ethernet(p), bytes(4))),
        segment="erspan:10",
    ),
    "ERSPAN II, VLAN in its header": Case(
        lambda p: outer(47, gre(0x1000, 0x88BE, ERSPAN_II + ethernet(p), bytes(4))),
        segment="erspan:10",
        vlans=(30,),
    ),
    "ERSPAN II, VLAN in both": Case(
        lambda p: outer(
            47, gre(0x1000, 0x88BE, ERSPAN_II + ethernet(p, tag(0x8100, 30)), bytes(4))
        ),
        segment="erspan:10",
        vlans=(30,),
    ),
    "ERSPAN III": Case(
        lambda p: outer(47, gre(0x1000, 0x22EB, ERSPAN_III + ethernet(p), bytes(4))),
        segment="erspan:10",
        vlans=(30,),
    ),
    "ERSPAN III, platform header": Case(
        lambda p: outer(47, gre(0x1000, 0x22EB, ERSPAN_III_LONG + ethernet(p), bytes(4))),
        segment="erspan:10",
        vlans=(30,),
    ),
    "VXLAN": Case(lambda p: outer(17, udp(4789, VXLAN_100 + ethernet(p))), segment="vxlan:100"),
    "VXLAN, tags inside and outside": Case(
        lambda p: outer(
            17, udp(4789, VXLAN_100 + ethernet(p, tag(0x8100, 30))), between=tag(0x8100, 999)
        ),
        segment="vxlan:100",
        vlans=(30,),
    ),
    "VXLAN on Linux's port": Case(
        lambda p: outer6(17, udp(8472, VXLAN_100 + ethernet(p))), segment="vxlan:100", tshark=False
    ),
    "Geneve": Case(lambda p: outer(17, udp(6081, GENEVE_200 + ethernet(p))), segment="geneve:200"),
    "VXLAN in GRE": Case(
        lambda p: outer(47, gre(0, 0x0800, ipv4(17, udp(4789, VXLAN_100 + ethernet(p))))),
        segment="gre/vxlan:100",
    ),
    "AH": Case(lambda p: ethernet(with_ah(p))),
    "options": Case(lambda p: ethernet(with_options(p))),
    "IP length 0": Case(lambda p: ethernet(without_length(p))),
    "atomic fragment": Case(lambda p: ethernet(atomic_fragment(p)), versions=(6,)),
}  # fmt: skip
