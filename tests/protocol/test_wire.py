"""Messages written down byte by byte; their checksums are those that tshark calls good."""

from ipaddress import ip_address

import pytest

from vrrpscope.protocol.advertisement import AuthenticationType, ChecksumForm, Defect
from vrrpscope.protocol.wire import Unreadable, is_carp, parse_message

V2 = bytes.fromhex("213c650100016fbb0a0000060000000000000000")
V2_PASS = bytes.fromhex("213c65010101dd250a0000066162636465666768")
V3 = bytes.fromhex("313c6401006475c80a000006")
V6 = bytes.fromhex(
    "313cc8020064dbe7fe80000000000000000000000000000620010db8000000000000000000000006"
)
HMAC_TRAILER = bytes.fromhex("010700006800000080000001000102030405060708090a0b0c0d0e0f")
V6_HMAC = V6[:6] + bytes.fromhex("ba82") + V6[8:] + HMAC_TRAILER
CISCO_MD5 = bytes.fromhex(  # type 254, length 28, algorithm, sender, sequence, digest
    "213cc801fe034cd90a0000060000000000000000"
    "fe1c010000000a00000100000000101112131415161718191a1b1c1d1e1f"
)


def parse(payload, source="10.0.0.1", destination="224.0.0.18", ttl=255, **more):
    return parse_message(
        payload,
        source=ip_address(source),
        destination=ip_address(destination),
        source_mac="00:00:5e:00:01:3c",
        ttl=ttl,
        **more,
    )


def parse6(payload, **more):
    return parse(payload, source="fe80::1", destination="ff02::12", **more)


def test_version_2():
    advert = parse(V2)
    assert (advert.version, advert.vrid, advert.priority, advert.address_count) == (2, 60, 101, 1)
    assert advert.advert_interval_ns == 1_000_000_000
    assert advert.addresses == (ip_address("10.0.0.6"),)
    assert advert.auth.type == AuthenticationType.NONE
    assert advert.auth.secret == b""
    assert advert.auth.trailer is None
    assert advert.checksum is ChecksumForm.V2
    assert advert.defects == ()
    assert (str(advert.source), str(advert.destination)) == ("10.0.0.1", "224.0.0.18")
    assert (advert.source_mac, advert.ttl) == ("00:00:5e:00:01:3c", 255)


def test_version_3():
    advert = parse(V3)
    assert (advert.version, advert.vrid, advert.priority, advert.address_count) == (3, 60, 100, 1)
    assert advert.advert_interval_ns == 1_000_000_000
    assert advert.addresses == (ip_address("10.0.0.6"),)
    assert advert.auth.type is None
    assert advert.checksum is ChecksumForm.WITH_PSEUDO_HEADER
    assert advert.defects == ()


def test_version_3_over_ipv6():
    advert = parse6(V6)
    assert (advert.version, advert.vrid, advert.priority, advert.address_count) == (3, 60, 200, 2)
    assert advert.addresses == (ip_address("fe80::6"), ip_address("2001:db8::6"))
    assert advert.checksum is ChecksumForm.WITH_PSEUDO_HEADER
    assert advert.defects == ()


@pytest.mark.parametrize(
    ("bits", "interval_ns"),
    [
        ("0001", 10_000_000),  # RFC 9568 section 5.2.7: centiseconds
        ("03e8", 10_000_000_000),
        ("0fff", 40_950_000_000),
        ("f064", 1_000_000_000),  # the four reserved bits are ignored
    ],
)
def test_version_3_has_12_bits_of_centiseconds(bits, interval_ns):
    advert = parse(V3[:4] + bytes.fromhex(bits) + V3[6:])
    assert advert.advert_interval_ns == interval_ns


@pytest.mark.parametrize("seconds", [0, 1, 255])
def test_version_2_has_seconds(seconds):
    advert = parse(V2[:5] + bytes((seconds,)) + V2[6:])
    assert advert.advert_interval_ns == seconds * 1_000_000_000


def test_a_password_is_kept_and_not_shown():
    advert = parse(V2_PASS)
    assert advert.auth.type == AuthenticationType.PASS
    assert advert.auth.secret == b"abcdefgh"
    assert advert.checksum is ChecksumForm.V2
    assert "abcdefgh" not in repr(advert)
    assert advert.auth.secret.hex() not in repr(advert)


def test_half_a_password_is_none():
    advert = parse(V2_PASS[:16], length=20)
    assert advert.auth.secret == b""
    assert Defect.TRUNCATED in advert.defects


def test_ah_has_its_data_elsewhere():
    advert = parse(V2[:4] + b"\2" + V2[5:])
    assert advert.auth.type == AuthenticationType.AH
    assert advert.auth.secret == b""


def test_cisco_md5():
    advert = parse(CISCO_MD5)
    assert advert.auth.type == AuthenticationType.MD5
    assert advert.auth.trailer == "cisco-md5"
    assert advert.checksum is ChecksumForm.V2
    assert advert.advert_interval_ns == 3_000_000_000
    assert advert.addresses == (ip_address("10.0.0.6"),)
    assert advert.defects == ()


def test_keepalived_hmac_is_outside_the_checksum_of_ipv4():
    advert = parse(V3 + HMAC_TRAILER)
    assert advert.auth.trailer == "keepalived-hmac"
    assert advert.checksum is ChecksumForm.WITH_PSEUDO_HEADER
    assert advert.defects == ()


def test_keepalived_hmac_is_inside_the_checksum_of_ipv6():
    advert = parse6(V6_HMAC)
    assert advert.auth.trailer == "keepalived-hmac"
    assert advert.checksum is ChecksumForm.WITH_PSEUDO_HEADER
    assert advert.defects == ()


def test_the_trailer_is_no_part_of_the_identity():
    other = HMAC_TRAILER[:12] + bytes(range(16, 32))
    assert parse(V3 + HMAC_TRAILER) == parse(V3 + other)
    assert parse(V3 + HMAC_TRAILER) != parse(V3)


@pytest.mark.parametrize("start", ["00070000", "02070000", "01070001"])
def test_28_other_bytes_are_no_hmac(start):
    advert = parse(V3 + bytes.fromhex(start) + HMAC_TRAILER[4:])
    assert advert.auth.trailer is None
    assert advert.defects == (Defect.TRAILING_BYTES,)


def test_padding_that_ip_counts_is_trailing():
    advert = parse(V2 + bytes(6))
    assert advert.defects == (Defect.TRAILING_BYTES,)
    assert advert.checksum is ChecksumForm.V2
    assert advert.addresses == (ip_address("10.0.0.6"),)


def test_missing_authentication_data_is_too_short():
    # keepalived's vrrp_check_packet: "vrrp packet too short, length 12 and expect 20".
    advert = parse(bytes.fromhex("213c650100016fbb0a000006"))
    assert advert.defects == (Defect.TOO_SHORT,)
    assert advert.checksum is ChecksumForm.V2
    assert advert.addresses == (ip_address("10.0.0.6"),)


def test_more_addresses_claimed_than_there_are():
    advert = parse(V3[:3] + b"\3" + V3[4:])
    assert (advert.address_count, len(advert.addresses)) == (3, 1)
    assert advert.defects == (Defect.TOO_SHORT, Defect.CHECKSUM)
    assert not advert.is_credible


@pytest.mark.parametrize(
    ("captured", "interval_ns", "addresses"),
    [
        (4, None, 0),
        (5, None, 0),
        (6, 1_000_000_000, 0),
        (8, 1_000_000_000, 0),
        (11, 1_000_000_000, 0),
        (12, 1_000_000_000, 1),
        (19, 1_000_000_000, 1),
    ],
)
def test_a_cut_message_gives_what_is_there(captured, interval_ns, addresses):
    advert = parse(V2[:captured], length=20)
    assert (advert.version, advert.vrid, advert.priority, advert.address_count) == (2, 60, 101, 1)
    assert advert.advert_interval_ns == interval_ns
    assert len(advert.addresses) == addresses
    assert advert.checksum is ChecksumForm.UNCHECKED
    assert advert.defects == (Defect.TRUNCATED,)
    assert advert.is_credible


def test_a_trailer_that_was_cut_off_is_known_by_its_length():
    advert = parse(V3[:12], length=40)
    assert advert.auth.trailer == "keepalived-hmac"
    assert advert.defects == (Defect.TRUNCATED,)
    advert = parse(CISCO_MD5[:12], length=50)
    assert advert.auth.trailer == "cisco-md5"


@pytest.mark.parametrize("captured", [0, 1, 3])
def test_less_than_the_identity_is_unreadable(captured):
    assert parse(V2[:captured], length=20) is Unreadable.TRUNCATED
    assert parse(V2[:captured]) is Unreadable.TOO_SHORT


def test_bytes_past_the_ip_length_are_not_read():
    assert parse(V2 + b"ethernet padding", length=20) == parse(V2)


def test_a_header_without_a_checksum_is_unchecked():
    advert = parse(V2[:6])
    assert advert.checksum is ChecksumForm.UNCHECKED
    assert advert.defects == (Defect.TOO_SHORT,)


@pytest.mark.parametrize(
    ("first", "defect"),
    [(0x71, Defect.UNKNOWN_VERSION), (0x11, Defect.UNKNOWN_VERSION), (0x32, Defect.UNKNOWN_TYPE)],
)
def test_unknown_version_and_type(first, defect):
    advert = parse(bytes((first,)) + V3[1:])
    assert defect in advert.defects
    assert advert.version == first >> 4
    assert not advert.is_credible


def test_ttl_matters_to_the_group_only():
    assert parse(V3, ttl=254).defects == (Defect.TTL_NOT_255,)
    to_peer = bytes.fromhex("313c640100644bd90a000006")
    assert parse(to_peer, destination="10.0.0.2", ttl=254).defects == ()
    assert parse(to_peer, destination="10.0.0.2", ttl=254).is_unicast


@pytest.mark.parametrize("destination", ["224.0.0.5", "255.255.255.255", "240.1.2.3", "0.0.0.0"])
def test_destinations_that_no_router_uses(destination):
    assert Defect.DESTINATION in parse(V2, destination=destination).defects


def test_huawei_releases_from_no_address():
    release = parse(V2, source="0.0.0.0")
    assert release.defects == ()


@pytest.mark.parametrize("source", ["224.0.0.18", "250.219.91.20", "255.255.255.255"])
def test_sources_that_no_router_has(source):
    assert Defect.SOURCE in parse(V2, source=source).defects


def test_ipv4_without_pseudo_header_and_with_that_of_the_group():
    without = bytes.fromhex("313c6401006460580a000006")
    assert parse(without).checksum is ChecksumForm.WITHOUT_PSEUDO_HEADER
    assert parse(V3, destination="10.0.0.2").checksum is ChecksumForm.MULTICAST_PSEUDO_HEADER
    assert parse(V3, destination="224.0.0.5").checksum is ChecksumForm.WRONG


def test_version_2_over_ipv6_as_keepalived_once_sent_it():
    payload = bytes((0x21, 60, 100, 1, 0, 1, 0, 0)) + V6[8:24] + bytes(8)
    advert = parse6(payload)
    assert advert.version == 2
    assert advert.addresses == (ip_address("fe80::6"),)
    assert advert.advert_interval_ns == 1_000_000_000


class TestCarp:
    # The second advert of libpcap's tests/filter/carp.pcap from version to digest.
    counter_and_digest = bytes.fromhex("4f38aa5b0282a326fe1f3f5091e7bd161e4d953e72eee5326bd0806f")
    packet = bytes.fromhex("210101070001ba5e") + counter_and_digest

    def test_is_no_advert(self):
        assert len(self.packet) == 36
        assert parse(self.packet) is Unreadable.CARP
        assert parse6(self.packet) is Unreadable.CARP

    @pytest.mark.parametrize("captured", [4, 8, 12, 20])
    def test_is_known_when_cut(self, captured):
        assert parse(self.packet[:captured], length=36) is Unreadable.CARP

    def test_seven_addresses_with_authentication_data_are_vrrp(self):
        addresses = b"".join(bytes((10, 0, 0, host)) for host in range(1, 8))
        message = bytes.fromhex("2101640700010000") + addresses + bytes(8)
        assert len(message) == 44
        assert len(parse(message).addresses) == 7
        # Random addresses do not make it CARP either: the length decides.
        assert len(parse(self.packet + bytes(8)).addresses) == 7

    def test_seven_addresses_without_authentication_data_are_vrrp(self):
        addresses = b"".join(bytes((10, 0, 0, host)) for host in range(1, 8))
        message = bytes.fromhex("2101640700010000") + addresses
        assert len(parse(message).addresses) == 7

    def test_version_3_is_never_carp(self):
        assert not is_carp(b"\x31" + self.packet[1:], 36)
