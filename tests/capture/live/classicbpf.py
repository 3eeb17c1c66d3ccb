"""Runs classic BPF programs as Linux's filter.txt says the kernel does."""

from collections.abc import Iterable

HARDWARE_TYPE = 0xFFFFF000 + 28

Code = tuple[int, int, int, int]


def accepts(program: Iterable[Code], packet: bytes, hardware_type: int = 1) -> bool:
    """Whether the kernel would queue the packet."""
    return run(list(program), packet, hardware_type) > 0


def run(program: list[Code], packet: bytes, hardware_type: int = 1) -> int:
    """What the program returns: how many bytes to keep."""
    accumulator = index = at = 0
    memory = [0] * 16
    for _ in range(4096):
        code, jump_true, jump_false, operand = program[at]
        at += 1
        kind, size, mode = code & 7, code & 0x18, code & 0xE0
        if kind in (0, 1):  # loads
            loaded = load(packet, size, mode, operand, index, memory, hardware_type)
            if loaded is None:
                return 0
            if kind == 0:
                accumulator = loaded
            else:
                index = loaded
        elif kind == 2:
            memory[operand] = accumulator
        elif kind == 3:
            memory[operand] = index
        elif kind == 4:
            accumulator = calculated(code & 0xF0, accumulator, index if code & 8 else operand)
        elif kind == 5:
            other = index if code & 8 else operand
            holds = {
                0x10: accumulator == other,
                0x20: accumulator > other,
                0x30: accumulator >= other,
                0x40: bool(accumulator & other),
            }
            at += operand if code & 0xF0 == 0 else jump_true if holds[code & 0xF0] else jump_false
        elif kind == 6:
            return accumulator if code & 0x18 == 0x10 else operand
        elif code & 0xF8:
            accumulator = index
        else:
            index = accumulator
    raise AssertionError("the program does not end")


def load(packet, size, mode, operand, index, memory, hardware_type) -> int | None:
    if mode == 0x00:
        return operand
    if mode == 0x60:
        return memory[operand]
    if mode == 0x80:
        return len(packet)
    if mode == 0x20 and operand == HARDWARE_TYPE:
        return hardware_type
    if mode == 0xA0:  # four times the low nibble: the length of an IPv4 header
        return 4 * (packet[operand] & 15) if operand < len(packet) else None
    start = operand + (index if mode == 0x40 else 0)
    width = {0x00: 4, 0x08: 2, 0x10: 1}[size]
    piece = packet[start : start + width]
    return int.from_bytes(piece, "big") if len(piece) == width else None


def calculated(operation: int, left: int, right: int) -> int:
    results = {
        0x00: left + right,
        0x10: left - right,
        0x40: left | right,
        0x50: left & right,
        0x60: left << (right & 31),
        0x70: left >> (right & 31),
    }
    return results[operation] & 0xFFFFFFFF
