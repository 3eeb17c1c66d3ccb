"""A speaker repeats itself: runs of equal adverts, the fold on which everything else stands."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from vrrpscope.observation import FrameRef, Sighting
from vrrpscope.protocol.advertisement import Address, Advertisement
from vrrpscope.protocol.timers import NS

DEFAULT_INTERVAL_NS = NS
"""Used where the capture cut the interval off; keepalived's and the RFC's default."""

_LATENESS_SLACK_NS = 20_000_000
"""Scheduling jitter that must not break a run of sub-second adverts."""

_DUPLICATE_NS = 5_000_000
"""Copies of one packet (mirror ports) come closer together than this."""

ANSWER_NS = 10_000_000
"""A master that accepts a lower-priority advert answers within this (keepalived: 0.2 to 5 ms)."""

_VIRTUAL_MAC = "00:00:5e:00:"
_VIRTUAL_MAC_IPV6 = "00:00:5e:00:02:"
"""RFC 5798 section 7.3."""

_FIRST_SAMPLE_MASK = 0x03
_LAST_SAMPLE_MASK = 0x7FFF
_MOST_SAMPLES = 128
"""Of one run every 4th advert is sampled, and fewer where the run is long, but always one of each
round of the 16 bits."""

PROOF_COUNT = 3
"""Steps of one in the IP identification that prove that a sender counts."""


class Sender(NamedTuple):
    """Who speaks: with virtual MACs the MAC alone says nothing, with cloned hosts the address."""

    address: Address
    mac: str

    @property
    def host(self) -> str:
        """What tells its host from others: the MAC; the address where the link layer has none."""
        return self.mac or str(self.address)

    @property
    def has_own_mac(self) -> bool:
        """True where every frame of its host is known by the MAC: one that no router shares."""
        return bool(self.mac) and not self.mac.startswith(_VIRTUAL_MAC)

    @property
    def is_shared(self) -> bool:
        """True where the IPv6 address is made of the virtual MAC, so all routers have the same.

        FRRouting sends from the link-local address of its macvlan: neither address nor MAC tells
        two routers of the group apart. Where no MAC is known, the address alone shows it.
        """
        if self.address.version == 4 or not self.address.is_link_local:
            return False
        mac = self.mac or f"{_VIRTUAL_MAC_IPV6}{self.address.packed[-1]:02x}"
        octets = bytes.fromhex(mac.replace(":", ""))
        identifier = bytes((octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]))
        return mac.startswith(_VIRTUAL_MAC_IPV6) and self.address.packed[8:] == identifier


class Mark(NamedTuple):
    """A moment in a capture, and the frame that shows it."""

    time_ns: int
    ref: FrameRef


class LastWord(NamedTuple):
    """The last advert of a sender at some moment."""

    sender: Sender
    advertisement: Advertisement
    mark: Mark


class Meanwhile(StrEnum):
    """What else was captured while a sender said nothing: kinds of silence."""

    SENDER_SPOKE = "sender-spoke"
    """The sender sent other frames: VRRP alone was silent."""
    SENDER_STALLED = "sender-stalled"
    """Others were captured and nothing of the sender: it stalled altogether, or was cut off."""
    CAPTURE_WENT_ON = "capture-went-on"
    """Frames were captured; without a MAC of its own nobody knows which are the sender's."""
    NOTHING_CAPTURED = "nothing-captured"
    """No frame of anybody: the capture may have stalled as well."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A pause of one sender, and what else was seen meanwhile.

    Attributes:
        from_, until: the adverts on either side.
        ip_id_step: difference of the IP identifications, modulo 65,536; None where unknown.
        sender_frames: frames of the sender's host during the pause, as far as they can be told from
            those of others; its adverts of this virtual router are not counted.
        knows_host: every frame of the sender's host could be recognised.
        host_seen: when the latest frames of the sender's host came that are no VRRP, up to the end
            of the pause; a few at the most.
    """

    from_: Mark
    until: Mark
    ip_id_step: int | None
    sender_frames: int
    host_seen: tuple[int, ...] = ()
    knows_host: bool = True

    @property
    def capture_frames(self) -> int:
        """Frames of anybody in the file during the pause."""
        return self.until.ref.number - self.from_.ref.number - 1

    @property
    def meanwhile(self) -> Meanwhile:
        """Who else was heard during the pause."""
        if self.sender_frames > 0:
            return Meanwhile.SENDER_SPOKE
        if not self.capture_frames:
            return Meanwhile.NOTHING_CAPTURED
        return Meanwhile.SENDER_STALLED if self.knows_host else Meanwhile.CAPTURE_WENT_ON

    @property
    def duration_ns(self) -> int:
        """Length of the pause."""
        return self.until.time_ns - self.from_.time_ns


@dataclass(frozen=True, slots=True)
class Streak:
    """Equal adverts of one sender that came on time.

    Attributes:
        first, last: the ends of the run.
        count: adverts in it, copies of a mirror port not counted.
        copies: packets seen a second time.
        first_ip_id, last_ip_id: IP identifications at the ends; None for IPv6.
        ip_id_counts: True where every step was 1, False where some were not, None where nothing
            can be said (one advert, IPv6, or a single step that was not 1).
        longest_gap_ns: the longest pause inside the run.
        paces: how often each pause came, in hundredths of the advertised interval.
        gap_before: the pause since the same sender spoke last; None where it had not spoken.
        heard: the last words of the others who had spoken lately when this run began.
        followed: adverts that came directly after one of another sender.
        answered: those of them that came within `ANSWER_NS`: a master that answers at once has
            heard the other one.
        sampled: IP identification and time of some adverts, always those of the same numbers, so
            that two captures of one run have some in common wherever each of them began.
        sender_frames: frames of the sender's MAC at this vantage up to the first and up to the last
            advert, those included.
        interleaved: adverts whose IP identification goes on where the last but one was, and not
            the last one: two senders count behind one address.
    """

    sender: Sender
    advertisement: Advertisement
    first: Mark
    last: Mark
    count: int
    copies: int
    first_ip_id: int | None
    last_ip_id: int | None
    ip_id_counts: bool | None
    longest_gap_ns: int
    paces: dict[int, int]
    gap_before: Gap | None
    heard: tuple[LastWord, ...]
    followed: int = 0
    answered: int = 0
    sampled: tuple[tuple[int, int], ...] = ()
    sender_frames: tuple[int, int] = (0, 0)
    interleaved: int = 0

    @property
    def interval_ns(self) -> int:
        """The advertised interval, or the default where it was cut off or is 0."""
        return self.advertisement.advert_interval_ns or DEFAULT_INTERVAL_NS

    @property
    def priority(self) -> int:
        """The effective priority of the run."""
        return self.advertisement.priority


def late_after_ns(interval_ns: int) -> int:
    """A pause longer than this is a gap: at least one advert is missing."""
    return interval_ns + interval_ns // 2 + _LATENESS_SLACK_NS


@dataclass(slots=True)
class Voice:
    """The run that a sender is in: a streak while it grows.

    `twin` is the run before it, as long as that may go on beside this one. `other_frames` are the
    frames of its host up to its last advert that are no adverts of this virtual router.
    """

    sender: Sender
    advertisement: Advertisement
    first: Mark
    gap_before: Gap | None
    heard: tuple[LastWord, ...]
    last_time_ns: int
    last_ref: FrameRef
    first_ip_id: int | None
    last_ip_id: int | None
    sender_frames: int
    count: int = 1
    copies: int = 0
    before_last_ip_id: int | None = None
    steps: int = 0
    interleaved: int = 0
    counts: bool = True
    skips: int = 0
    followed: int = 0
    answered: int = 0
    longest_gap_ns: int = 0
    interval_ns: int = DEFAULT_INTERVAL_NS
    limit_ns: int = 0
    paces: dict[int, int] = field(default_factory=dict)
    twin: "Voice | None" = None
    first_sender_frames: int = 0
    other_frames: int = 0
    sampled: list[tuple[int, int]] = field(default_factory=list)
    sample_mask: int = _FIRST_SAMPLE_MASK

    def __post_init__(self) -> None:
        """Derives the limit after which the next advert is late."""
        self.interval_ns = self.advertisement.advert_interval_ns or DEFAULT_INTERVAL_NS
        self.limit_ns = late_after_ns(self.interval_ns)
        self.first_sender_frames = self.sender_frames

    def extend(self, sighting: Sighting, sender_frames: int) -> bool:
        """Takes the advert into the run; False where it begins another one."""
        if sighting.advertisement is not self.advertisement and (
            sighting.advertisement != self.advertisement
        ):
            return False
        time_ns = sighting.time_ns
        assert time_ns is not None
        gap_ns = time_ns - self.last_time_ns
        ip_id = sighting.ip_id
        if 0 <= gap_ns < _DUPLICATE_NS and ip_id is not None and ip_id == self.last_ip_id:
            self.copies += 1
            return True
        if gap_ns > self.limit_ns or gap_ns < 0:
            return False
        if ip_id is not None:
            if not self._follows(ip_id):
                return False
            self.before_last_ip_id = self.last_ip_id
        self.count += 1
        if gap_ns > self.longest_gap_ns:
            self.longest_gap_ns = gap_ns
        pace = gap_ns * 100 // self.interval_ns
        self.paces[pace] = self.paces.get(pace, 0) + 1
        self.last_time_ns = time_ns
        self.last_ref = sighting.ref
        self.last_ip_id = ip_id
        self.sender_frames = sender_frames
        if ip_id is not None and not ip_id & self.sample_mask:
            self._sample(ip_id, time_ns)
        return True

    def _sample(self, ip_id: int, time_ns: int) -> None:
        """Keeps an advert with a round number; every second one where there are too many."""
        self.sampled.append((ip_id, time_ns))
        if len(self.sampled) > _MOST_SAMPLES and self.sample_mask < _LAST_SAMPLE_MASK:
            self.sample_mask = self.sample_mask << 1 | 1
            self.sampled = [s for s in self.sampled if not s[0] & self.sample_mask]

    def is_in_time(self, sighting: Sighting) -> bool:
        """True where the advert comes before this run's next one would be late."""
        assert sighting.time_ns is not None
        return 0 <= sighting.time_ns - self.last_time_ns <= self.limit_ns

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

    def _follows(self, ip_id: int) -> bool:
        """Notes the step of the IP identification; False where a proven count is broken.

        keepalived >= 2.0 counts adverts per instance from 1 and wraps to 1 (vrrp_update_pkt): a
        reset without a pause is a reload.
        """
        step = ip_id_step(self.last_ip_id, ip_id)
        if step == 1:
            self.steps += 1
            return True
        if self.counts and self.steps >= PROOF_COUNT:
            return False
        if step != 0 and ip_id_step(self.before_last_ip_id, ip_id) == 1:
            self.interleaved += 1
        self.counts = False
        self.skips += 1
        return True

    def follow(self, lag_ns: int) -> None:
        """Notes that the latest advert came this long after one of another sender."""
        self.followed += 1
        if 0 <= lag_ns < ANSWER_NS:
            self.answered += 1

    def last_word(self) -> LastWord:
        """What the sender said last."""
        return LastWord(self.sender, self.advertisement, Mark(self.last_time_ns, self.last_ref))

    def _counts(self) -> bool | None:
        """Whether every step was 1; None where all but one were: that one may have been lost.

        A master that hears a lesser one sends twice in one interval.
        """
        return None if self.skips == 1 and self.steps >= PROOF_COUNT else self.counts

    def close(self) -> Streak:
        """The run as a value."""
        known = self.first_ip_id is not None and self.count > 1
        return Streak(
            sender=self.sender,
            advertisement=self.advertisement,
            first=self.first,
            last=Mark(self.last_time_ns, self.last_ref),
            count=self.count,
            copies=self.copies,
            first_ip_id=self.first_ip_id,
            last_ip_id=self.last_ip_id,
            ip_id_counts=self._counts() if known else None,
            longest_gap_ns=self.longest_gap_ns,
            paces=self.paces,
            gap_before=self.gap_before,
            heard=self.heard,
            followed=self.followed,
            answered=self.answered,
            sampled=tuple(self.sampled),
            sender_frames=(self.first_sender_frames, self.sender_frames),
            interleaved=self.interleaved,
        )


def ip_id_step(before: int | None, after: int | None) -> int | None:
    """Steps from one IP identification to the next one, modulo the wrap from 65,535 to 1."""
    if before is None or after is None:
        return None
    step = (after - before) & 0xFFFF
    return step - 1 if after < before and step > 1 and before > 0xFF00 else step
