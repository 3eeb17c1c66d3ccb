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

from collections import Counter, deque

from vrrpscope.observation import Announcement, Carp, Sighting, Vantage, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement, Defect
from vrrpscope.timeline.announcements import AnnouncementLog
from vrrpscope.timeline.carp import CarpLog
from vrrpscope.timeline.hosts import BY_THE_KERNEL, HostLog
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.story import tell
from vrrpscope.timeline.streak import Gap, LastWord, Mark, Sender, Streak, Voice, ip_id_step

_MOST_HEARD = 32
"""Changes of the speaker that a new run looks back on: work that does not grow with senders."""

_NOT_BY_THE_KERNEL = ("carp", "other VRID", "rarp")
"""Frames that a VRRP daemon may have sent, or one like it; or a hypervisor for its machine."""

_VoiceKey = tuple[Sender, int, object]


class _RouterBuilder:
    """The voices and the closed runs of one virtual router."""

    def __init__(self, router: VirtualRouter, hosts: HostLog) -> None:
        self.router = router
        self.hosts = hosts
        self.voices: dict[_VoiceKey, Voice] = {}
        self.adverts: dict[str, int] = {}
        self.latest: Voice | None = None
        self.recent: deque[Voice] = deque(maxlen=_MOST_HEARD)
        self.streaks: list[Streak] = []

    def push(self, sighting: Sighting, sender_frames: int, who: str) -> None:
        """Takes one advert with a time, and the number of all frames of its host so far."""
        self.adverts[who] = own = self.adverts.get(who, 0) + 1
        advertisement = sighting.advertisement
        sender = Sender(advertisement.source, advertisement.source_mac)
        if advertisement.is_release and advertisement.source.is_unspecified:
            sender = self._releaser(sender)
        # One unicast advert goes to each peer, and some routers say v2 and v3: separate voices.
        key = (sender, advertisement.version, advertisement.destination)
        voice = self.voices.get(key)
        if voice is not None and voice.twin is not None:
            voice = self.voices[key] = self._in_turn(voice, voice.twin, sighting)
        previous = self.latest
        before_ns = previous.last_time_ns if previous is not None else 0
        if voice is None or not voice.extend(sighting, sender_frames):
            gap, twin = None, None
            if voice is None:
                if _has_own_mac(sender, advertisement):
                    self.hosts.know(sender.mac)
            else:
                gap = _gap(voice, sighting, sender_frames - own, self.hosts.latest(sender.mac))
                twin = self._broken_off(voice, sighting)
            voice = _begin(sighting, sender, gap, self._heard(sender), sender_frames)
            voice.twin = twin
            self.voices[key] = voice
        voice.other_frames = sender_frames - own
        if previous is None or previous.sender != sender:
            self.recent.append(voice)
            if previous is not None:
                voice.follow(voice.last_time_ns - before_ns)
        self.latest = voice

    def _broken_off(self, voice: Voice, sighting: Sighting) -> Voice | None:
        """Closes a run that another one follows, unless it may go on beside that one."""
        if voice.twin is not None:
            self.streaks.append(voice.twin.close())
            voice.twin = None
        if voice.may_go_on_beside(sighting):
            return voice
        self.streaks.append(voice.close())
        return None

    def _in_turn(self, voice: Voice, twin: Voice, sighting: Sighting) -> Voice:
        """Which of two runs side by side the advert belongs to; a twin that is late is closed."""
        if twin.goes_on_with(sighting):
            twin.twin, voice.twin = voice, None
            return twin
        if not twin.is_in_time(sighting):
            self.streaks.append(twin.close())
            voice.twin = None
        return voice

    def _heard(self, sender: Sender) -> tuple[LastWord, ...]:
        """The last words of the others who spoke lately, each once, the latest last."""
        words: dict[Sender, LastWord] = {}
        for voice in self.recent:
            if voice.sender != sender:
                words.pop(voice.sender, None)
                words[voice.sender] = voice.last_word()
        return tuple(words.values())

    def _releaser(self, sender: Sender) -> Sender:
        """Whose release from 0.0.0.0 it is (Huawei): the one with that MAC, else the only one."""
        speaking = [v.sender for v in self.voices.values() if v.advertisement.priority]
        same_mac = [s for s in speaking if s.mac == sender.mac]
        candidates = dict.fromkeys(same_mac or speaking)
        return next(iter(candidates)) if len(candidates) == 1 else sender

    def close(self) -> tuple[Streak, ...]:
        """All runs in the order in which they began."""
        voices = self.voices.values()
        running = [v.close() for voice in voices for v in (voice, voice.twin) if v is not None]
        return tuple(sorted([*self.streaks, *running], key=lambda s: s.first))


def _begin(
    sighting: Sighting,
    sender: Sender,
    gap: Gap | None,
    heard: tuple[LastWord, ...],
    sender_frames: int,
) -> Voice:
    """A new run that consists of this advert."""
    time_ns = sighting.time_ns
    assert time_ns is not None
    return Voice(
        sender=sender,
        advertisement=sighting.advertisement,
        first=Mark(time_ns, sighting.ref),
        gap_before=gap,
        heard=heard,
        last_time_ns=time_ns,
        last_ref=sighting.ref,
        first_ip_id=sighting.ip_id,
        last_ip_id=sighting.ip_id,
        sender_frames=sender_frames,
    )


def _has_own_mac(sender: Sender, advertisement: Advertisement) -> bool:
    """True where the MAC is the sender's alone: a unicast advert may have come through a router."""
    return sender.has_own_mac and Defect.TTL_NOT_255 not in advertisement.defects


def _gap(voice: Voice, sighting: Sighting, other_frames: int, host_seen: tuple[int, ...]) -> Gap:
    """The pause between a voice's last advert and this one.

    What comes from a virtual MAC may be any router's; without MACs the address tells a few.
    """
    time_ns = sighting.time_ns
    assert time_ns is not None
    sender = voice.sender
    has_own_mac = _has_own_mac(sender, voice.advertisement)
    told = has_own_mac or not sender.mac
    return Gap(
        from_=Mark(voice.last_time_ns, voice.last_ref),
        until=Mark(time_ns, sighting.ref),
        ip_id_step=ip_id_step(voice.last_ip_id, sighting.ip_id),
        sender_frames=other_frames - voice.other_frames if told else 0,
        host_seen=host_seen,
        knows_host=has_own_mac,
    )


class TimelineBuilder:
    """Builds the `Timeline` of one vantage."""

    def __init__(self, vantage: Vantage) -> None:
        self.vantage = vantage
        self._routers: dict[VirtualRouter, _RouterBuilder] = {}
        self._announcements = AnnouncementLog()
        self._carp = CarpLog()
        self._hosts = HostLog()
        # By the address where the link layer has no MAC: frames of all are not frames of one.
        self._frames_by_mac: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._untimed = 0
        self._first_ns: int | None = None
        self._last_ns: int | None = None

    def push(self, sighting: Sighting) -> None:
        """Takes an advert."""
        self._counts["advert"] += 1
        if sighting.time_ns is None:
            self._untimed += 1
            return
        self.advance(sighting.time_ns)
        router = self._routers.get(sighting.router)
        if router is None:
            router = self._routers[sighting.router] = _RouterBuilder(sighting.router, self._hosts)
        advertisement = sighting.advertisement
        who = advertisement.source_mac or str(advertisement.source)
        self._frames_by_mac[who] = frames = self._frames_by_mac.get(who, 0) + 1
        router.push(sighting, frames, who)

    def announce(self, announcement: Announcement) -> None:
        """Takes a neighbour's announcement."""
        self._counts[announcement.kind] += 1
        self._frames_by_mac[announcement.mac or str(announcement.subject)] += 1
        if announcement.time_ns is not None:
            self.advance(announcement.time_ns)
            if announcement.kind in BY_THE_KERNEL:
                self._hosts.add(announcement.mac, announcement.time_ns)
            self._announcements.add(announcement)

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
            self._frames_by_mac[mac] += 1
        if time_ns is not None:
            self.advance(time_ns)
            if not refused and name not in _NOT_BY_THE_KERNEL:
                self._hosts.add(mac, time_ns)

    def advance(self, now_ns: int) -> None:
        """Tells how late it is: silence can only be known by the passing of time."""
        if self._first_ns is None:
            self._first_ns = now_ns
        if self._last_ns is None or now_ns > self._last_ns:
            self._last_ns = now_ns

    def finish(self) -> Timeline:
        """The story of all that was taken."""
        end_ns = self._last_ns if self._last_ns is not None else 0
        stories = tuple(self._story(b, end_ns) for b in self._routers.values())
        return Timeline(
            vantage=self.vantage,
            routers=stories,
            frames=sum(self._counts.values()),
            counts=dict(self._counts),
            untimed=self._untimed,
            first_ns=self._first_ns,
            last_ns=self._last_ns,
            notes=[*self._announcements.notes(), *(n for s in stories for n in s.notes)],
            refused=frozenset(self._refused),
            frames_by_mac=dict(self._frames_by_mac),
        )

    def _story(self, builder: _RouterBuilder, end_ns: int) -> RouterStory:
        """The story of one virtual router."""
        streaks = builder.close()
        addresses = {a for s in streaks for a in s.advertisement.addresses}
        announcements = self._announcements.for_router(builder.router, addresses)
        story = tell(builder.router, streaks, announcements, end_ns)
        story.carp = self._carp.runs_for(builder.router)
        return story
