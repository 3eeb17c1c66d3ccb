"""The literals were checked by tshark (`vrrp.checksum.status`), in both settings of its preference
`vrrp.v3_checksum_as_in_v2`, or come from captures of real senders."""

from ipaddress import ip_address

import pytest

from vrrpscope.protocol.advertisement import ChecksumForm
from vrrpscope.protocol.checksum import checksum_fits, checksum_form, pseudo_header

ROUTER = ip_address("10.0.0.1")
PEER = ip_address("10.0.0.2")
GROUP = ip_address("224.0.0.18")
ROUTER6 = ip_address("fe80::1")
GROUP6 = ip_address("ff02::12")

V2 = bytes.fromhex("213c650100016fbb0a0000060000000000000000")
V3_WITH = bytes.fromhex("313c6401006475c80a000006")
V3_WITHOUT = bytes.fromhex("313c6401006460580a000006")
V3_TO_PEER = bytes.fromhex("313c640100644bd90a000006")
V6 = bytes.fromhex(
    "313cc8020064dbe7fe80000000000000000000000000000620010db8000000000000000000000006"
)


def test_the_example_of_rfc_1071_sums_up_to_ddf2():
    # RFC 1071 section 3: the words 0001 f203 f4f5 f6f7 sum up to ddf2, its complement is 220d.
    assert checksum_fits(bytes.fromhex("0001f203f4f5f6f7220d"))
    assert not checksum_fits(bytes.fromhex("0001f203f4f5f6f7220e"))


def test_an_odd_byte_is_the_high_half_of_a_word():
    assert checksum_fits(bytes.fromhex("feff01"))
    assert not checksum_fits(bytes.fromhex("fffe01"))


@pytest.mark.parametrize("data", [b"", bytes(20)])
def test_nothing_does_not_fit(data):
    assert not checksum_fits(data)


def test_pseudo_header_of_ipv4():
    assert pseudo_header(ROUTER, GROUP, 12) == bytes.fromhex("0a000001e00000120070000c")


def test_pseudo_header_of_ipv6():
    assert pseudo_header(ROUTER6, GROUP6, 40) == bytes.fromhex(
        "fe800000000000000000000000000001ff0200000000000000000000000000120000002800000070"
    )


@pytest.mark.parametrize(
    ("version", "message", "source", "destination", "form"),
    [
        (2, V2, ROUTER, GROUP, ChecksumForm.V2),
        (2, V2, ROUTER, PEER, ChecksumForm.V2),
        (3, V3_WITH, ROUTER, GROUP, ChecksumForm.WITH_PSEUDO_HEADER),
        (3, V3_WITHOUT, ROUTER, GROUP, ChecksumForm.WITHOUT_PSEUDO_HEADER),
        (3, V3_TO_PEER, ROUTER, PEER, ChecksumForm.WITH_PSEUDO_HEADER),
        (3, V3_WITHOUT, ROUTER, PEER, ChecksumForm.WITHOUT_PSEUDO_HEADER),
        # keepalived before 1.3.7: the group in the pseudo-header of a unicast advert.
        (3, V3_WITH, ROUTER, PEER, ChecksumForm.MULTICAST_PSEUDO_HEADER),
        (3, V3_TO_PEER, ROUTER, GROUP, ChecksumForm.WRONG),
        (3, V6, ROUTER6, GROUP6, ChecksumForm.WITH_PSEUDO_HEADER),
        (3, V6, ip_address("fe80::2"), GROUP6, ChecksumForm.WRONG),
        # MikroTik, VRID 44 (libpcap's tests/filter/vrrp.pcap, frame 3).
        (
            3,
            bytes.fromhex("312cbf0203e8b3c60a042c640a042cc8"),
            ip_address("10.0.0.91"),
            GROUP,
            ChecksumForm.WITH_PSEUDO_HEADER,
        ),
        # VRID 51 of a backbone (zeek's testing/btest/Traces/pbb.pcap, frame 4).
        (
            2,
            bytes.fromhex("2133c801000a16f80ac7f5010000000000000000"),
            ip_address("10.199.245.2"),
            GROUP,
            ChecksumForm.V2,
        ),
    ],
)
def test_form(version, message, source, destination, form):
    assert checksum_form(version, (message,), source, destination) is form


@pytest.mark.parametrize("message", [V2, V3_WITH, V3_WITHOUT, V3_TO_PEER])
def test_a_flipped_bit_is_wrong(message):
    broken = message[:8] + bytes((message[8] ^ 1,)) + message[9:]
    version = message[0] >> 4
    assert checksum_form(version, (broken,), ROUTER, GROUP) is ChecksumForm.WRONG
    assert checksum_form(version, (broken,), ROUTER, PEER) is ChecksumForm.WRONG


def test_ipv6_without_a_pseudo_header_is_wrong():
    # The sum over the message alone: dbe7 + fe80+1 + ff02+12 + 28 + 70 in ones' complement.
    message = V6[:6] + bytes.fromhex("da16") + V6[8:]
    assert checksum_fits(message)
    assert checksum_form(3, (message,), ROUTER6, GROUP6) is ChecksumForm.WRONG


def test_any_extent_may_fit():
    assert checksum_form(3, (V3_WITHOUT + b"\1\2", V3_WITHOUT), ROUTER, GROUP) is (
        ChecksumForm.WITHOUT_PSEUDO_HEADER
    )
