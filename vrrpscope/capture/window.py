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

    __slots__ = ("_chunks", "_start", "data", "position")

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._start = 0
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
        while missing > 0 and (chunk := next(self._chunks, b"")):
            pieces.append(chunk)
            missing -= len(chunk)
        self._start += self.position
        self.position = 0
        self.data = b"".join(pieces)
        return missing <= 0

    def rest(self) -> Iterator[bytes]:
        """Yields all that is not used up; the window is not to be used afterwards."""
        yield self.data[self.position :]
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
