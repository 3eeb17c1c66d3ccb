"""The short way and the long way must agree on every frame."""

import pytest
from decodeframes import ADVERTS, IP_V2, ethernet, frame, ipv4, ipv6, udp
from encapsulations import CASES
from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.decode import adverts, tunnels
from vrrpscope.decode.decoder import dissect
from vrrpscope.decode.essence import NOT_OURS, UDP_PORTS, essence
from vrrpscope.decode.fragments import Fragments
from vrrpscope.decode.walk import OTHER, Space, Walk


def the_long_way(data: bytes, link_type: int):
    return dissect(Walk(frame(data, link_type), "here", Fragments()))


def test_every_port_with_a_layer_is_known():
    layers = {**tunnels.LAYERS, **adverts.LAYERS}
    assert {n.to_bytes(2, "big") for space, n in layers if space is Space.UDP} == UDP_PORTS


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
