"""Compressed captures: recognized by their first bytes, unpacked piece by piece."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from vrrpscope.capture.ledger import Ledger
from vrrpscope.capture.window import Window

LONGEST_MAGIC = 6
# Most libraries give nothing of a call that meets damage: small pieces lose little before it.
INPUT_PIECE = 4 * 1024
OUTPUT_PIECE = 1024 * 1024
# A zstd block of 4 bytes can stand for 128 KiB, and the decoder knows no output limit: so many
# bytes of input at a time become 32 MiB at most.
ZSTD_PIECE = 1024
# xz -9 needs 65 MiB; a hostile header can ask for 4 GiB.
XZ_MEMORY_LIMIT = 256 * 1024 * 1024


class Decoder(Protocol):
    """The decompressor interface of bz2, lzma and lz4, for one member (stream, frame)."""

    @property
    def eof(self) -> bool: ...  # noqa: D102
    @property
    def needs_input(self) -> bool: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes | None: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...  # noqa: D102


class _GzipDecoder:
    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self._error: zlib.error | None = None
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused_data(self) -> bytes:
        return self._member.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if self._error:
            raise self._error
        data = self._member.unconsumed_tail + data
        before = self._member.copy()
        try:
            piece = self._member.decompress(data, max_length)
        except zlib.error as error:
            if not (piece := _up_to_damage(before, data)):
                raise
            self._error = error
        finished = not self._member.unconsumed_tail and len(piece) < max_length
        self.needs_input = finished and not self._error
        return piece


def _up_to_damage(member: Any, data: bytes) -> bytes:
    """The content of `data` before the byte that zlib rejects, be it the check sum at the end."""
    pieces = []
    with suppress(zlib.error):
        for byte in data:
            pieces.append(member.decompress(bytes((byte,))))
    return b"".join(pieces)


class _ZstdDecoder:
    def __init__(self) -> None:
        import zstandard

        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._input = b""

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def needs_input(self) -> bool:
        return not self._input

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data + self._input

    def decompress(self, data: bytes, _max_length: int) -> bytes:
        # The library has no such limit; what ZSTD_PIECE bytes can become is the bound.
        self._input += data
        while self._input and not self._frame.eof:
            piece, self._input = self._input[:ZSTD_PIECE], self._input[ZSTD_PIECE:]
            if content := self._frame.decompress(piece):
                return content
        return b""


def _lz4_decoder() -> Any:
    import lz4.frame

    return lz4.frame.LZ4FrameDecompressor()


def _xz_decoder() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_LIMIT)


@dataclass(frozen=True)
class Codec:
    """A compression format.

    Attributes:
        name: for messages.
        magics: what a member can start with.
        decoder: makes the decoder of one member.
    """

    name: str
    magics: tuple[bytes, ...]
    decoder: Callable[[], Decoder]


# zstd data may start with, or contain, skippable frames (RFC 8878 section 3.1.2).
_SKIPPABLE = tuple(bytes((0x50 + low, 0x2A, 0x4D, 0x18)) for low in range(16))

CODECS = (
    Codec("gzip", (b"\x1f\x8b\x08",), _GzipDecoder),
    Codec("zstd", (b"\x28\xb5\x2f\xfd", *_SKIPPABLE), _ZstdDecoder),
    Codec("xz", (b"\xfd7zXZ\0",), _xz_decoder),
    Codec("bzip2", tuple(b"BZh%d" % level for level in range(1, 10)), bz2.BZ2Decompressor),
    Codec("lz4", (b"\x04\x22\x4d\x18",), _lz4_decoder),
)


def codec_of(head: bytes) -> Codec | None:
    """The format of compressed data that starts with `head`; None where it is not compressed."""
    return next((codec for codec in CODECS if head.startswith(codec.magics)), None)


def decompressed(chunks: Iterable[bytes], codec: Codec, ledger: Ledger) -> Iterator[bytes]:
    """Yields the content of all members, in pieces of bounded size.

    Damage ends the content and becomes a note; what came before is yielded.
    """
    feed = Window(chunks)
    while feed.require(LONGEST_MAGIC) or feed.available:
        head = feed.data[feed.position : feed.position + LONGEST_MAGIC]
        if head.startswith(b"\0"):  # padding, as tapes and xz (section 2.2 of its format) have it
            feed.give_back(len(feed.take(INPUT_PIECE).lstrip(b"\0")))
            continue
        if not head.startswith(codec.magics):
            ledger.note(
                f"after the {codec.name} data, at byte {feed.offset} of the file, "
                "comes something else; it is not read"
            )
            return
        if not (yield from _member(feed, codec, ledger)):
            return


def _member(feed: Window, codec: Codec, ledger: Ledger) -> Generator[bytes, None, bool]:
    """Yields the content of one member; returns whether it was complete."""
    decoder = codec.decoder()
    hungry = True
    while not decoder.eof:
        data = feed.take(INPUT_PIECE) if hungry else b""
        if hungry and not data:
            ledger.note(f"the {codec.name} data is cut short at byte {feed.offset} of the file")
            return False
        try:
            piece = decoder.decompress(data, OUTPUT_PIECE)
        except Exception as error:  # each library has its own class; lz4 raises RuntimeError
            ledger.note(
                f"the {codec.name} data cannot be decompressed further, "
                f"from about byte {feed.offset} of the file ({error})"
            )
            return False
        if piece:
            yield piece
        # A decoder that neither gives nor asks would loop for ever.
        hungry = decoder.needs_input or not piece
    feed.give_back(len(decoder.unused_data or b""))
    return True
