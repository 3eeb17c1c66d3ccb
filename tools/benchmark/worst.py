"""Adverts that are hard on a program that remembers what it has seen."""

from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from tools.benchmark import adverts
from tools.benchmark.adverts import Sender
from tools.benchmark.captures import SECOND_NS, START_NS, Bytes, write_rows

_BLOCK_FRAMES = 100_000
_ADDRESSES = 65_536
_PRIORITIES = 254
_MAC_AT, _ADDRESS_AT = 6, adverts.ETHERNET_LENGTH + 12
_SENDER = Sender(51, 100, bytes.fromhex("525400000001"), bytes((10, 0, 0, 2)), bytes((10, 0, 0, 1)))
_MD5_SENDER = replace(_SENDER, auth_type=254, tail=b"\xfe\x1c" + bytes(28))
"""As Cisco lays its MD5 authentication out: type, length, key, at the end 16 bytes of digest."""

Numbers = npt.NDArray[np.int64]
Change = Callable[[Bytes, Numbers, np.random.Generator], None]


def _senders(frames: Bytes, numbers: Numbers, _random: np.random.Generator) -> None:
    low = (numbers % _ADDRESSES).astype(">u2").view(np.uint8).reshape(-1, 2)
    frames[:, _MAC_AT + 3 : _MAC_AT + 5] = low
    frames[:, _ADDRESS_AT + 1] = 1
    frames[:, _ADDRESS_AT + 2 : _ADDRESS_AT + 4] = low


def _priorities(frames: Bytes, numbers: Numbers, _random: np.random.Generator) -> None:
    adverts.message_at(frames, False)[:, adverts.PRIORITY_AT] = numbers % _PRIORITIES + 1


def _digests(frames: Bytes, _numbers: Numbers, random: np.random.Generator) -> None:
    frames[:, -16:] = random.integers(0, 256, (len(frames), 16), np.uint8)


def _write(
    frames: int, file: BinaryIO, seed: int, sender: Sender, gap_ns: int, change: Change
) -> None:
    random = np.random.default_rng(seed)
    template = np.frombuffer(sender.frame(), np.uint8)
    for begin in range(0, frames, _BLOCK_FRAMES):
        numbers = np.arange(begin, min(frames, begin + _BLOCK_FRAMES), dtype=np.int64)
        rows = np.tile(template, (len(numbers), 1))
        change(rows, numbers, random)
        adverts.seal(rows, adverts.identifications(numbers), False)
        write_rows(file, START_NS + numbers * gap_ns, rows)


def write_senders(frames: int, file: BinaryIO, seed: int) -> None:
    """Appends adverts of 65,536 senders in one virtual router, in turn, one a millisecond."""
    _write(frames, file, seed, _SENDER, SECOND_NS // 1000, _senders)


def write_priorities(frames: int, file: BinaryIO, seed: int) -> None:
    """Appends adverts of one sender, one a second, each with another priority than the last."""
    _write(frames, file, seed, _SENDER, SECOND_NS, _priorities)


def write_md5(frames: int, file: BinaryIO, seed: int) -> None:
    """Appends adverts of one sender, one a second, each with another digest."""
    _write(frames, file, seed, _MD5_SENDER, SECOND_NS, _digests)
