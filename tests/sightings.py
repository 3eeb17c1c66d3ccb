"""Crafted sightings, for what no daemon can be made to send."""

from dataclasses import replace
from ipaddress import ip_address

from vrrpscope.observation import (
    Announcement,
    AnnouncementKind,
    Carp,
    FrameRef,
    Sighting,
    Vantage,
    VirtualRouter,
)
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.builder import TimelineBuilder
from vrrpscope.timeline.model import RouterStory

MS = 1_000_000
SECOND = 1000 * MS
VANTAGE = Vantage("crafted.pcap", "crafted.pcap")
ROUTER = VirtualRouter("ipv4", 60)

A = "10.0.0.1"
B = "10.0.0.2"


def advert(source: str, priority: int, **changes: object) -> Advertisement:
    """A version 2 advert once a second."""
    base = Advertisement(
        version=2,
        vrid=60,
        priority=priority,
        advert_interval_ns=SECOND,
        addresses=(ip_address("10.0.0.100"),),
        source=ip_address(source),
        destination=ip_address("224.0.0.18"),
        source_mac=f"02:00:00:00:00:{source[-1:]}0",
        ttl=255,
        address_count=1,
    )
    return replace(base, **changes)


class Wire:
    """Feeds a builder, counting frames."""

    def __init__(self) -> None:
        self.builder = TimelineBuilder(VANTAGE)
        self.number = 0
        self._ip_ids: dict[str, int] = {}

    def _ref(self) -> FrameRef:
        self.number += 1
        return FrameRef(VANTAGE.id, self.number)

    def say(self, at_ms: float, advertisement: Advertisement, ip_id: int | None = None) -> None:
        """One advert; the IP identification counts by itself."""
        source = str(advertisement.source)
        if ip_id is None:
            ip_id = self._ip_ids.get(source, 0) + 1
        self._ip_ids[source] = ip_id
        time_ns = int(at_ms * MS)
        self.builder.push(Sighting(time_ns, ip_id, ROUTER, advertisement, self._ref()))

    def repeat(self, from_ms: float, count: int, advertisement: Advertisement) -> None:
        """Adverts once a second."""
        for step in range(count):
            self.say(from_ms + 1000 * step, advertisement)

    def other(self, at_ms: float, mac: str) -> None:
        """A frame that is no advert."""
        self._ref()
        self.builder.notice("other", False, mac, int(at_ms * MS))

    def say_uncounted(self, at_ms: float, advertisement: Advertisement) -> None:
        """One advert without an IP identification, as over IPv6."""
        self.builder.push(Sighting(int(at_ms * MS), None, ROUTER, advertisement, self._ref()))

    def carp(self, at_ms: float, source: str, vhid: int = 60) -> None:
        """One CARP advert of a router that sends one a second."""
        router = VirtualRouter("ipv4", vhid)
        mac = f"00:00:5e:00:01:{vhid:02x}"
        time_ns = int(at_ms * MS)
        self.builder.meet(Carp(time_ns, router, ip_address(source), mac, SECOND, self._ref()))

    def announce(self, at_ms: float, kind: AnnouncementKind, subject: str, mac: str) -> None:
        """A neighbour's announcement."""
        self.builder.announce(
            Announcement(int(at_ms * MS), kind, ip_address(subject), mac, (), "", self._ref())
        )

    def story(self) -> RouterStory:
        """The story of the one virtual router."""
        (story,) = self.builder.finish().routers
        return story
