"""What hosts sent: how much, and of routers also what they sent beside VRRP: the machine lives."""

from vrrpscope.observation import AnnouncementKind
from vrrpscope.timeline import fold
from vrrpscope.timeline.registers import (
    FRAMES,
    HOST_WORDS,
    MOST_SEEN,
    SEEN,
    SEEN_AT,
    SEEN_RING,
    SEEN_WORDS,
    Registers,
)

BY_THE_KERNEL = (AnnouncementKind.ARP_REPLY, AnnouncementKind.PROTOCOL_UNREACHABLE)
"""Announcements that no VRRP daemon makes: its host answers somebody."""

MOST_HOSTS = 100_000
"""Hosts that are told apart at one vantage, so that made-up addresses cannot fill the memory."""


class HostLog:
    """The frames of each host, by its MAC, or by its address where the link layer has none.

    When a router's host last sent something that its VRRP daemon does not send is kept only of
    those who have advertised, so that a capture with many hosts costs little.
    """

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._places: dict[str, int] = {}
        self._not_counted = 0

    def count(self, host: str) -> None:
        """Counts a frame of a host; of one that is new only where there are not too many yet."""
        if host in self._places or len(self._places) < MOST_HOSTS:
            self._registers.words[self.at(host) + FRAMES] += 1
        else:
            self._not_counted += 1

    def known_at(self, host: str) -> int:
        """Where the registers have this host; 0 where it is none that is counted."""
        return self._places.get(host, 0)

    def at(self, host: str) -> int:
        """Where the registers have this host, which is counted from now on."""
        at = self._places.get(host)
        if at is None:
            at = self._places[host] = self._registers.allocate(HOST_WORDS)
        return at

    def frames(self) -> dict[str, int]:
        """How many frames of any kind each host sent."""
        words = self._registers.words
        counted = {host: words[at + FRAMES] for host, at in self._places.items()}
        return {host: frames for host, frames in counted.items() if frames}

    def notes(self) -> list[str]:
        """Says where the bound was reached."""
        if not self._not_counted:
            return []
        return [f"more than {MOST_HOSTS} hosts; frames not counted by host: {self._not_counted}"]

    def know(self, mac: str) -> None:
        """From now on, remember what this MAC sends: one that a single host has."""
        at = self.at(mac)
        if not self._registers.words[at + SEEN_AT]:
            seen_at = self._registers.allocate(SEEN_WORDS)
            self._registers.words[at + SEEN_AT] = seen_at

    def add(self, mac: str, time_ns: int) -> None:
        """Takes a frame that is neither an advert nor an announcement of a VRRP daemon."""
        at = self._places.get(mac)
        if at is not None:
            fold.see(self._registers.words, at, time_ns)

    def latest(self, mac: str) -> tuple[int, ...]:
        """When its latest frames came, nanoseconds since the epoch."""
        at = self._places.get(mac)
        if at is None:
            return ()
        words = self._registers.words
        seen_at = words[at + SEEN_AT]
        if not seen_at:
            return ()
        seen, ring_at = words[seen_at + SEEN], seen_at + SEEN_RING
        return tuple(words[ring_at + n % MOST_SEEN] for n in range(max(0, seen - MOST_SEEN), seen))
