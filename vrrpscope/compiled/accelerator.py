"""What stands between the compiled loop and the rest: it runs the loop, and teaches it.

Theory of operation. After each frame that went the usual way, the loop may go on with the records
at hand, as far as they are plain and known (`go_on`). It comes back with a reason; the record at
which it stopped goes the usual way; and what came of it is taught to the loop (`learn_...`), so
that it need not stop at the like again.

Nothing is kept here that is not known elsewhere as well: the registers are the builders' own, and
the tables can be forgotten at any time.
"""

from array import array
from itertools import islice

from vrrpscope.advert_rows import ROW_WORDS, AdvertRows
from vrrpscope.capture.records import Link, RecordReader
from vrrpscope.compiled.context import (
    ANSWERS,
    ANSWERS_VANTAGE,
    END,
    EXTRA,
    IS_BIG,
    LATEST,
    LINK_WORDS,
    LINKS,
    LONGEST,
    NOT_PLAIN,
    NUMBER,
    PCAPNG,
    POSITION,
    REPLY_WORDS,
    ROWS,
    SAMPLE_WORDS,
    SAMPLES,
    SINCE,
    SLOT_AT,
    UNTIL,
    VANTAGE_AT,
)
from vrrpscope.compiled.known import NO_ROOM, SAID, VOICE_AT
from vrrpscope.compiled.loop import BROKEN, FULL, NEW_HOST, UNKNOWN, Loop
from vrrpscope.compiled.tables import Tables
from vrrpscope.decode.essence import classify
from vrrpscope.observation import Frame
from vrrpscope.timeline.builder import TimelineBuilder
from vrrpscope.timeline.registers import (
    ADVERT,
    COUNT,
    INTERVAL,
    MOST_PACES,
    PACES_AT,
    Registers,
)
from vrrpscope.timeline.router import Place

SHORTEST_INTERVAL_NS = 10_000_000
"""A centisecond, VRRPv3's unit: `MOST_PACES` is not enough for a shorter one."""

_MOST_FRUITLESS = 64
"""Trials in a row that count; after that many, eight frames go the usual way between two."""

_EARLIEST_NS, _LATEST_NS = -(2**63), 2**63 - 1
_MOST_NS = 2**62
_NOTHING_YET = 0


class Accelerator:
    """Runs the loop over the records of one capture."""

    def __init__(
        self,
        loop: Loop,
        reader: RecordReader,
        registers: Registers,
        since_ns: int | None = None,
        until_ns: int | None = None,
        rows: AdvertRows | None = None,
    ) -> None:
        self._loop = loop
        self._reader = reader
        self._registers = registers
        self._rows = rows
        self._tables = Tables(keeps_rows=rows is not None)
        self._links: list[Link] = []
        self._vantages: dict[int, int] = {}
        self._builders: dict[int, TimelineBuilder] = {}
        self._places: dict[int, Place] = {}
        self._reason = _NOTHING_YET
        self._fruitless = self._to_wait = 0
        context = self._tables.context
        context[EXTRA] = PCAPNG if reader.extra is None else reader.extra
        context[LONGEST] = reader.longest
        context[SINCE] = _within_64_bits(_EARLIEST_NS if since_ns is None else since_ns)
        context[UNTIL] = _within_64_bits(_LATEST_NS if until_ns is None else until_ns)

    def see_vantage(self, interface: int, builder: TimelineBuilder) -> None:
        """From now on records of this interface may be taken, for that builder."""
        self._vantages[interface] = builder.at
        self._builders[builder.at] = builder
        # A section numbers its interfaces one after the other.
        place = (interface - self._links[0].interface) * LINK_WORDS if self._links else -1
        if 0 <= place < len(self._tables.links):
            self._tables.links[place + VANTAGE_AT] = builder.at

    def go_on(self) -> None:
        """Takes the records at hand, as far as they are plain and known."""
        if self._to_wait:
            self._to_wait -= 1
            self._reason = _NOTHING_YET
            return
        before = self._reader.number
        self._reason = FULL
        while self._reason == FULL:
            self._reason = self._run()
            self._sample()
            self._answer()
            self._keep()
        # Where every frame goes the usual way, as in a tunnel, not each has to pay for a trial.
        if self._reader.number > before:
            self._fruitless = 0
        else:
            self._fruitless = min(_MOST_FRUITLESS, self._fruitless + 1)
            self._to_wait = self._fruitless // 8

    def _run(self) -> int:
        """Runs the loop on the bytes at hand; the reader goes on where it stopped."""
        reader, tables, window = self._reader, self._tables, self._reader.window
        window.go_on()
        if reader.links is not self._links or len(tables.links) != LINK_WORDS * len(reader.links):
            self._describe_links()
        context = tables.context
        context[POSITION], context[END] = window.position, len(window.data)
        context[NUMBER], context[LATEST] = reader.number, max(reader.last_ns or 0, 0)
        reason = self._loop(
            window.data,
            context,
            tables.links,
            self._registers.words,
            tables.slots,
            tables.arena,
            tables.hosts,
            tables.samples,
            tables.replies,
            tables.rows,
        )
        if context[NUMBER] != reader.number:
            window.position = context[POSITION]
            reader.number, reader.last_ns = context[NUMBER], context[LATEST]
        return reason

    def _describe_links(self) -> None:
        """Tells the loop how to read the records of each interface that it does not know yet."""
        reader, tables = self._reader, self._tables
        if reader.links is not self._links:
            self._links, tables.links = reader.links, array("q")
        known = len(tables.links) // LINK_WORDS
        for link in islice(reader.links, known, None):
            plain = not link.fcs_length and link.divisor == 1 and abs(link.offset_ns) < _MOST_NS
            tables.links.extend(
                (
                    link.link_type if plain else NOT_PLAIN,
                    link.multiplier,
                    link.offset_ns if plain else 0,
                    (_MOST_NS - max(link.offset_ns, 0)) // link.multiplier if plain else 0,
                    self._vantages.get(link.interface, 0),
                )
            )
        tables.context[LINKS] = len(reader.links)
        tables.context[IS_BIG] = reader.order == ">"

    def _sample(self) -> None:
        """Hands over the adverts that the loop has sampled."""
        context, samples = self._tables.context, self._tables.samples
        for at in range(0, context[SAMPLES] * SAMPLE_WORDS, SAMPLE_WORDS):
            voice = self._places[samples[at]].voice
            assert voice is not None
            voice.sample(samples[at + 1], samples[at + 2])
        context[SAMPLES] = 0

    def _answer(self) -> None:
        """Hands over the ARP replies that the loop has met."""
        context, replies = self._tables.context, self._tables.replies
        for at in range(0, context[ANSWERS] * REPLY_WORDS, REPLY_WORDS):
            builder = self._builders[replies[at + ANSWERS_VANTAGE]]
            builder.take_answers(replies[at : at + ANSWERS_VANTAGE])
        context[ANSWERS] = 0

    def _keep(self) -> None:
        """Hands over the rows of the adverts that the loop has taken."""
        kept = self._tables.context[ROWS]
        if self._rows is not None and kept:
            self._rows.extend(self._tables.rows[: kept * ROW_WORDS])
            self._tables.context[ROWS] = 0

    def learn_advert(self, frame: Frame, vantage_at: int, place: Place, meaning: int) -> None:
        """Teaches the loop an advert at which it stopped, now that it went the usual way.

        The caller sees to it that equal bytes mean the same (`Decoder.remembers`); `meaning` is its
        index in rows. What was said once is not worth it.
        """
        words, voice_at = self._registers.words, place.at
        slot_at = self._tables.context[SLOT_AT]
        if self._reason == UNKNOWN:
            if words[voice_at + COUNT] < 2:
                return
            slot_at = self._slot(frame, vantage_at)
        elif self._reason != BROKEN or self._tables.slots[slot_at + VOICE_AT] != voice_at:
            return
        voice = place.voice
        if slot_at == NO_ROOM or voice is None or words[voice_at + INTERVAL] < SHORTEST_INTERVAL_NS:
            return
        if not words[voice_at + PACES_AT]:
            words[voice_at + PACES_AT] = self._registers.allocate(MOST_PACES)
        if self._reason == UNKNOWN:
            self._tables.means(slot_at, voice.advertisement, voice_at, meaning)
        words[voice_at + ADVERT] = self._tables.slots[slot_at + SAID]
        self._places[voice_at] = place

    def learn_not_asked_for(self, frame: Frame, vantage_at: int, host_at: int) -> None:
        """Teaches the loop an advert of a virtual router that was not asked for."""
        if self._reason == UNKNOWN:
            slot_at = self._slot(frame, vantage_at)
            if slot_at != NO_ROOM:
                self._tables.is_not_asked_for(slot_at, host_at)

    def _slot(self, frame: Frame, vantage_at: int) -> int:
        found = classify(frame.data, 0, len(frame.data), frame.link_type)
        return NO_ROOM if found < 0 else self._tables.add_advert(frame, found, vantage_at)

    def learn_host(self, mac: str, builder: TimelineBuilder) -> None:
        """Teaches the loop where the frames of a MAC are counted."""
        if self._reason == NEW_HOST:
            number = int(mac.replace(":", ""), 16)
            host_at = builder.host_at(mac)
            if host_at:
                self._tables.add_host(number, builder.at, host_at)


def _within_64_bits(time_ns: int) -> int:
    return max(_EARLIEST_NS, min(time_ns, _LATEST_NS))
