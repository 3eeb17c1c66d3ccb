"""What a router's host sent beside VRRP: it shows that the machine lives."""

from collections import deque

from vrrpscope.observation import AnnouncementKind

_LATEST = 16
"""Frames of one host that are remembered."""

BY_THE_KERNEL = (AnnouncementKind.ARP_REPLY, AnnouncementKind.PROTOCOL_UNREACHABLE)
"""Announcements that no VRRP daemon makes: its host answers somebody."""


class HostLog:
    """When each router's host last sent something that its VRRP daemon does not send.

    Kept only of those who have advertised, so that a capture with many hosts costs nothing.
    """

    def __init__(self) -> None:
        self._times: dict[str, deque[int]] = {}

    def know(self, mac: str) -> None:
        """From now on, remember what this MAC sends: one that a single host has."""
        self._times.setdefault(mac, deque(maxlen=_LATEST))

    def add(self, mac: str, time_ns: int) -> None:
        """Takes a frame that is neither an advert nor an announcement of a VRRP daemon."""
        times = self._times.get(mac)
        if times is not None:
            times.append(time_ns)

    def latest(self, mac: str) -> tuple[int, ...]:
        """When its latest frames came, nanoseconds since the epoch."""
        return tuple(self._times.get(mac, ()))
