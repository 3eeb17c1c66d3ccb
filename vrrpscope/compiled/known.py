"""What the loop knows: adverts that came before, byte for byte, and where each host is counted.

Both are hash tables with open addressing in flat arrays, filled by `Accelerator`, read by the loop.
"""

from collections.abc import Sequence

from vrrpscope.compiled.integers import four

# A slot: one advert, as it was captured, of one vantage.
LENGTH = 0
"""Captured bytes; 0 where the slot is empty."""
HASH = 1
WIRE_LENGTH = 2
OF_VANTAGE = 3
ARENA_AT = 4
"""Where its bytes are kept."""
VOICE_AT = 5
"""The voice that says it; 0 where its virtual router was not asked for."""
SAID = 6
"""The number of the advert."""
SENT_BY = 7
"""Where its host is counted; 0 for none, which only an advert that was not asked for may have."""
MEANING = 8
"""The index of what it says, where rows of adverts are wanted."""
SLOT_WORDS = 9
SLOTS = 32_768
MOST_ADVERTS = 16_384

# A host: a MAC, its vantage, and where it is counted.
MAC = 0
MACS_VANTAGE = 1
COUNTED_AT = 2
"""0 where the entry is empty."""
HOST_ENTRY_WORDS = 3
HOST_ENTRIES = 65_536
MOST_HOSTS = 32_768

_MOST_PROBES = 16
"""Entries that are looked at; a table that is half full rarely needs three."""
_SPREAD = 0x9E3779B1
_32_BITS = 0xFFFFFFFF

NO_ROOM = -(2**62)


def find_advert(
    data: Sequence[int],
    start: int,
    stop: int,
    found: int,
    original: int,
    vantage_at: int,
    slots: Sequence[int],
    arena: Sequence[int],
) -> int:
    """Where the slot of an advert is.

    Args:
        data: the advert is `data[start:stop]`.
        start: its first byte.
        stop: the byte after it.
        found: what `classify` says of it.
        original: its length on the wire.
        vantage_at: its vantage.
        slots: the table.
        arena: the bytes of the adverts in it.

    Returns:
        The place of its slot; -1 - the place of an empty one that it may have; or `NO_ROOM`.
    """
    length = stop - start
    hashed = advert_hash(data, start, stop, found)
    index = hashed & (SLOTS - 1)
    for _ in range(_MOST_PROBES):
        at = index * SLOT_WORDS
        if slots[at + LENGTH] == 0:
            return -1 - at
        if (
            slots[at + HASH] == hashed
            and slots[at + LENGTH] == length
            and slots[at + WIRE_LENGTH] == original
            and slots[at + OF_VANTAGE] == vantage_at
            and _is_same(data, start, length, found, arena, slots[at + ARENA_AT])
        ):
            return at
        index = (index + 1) & (SLOTS - 1)
    return NO_ROOM


def advert_hash(data: Sequence[int], start: int, stop: int, found: int) -> int:
    """The hash of what tells adverts apart: MAC, tag, source, and the message up to its checksum.

    An advert that `classify` finds has 24 bytes behind its IPv4 header's beginning, 44 for IPv6.
    """
    network = start + (found >> 1)
    source, message = network + 12, network + 20
    if found & 1:
        source, message = network + 20, network + 40
    hashed = _mix(stop - start, four(data, start + 8))
    hashed = _mix(hashed, four(data, start + 12))
    hashed = _mix(hashed, four(data, source))
    hashed = _mix(hashed, four(data, message))
    if message + 8 <= stop:
        hashed = _mix(hashed, four(data, message + 4))
    return hashed ^ hashed >> 15


def _mix(hashed: int, more: int) -> int:
    return ((hashed ^ more) * _SPREAD & _32_BITS) ^ (hashed >> 13)


def _is_same(
    data: Sequence[int], start: int, length: int, found: int, arena: Sequence[int], arena_at: int
) -> bool:
    """True for equal bytes; the identification and the checksum of IPv4 do not count."""
    different = 0
    if found & 1:
        for index in range(length):
            different |= data[start + index] ^ arena[arena_at + index]
        return different == 0
    network = found >> 1
    for index in range(network + 4):
        different |= data[start + index] ^ arena[arena_at + index]
    for index in range(network + 6, network + 10):
        different |= data[start + index] ^ arena[arena_at + index]
    for index in range(network + 12, length):
        different |= data[start + index] ^ arena[arena_at + index]
    return different == 0


def find_host(hosts: Sequence[int], mac: int, vantage_at: int) -> int:
    """Where the entry of a host is; one that is empty may become its own; or `NO_ROOM`."""
    index = _mix(_mix(vantage_at, mac >> 16), mac & _32_BITS) & (HOST_ENTRIES - 1)
    for _ in range(_MOST_PROBES):
        at = index * HOST_ENTRY_WORDS
        if hosts[at + COUNTED_AT] == 0:
            return at
        if hosts[at + MAC] == mac and hosts[at + MACS_VANTAGE] == vantage_at:
            return at
        index = (index + 1) & (HOST_ENTRIES - 1)
    return NO_ROOM
