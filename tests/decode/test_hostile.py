"""Whatever the bytes are: no exception, no endless loop, always an answer."""

from decodeframes import ADVERTS
from encapsulations import CASES
from hypothesis import given, settings
from hypothesis import strategies as st

from vrrpscope.decode.decoder import Decoder
from vrrpscope.decode.link import LAYERS
from vrrpscope.decode.walk import Space
from vrrpscope.observation import Announcement, Carp, Frame, Other, Sighting

LINK_TYPES = sorted(number for space, number in LAYERS if space is Space.LINK)

decoder = Decoder()  # one for all: what it remembers must not break it either


def assert_decodes(
    link_type: int, data: bytes, original_length: int, time_ns: int | None = 0
) -> None:
    for _ in range(2):
        frame = Frame(1, time_ns, link_type, data, original_length, 0)
        decoded = decoder.decode(frame, "here")
        assert isinstance(decoded, Sighting | Announcement | Carp | Other)
        if isinstance(decoded, Sighting):
            assert decoded.advertisement.is_credible
            assert decoded.router.vrid == decoded.advertisement.vrid


@settings(max_examples=300)
@given(
    st.sampled_from([*LINK_TYPES, 127, 65535]),
    st.binary(max_size=200),
    st.integers(0, 300),
    st.none() | st.integers(-(2**63), 2**63),
)
def test_random_bytes(link_type, data, original_length, time_ns):
    assert_decodes(link_type, data, original_length, time_ns)


@settings(max_examples=600)
@given(
    st.sampled_from(list(CASES.values())),
    st.sampled_from(ADVERTS),
    st.lists(st.tuples(st.integers(0, 300), st.binary(min_size=1, max_size=4)), max_size=5),
    st.integers(0, 300),
    st.integers(-10, 300),
)
def test_mutations(case, packet, changes, cut, more):
    data = bytearray(case.wrap(packet))
    for at, change in changes:
        data[at : at + len(change)] = change
    data = bytes(data[:cut])
    assert_decodes(case.link_type, data, max(0, len(data) + more))


@given(st.lists(st.binary(max_size=30), max_size=8), st.integers(0, 0xFFFF))
def test_fragments_at_random(pieces, fragment):
    for at, piece in enumerate(pieces):
        header = bytes((0x45, 0)) + (20 + len(piece)).to_bytes(2, "big") + b"\0\1"
        header += (fragment ^ at).to_bytes(2, "big") + bytes((255, 112, 0, 0)) + bytes(8)
        assert_decodes(101, header + piece, 20 + len(piece))
