"""A speaker repeats itself: runs of equal adverts, the value on which everything else stands."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from vrrpscope.observation import FrameRef
from vrrpscope.protocol.advertisement import Address, Advertisement
from vrrpscope.protocol.timers import NS

DEFAULT_INTERVAL_NS = NS
"""Used where the capture cut the interval off; keepalived's and the RFC's default."""

_LATENESS_SLACK_NS = 20_000_000
"""Scheduling jitter that must not break a run of sub-second adverts."""

ANSWER_NS = 10_000_000
"""A master that accepts a lower-priority advert answers within this (keepalived: 0.2 to 5 ms)."""

PROOF_COUNT = 3
"""Steps of one in the IP identification that prove that a sender counts."""

NO_IP_ID = -1
"""In place of an IP identification where only integers will do: IPv6, or none yet."""

_VIRTUAL_MAC = "00:00:5e:00:"
_VIRTUAL_MAC_IPV6 = "00:00:5e:00:02:"
"""RFC 5798 section 7.3."""


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


def ip_id_distance(before: int, after: int) -> int:
    """Steps from one IP identification to the next one, modulo the wrap from 65,535 to 1.

    Returns:
        0 to 65,535; -1 where one of them is `NO_IP_ID`.
    """
    if before == NO_IP_ID or after == NO_IP_ID:
        return -1
    step = (after - before) & 0xFFFF
    if after < before and step > 1 and before > 0xFF00:
        return step - 1
    return step


def ip_id_step(before: int | None, after: int | None) -> int | None:
    """The same distance for identifications that may be None; None where one of them is."""
    return None if before is None or after is None else ip_id_distance(before, after)
