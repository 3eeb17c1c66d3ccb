"""The voices of one virtual router, while its story is built (see `builder`)."""

from vrrpscope.observation import Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement, Defect
from vrrpscope.timeline import fold
from vrrpscope.timeline.hosts import HostLog
from vrrpscope.timeline.registers import (
    FRAMES,
    HOST_AT,
    MOST_TURNS,
    NUMBER,
    OWN_AT,
    RING,
    ROUTER_AT,
    ROUTER_WORDS,
    SPEAKER_AT,
    TURNS,
    VOICE_WORDS,
    Registers,
)
from vrrpscope.timeline.streak import Gap, LastWord, Mark, Sender, Streak, ip_id_step
from vrrpscope.timeline.voice import Voice

_VoiceKey = tuple[Sender, int, object]


class Place:
    """Where a voice lies in the registers, and which run is in it now.

    `spare_at` is for the run before, while that may go on beside it.
    """

    __slots__ = ("at", "sender", "spare_at", "voice")

    def __init__(self, sender: Sender, at: int) -> None:
        self.sender = sender
        self.at = at
        self.spare_at = 0
        self.voice: Voice | None = None


class RouterBuilder:
    """The voices and the closed runs of one virtual router."""

    def __init__(self, router: VirtualRouter, hosts: HostLog, registers: Registers) -> None:
        self.router = router
        self.hosts = hosts
        self.at = registers.allocate(ROUTER_WORDS)
        self.streaks: list[Streak] = []
        self._registers = registers
        self._places: dict[_VoiceKey, Place] = {}
        self._numbered: list[Place] = []
        self._own_at: dict[int, int] = {}
        self._speaker_at: dict[Sender, int] = {}

    def push(self, sighting: Sighting, host_at: int) -> Place:
        """Takes one advert with a time, counted for its host already; returns its voice's place."""
        own_at = self._own(host_at)
        self._registers.words[own_at] += 1
        place = self._place(sighting.advertisement)
        voice = place.voice
        if voice is not None and voice.twin is not None:
            voice = place.voice = self._in_turn(voice, voice.twin, sighting)
        pace = fold.NEW_RUN if voice is None else voice.extend(sighting)
        if voice is None or pace == fold.NEW_RUN:
            self._begin(place, sighting, host_at, own_at)
        fold.settle(self._registers.words, place.at, pace)
        return place

    def _own(self, host_at: int) -> int:
        """Where the adverts of this virtual router are counted that a host sends."""
        own_at = self._own_at.get(host_at)
        if own_at is None:
            own_at = self._own_at[host_at] = self._registers.allocate(1)
        return own_at

    def _place(self, advertisement: Advertisement) -> Place:
        """The place of the voice that says this.

        One unicast advert goes to each peer, and some routers say v2 and v3: separate voices.
        """
        sender = Sender(advertisement.source, advertisement.source_mac)
        if advertisement.is_release and advertisement.source.is_unspecified:
            sender = self._releaser(sender)
        key = (sender, advertisement.version, advertisement.destination)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._new_place(sender)
        return place

    def _new_place(self, sender: Sender) -> Place:
        speaker_at = self._speaker_at.get(sender)
        if speaker_at is None:
            speaker_at = self._speaker_at[sender] = self._registers.allocate(1)
        place = Place(sender, self._registers.allocate(VOICE_WORDS))
        words = self._registers.words
        words[place.at + ROUTER_AT] = self.at
        words[place.at + SPEAKER_AT] = speaker_at
        words[place.at + NUMBER] = len(self._numbered)
        self._registers.voices += 1
        self._numbered.append(place)
        return place

    def _begin(self, place: Place, sighting: Sighting, host_at: int, own_at: int) -> None:
        """A new run, of which this is the first advert; the one before it ends or steps aside."""
        words = self._registers.words
        advertisement, time_ns = sighting.advertisement, sighting.time_ns
        assert time_ns is not None
        gap, twin, first = None, None, Mark(time_ns, sighting.ref)
        self._registers.runs += 1
        before, frames = place.voice, words[host_at + FRAMES]
        if before is not None:
            host_seen = self.hosts.latest(place.sender.mac)
            gap = _gap(before, first, sighting.ip_id, frames - words[own_at], host_seen)
            twin = self._broken_off(place, before, sighting, gap.from_)
        elif _has_own_mac(place.sender, advertisement):
            self.hosts.know(place.sender.mac)
        voice = place.voice = Voice(
            self._registers,
            place.at,
            place.sender,
            advertisement,
            first=first,
            first_ip_id=sighting.ip_id,
            first_sender_frames=frames,
            gap_before=gap,
            heard=self._heard(place.sender),
        )
        words[place.at + HOST_AT], words[place.at + OWN_AT] = host_at, own_at
        voice.begin()
        voice.set_twin(twin)

    def _broken_off(
        self, place: Place, voice: Voice, sighting: Sighting, last: Mark
    ) -> Voice | None:
        """Closes a run that another one follows, unless it may go on beside that one."""
        if voice.twin is not None:
            self.streaks.append(voice.twin.close())
            voice.set_twin(None)
        if voice.may_go_on_beside(sighting):
            place.spare_at = place.spare_at or self._registers.allocate(VOICE_WORDS)
            voice.move(place.spare_at)
            return voice
        self.streaks.append(voice.close(last))
        return None

    def _in_turn(self, voice: Voice, twin: Voice, sighting: Sighting) -> Voice:
        """Which of two runs side by side the advert belongs to; a twin that is late is closed."""
        if twin.goes_on_with(sighting):
            voice.change_places(twin)
            twin.set_twin(voice)
            voice.set_twin(None)
            return twin
        if not twin.is_in_time(sighting):
            self.streaks.append(twin.close())
            voice.set_twin(None)
        return voice

    def _heard(self, sender: Sender) -> tuple[LastWord, ...]:
        """The last words of the others who spoke lately, each once, the latest last."""
        words = self._registers.words
        turns, ring_at = words[self.at + TURNS], self.at + RING
        heard: dict[Sender, LastWord] = {}
        for turn in range(max(0, turns - MOST_TURNS), turns):
            number = words[words[ring_at + turn % MOST_TURNS]]
            voice = self._numbered[number].voice
            if voice is not None and voice.sender != sender:
                heard.pop(voice.sender, None)
                heard[voice.sender] = voice.last_word()
        return tuple(heard.values())

    def _releaser(self, sender: Sender) -> Sender:
        """Whose release from 0.0.0.0 it is (Huawei): the one with that MAC, else the only one."""
        voices = (place.voice for place in self._numbered)
        speaking = [v.sender for v in voices if v is not None and v.advertisement.priority]
        same_mac = [s for s in speaking if s.mac == sender.mac]
        candidates = dict.fromkeys(same_mac or speaking)
        return next(iter(candidates)) if len(candidates) == 1 else sender

    def close(self) -> tuple[Streak, ...]:
        """All runs in the order in which they began."""
        voices = [place.voice for place in self._numbered if place.voice is not None]
        running = [v.close() for voice in voices for v in (voice, voice.twin) if v is not None]
        return tuple(sorted([*self.streaks, *running], key=lambda s: s.first))


def _has_own_mac(sender: Sender, advertisement: Advertisement) -> bool:
    """True where the MAC is the sender's alone: a unicast advert may have come through a router."""
    return sender.has_own_mac and Defect.TTL_NOT_255 not in advertisement.defects


def _gap(
    voice: Voice, until: Mark, ip_id: int | None, other_frames: int, host_seen: tuple[int, ...]
) -> Gap:
    """The pause between a voice's last advert and this one.

    What comes from a virtual MAC may be any router's; without MACs the address tells a few.
    """
    sender = voice.sender
    has_own_mac = _has_own_mac(sender, voice.advertisement)
    told = has_own_mac or not sender.mac
    return Gap(
        from_=voice.last,
        until=until,
        ip_id_step=ip_id_step(voice.last_ip_id, ip_id),
        sender_frames=other_frames - voice.other_frames if told else 0,
        host_seen=host_seen,
        knows_host=has_own_mac,
    )
