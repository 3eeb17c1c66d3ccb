"""Unsigned integers in bytes: RFC 1700 calls the usual order big-endian."""

from collections.abc import Sequence


def two(data: Sequence[int], at: int) -> int:
    """Two bytes, big-endian."""
    return data[at] << 8 | data[at + 1]


def four(data: Sequence[int], at: int) -> int:
    """Four bytes, big-endian."""
    return data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]


def four_little(data: Sequence[int], at: int) -> int:
    """Four bytes, little-endian."""
    return data[at + 3] << 24 | data[at + 2] << 16 | data[at + 1] << 8 | data[at]


def six(data: Sequence[int], at: int) -> int:
    """Six bytes, big-endian: a MAC."""
    return data[at] << 40 | data[at + 1] << 32 | four(data, at + 2)
