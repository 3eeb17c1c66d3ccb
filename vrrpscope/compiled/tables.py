"""What the loop was taught: the arrays that it reads, and how something is put into them."""

from array import array

from vrrpscope.advert_rows import ROW_WORDS
from vrrpscope.compiled.context import (
    CONTEXT_WORDS,
    MOST_REPLIES,
    MOST_ROWS,
    MOST_SAMPLES,
    NOT_WANTED,
    REPLY_WORDS,
    ROWS,
    SAMPLE_WORDS,
)
from vrrpscope.compiled.known import (
    ARENA_AT,
    COUNTED_AT,
    HASH,
    HOST_ENTRIES,
    HOST_ENTRY_WORDS,
    LENGTH,
    MAC,
    MACS_VANTAGE,
    MEANING,
    MOST_ADVERTS,
    MOST_HOSTS,
    NO_ROOM,
    OF_VANTAGE,
    SAID,
    SENT_BY,
    SLOT_WORDS,
    SLOTS,
    VOICE_AT,
    WIRE_LENGTH,
    advert_hash,
    find_advert,
    find_host,
)
from vrrpscope.observation import Frame
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.registers import WORD_BYTES

MOST_ARENA_BYTES = 4 * 1024 * 1024


def _words(count: int) -> "array[int]":
    return array("q", bytes(WORD_BYTES * count))


class Tables:
    """The loop's arrays; what is in `slots` and `hosts` may be forgotten at any time."""

    def __init__(self, *, keeps_rows: bool) -> None:
        self.context = _words(CONTEXT_WORDS)
        self.context[ROWS] = 0 if keeps_rows else NOT_WANTED
        self.rows = _words(ROW_WORDS * MOST_ROWS if keeps_rows else 1)
        self.links = array("q")
        self.samples = _words(SAMPLE_WORDS * MOST_SAMPLES)
        self.replies = _words(REPLY_WORDS * MOST_REPLIES)
        self.hosts = _words(HOST_ENTRY_WORDS * HOST_ENTRIES)
        self._hosts = 0
        self._last_number = 0
        self._forget_adverts()

    def _forget_adverts(self) -> None:
        self.slots = _words(SLOT_WORDS * SLOTS)
        self.arena = array("B")
        self._adverts = 0
        self._numbers: dict[Advertisement, int] = {}

    def _number(self, advertisement: Advertisement) -> int:
        """The number of an advert, which no other one ever had."""
        number = self._numbers.get(advertisement)
        if number is None:
            self._last_number += 1
            number = self._numbers[advertisement] = self._last_number
        return number

    def add_advert(self, frame: Frame, found: int, vantage_at: int) -> int:
        """Gives an advert a slot, its own where it has one.

        Args:
            frame: that it came in.
            found: what `classify` says of it.
            vantage_at: its vantage.

        Returns:
            The slot's place; `NO_ROOM` where there is none.
        """
        if self._adverts == MOST_ADVERTS or len(self.arena) > MOST_ARENA_BYTES:
            self._forget_adverts()
        data, length = frame.data, len(frame.data)
        arena, original = self.arena, frame.original_length
        at = find_advert(data, 0, length, found, original, vantage_at, self.slots, arena)
        if at >= 0 or at == NO_ROOM:
            return at
        at = -1 - at
        self._adverts += 1
        self.slots[at + LENGTH] = length
        self.slots[at + HASH] = advert_hash(data, 0, length, found)
        self.slots[at + WIRE_LENGTH] = original
        self.slots[at + OF_VANTAGE] = vantage_at
        self.slots[at + ARENA_AT] = len(arena)
        arena.frombytes(data)
        return at

    def means(
        self, slot_at: int, advertisement: Advertisement, voice_at: int, meaning: int
    ) -> None:
        """Notes what the advert in a slot says, which voice says it, and its index in rows."""
        self.slots[slot_at + MEANING] = meaning
        self.slots[slot_at + SAID] = self._number(advertisement)
        self.slots[slot_at + VOICE_AT] = voice_at

    def is_not_asked_for(self, slot_at: int, host_at: int) -> None:
        """Notes that the advert in a slot is only counted, there and for its host."""
        self.slots[slot_at + VOICE_AT] = 0
        self.slots[slot_at + SENT_BY] = host_at

    def add_host(self, mac: int, vantage_at: int, host_at: int) -> None:
        """Notes where the frames of a host are counted, as long as there is room."""
        at = find_host(self.hosts, mac, vantage_at)
        if at == NO_ROOM or self._hosts == MOST_HOSTS or self.hosts[at + COUNTED_AT]:
            return
        self._hosts += 1
        self.hosts[at + MAC], self.hosts[at + MACS_VANTAGE] = mac, vantage_at
        self.hosts[at + COUNTED_AT] = host_at
