"""What a frame does to the registers: the fold on which everything else stands.

These functions are run as they are, and by the compiled loop (`vrrpscope.compiled`) as machine
code. So they use integers and one array of them, nothing else: no objects, no exceptions, no
containers. Each takes `words`, the array of `Registers`, and addresses in it.
"""

from collections.abc import MutableSequence

from vrrpscope.timeline.registers import (
    ANSWERED,
    BEFORE_LAST_IP_ID,
    COPIES,
    COUNT,
    COUNTS,
    FINAL_TIME,
    FIRST_TIME,
    FOLLOWED,
    FRAMES,
    HOST_AT,
    INTERLEAVED,
    INTERVAL,
    LAST_FRAME,
    LAST_IP_ID,
    LAST_TIME,
    LATEST_SPEAKER,
    LATEST_TIME,
    LIMIT,
    LONGEST_GAP,
    MOST_SEEN,
    MOST_TURNS,
    NEVER,
    NUMBER,
    OTHER_FRAMES,
    OWN_AT,
    RING,
    ROUTER_AT,
    SEEN,
    SEEN_AT,
    SEEN_RING,
    SENDER_FRAMES,
    SKIPS,
    SPEAKER_AT,
    STEPS,
    TURNS,
)
from vrrpscope.timeline.streak import ANSWER_NS, NO_IP_ID, PROOF_COUNT, ip_id_distance

Words = MutableSequence[int]

DUPLICATE_NS = 5_000_000
"""Copies of one packet (mirror ports) come closer together than this."""

NEW_RUN = -1
COPY = -2


def advance(words: Words, vantage_at: int, now_ns: int) -> None:
    """Tells a vantage how late it is."""
    if words[vantage_at + FIRST_TIME] == NEVER:
        words[vantage_at + FIRST_TIME] = now_ns
    if now_ns > words[vantage_at + FINAL_TIME]:
        words[vantage_at + FINAL_TIME] = now_ns


def see(words: Words, host_at: int, time_ns: int) -> None:
    """Remembers when a known host sent something that no VRRP daemon sends."""
    seen_at = words[host_at + SEEN_AT]
    if seen_at != 0:
        seen = words[seen_at + SEEN]
        words[seen_at + SEEN_RING + seen % MOST_SEEN] = time_ns
        words[seen_at + SEEN] = seen + 1


def extend(words: Words, at: int, time_ns: int, frame: int, ip_id: int) -> int:
    """Takes an advert into the run that it repeats.

    Args:
        words: the registers.
        at: the voice, whose run repeats this very advert.
        time_ns: of capture.
        frame: its number.
        ip_id: its IP identification, or `NO_IP_ID`.

    Returns:
        The pause before it in hundredths of the interval; `COPY` for a packet that was seen
        before; `NEW_RUN`, and nothing done, where it begins another run.
    """
    gap_ns = time_ns - words[at + LAST_TIME]
    last_ip_id = words[at + LAST_IP_ID]
    if 0 <= gap_ns < DUPLICATE_NS and ip_id != NO_IP_ID and ip_id == last_ip_id:
        words[at + COPIES] += 1
        return COPY
    if gap_ns > words[at + LIMIT] or gap_ns < 0:
        return NEW_RUN
    if ip_id != NO_IP_ID:
        if not _follows(words, at, ip_id):
            return NEW_RUN
        words[at + BEFORE_LAST_IP_ID] = last_ip_id
    words[at + COUNT] += 1
    if gap_ns > words[at + LONGEST_GAP]:
        words[at + LONGEST_GAP] = gap_ns
    words[at + LAST_TIME] = time_ns
    words[at + LAST_FRAME] = frame
    words[at + LAST_IP_ID] = ip_id
    return gap_ns * 100 // words[at + INTERVAL]


def _follows(words: Words, at: int, ip_id: int) -> bool:
    """Notes the step of the IP identification; False where a proven count is broken.

    keepalived >= 2.0 counts adverts per instance from 1 and wraps to 1 (vrrp_update_pkt): a reset
    without a pause is a reload.
    """
    step = ip_id_distance(words[at + LAST_IP_ID], ip_id)
    if step == 1:
        words[at + STEPS] += 1
        return True
    if words[at + COUNTS] != 0 and words[at + STEPS] >= PROOF_COUNT:
        return False
    if step != 0 and ip_id_distance(words[at + BEFORE_LAST_IP_ID], ip_id) == 1:
        words[at + INTERLEAVED] += 1
    words[at + COUNTS] = 0
    words[at + SKIPS] += 1
    return True


def settle(words: Words, at: int, pace: int) -> None:
    """Notes that the voice has just spoken: what its host has sent, and whose turn it is.

    Args:
        words: the registers; the advert is counted in them already.
        at: the voice.
        pace: what `extend` said; not `COPY` for an advert that begins a run.
    """
    frames = words[words[at + HOST_AT] + FRAMES]
    if pace != COPY:
        words[at + SENDER_FRAMES] = frames
    words[at + OTHER_FRAMES] = frames - words[words[at + OWN_AT]]
    router_at, speaker_at = words[at + ROUTER_AT], words[at + SPEAKER_AT]
    words[speaker_at] = words[at + NUMBER]
    time_ns = words[at + LAST_TIME]
    if words[router_at + LATEST_SPEAKER] != speaker_at:
        turns = words[router_at + TURNS]
        if turns != 0:
            words[at + FOLLOWED] += 1
            if 0 <= time_ns - words[router_at + LATEST_TIME] < ANSWER_NS:
                words[at + ANSWERED] += 1
        words[router_at + RING + turns % MOST_TURNS] = speaker_at
        words[router_at + TURNS] = turns + 1
        words[router_at + LATEST_SPEAKER] = speaker_at
    words[router_at + LATEST_TIME] = time_ns
