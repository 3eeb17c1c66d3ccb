"""Assembles programs of the kernel's packet filter (classic BPF, see filter.txt of Linux).

A program is text: a line is a label with a colon, or an operation, its operand, and for a
conditional jump the label to go to where the condition holds; else the next line follows. A is
the accumulator, X the index register; `[x+9]` is the packet's byte 9 bytes behind X. A load beyond
the end of the packet refuses the packet.
"""

import struct
from typing import NamedTuple


class Instruction(NamedTuple):
    """One instruction as the kernel takes it (struct sock_filter)."""

    code: int
    jump_true: int
    jump_false: int
    operand: int

    def packed(self) -> bytes:
        """The 8 bytes that the kernel reads."""
        return struct.pack("=HBBI", *self)


_CODES = {
    "ld []": 0x20,
    "ldh []": 0x28,
    "ldb []": 0x30,
    "ldh [x]": 0x48,
    "ldb [x]": 0x50,
    "ldx": 0x01,
    "and": 0x54,
    "lsh": 0x64,
    "addx": 0x0C,
    "tax": 0x07,
    "ret": 0x06,
}
_JUMPS = {"jmp": 0x05, "jeq": 0x15, "jne": 0x15, "jlt": 0x35, "jset": 0x45}
_NEGATED = ("jne", "jlt")  # as "not equal" and "not greater or equal"
_LONGEST_JUMP = 255


def assemble(text: str) -> tuple[Instruction, ...]:
    """The instructions of a program.

    Raises:
        ValueError: an operation, an operand or a label that does not exist, or is too far away.
    """
    labels: dict[str, int] = {}
    lines: list[list[str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.endswith(":"):
            labels[line[:-1]] = len(lines)
        else:
            lines.append(line.split())
    return tuple(_instruction(words, at, labels) for at, words in enumerate(lines))


def _instruction(words: list[str], at: int, labels: dict[str, int]) -> Instruction:
    operation = words[0]
    if operation not in _JUMPS:
        kind, operand = _operand(words[1] if len(words) > 1 else "0")
        return Instruction(_code(f"{operation} {kind}".strip()), 0, 0, operand)
    if words[-1] not in labels:
        raise ValueError(f"no such label: {words[-1]}")
    distance = labels[words[-1]] - at - 1
    if operation == "jmp":
        return Instruction(_JUMPS[operation], 0, 0, distance)
    if not 0 <= distance <= _LONGEST_JUMP:
        raise ValueError(f"too far away: {words[-1]}, {distance} instructions")
    jumps = (0, distance) if operation in _NEGATED else (distance, 0)
    return Instruction(_JUMPS[operation], *jumps, int(words[1], 0))


def _code(operation: str) -> int:
    if operation not in _CODES:
        raise ValueError(f"no such operation: {operation}")
    return _CODES[operation]


def _operand(word: str) -> tuple[str, int]:
    """What kind of operand a word is, and its number: `12`, `[12]` or `[x+12]`."""
    if word.startswith("[x+"):
        return "[x]", int(word[3:-1], 0)
    if word.startswith("["):
        return "[]", int(word[1:-1], 0)
    return "", int(word, 0)
