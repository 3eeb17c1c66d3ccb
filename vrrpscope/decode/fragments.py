"""Datagrams in pieces, put together again (RFC 791 section 3.2, RFC 8200 section 4.5).

Only packets that may carry VRRP come here, so there are few; what is kept is bounded in number,
size and age, because the fragments may be hostile.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

MAX_DATAGRAMS = 64
MAX_PIECES = 64
MAX_LENGTH = 65535
MAX_AGE_NS = 30_000_000_000
"""As Linux (net.ipv4.ipfrag_time)."""


@dataclass(slots=True)
class _Datagram:
    first_ns: int | None
    pieces: dict[int, bytes] = field(default_factory=dict)
    length: int | None = None

    def add(self, offset: int, piece: bytes, more: bool) -> bool:
        """Take a piece; False where it contradicts the others."""
        end = offset + len(piece)
        known = self.pieces.get(offset)
        if known is not None:
            return known == piece
        if len(self.pieces) >= MAX_PIECES or end > MAX_LENGTH or not piece:
            return False
        if any(offset < at + len(other) and at < end for at, other in self.pieces.items()):
            return False
        if not more:
            if self.length is not None:
                return False
            self.length = end
        self.pieces[offset] = piece
        return True

    def whole(self) -> bytes | None:
        if self.length is None or sum(map(len, self.pieces.values())) != self.length:
            return None
        # The pieces do not overlap; one that lies past the end leaves a hole before it.
        if max(at + len(piece) for at, piece in self.pieces.items()) != self.length:
            return None
        return b"".join(self.pieces[at] for at in sorted(self.pieces))


class Fragments:
    """The datagrams that wait for the rest of their fragments."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Datagram] = {}

    def add(
        self, key: Hashable, *, time_ns: int | None, offset: int, piece: bytes, more: bool
    ) -> bytes | None:
        """Take a fragment; return the payload of the datagram that it completes.

        Args:
            key: what the fragments of one datagram share.
            time_ns: of capture; None where unknown, such fragments never grow old.
            offset: of the piece in the payload, in bytes.
            piece: the bytes of the fragment, all of them.
            more: the header's more-fragments flag.
        """
        datagram = self._waiting.pop(key, None)
        if datagram is None or _is_stale(datagram, time_ns):
            datagram = _Datagram(time_ns)
        if not datagram.add(offset, piece, more):
            # RFC 5722: overlapping fragments are an attack; the whole datagram goes.
            return None
        whole = datagram.whole()
        if whole is None:
            # Put back as the youngest; the one that waited longest makes room.
            self._waiting[key] = datagram
            if len(self._waiting) > MAX_DATAGRAMS:
                del self._waiting[next(iter(self._waiting))]
        return whole


def _is_stale(datagram: _Datagram, time_ns: int | None) -> bool:
    if time_ns is None or datagram.first_ns is None:
        return False
    return abs(time_ns - datagram.first_ns) > MAX_AGE_NS
