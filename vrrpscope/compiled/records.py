"""The headers of plain records of pcap and pcapng (see `capture.pcap` and `capture.pcapng`)."""

from collections.abc import MutableSequence, Sequence

from vrrpscope.compiled.context import (
    END,
    EXTRA,
    IS_BIG,
    LATEST,
    LINK_AT,
    LINK_TYPE,
    LINK_WORDS,
    LINKS,
    LONGEST,
    MOST_TICKS,
    MULTIPLIER,
    NEXT,
    NOT_PLAIN,
    OFFSET,
    ORIGINAL,
    PCAPNG,
    POSITION,
    START,
    STOP,
    TIME,
    VANTAGE_AT,
)
from vrrpscope.compiled.integers import four, four_little

_ENHANCED_PACKET = 6


def next_record(data: Sequence[int], context: MutableSequence[int], links: Sequence[int]) -> bool:
    """Reads the header of the next record into `context`; False where it is not plain."""
    if context[EXTRA] == PCAPNG:
        plain = _block(data, context, links)
    else:
        plain = _record(data, context, links)
    return plain and context[TIME] >= context[LATEST]


def _record(data: Sequence[int], context: MutableSequence[int], links: Sequence[int]) -> bool:
    """A record of pcap."""
    position, big = context[POSITION], context[IS_BIG]
    start = position + 16 + context[EXTRA]
    if start > context[END] or links[LINK_TYPE] == NOT_PLAIN or links[VANTAGE_AT] == 0:
        return False
    captured = _integer(data, position + 8, big)
    if captured > context[LONGEST] or start + captured > context[END]:
        return False
    seconds, units = _integer(data, position, big), _integer(data, position + 4, big)
    context[TIME] = seconds * 1_000_000_000 + units * links[MULTIPLIER]
    context[ORIGINAL] = _integer(data, position + 12, big)
    context[START] = start
    context[STOP] = context[NEXT] = start + captured
    context[LINK_AT] = 0
    return True


def _block(data: Sequence[int], context: MutableSequence[int], links: Sequence[int]) -> bool:
    """An enhanced packet block without options."""
    position, big = context[POSITION], context[IS_BIG]
    start = position + 28
    if start + 4 > context[END] or _integer(data, position, big) != _ENHANCED_PACKET:
        return False
    length, index = _integer(data, position + 4, big), _integer(data, position + 8, big)
    captured = _integer(data, position + 20, big)
    following = position + length
    if length != 32 + captured + (-captured & 3) or length > context[LONGEST]:
        return False
    if following > context[END] or _integer(data, following - 4, big) != length:
        return False
    if index >= context[LINKS]:
        return False
    link_at = index * LINK_WORDS
    high = _integer(data, position + 12, big)
    if links[link_at + LINK_TYPE] == NOT_PLAIN or links[link_at + VANTAGE_AT] == 0 or high >> 31:
        return False
    ticks = high << 32 | _integer(data, position + 16, big)
    if ticks > links[link_at + MOST_TICKS]:
        return False
    context[TIME] = ticks * links[link_at + MULTIPLIER] + links[link_at + OFFSET]
    context[ORIGINAL] = _integer(data, position + 24, big)
    context[START] = start
    context[STOP] = start + captured
    context[NEXT] = following
    context[LINK_AT] = link_at
    return True


def _integer(data: Sequence[int], at: int, big: int) -> int:
    """Four bytes as an unsigned integer."""
    return four(data, at) if big else four_little(data, at)
