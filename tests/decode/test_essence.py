"""The short way and the long way must agree on every frame."""

import pytest
from decodeframes import ADVERTS, IP_V2, ethernet, frame, ipv4, ipv6, udp
from encapsulations import CASES
from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.decode import adverts, link, neighbours, network, tunnels
from vrrpscope.decode.decoder import dissect
from vrrpscope.decode.essence import NOT_OURS, essence
from vrrpscope.decode.fragments import Fragments
from vrrpscope.decode.walk import OTHER, Space, Walk

ALL = (link.LAYERS, network.LAYERS, tunnels.LAYERS, neighbours.LAYERS, adverts.LAYERS)


def the_long_way(data: bytes, link_type: int):
    return dissect(Walk(frame(data, link_type), "here", Fragments()))


def test_every_port_with_a_layer_goes_the_long_way():
    layers = {**tunnels.LAYERS, **adverts.LAYERS}
    ports = {number for space, number in layers if space is Space.UDP}
    packets = {port: ethernet(ipv4(17, udp(port, bytes(9)))) for port in range(65536)}
    assert {port for port, data in packets.items() if essence(1, data) is None} == ports


def test_every_protocol_with_a_layer_goes_the_long_way():
    known = {n for layers in ALL for space, n in layers if space is Space.IP}
    for wrap in (ipv4, ipv6):
        told = {n for n in range(256) if essence(1, ethernet(wrap(n, bytes(40)))) is NOT_OURS}
        # UDP to port 0, and ICMP and ICMPv6 of type 0, say nothing.
        assert known & told <= {17, 1}


def test_identification_and_header_checksum_are_left_out():
    plain = essence(1, ethernet(IP_V2))
    other = IP_V2[:4] + b"\xff\xff" + IP_V2[6:10] + b"\xff\xff" + IP_V2[12:]
    assert plain == essence(1, ethernet(other))
    assert len(plain or b"") == len(ethernet(IP_V2)) - 4


@pytest.mark.parametrize("at", [8, 6, 12, 16, 20, 21, 22, 23, 39])
def test_all_else_counts(at):
    other = IP_V2[:at] + bytes((IP_V2[at] ^ 1,)) + IP_V2[at + 1 :]
    assert essence(1, ethernet(IP_V2)) != essence(1, ethernet(other))


@pytest.mark.parametrize(
    "packet",
    [
        ipv4(6, bytes(40)),
        ipv6(6, bytes(40)),
        ipv4(17, udp(53, bytes(9))),
        ipv6(17, udp(53, bytes(9))),
    ],
)
def test_data_traffic_is_told_at_once(packet):
    assert essence(1, ethernet(packet)) is NOT_OURS
    assert essence(1, ethernet(packet, b"\x81\0\0\x1e")) is NOT_OURS
    assert essence(101, packet) is NOT_OURS


NEIGHBOURS = [
    (1, b"\x08\x06", bytes.fromhex("0001080006040001") + bytes(range(20))),
    (1, b"\x08\x06", bytes.fromhex("0001080006040002") + bytes(range(20))),
    (1, b"\x08\x00", ipv4(1, bytes.fromhex("0302000000000000") + bytes(9) + b"p" + bytes(19))),
    (1, b"\x86\xdd", ipv6(58, bytes.fromhex("8800000020000000") + bytes(16))),
    (1, b"\x86\xdd", ipv6(58, bytes.fromhex("0401000000000000") + bytes(6) + b"p" + bytes(33))),
    (1, b"\x86\xdd", ipv6(58, bytes((143, 0, 0, 0, 0, 0, 0, 1)) + bytes(20))),
    (1, b"\x88\xcc", bytes(40)),
    (1, b"\x00\x26", bytes.fromhex("424203") + bytes(40)),
    (1, b"\x00\x26", bytes.fromhex("aaaa030000000800") + ipv4(112, bytes(20))),
]


@given(st.data())
def test_neighbours_that_say_nothing_say_nothing_the_long_way_either(data):
    link_type, ethertype, packet = data.draw(st.sampled_from(NEIGHBOURS))
    raw = bytearray(bytes(12) + ethertype + packet)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(12, len(raw) - 1))
        raw[at] = data.draw(st.sampled_from([0, 1, 2, 3, 4, 8, 128, 131, 133, 136, 143, 255]))
    raw = bytes(raw[: data.draw(st.integers(20, len(raw)))])
    if essence(link_type, raw) is NOT_OURS:
        assert the_long_way(raw, link_type) is OTHER


@given(st.data())
def test_what_is_not_ours_is_nothing_the_long_way_either(data):
    case = data.draw(st.sampled_from(list(CASES.values())))
    packet = data.draw(st.sampled_from(ADVERTS))
    raw = bytearray(case.wrap(packet))
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.sampled_from([0, 6, 17, 255]))
    raw = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    if essence(case.link_type, raw) is NOT_OURS:
        assert the_long_way(raw, case.link_type) is OTHER
