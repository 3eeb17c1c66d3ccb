"""The run that a sender is in: a streak while it grows."""

from dataclasses import dataclass, field

from vrrpscope.observation import FrameRef, Sighting
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline import fold
from vrrpscope.timeline.registers import (
    ADVERT,
    ANSWERED,
    BEFORE_LAST_IP_ID,
    COPIES,
    COUNT,
    COUNTS,
    FOLLOWED,
    HAS_TWIN,
    INTERLEAVED,
    INTERVAL,
    LAST_FRAME,
    LAST_IP_ID,
    LAST_TIME,
    LIMIT,
    LONGEST_GAP,
    MOST_PACES,
    OTHER_FRAMES,
    PACES_AT,
    SAMPLE_MASK,
    SENDER_FRAMES,
    SKIPS,
    STEPS,
    VOICE_WORDS,
    Registers,
)
from vrrpscope.timeline.streak import (
    DEFAULT_INTERVAL_NS,
    NO_IP_ID,
    PROOF_COUNT,
    Gap,
    LastWord,
    Mark,
    Sender,
    Streak,
    ip_id_step,
    late_after_ns,
)

_FIRST_SAMPLE_MASK = 0x03
_LAST_SAMPLE_MASK = 0x7FFF
_MOST_SAMPLES = 128
"""Of one run every 4th advert is sampled, and fewer where the run is long, but always one of each
round of the 16 bits."""


@dataclass(slots=True)
class Voice:
    """The run that a sender is in.

    What changes with every advert lies in the registers, at `at`.

    Attributes:
        twin: the run before it, as long as that may go on beside this one.
        paces: how often each pause came, in hundredths of the interval; a compiled loop counts
            them in the registers.
        sampled: IP identification and time of some adverts.
    """

    registers: Registers
    at: int
    sender: Sender
    advertisement: Advertisement
    first: Mark
    first_ip_id: int | None
    first_sender_frames: int
    gap_before: Gap | None
    heard: tuple[LastWord, ...]
    paces: dict[int, int] = field(default_factory=dict)
    sampled: list[tuple[int, int]] = field(default_factory=list)
    twin: "Voice | None" = None
    word: LastWord | None = None

    def begin(self) -> None:
        """Writes a run of one advert into the registers."""
        interval_ns = self.advertisement.advert_interval_ns or DEFAULT_INTERVAL_NS
        words, at = self.registers.words, self.at
        words[at + ADVERT] = 0
        for index in range(at + LAST_TIME, at + PACES_AT):
            words[index] = 0
        words[at + LAST_TIME], words[at + LAST_FRAME] = self.first.time_ns, self.first.ref.number
        words[at + LAST_IP_ID] = NO_IP_ID if self.first_ip_id is None else self.first_ip_id
        words[at + BEFORE_LAST_IP_ID] = NO_IP_ID
        words[at + COUNT] = words[at + COUNTS] = 1
        words[at + INTERVAL], words[at + LIMIT] = interval_ns, late_after_ns(interval_ns)
        words[at + SAMPLE_MASK] = _FIRST_SAMPLE_MASK

    @property
    def last(self) -> Mark:
        """The latest advert of the run."""
        words = self.registers.words
        ref = FrameRef(self.first.ref.vantage, words[self.at + LAST_FRAME])
        return Mark(words[self.at + LAST_TIME], ref)

    @property
    def last_ip_id(self) -> int | None:
        """The IP identification of the latest advert; None for IPv6."""
        ip_id = self.registers.words[self.at + LAST_IP_ID]
        return None if ip_id == NO_IP_ID else ip_id

    @property
    def other_frames(self) -> int:
        """Frames of its host up to its latest advert that are no adverts of this virtual router."""
        return self.registers.words[self.at + OTHER_FRAMES]

    def extend(self, sighting: Sighting) -> int:
        """Takes the advert into the run; answers as `fold.extend` does."""
        if sighting.advertisement is not self.advertisement and (
            sighting.advertisement != self.advertisement
        ):
            return fold.NEW_RUN
        time_ns, ip_id = sighting.time_ns, sighting.ip_id
        assert time_ns is not None
        words = self.registers.words
        number = NO_IP_ID if ip_id is None else ip_id
        pace = fold.extend(words, self.at, time_ns, sighting.ref.number, number)
        if pace >= 0:
            self.paces[pace] = self.paces.get(pace, 0) + 1
            if ip_id is not None and not ip_id & words[self.at + SAMPLE_MASK]:
                self.sample(ip_id, time_ns)
        return pace

    def sample(self, ip_id: int, time_ns: int) -> None:
        """Keeps an advert with a round number; every second one where there are too many."""
        words, mask_at = self.registers.words, self.at + SAMPLE_MASK
        mask = words[mask_at]
        if ip_id & mask:
            return
        self.sampled.append((ip_id, time_ns))
        if len(self.sampled) > _MOST_SAMPLES and mask < _LAST_SAMPLE_MASK:
            words[mask_at] = mask = mask << 1 | 1
            self.sampled = [s for s in self.sampled if not s[0] & mask]

    def set_twin(self, twin: "Voice | None") -> None:
        """From now on that run may go on beside this one; None: none may."""
        self.twin = twin
        self.registers.words[self.at + HAS_TWIN] = twin is not None

    def move(self, at: int) -> None:
        """Makes room for the next run of the voice: the words of this one go to another block."""
        self._collect_paces()
        words = self.registers.words
        words[at : at + VOICE_WORDS] = words[self.at : self.at + VOICE_WORDS]
        words[at + PACES_AT] = words[at + HAS_TWIN] = 0
        self.at = at

    def change_places(self, other: "Voice") -> None:
        """Exchanges the words of two runs, and so which of them is the voice's."""
        self._collect_paces()
        words = self.registers.words
        here, there = slice(self.at, self.at + VOICE_WORDS), slice(other.at, other.at + VOICE_WORDS)
        words[here], words[there] = words[there], words[here]
        words[self.at + PACES_AT], words[other.at + PACES_AT] = words[other.at + PACES_AT], 0
        self.at, other.at = other.at, self.at

    def is_in_time(self, sighting: Sighting) -> bool:
        """True where the advert comes before this run's next one would be late."""
        assert sighting.time_ns is not None
        words = self.registers.words
        return 0 <= sighting.time_ns - words[self.at + LAST_TIME] <= words[self.at + LIMIT]

    def may_go_on_beside(self, sighting: Sighting) -> bool:
        """True where the advert begins another run, and this one need not have ended.

        A release ends what was before it.
        """
        spoken = self.advertisement.priority and sighting.advertisement.priority
        return bool(spoken) and self.is_in_time(sighting)

    def goes_on_with(self, sighting: Sighting) -> bool:
        """True where the advert is this run's next one, although another run has begun since.

        One router never says A, B and A again in one interval, nor counts on from before B.
        """
        if not self.is_in_time(sighting) or sighting.advertisement != self.advertisement:
            return False
        return sighting.ip_id is None or ip_id_step(self.last_ip_id, sighting.ip_id) == 1

    def last_word(self) -> LastWord:
        """What the sender said last: one object for all who ask before it speaks again."""
        word = self.word
        if word is None or word.mark.ref.number != self.registers.words[self.at + LAST_FRAME]:
            word = self.word = LastWord(self.sender, self.advertisement, self.last)
        return word

    def _collect_paces(self) -> None:
        """Takes over what a compiled loop has counted."""
        words = self.registers.words
        paces_at = words[self.at + PACES_AT]
        if paces_at:
            for pace, count in enumerate(words[paces_at : paces_at + MOST_PACES]):
                if count:
                    self.paces[pace] = self.paces.get(pace, 0) + count
                    words[paces_at + pace] = 0

    def _counts(self) -> bool | None:
        """Whether every step was 1; None where all but one were: that one may have been lost.

        A master that hears a lesser one sends twice in one interval.
        """
        words, at = self.registers.words, self.at
        if words[at + SKIPS] == 1 and words[at + STEPS] >= PROOF_COUNT:
            return None
        return bool(words[at + COUNTS])

    def close(self, last: Mark | None = None) -> Streak:
        """The run as a value; `last` is its latest advert, where that is at hand."""
        self._collect_paces()
        run = self.registers.words[self.at : self.at + VOICE_WORDS]
        known = self.first_ip_id is not None and run[COUNT] > 1
        return Streak(
            sender=self.sender,
            advertisement=self.advertisement,
            first=self.first,
            last=last or self.last,
            count=run[COUNT],
            copies=run[COPIES],
            first_ip_id=self.first_ip_id,
            last_ip_id=self.last_ip_id,
            ip_id_counts=self._counts() if known else None,
            longest_gap_ns=run[LONGEST_GAP],
            paces=dict(sorted(self.paces.items())),
            gap_before=self.gap_before,
            heard=self.heard,
            followed=run[FOLLOWED],
            answered=run[ANSWERED],
            sampled=tuple(self.sampled),
            sender_frames=(self.first_sender_frames, run[SENDER_FRAMES]),
            interleaved=run[INTERLEAVED],
        )
