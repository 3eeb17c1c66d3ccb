"""What becomes of frames: refusals by name, fragments, the memory of distinct adverts."""

import struct
import subprocess
import sys

import pytest
from decodeframes import IP_V2, IP_V3, IP_V6, ethernet, frame, ipv4, ipv6, udp
from encapsulations import with_ah

from vrrpscope.decode import decoder as module
from vrrpscope.decode.decoder import MAX_LAYERS, Decoder
from vrrpscope.observation import Carp, Other, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import ChecksumForm, Defect

HMAC_TRAILER = bytes.fromhex("010700006800000080000001") + bytes(range(16))
MACS = bytes.fromhex("02aaaaaaaaaa" + "02bbbbbbbbbb")


def decode(data: bytes, **more):
    return Decoder().decode(frame(data, **more), "here")


def fragments_of(packet: bytes, size: int = 8) -> list[bytes]:
    """An IPv4 packet in fragments of `size` bytes."""
    payload = packet[20:]
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    last = len(pieces) - 1
    return [
        packet[:2] + struct.pack("!HHH", 20 + len(piece), 0x1234,
                                 (at != last) << 13 | at * size // 8)
        + packet[8:20] + piece
        for at, piece in enumerate(pieces)
    ]  # fmt: skip


def fragments_of_ipv6(packet: bytes, size: int = 16) -> list[bytes]:
    payload = packet[40:]
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    last = len(pieces) - 1
    return [
        packet[:4] + struct.pack("!H", 8 + len(piece)) + b"\x2c" + packet[7:40]
        + struct.pack("!BBHI", 112, 0, at * size | (at != last), 77) + piece
        for at, piece in enumerate(pieces)
    ]  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("fragments", [fragments_of(IP_V2), fragments_of_ipv6(IP_V6)])
def test_fragments_give_the_advert_at_the_frame_that_completes_them(fragments, backwards):
    decoder = Decoder()
    if backwards:
        fragments = fragments[::-1]
    for number, packet in enumerate(fragments[:-1], 1):
        decoded = decoder.decode(frame(ethernet(packet), number=number), "here")
        assert decoded == Other("fragment")
    last = frame(ethernet(fragments[-1]), number=9)
    decoded = decoder.decode(last, "here")
    assert isinstance(decoded, Sighting)
    assert decoded.ref.number == 9
    assert decoded.advertisement.defects == ()
    # The last one again completes nothing: it must not be remembered as an advert.
    assert decoder.decode(last, "here") == Other("fragment")


def test_fragments_of_two_vantages_do_not_mix():
    decoder = Decoder()
    first, second, last = fragments_of(IP_V2)
    decoder.decode(frame(ethernet(first)), "here")
    decoder.decode(frame(ethernet(second)), "here")
    assert decoder.decode(frame(ethernet(last)), "there") == Other("fragment")
    assert isinstance(decoder.decode(frame(ethernet(last)), "here"), Sighting)


def test_a_cut_fragment_is_not_used():
    decoder = Decoder()
    first, *rest = (ethernet(packet) for packet in fragments_of(IP_V2))
    assert decoder.decode(frame(first, cut_to=len(first) - 2), "here") == Other("fragment")
    assert [decoder.decode(frame(data), "here") for data in rest] == [Other("fragment")] * 2


def test_a_cut_last_fragment_completes_nothing():
    decoder = Decoder()
    *most, last = (ethernet(packet) for packet in fragments_of(IP_V2))
    assert [decoder.decode(frame(data), "here") for data in most] == [Other("fragment")] * 2
    assert decoder.decode(frame(last, cut_to=len(last) - 2), "here") == Other("fragment")


def test_fragments_of_what_cannot_be_vrrp():
    assert decode(ethernet(ipv4(17, bytes(8), fragment=0x2000))) == Other("other")


def test_a_snapshot_length_of_38_keeps_the_identity():
    """Field notes: 34 bytes hold no more than the IP header, 38 hold version to count."""
    data = ethernet(IP_V2)
    for length in (24, 34, 37):
        assert decode(data, cut_to=length) == Other("truncated", refused=True)
    for length, interval_ns in [(38, None), (40, 10**9), (42, 10**9), (53, 10**9)]:
        decoded = decode(data, cut_to=length)
        assert isinstance(decoded, Sighting)
        advert = decoded.advertisement
        assert (advert.vrid, advert.priority, advert.advert_interval_ns) == (60, 101, interval_ns)
        assert advert.checksum is ChecksumForm.UNCHECKED
        assert advert.defects == (Defect.TRUNCATED,)
    whole = decode(data, cut_to=54)
    assert isinstance(whole, Sighting)
    assert whole.advertisement.defects == ()


def test_a_frame_cut_in_the_ip_header_or_in_ah_is_truncated():
    assert decode(ethernet(IP_V6), cut_to=30) == Other("truncated", refused=True)
    assert decode(ethernet(with_ah(IP_V2)), cut_to=40) == Other("truncated", refused=True)


def test_the_same_frame_cut_and_whole_are_two_adverts():
    decoder = Decoder()
    data = ethernet(IP_V2)[:42]
    cut = decoder.decode(frame(ethernet(IP_V2), cut_to=42), "here")
    lying = decoder.decode(frame(data), "here")
    assert isinstance(cut, Sighting)
    assert isinstance(lying, Sighting)
    assert cut.advertisement.defects == (Defect.TRUNCATED,)
    assert lying.advertisement.defects == (Defect.FRAME_LENGTH, Defect.TRUNCATED)


def test_a_record_that_claims_less_than_was_captured():
    data = ethernet(IP_V2)
    decoded = Decoder().decode(frame(data)._replace(original_length=20), "here")
    assert isinstance(decoded, Sighting)
    assert decoded.advertisement.defects == (Defect.FRAME_LENGTH,)


def test_debris_keeps_its_advertisement():
    packet = bytearray(IP_V2)
    packet[8] = 1  # TTL
    packet[-1] ^= 1  # checksum
    decoded = decode(ethernet(bytes(packet)))
    assert isinstance(decoded, Other)
    assert (decoded.name, decoded.refused) == ("malformed", True)
    assert decoded.advertisement is not None
    assert decoded.advertisement.defects == (Defect.TTL_NOT_255, Defect.CHECKSUM)


def test_a_packet_that_ends_before_the_identity_is_malformed():
    assert decode(ethernet(ipv4(112, b"\x21\x3c"))) == Other("malformed", refused=True)
    assert decode(ethernet(b"\x44" + IP_V2[1:])) == Other("malformed", refused=True)


def test_carp_is_no_advert_and_no_refusal():
    carp = bytes.fromhex("210101070001ba5e4f38aa5b0282a326fe1f3f5091e7bd161e4d953e72eee5326bd0806f")
    group = bytes((224, 0, 0, 18))
    told = decode(ethernet(ipv4(112, carp, destination=group, ttl=255)))
    assert isinstance(told, Carp)
    # VHID 1, advbase 1 s, advskew 1/256 s, as tshark reads them with its VRRP dissector off.
    assert told.router == VirtualRouter("ipv4", 1)
    assert told.interval_ns == 1_003_906_250
    assert (told.name, told.refused) == ("carp", False)
    over_ipv6 = decode(ethernet(ipv6(112, carp, ttl=255)))
    assert isinstance(over_ipv6, Carp)
    assert over_ipv6.router == VirtualRouter("ipv6", 1)


@pytest.mark.parametrize(
    ("port", "name"), [(1985, "hsrp"), (2029, "hsrp"), (3222, "glbp"), (53, "other")]
)
def test_sisters_over_both_families(port, name):
    assert decode(ethernet(ipv4(17, udp(port, bytes(20))))) == Other(name)
    assert decode(ethernet(ipv6(17, udp(port, bytes(20))))) == Other(name)


def test_others_are_shared():
    decoder = Decoder()
    first, second = (decoder.decode(frame(b"\0" * 60), "here") for _ in range(2))
    assert first is second


def test_padding_after_llc_is_no_payload():
    """The length field of IEEE 802.3 bounds the packet where IP's length is 0."""
    body = b"\xaa\xaa\x03\0\0\0\x08\0" + IP_V2[:2] + b"\0\0" + IP_V2[4:]
    data = ethernet(IP_V2)[:12] + struct.pack("!H", len(body)) + body + bytes(7)
    decoded = decode(data)
    assert isinstance(decoded, Sighting)
    assert decoded.advertisement.defects == ()


def test_vxlan_needs_its_flag():
    """RFC 7348 section 5: the I flag must be set, else the packet has no VNI."""
    header = bytes.fromhex("0800000000006400")
    assert isinstance(decode(ethernet(ipv4(17, udp(4789, header + ethernet(IP_V2))))), Sighting)
    header = bytes.fromhex("0000000000006400")
    assert decode(ethernet(ipv4(17, udp(4789, header + ethernet(IP_V2))))) == Other("other")


def test_an_unknown_link_type_says_so():
    assert decode(ethernet(IP_V2), link_type=127) == Other("unsupported-link-type")


def test_nesting_ends():
    packet = IP_V3
    for _ in range(3):
        packet = ipv4(4, packet)
    assert isinstance(decode(ethernet(packet)), Sighting)
    for _ in range(MAX_LAYERS):
        packet = ipv4(4, packet)
    assert decode(ethernet(packet)) == Other("other")


def test_equal_adverts_are_one_object_whatever_changes_around_them():
    decoder = Decoder()
    group = bytes((224, 0, 0, 18))
    packets = [
        ipv4(112, IP_V3[20:] + HMAC_TRAILER[:27] + bytes((last,)), identification=last,
             source=bytes((10, 0, 0, 1)), destination=group, ttl=255)
        for last in range(20)
    ]  # fmt: skip
    seen = [decoder.decode(frame(ethernet(packet)), "here") for packet in packets]
    assert [s.ip_id for s in seen] == list(range(20))
    assert len({id(s.advertisement) for s in seen}) == 1
    assert len({id(s.router) for s in seen}) == 1
    assert seen[0].advertisement.auth.trailer == "keepalived-hmac"


def test_a_repeated_advert_is_dissected_once(monkeypatch):
    calls = []
    dissect = module.dissect
    monkeypatch.setattr(module, "dissect", lambda walk: calls.append(walk) or dissect(walk))
    decoder = Decoder()
    for tags in (b"", b"\x81\0\0\x1e", b"\x88\xa8\0\x64\x81\0\0\x1e"):
        calls.clear()
        for identification in range(300):
            packet = (
                IP_V2[:4] + struct.pack("!H", identification) + IP_V2[6:10] + b"??" + IP_V2[12:]
            )
            decoded = decoder.decode(frame(ethernet(packet, tags), number=identification), "here")
            assert decoded.ip_id == identification
            assert decoded.ref == ("here", identification)
        assert len(calls) == 1


def test_what_differs_in_meaning_is_not_remembered_as_the_same():
    decoder = Decoder()
    base = ethernet(IP_V2)
    first = decoder.decode(frame(base), "here")
    assert isinstance(first, Sighting)
    for at in range(14, len(base)):
        if at in (18, 19, 24, 25):
            continue  # identification and header checksum
        data = base[:at] + bytes((base[at] ^ 1,)) + base[at + 1 :]
        assert decoder.decode(frame(data), "here") == decode(data)


def test_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMORIES", 8)
    decoder = Decoder()
    for vrid in range(1, 200):
        message = bytes((0x31, vrid)) + IP_V3[22:]
        decoded = decoder.decode(frame(ethernet(ipv4(112, message, ttl=255))), "here")
        assert isinstance(decoded, Sighting)
        assert len(decoder._meanings) <= 8
        assert len(decoder._adverts) <= 8
        assert len(decoder._routers) <= 8


def test_long_packets_are_not_remembered():
    decoder = Decoder()
    for size, remembered in [(0, 1), (60000, 1)]:
        packet = ipv4(112, IP_V3[20:] + bytes(size), ttl=255)
        assert isinstance(decoder.decode(frame(ethernet(packet)), "here"), Sighting)
        assert len(decoder._meanings) == remembered


def test_plain_frames_do_not_cost_an_import_of_dpkt():
    """dpkt takes longer to import than a small capture to diagnose."""
    program = (
        "import sys; from vrrpscope.decode.decoder import Decoder\n"
        "from vrrpscope.observation import Frame\n"
        f"data = bytes.fromhex('{ethernet(IP_V2).hex()}')\n"
        "Decoder().decode(Frame(1, 0, 1, data, len(data), 0), 'here')\n"
        "sys.exit('dpkt' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
