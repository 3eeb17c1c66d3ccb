"""Frames to sightings and announcements, each distinct advert decoded once."""

from typing import NamedTuple, TypeVar

from vrrpscope.decode import adverts, link, neighbours, network, tunnels
from vrrpscope.decode.essence import NOT_OURS, essence
from vrrpscope.decode.fragments import Fragments
from vrrpscope.decode.walk import OTHER, UNSUPPORTED_LINK, Layers, Next, Space, Walk
from vrrpscope.observation import Decoded, Frame, FrameRef, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement

MAX_LAYERS = 32
"""Three tags, a tunnel in a tunnel and its headers fit; what nests deeper is an attack."""

MAX_MEMORIES = 4096
"""Distinct adverts that are remembered; a capture has some hundreds."""

MAX_REMEMBERED_LENGTH = 4608
"""Bytes; 255 IPv6 addresses and all headers fit, a hostile packet's megabytes do not stay."""

_T = TypeVar("_T")

_LAYERS: Layers = {
    **link.LAYERS,
    **network.LAYERS,
    **tunnels.LAYERS,
    **neighbours.LAYERS,
    **adverts.LAYERS,
}

# A named tuple's own constructor takes twice as long, and there are two for each advert.
_new = tuple.__new__


class _Meaning(NamedTuple):
    """What a frame's essence says; `identification_at` is the offset of the IPv4 id, 0 for none."""

    router: VirtualRouter
    advertisement: Advertisement
    identification_at: int


class Decoder:
    """Decodes frames; keeps what it has seen, within bounds.

    Equal adverts come as the same `Advertisement` object, whatever changing trailer, identification
    or tunnel they had.
    """

    def __init__(self) -> None:
        self._fragments = Fragments()
        self._meanings: dict[tuple[int, int, bytes], _Meaning] = {}
        self._adverts: dict[Advertisement, Advertisement] = {}
        self._routers: dict[VirtualRouter, VirtualRouter] = {}

    def decode(self, frame: Frame, vantage_id: str) -> Decoded:
        """Tell what a frame says; never raises, whatever its bytes are."""
        number, time_ns, link_type, data, original_length, _ = frame
        core = essence(link_type, data)
        if core is None:
            return self._dissect(frame, vantage_id)
        if core is NOT_OURS:
            return OTHER
        key = (link_type, original_length, core)
        meaning = self._meanings.get(key)
        if meaning is None:
            return self._dissect(frame, vantage_id, key)
        router, advertisement, at = meaning
        identification = data[at] << 8 | data[at + 1] if at else None
        ref = _new(FrameRef, (vantage_id, number))
        return _new(Sighting, (time_ns, identification, router, advertisement, ref))

    def remembers(self, frame: Frame) -> bool:
        """True where an equal frame has been decoded, and equal frames mean the same."""
        core = essence(frame.link_type, frame.data)
        return bool(core) and (frame.link_type, frame.original_length, core) in self._meanings

    def _dissect(
        self, frame: Frame, vantage_id: str, key: tuple[int, int, bytes] | None = None
    ) -> Decoded:
        walk = Walk(frame, vantage_id, self._fragments)
        decoded = dissect(walk)
        if not isinstance(decoded, Sighting):
            return decoded
        advertisement = _intern(self._adverts, decoded.advertisement)
        router = _intern(self._routers, decoded.router)
        if key is not None and walk.repeatable and len(frame.data) <= MAX_REMEMBERED_LENGTH:
            at = walk.ip.identification_at if walk.ip else None
            self._remember(key, _Meaning(router, advertisement, at or 0))
        return decoded._replace(router=router, advertisement=advertisement)

    def _remember(self, key: tuple[int, int, bytes], meaning: _Meaning) -> None:
        if len(self._meanings) >= MAX_MEMORIES:
            self._meanings.clear()
        self._meanings[key] = meaning


def dissect(walk: Walk) -> Decoded:
    """Go from layer to layer until one says what the frame is."""
    frame = walk.frame
    if (Space.LINK, frame.link_type) not in _LAYERS:
        return UNSUPPORTED_LINK
    step: Next | Decoded = Next(Space.LINK, frame.link_type, frame.data)
    for _ in range(MAX_LAYERS):
        if not isinstance(step, Next):
            return step
        space, number, data = step
        layer = _LAYERS.get((space, number))
        if layer is None:
            return OTHER
        step = layer(walk, data)
    return OTHER if isinstance(step, Next) else step


def _intern(known: dict[_T, _T], value: _T) -> _T:
    """Return the one object that stands for equal values."""
    if len(known) >= MAX_MEMORIES:
        known.clear()
    return known.setdefault(value, value)
