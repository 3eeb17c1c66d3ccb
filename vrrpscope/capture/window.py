"""A moving view of a byte stream: no seek, no more memory than one record needs."""

from collections.abc import Callable, Iterable, Iterator

Reader = Callable[[int], bytes]
"""Gives the next bytes, at most as many as asked for; b"" at the end."""


def chunks_of(read: Reader, size: int) -> Iterator[bytes]:
    """Yields what `read` gives, as soon as it gives it: a pipe is followed without delay."""
    while chunk := read(size):
        yield chunk


class Window:
    """The bytes of a stream that were read and are not used up yet: `data[position:]`.

    The loops over records work on `data` and `position` directly; `require` refills them.
    """

    __slots__ = ("_chunks", "_next", "_next_at", "_start", "data", "position")

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._start = 0
        # A chunk of which a bridge has the first bytes, and how many those are.
        self._next = b""
        self._next_at = 0
        self.data = b""
        self.position = 0

    @property
    def offset(self) -> int:
        """The offset of `position` in the stream, in bytes."""
        return self._start + self.position

    @property
    def available(self) -> int:
        """How many bytes can be used without reading."""
        return len(self.data) - self.position

    def require(self, count: int) -> bool:
        """Makes `count` bytes available, reading no further than that takes.

        Returns:
            False where the stream ends before; what there is can still be used.
        """
        missing = count - self.available
        if missing <= 0:
            return True
        # Collected first and joined once: many small chunks must not cost quadratic time.
        pieces = [self.data[self.position :]]
        while missing > 0 and (chunk := self._chunk()):
            pieces.append(chunk)
            missing -= len(chunk)
        self._replace(b"".join(pieces))
        return missing <= 0

    def bridge(self, count: int) -> bool:
        """Does as `require`, but copies no more of a chunk than it takes.

        A record that lies in two chunks is put together; the rest of the second chunk becomes
        `data` when that is used up. So no byte of a large file is copied in vain.
        """
        missing = count - self.available
        if missing <= 0:
            return True
        if self.available:
            pieces = [self.data[self.position :]]
            while missing > 0 and (piece := self._piece(missing)):
                pieces.append(piece)
                missing -= len(piece)
            self._replace(b"".join(pieces))
            return missing <= 0
        if self.go_on():
            return self.bridge(count)
        self._replace(next(self._chunks, b""))
        return bool(self.data) and self.bridge(count)

    def go_on(self) -> bool:
        """Goes on to the rest of a chunk whose beginning was used up; never reads."""
        if self.available or not self._next:
            return False
        self._start += self.position - self._next_at
        self.data, self.position = self._next, self._next_at
        self._next, self._next_at = b"", 0
        return True

    def _piece(self, limit: int) -> bytes:
        """The next bytes of the stream, at most `limit`; b"" at its end."""
        if not self._next:
            self._next = next(self._chunks, b"")
        piece = self._next[self._next_at : self._next_at + limit]
        self._next_at += len(piece)
        if self._next_at == len(self._next):
            self._next, self._next_at = b"", 0
        return piece

    def _chunk(self) -> bytes:
        """The next bytes of the stream; b"" at its end."""
        chunk = self._next[self._next_at :] if self._next else next(self._chunks, b"")
        self._next, self._next_at = b"", 0
        return chunk

    def _replace(self, data: bytes) -> None:
        """Makes `data`, which begins with what is not used up, the window's bytes."""
        self._start += self.position
        self.position = 0
        self.data = data

    def rest(self) -> Iterator[bytes]:
        """Yields all that is not used up; the window is not to be used afterwards."""
        yield self.data[self.position :]
        if chunk := self._chunk():
            yield chunk
        yield from self._chunks

    def take(self, limit: int) -> bytes:
        """Uses up what is available, at most `limit` bytes; waits for some; b"" at the end."""
        self.require(1)
        taken = self.data[self.position : self.position + limit]
        self.position += len(taken)
        return taken

    def give_back(self, count: int) -> None:
        """Makes the last `count` bytes of the last `take` available again."""
        self.position -= count
