"""From sightings to the story, one frame at a time.

Theory of operation. A router that is master of a virtual router says the same thing once an
interval. The builder keeps, for each virtual router, the *voice* of each sender: the run of equal
adverts that it is in. An advert that equals the voice and comes on time only moves the end of the
run (`Voice.extend`). Anything else closes the run as a `Streak` and begins another one: a new
priority, another address list, a pause of more than one and a half intervals, a broken count of the
IP identification (a reload), time that runs backwards. Where the run that was broken off goes on as
if nothing had happened, there are two of them side by side (`Voice.twin`): two daemons behind one
address, or every packet seen twice.

A new run remembers two things that nobody could work out afterwards: what every other sender had
said last when it began (`heard`), since the time of a take-over counts from the last advert that
the new master *accepted*; and what else was seen during the pause before it (`gap_before`), since a
sender that stalled, a capture that stalled and a silence of VRRP alone are three things.

Everything after the streaks is small and is derived from them by pure functions (`story`).

The builder does no I/O and reads no clock: `push`, `announce` and `notice` take what was seen,
`advance` tells it how late it is, `finish` makes the `Timeline`.
"""

from array import array
from collections import Counter

from vrrpscope.observation import (
    Announcement,
    AnnouncementKind,
    Carp,
    Sighting,
    Vantage,
    VirtualRouter,
)
from vrrpscope.timeline import fold
from vrrpscope.timeline.announcements import AnnouncementLog
from vrrpscope.timeline.carp import CarpLog
from vrrpscope.timeline.hosts import BY_THE_KERNEL, HostLog
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.registers import (
    ADVERTS,
    ARP_REPLIES,
    FINAL_TIME,
    FIRST_TIME,
    FRAMES,
    NEVER,
    OTHER_VRIDS,
    OTHERS,
    VANTAGE_WORDS,
    Registers,
)
from vrrpscope.timeline.router import Place, RouterBuilder
from vrrpscope.timeline.story import tell

OTHER_VRID = "other VRID"
"""What an advert of a virtual router that was not asked for is called where frames are counted."""

_NOT_BY_THE_KERNEL = ("carp", OTHER_VRID, "rarp")
"""Frames that a VRRP daemon may have sent, or one like it; or a hypervisor for its machine."""


class TimelineBuilder:
    """Builds the `Timeline` of one vantage; those of one capture share `registers`."""

    def __init__(self, vantage: Vantage, registers: Registers | None = None) -> None:
        self.vantage = vantage
        self._registers = registers or Registers()
        self.at = self._registers.allocate(VANTAGE_WORDS)
        self._registers.words[self.at + FIRST_TIME] = NEVER
        self._registers.words[self.at + FINAL_TIME] = NEVER
        self._routers: dict[VirtualRouter, RouterBuilder] = {}
        self._announcements = AnnouncementLog()
        self._carp = CarpLog()
        self._hosts = HostLog(self._registers)
        self._counts: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._untimed = 0
        self.dropped = 0
        self._dropped_since_ns: int | None = None

    def push(self, sighting: Sighting) -> Place | None:
        """Takes an advert; returns its voice's place, None where it has no time."""
        words = self._registers.words
        words[self.at + ADVERTS] += 1
        if sighting.time_ns is None:
            self._untimed += 1
            return None
        self.advance(sighting.time_ns)
        router = self._routers.get(sighting.router)
        if router is None:
            router = RouterBuilder(sighting.router, self._hosts, self._registers)
            self._routers[sighting.router] = router
        advertisement = sighting.advertisement
        host_at = self._hosts.at(advertisement.source_mac or str(advertisement.source))
        words[host_at + FRAMES] += 1
        return router.push(sighting, host_at)

    def host_at(self, host: str) -> int:
        """Where the registers count a host, by its MAC, or by its address; 0 for nowhere."""
        return self._hosts.known_at(host)

    def announce(self, announcement: Announcement) -> None:
        """Takes a neighbour's announcement."""
        self._counts[announcement.kind] += 1
        self._hosts.count(announcement.mac or str(announcement.subject))
        if announcement.time_ns is not None:
            self.advance(announcement.time_ns)
            if announcement.kind in BY_THE_KERNEL:
                self._hosts.add(announcement.mac, announcement.time_ns)
            self._announcements.add(announcement)

    def take_answers(self, rows: "array[int]") -> None:
        """Takes ARP replies, as rows of an `AnswerLog`, that are counted already."""
        self._announcements.answers.extend(rows, self.vantage.id)

    def meet(self, carp: Carp) -> None:
        """Takes a CARP advert: no advert, and yet every master of that number gets it."""
        self.notice(carp.name, False, carp.mac, carp.time_ns)
        if carp.time_ns is not None:
            self._carp.add(carp)

    def notice(self, name: str, refused: bool, mac: str, time_ns: int | None) -> None:
        """Takes any other frame: it proves that its sender, and the capture, were alive."""
        self._counts[name] += 1
        if refused:
            self._refused.add(name)
        if mac:
            self._hosts.count(mac)
        if time_ns is not None:
            self.advance(time_ns)
            if not refused and name not in _NOT_BY_THE_KERNEL:
                self._hosts.add(mac, time_ns)

    def drop(self, frames: int, now_ns: int | None = None) -> None:
        """Tells how many frames were lost up to now, as far as is known."""
        if frames and not self.dropped:
            self._dropped_since_ns = now_ns
        self.dropped = frames

    def advance(self, now_ns: int) -> None:
        """Tells how late it is: silence can only be known by the passing of time."""
        fold.advance(self._registers.words, self.at, now_ns)

    def finish(self) -> Timeline:
        """The story of all that was taken."""
        words = self._registers.words[self.at : self.at + VANTAGE_WORDS]
        first_ns, final_ns = words[FIRST_TIME], words[FINAL_TIME]
        end_ns = final_ns if final_ns != NEVER else 0
        stories = tuple(self._story(b, end_ns) for b in self._routers.values())
        counts = self._counts + Counter(
            {
                "advert": words[ADVERTS],
                "other": words[OTHERS],
                OTHER_VRID: words[OTHER_VRIDS],
                AnnouncementKind.ARP_REPLY: words[ARP_REPLIES],
            }
        )
        return Timeline(
            vantage=self.vantage,
            routers=stories,
            frames=counts.total(),
            counts=dict(sorted(counts.items())),
            untimed=self._untimed,
            first_ns=None if first_ns == NEVER else first_ns,
            last_ns=None if final_ns == NEVER else final_ns,
            notes=[
                *self._announcements.notes(),
                *self._hosts.notes(),
                *(n for s in stories for n in s.notes),
            ],
            refused=frozenset(self._refused),
            frames_by_mac=self._hosts.frames(),
            dropped=self.dropped,
            dropped_since_ns=self._dropped_since_ns,
        )

    def _story(self, builder: RouterBuilder, end_ns: int) -> RouterStory:
        """The story of one virtual router."""
        streaks = builder.close()
        addresses = {a for s in streaks for a in s.advertisement.addresses}
        announcements = self._announcements.for_router(builder.router, addresses)
        story = tell(builder.router, streaks, announcements, end_ns)
        story.carp = self._carp.runs_for(builder.router)
        return story
