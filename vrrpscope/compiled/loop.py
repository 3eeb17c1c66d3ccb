"""Plain records, one after the other: read, recognized and folded without an object each.

A record is plain where nothing about it needs a second look: it is whole, its time goes forward,
it is of an interface that has been seen. Of those, frames that are surely none of ours are counted,
and adverts that the sender has repeated before, byte for byte, extend its run. At anything else the
loop stops, the record is handled in the usual way (`capture`, `decode`, `timeline`), and the loop
goes on after it. So it knows nothing that they do not know: what an advert means was found out by
the decoder, and what it does to the story is in `timeline.fold`.

All of it compiles, and runs as Python as well; so it uses integers and flat arrays, nothing else.
`context` has the loop's own variables, `links` how to read each interface's records, `words` the
registers, `slots` and `arena` the adverts that are known, `hosts` where a MAC's registers are.
"""

from collections.abc import Callable, MutableSequence, Sequence

from vrrpscope.advert_rows import ROW_WORDS
from vrrpscope.compiled.context import (
    ANSWERS,
    ANSWERS_VANTAGE,
    LATEST,
    LINK_AT,
    LINK_TYPE,
    MOST_REPLIES,
    MOST_ROWS,
    MOST_SAMPLES,
    NEXT,
    NOT_WANTED,
    NUMBER,
    ORIGINAL,
    POSITION,
    REPLY_WORDS,
    ROWS,
    SAMPLE_WORDS,
    SAMPLES,
    SINCE,
    SLOT_AT,
    START,
    STOP,
    TIME,
    UNTIL,
    VANTAGE_AT,
)
from vrrpscope.compiled.integers import four, six, two
from vrrpscope.compiled.known import (
    COUNTED_AT,
    MEANING,
    SAID,
    SENT_BY,
    VOICE_AT,
    find_advert,
    find_host,
)
from vrrpscope.compiled.records import next_record
from vrrpscope.decode.essence import ANSWER, ETHERNET, NOTHING, classify, mac_offset
from vrrpscope.timeline import answers
from vrrpscope.timeline.fold import COPY, NEW_RUN, advance, extend, see, settle
from vrrpscope.timeline.registers import (
    ADVERT,
    ADVERTS,
    ARP_REPLIES,
    FRAMES,
    HAS_TWIN,
    HOST_AT,
    OTHER_VRIDS,
    OTHERS,
    OWN_AT,
    PACES_AT,
    SAMPLE_MASK,
)
from vrrpscope.timeline.streak import NO_IP_ID

ETHERNET_BYTES = 14

Loop = Callable[..., int]
"""`run`, as it is or as machine code (`machine.load`)."""

Words = MutableSequence[int]
Bytes = Sequence[int]

# Why the loop stopped.
TAKEN = 0
"""It did not: the record is dealt with."""
STRANGE = 1
"""A record, or a frame, that is not plain."""
UNKNOWN = 2
"""An advert that was never repeated so far."""
BROKEN = 3
"""A known advert that does not extend its sender's run; `context[SLOT]` is its slot."""
FULL = 4
"""There is no room for another sample, reply or row."""
NEW_HOST = 5
"""A frame that is none of ours, of a host that was not seen yet."""


def run(
    data: Bytes,
    context: Words,
    links: Words,
    words: Words,
    slots: Words,
    arena: Bytes,
    hosts: Words,
    samples: Words,
    replies: Words,
    rows: Words,
) -> int:
    """Takes plain records from `data` until there is one that is not; returns why it stopped."""
    while next_record(data, context, links):
        reason = _take(data, context, links, words, slots, arena, hosts, samples, replies, rows)
        if reason != TAKEN:
            return reason
        context[POSITION] = context[NEXT]
        context[NUMBER] += 1
        context[LATEST] = context[TIME]
    return STRANGE


def _take(
    data: Bytes,
    context: Words,
    links: Words,
    words: Words,
    slots: Words,
    arena: Bytes,
    hosts: Words,
    samples: Words,
    replies: Words,
    rows: Words,
) -> int:
    """Takes the record at hand, whole or not at all."""
    time_ns = context[TIME]
    if time_ns < context[SINCE] or time_ns > context[UNTIL]:
        return TAKEN
    link_type = links[context[LINK_AT] + LINK_TYPE]
    found = classify(data, context[START], context[STOP], link_type)
    if found == NOTHING:
        return _count(data, context, links, words, hosts)
    if found == ANSWER - ETHERNET_BYTES and link_type == ETHERNET:
        return _answer(data, context, links, words, hosts, replies)
    if found < 0:
        return STRANGE
    start, vantage_at = context[START], links[context[LINK_AT] + VANTAGE_AT]
    slot_at = find_advert(
        data, start, context[STOP], found, context[ORIGINAL], vantage_at, slots, arena
    )
    if slot_at < 0:
        return UNKNOWN
    context[SLOT_AT] = slot_at
    if slots[slot_at + VOICE_AT] == 0:
        if slots[slot_at + SENT_BY] != 0:
            words[slots[slot_at + SENT_BY] + FRAMES] += 1
        words[vantage_at + OTHER_VRIDS] += 1
        advance(words, vantage_at, time_ns)
        return TAKEN
    ip_id = NO_IP_ID
    if not found & 1:
        ip_id = two(data, start + (found >> 1) + 4)
    reason = _fold(context, words, samples, slots[slot_at + VOICE_AT], slots[slot_at + SAID], ip_id)
    if reason == TAKEN:
        if context[ROWS] != NOT_WANTED:
            _keep(context, rows, slots[slot_at + MEANING], ip_id)
        words[vantage_at + ADVERTS] += 1
        advance(words, vantage_at, time_ns)
    return reason


def _count(data: Bytes, context: Words, links: Words, words: Words, hosts: Words) -> int:
    """Takes a frame that is none of ours: it shows that its host, and the capture, were alive."""
    link_at = context[LINK_AT]
    vantage_at, time_ns = links[link_at + VANTAGE_AT], context[TIME]
    offset = mac_offset(links[link_at + LINK_TYPE])
    if offset >= 0:
        entry_at = find_host(hosts, six(data, context[START] + offset), vantage_at)
        if entry_at < 0 or hosts[entry_at + COUNTED_AT] == 0:
            return NEW_HOST
        host_at = hosts[entry_at + COUNTED_AT]
        words[host_at + FRAMES] += 1
        see(words, host_at, time_ns)
    words[vantage_at + OTHERS] += 1
    advance(words, vantage_at, time_ns)
    return TAKEN


def _answer(
    data: Bytes, context: Words, links: Words, words: Words, hosts: Words, replies: Words
) -> int:
    """Takes an ARP reply of the untagged wire."""
    if context[ANSWERS] == MOST_REPLIES:
        return FULL
    arp = context[START] + ETHERNET_BYTES
    vantage_at, time_ns = links[context[LINK_AT] + VANTAGE_AT], context[TIME]
    mac = six(data, arp + 8)
    entry_at = find_host(hosts, mac, vantage_at)
    if entry_at < 0 or hosts[entry_at + COUNTED_AT] == 0:
        return NEW_HOST
    host_at, row = hosts[entry_at + COUNTED_AT], context[ANSWERS] * REPLY_WORDS
    replies[row + answers.TIME] = time_ns
    replies[row + answers.FRAME] = context[NUMBER] + 1
    replies[row + answers.SUBJECT] = four(data, arp + 14)
    replies[row + answers.MAC] = mac
    replies[row + answers.TO] = four(data, arp + 24)
    replies[row + answers.PLACE] = 0
    replies[row + ANSWERS_VANTAGE] = vantage_at
    context[ANSWERS] += 1
    words[host_at + FRAMES] += 1
    words[vantage_at + ARP_REPLIES] += 1
    see(words, host_at, time_ns)
    advance(words, vantage_at, time_ns)
    return TAKEN


def _keep(context: Words, rows: Words, meaning: int, ip_id: int) -> None:
    """Keeps an advert as a row."""
    row = context[ROWS] * ROW_WORDS
    rows[row] = context[TIME]
    rows[row + 1] = context[NUMBER] + 1
    rows[row + 2] = meaning
    rows[row + 3] = ip_id
    context[ROWS] += 1


def _fold(
    context: Words, words: Words, samples: Words, voice_at: int, said: int, ip_id: int
) -> int:
    """Takes an advert into its sender's run, as `RouterBuilder.push` does."""
    paces_at = words[voice_at + PACES_AT]
    if words[voice_at + ADVERT] != said or words[voice_at + HAS_TWIN] != 0 or paces_at == 0:
        return BROKEN
    if context[SAMPLES] == MOST_SAMPLES or context[ROWS] == MOST_ROWS:
        return FULL
    pace = extend(words, voice_at, context[TIME], context[NUMBER] + 1, ip_id)
    if pace == NEW_RUN:
        return BROKEN
    words[words[voice_at + HOST_AT] + FRAMES] += 1
    words[words[voice_at + OWN_AT]] += 1
    settle(words, voice_at, pace)
    if pace != COPY:
        words[paces_at + pace] += 1
        if ip_id != NO_IP_ID and ip_id & words[voice_at + SAMPLE_MASK] == 0:
            sample_at = context[SAMPLES] * SAMPLE_WORDS
            samples[sample_at] = voice_at
            samples[sample_at + 1] = ip_id
            samples[sample_at + 2] = context[TIME]
            context[SAMPLES] += 1
    return TAKEN
