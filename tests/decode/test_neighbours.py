"""Announcements, written down from the RFCs' figures."""

from ipaddress import ip_address

import pytest
from decodeframes import frame, ipv4, ipv6

from vrrpscope.decode.decoder import Decoder
from vrrpscope.observation import Announcement, AnnouncementKind, Other

HOST_MAC = bytes.fromhex("02000000000a")
VIRTUAL_MAC = bytes.fromhex("00005e00013c")
VIP = bytes((10, 0, 0, 6))
HOST = bytes((10, 0, 0, 1))
HOST6 = ip_address("fe80::a").packed
VIP6 = ip_address("2001:db8::6").packed
GROUP = bytes((224, 0, 0, 18))
GROUP6 = ip_address("ff02::12").packed
OTHER_GROUP = bytes((224, 0, 0, 251))
OTHER_GROUP6 = ip_address("ff02::fb").packed


def ethernet(ethertype: str, payload: bytes, between: str = "") -> bytes:
    macs = b"\xff" * 6 + HOST_MAC
    return macs + bytes.fromhex(between + ethertype) + payload


def arp(operation: int, sender: bytes, target: bytes, sender_mac: bytes = VIRTUAL_MAC,
        target_mac: bytes = bytes(6)) -> bytes:  # fmt: skip
    head = bytes.fromhex("000108000604") + bytes((0, operation))
    return ethernet("0806", head + sender_mac + sender + target_mac + target + bytes(18))


def over_ipv4(protocol: int, payload: bytes, source: bytes = HOST) -> bytes:
    packet = ipv4(protocol, payload, source=source, options=b"\x94\x04\0\0", ttl=1)
    return ethernet("0800", packet)


def over_ipv6(payload: bytes, source: bytes = HOST6, ttl: int = 255) -> bytes:
    return ethernet("86dd", ipv6(58, payload, source=source, ttl=ttl))


def mld(payload: bytes, source: bytes = HOST6) -> bytes:
    """MLD comes with a router alert in a hop-by-hop header (RFC 3810 section 5)."""
    hop_by_hop = bytes((58, 0, 5, 2, 0, 0, 1, 0))
    return ethernet("86dd", ipv6(0, hop_by_hop + payload, source=source, ttl=1))


def decode(data: bytes):
    return Decoder().decode(frame(data, time_ns=7, number=3), "here")


def announced(data: bytes) -> tuple[str, str, str]:
    decoded = decode(data)
    assert isinstance(decoded, Announcement)
    assert (decoded.time_ns, decoded.ref) == (7, ("here", 3))
    return decoded.kind, str(decoded.subject), decoded.mac


@pytest.mark.parametrize("operation", [1, 2])
def test_gratuitous_arp(operation):
    assert announced(arp(operation, VIP, VIP)) == (
        AnnouncementKind.GRATUITOUS_ARP, "10.0.0.6", "00:00:5e:00:01:3c"
    )  # fmt: skip


@pytest.mark.parametrize(
    "target_mac", [VIRTUAL_MAC, bytes(6), b"\xff" * 6, bytes.fromhex("01000ccdcdcd")]
)
def test_a_gratuitous_reply_to_everybody(target_mac):
    data = arp(2, VIP, VIP, target_mac=target_mac)
    assert announced(data)[0] is AnnouncementKind.GRATUITOUS_ARP


def test_a_gratuitous_reply_to_one_host_is_a_reply():
    data = arp(2, VIP, VIP, target_mac=HOST_MAC)
    assert announced(data)[0] is AnnouncementKind.ARP_REPLY
    # Of a request the target MAC is the unknown: it says nothing (RFC 826).
    data = arp(1, VIP, VIP, target_mac=HOST_MAC)
    assert announced(data)[0] is AnnouncementKind.GRATUITOUS_ARP


def test_a_reply_says_whom_it_answers():
    assert str(decode(arp(2, VIP, HOST, HOST_MAC)).to) == "10.0.0.1"
    # RFC 5227 section 2.1.1: a host that has no address yet asks from 0.0.0.0.
    assert decode(arp(2, VIP, bytes(4), HOST_MAC)).to is None
    # An answer to a rival's announcement tells no host anything.
    assert decode(arp(2, VIP, VIP, target_mac=HOST_MAC)).to is None
    assert decode(arp(1, VIP, VIP)).to is None


def test_arp_reply():
    assert announced(arp(2, VIP, HOST, HOST_MAC)) == (
        AnnouncementKind.ARP_REPLY, "10.0.0.6", "02:00:00:00:00:0a"
    )  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        arp(1, HOST, VIP),  # a question
        arp(1, bytes(4), VIP),  # a probe (RFC 5227)
        arp(2, bytes(4), bytes(4)),
        arp(3, VIP, VIP),  # RARP
        arp(1, VIP, VIP)[:40],  # cut
        arp(1, VIP, VIP).replace(b"\x08\x00\x06\x04", b"\x08\x00\x08\x04"),
    ],
)
def test_other_arp(data):
    assert decode(data) == Other("other")


def test_rarp_is_a_word_of_somebody_else():
    """RFC 903; the ethertype is its own."""
    assert decode(arp(3, VIP, VIP).replace(b"\x08\x06", b"\x80\x35", 1)) == Other("rarp")


def test_arp_in_a_vlan_and_in_a_tunnel():
    inner = arp(1, VIP, VIP)
    vxlan = bytes.fromhex("0800000000006400") + inner[:12] + b"\x81\0\0\x1e" + inner[12:]
    udp = bytes.fromhex("c00012b500000000") + vxlan
    decoded = decode(ethernet("0800", ipv4(17, udp), between="81000064"))
    assert isinstance(decoded, Announcement)
    assert (decoded.vlans, decoded.segment) == ((30,), "vxlan:100")


def na(flags: int, options: bytes = b"", ttl: int = 255) -> bytes:
    return over_ipv6(bytes((136, 0, 0, 0, flags, 0, 0, 0)) + VIP6 + options, ttl=ttl)


def test_unsolicited_neighbour_advertisement():
    option = bytes((2, 1)) + VIRTUAL_MAC
    expected = (AnnouncementKind.UNSOLICITED_NA, "2001:db8::6", "00:00:5e:00:01:3c")
    assert announced(na(0x20, option)) == expected
    assert announced(na(0xA0, option)) == expected
    padding = bytes((14, 2)) + bytes(14)  # a nonce before it
    assert announced(na(0x20, padding + option)) == expected


def test_without_the_option_the_frame_tells_the_mac():
    assert announced(na(0x20))[2] == "02:00:00:00:00:0a"
    assert announced(na(0x20, bytes((2, 0)) + VIRTUAL_MAC))[2] == "02:00:00:00:00:0a"


@pytest.mark.parametrize("data", [na(0x60), na(0x40), na(0x20, ttl=254), na(0x20)[:60]])
def test_other_neighbour_advertisements(data):
    assert decode(data) == Other("other")


def record4(kind: int, group: bytes, sources: int = 0, words: int = 0) -> bytes:
    return bytes((kind, words, 0, sources)) + group + bytes(4 * (sources + words))


def igmp_v3(*records: bytes) -> bytes:
    return bytes((0x22, 0, 0, 0, 0, 0, 0, len(records))) + b"".join(records)


@pytest.mark.parametrize(
    "message",
    [
        bytes((0x12, 0, 0, 0)) + GROUP,
        bytes((0x16, 0, 0, 0)) + GROUP,
        igmp_v3(record4(4, GROUP)),
        igmp_v3(record4(2, GROUP)),
        igmp_v3(record4(2, OTHER_GROUP), record4(2, GROUP)),
        igmp_v3(record4(1, OTHER_GROUP, sources=2, words=1), record4(4, GROUP)),
        igmp_v3(record4(5, GROUP, sources=1)),
    ],
)
def test_igmp_joins(message):
    assert announced(over_ipv4(2, message)) == (
        AnnouncementKind.IGMP_JOIN, "10.0.0.1", "02:00:00:00:00:0a"
    )  # fmt: skip


def test_a_join_may_come_from_no_address():
    report = bytes((0x16, 0, 0, 0)) + GROUP
    assert announced(over_ipv4(2, report, source=bytes(4)))[1] == "0.0.0.0"


@pytest.mark.parametrize(
    "message",
    [
        bytes((0x11, 0, 0, 0)) + GROUP,  # a query
        bytes((0x16, 0, 0, 0)) + OTHER_GROUP,
        igmp_v3(record4(1, GROUP)),
        igmp_v3(record4(6, GROUP, sources=1)),  # block
        igmp_v3(record4(2, OTHER_GROUP)),
        igmp_v3(),
        bytes((0x22, 0, 0, 0, 0, 0, 255, 255)) + record4(2, OTHER_GROUP),  # counts too many
    ],
)
def test_other_igmp(message):
    assert decode(over_ipv4(2, message)) == Other("other")


def record6(kind: int, group: bytes, sources: int = 0) -> bytes:
    return bytes((kind, 0, 0, sources)) + group + bytes(16 * sources)


def mld_v2(*records: bytes) -> bytes:
    return bytes((143, 0, 0, 0, 0, 0, 0, len(records))) + b"".join(records)


@pytest.mark.parametrize(
    "message",
    [
        bytes((131, 0, 0, 0, 0, 0, 0, 0)) + GROUP6,
        mld_v2(record6(4, GROUP6)),
        mld_v2(record6(1, OTHER_GROUP6, sources=2), record6(2, GROUP6)),
    ],
)
def test_mld_joins(message):
    assert announced(mld(message)) == (
        AnnouncementKind.MLD_JOIN, "fe80::a", "02:00:00:00:00:0a"
    )  # fmt: skip
    assert announced(mld(message, source=bytes(16)))[1] == "::"


@pytest.mark.parametrize(
    "message",
    [
        bytes((130, 0, 0, 0, 0, 0, 0, 0)) + GROUP6,  # a query
        bytes((131, 0, 0, 0, 0, 0, 0, 0)) + OTHER_GROUP6,
        mld_v2(record6(4, OTHER_GROUP6)),
    ],
)
def test_other_mld(message):
    assert decode(mld(message)) == Other("other")


@pytest.mark.parametrize(
    "message",
    [
        bytes((0x17, 0, 0, 0)) + GROUP,
        igmp_v3(record4(3, GROUP)),  # "include nothing" is IGMPv3's leave
        igmp_v3(record4(3, OTHER_GROUP), record4(3, GROUP)),
    ],
)
def test_igmp_leaves(message):
    assert announced(over_ipv4(2, message)) == (
        AnnouncementKind.IGMP_LEAVE, "10.0.0.1", "02:00:00:00:00:0a"
    )  # fmt: skip


@pytest.mark.parametrize(
    "message", [bytes((132, 0, 0, 0, 0, 0, 0, 0)) + GROUP6, mld_v2(record6(3, GROUP6))]
)
def test_mld_leaves(message):
    assert announced(mld(message))[0] == AnnouncementKind.MLD_LEAVE


@pytest.mark.parametrize(("protocol", "expected"), [(112, True), (17, False)])
def test_protocol_unreachable(protocol, expected):
    cited = ipv4(protocol, bytes(8))
    data = over_ipv4(1, bytes((3, 2, 0, 0, 0, 0, 0, 0)) + cited)
    if expected:
        assert announced(data)[:2] == (AnnouncementKind.PROTOCOL_UNREACHABLE, "10.0.0.1")
    else:
        assert decode(data) == Other("other")


def test_other_icmp_that_cites_vrrp():
    host_unreachable = bytes((3, 1, 0, 0, 0, 0, 0, 0)) + ipv4(112, bytes(8))
    assert decode(over_ipv4(1, host_unreachable)) == Other("other")


def test_unrecognized_next_header_is_ipv6s_protocol_unreachable():
    data = over_ipv6(bytes((4, 1, 0, 0, 0, 0, 0, 6)) + ipv6(112, bytes(8)))
    assert announced(data)[:2] == (AnnouncementKind.PROTOCOL_UNREACHABLE, "fe80::a")


def test_icmpv6_over_ipv4_means_nothing():
    assert decode(over_ipv4(58, bytes((136, 0, 0, 0, 0x20, 0, 0, 0)) + VIP6)) == Other("other")
