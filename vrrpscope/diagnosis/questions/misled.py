"""Hosts that are told a wrong MAC: by the last announcement of an address, or by an answer."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.diagnosis.questions.starts import find_starts
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import Announced, EndedBy, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_TO_HOSTS = (AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.UNSOLICITED_NA)
_VIRTUAL_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:")
_WAIT_NS = 6 * NS
"""keepalived repeats its announcements after 5 s (garp_master_delay, garp_lower_prio_delay)."""
_RIVALRY_NS = NS
"""Who still has the address answers a rival's announcement at once, and tells it to nobody else."""
_YIELDING_NS = NS // 2
"""A router that yields may answer for an address until it has removed it."""
_MOST_HOSTS = 64
"""Hosts that were told a wrong MAC, of which the addresses are kept."""


class Way(StrEnum):
    """How hosts came to a wrong MAC."""

    LAST_WORD = "last-word"
    """The last announcement of the address has it."""
    OLD_ANSWER = "old-answer"
    """A host was answered before the take-over, and nobody announced the address at all."""
    ANSWER = "answer"
    """A router that is no master answers hosts that ask."""


class Misled(Struct, frozen=True):
    """Something that told hosts to send to a router that is not the master.

    Attributes:
        tenure: the master's.
        router: the other one, whose MAC was told.
        said: the last announcement of the addresses, or an answer to a host that asked.
        since: from when on the tenure's router was the only master of the two.
        hosts: who was answered; empty where all were told.
        times: how often.
    """

    timeline: Timeline
    story: RouterStory
    tenure: Tenure
    router: Sender
    way: Way
    said: Announced
    since: Mark
    addresses: tuple[Address, ...]
    hosts: tuple[Address, ...] = ()
    times: int = 1

    @property
    def is_answer(self) -> bool:
        """True where a router that is no master answers hosts that ask."""
        return self.way is Way.ANSWER

    @property
    def said_during(self) -> bool:
        """True where the other one said it while the master was master already."""
        return self.said.first > self.tenure.since


class _Words:
    """Announcements of one address, by the moment at which they began."""

    def __init__(self, said: list[Announced]) -> None:
        self._first = [a.first for a in said]
        self._latest: list[tuple[Announced, Announced | None]] = []
        for announced in said:
            self._latest.append(self._with(announced))

    def _with(self, new: Announced) -> tuple[Announced, Announced | None]:
        """The latest word of all, and the latest of somebody else."""
        if not self._latest:
            return new, None
        best, other = self._latest[-1]
        if new.last >= best.last:
            return new, best if best.mac != new.mac else other
        if new.mac != best.mac and (other is None or new.last >= other.last):
            return best, new
        return best, other

    def latest(self, before: Mark) -> Announced | None:
        """The announcement that was made last, of those that began before a moment."""
        index = bisect_left(self._first, before)
        return self._latest[index - 1][0] if index else None

    def latest_but(self, mac: str, before: Mark) -> Announced | None:
        """The same for everybody but one."""
        index = bisect_left(self._first, before)
        if not index:
            return None
        best, other = self._latest[index - 1]
        return best if best.mac != mac else other


class _Finder:
    """Looks for wrong words in one story."""

    def __init__(self, timeline: Timeline, story: RouterStory) -> None:
        self.timeline, self.story = timeline, story
        said: dict[Address, list[Announced]] = {}
        own: dict[tuple[Address, str], list[Announced]] = {}
        self._replies: dict[Address, list[Announced]] = {}
        for announced in sorted(story.announcements, key=lambda a: a.first):
            if announced.kind in _TO_HOSTS:
                said.setdefault(announced.subject, []).append(announced)
                own.setdefault((announced.subject, announced.mac), []).append(announced)
            elif announced.kind is AnnouncementKind.ARP_REPLY:
                self._replies.setdefault(announced.subject, []).append(announced)
        self._words = {address: _Words(a) for address, a in said.items()}
        self._own = {key: _Words(a) for key, a in own.items()}
        self._routers = _routers(timeline, story)
        self._began: dict[Address, list[Mark]] = {}
        self._ended: dict[Address, list[Mark]] = {}
        for tenure in story.tenures:
            address = tenure.sender.address
            ended = self._ended.setdefault(address, [])
            ended.append(max(tenure.until, ended[-1]) if ended else tenure.until)
            self._began.setdefault(address, []).append(tenure.since)

    def find(self) -> Iterator[Misled]:
        """What hosts were told wrong during each tenure: once for each router and way."""
        for tenure in self.story.tenures:
            found: dict[tuple[Sender, Way], list[Misled]] = {}
            for misled in (*self._last_words(tenure), *self._answers(tenure)):
                found.setdefault((misled.router, misled.way), []).append(misled)
            for same in found.values():
                told = dict.fromkeys(m.said.to for m in same if m.said.to is not None)
                yield replace(
                    same[0],
                    addresses=tuple(dict.fromkeys(a for m in same for a in m.addresses)),
                    hosts=tuple(told)[:_MOST_HOSTS],
                    times=sum(m.said.count for m in same),
                )

    def _last_words(self, tenure: Tenure) -> Iterator[Misled]:
        """Addresses whose last announcement is another router's, long after the take-over."""
        if tenure.until.time_ns - tenure.since.time_ns < _WAIT_NS:
            return
        for address in _addresses(tenure):
            words = self._words.get(address)
            last = words.latest(tenure.until) if words else None
            way = Way.LAST_WORD if last else Way.OLD_ANSWER
            last = last or self._last_reply(address, tenure)
            router = self._other_router(tenure, last) if last else None
            if last is None or router is None or self._had_its_say(address, last, tenure):
                continue
            since = self._alone_since(tenure, router, last.last)
            if since is not None and tenure.until.time_ns - since.time_ns >= _WAIT_NS:
                where = (self.timeline, self.story, tenure, router)
                yield Misled(*where, way, last, since, (address,))

    def _last_reply(self, address: Address, tenure: Tenure) -> Announced | None:
        """The last answer to a host before the take-over."""
        replies = self._replies.get(address, [])
        end = bisect_left(replies, tenure.since, key=lambda a: a.first)
        return replies[end - 1] if end else None

    def _had_its_say(self, address: Address, last: Announced, tenure: Tenure) -> bool:
        """True where the master announced the address at about the same time as the other one."""
        words = self._own.get((address, tenure.sender.mac))
        own = words.latest(tenure.until) if words else None
        return own is not None and last.last.time_ns - own.last.time_ns <= _RIVALRY_NS

    def _answers(self, tenure: Tenure) -> Iterator[Misled]:
        """Answers of a router that is no master to hosts that asked for an address."""
        for address in _addresses(tenure):
            replies = self._replies.get(address, [])
            start = bisect_left(replies, tenure.since, key=lambda a: a.first)
            end = bisect_left(replies, tenure.until, key=lambda a: a.first)
            for reply in replies[start:end]:
                router = self._other_router(tenure, reply)
                if router is None or self._is_to_a_rival(reply):
                    continue
                since = self._alone_since(tenure, router, tenure.since)
                if since and reply.first.time_ns - since.time_ns > _YIELDING_NS:
                    where = (self.timeline, self.story, tenure, router)
                    yield Misled(*where, Way.ANSWER, reply, since, (address,))

    def _is_to_a_rival(self, reply: Announced) -> bool:
        """True where the reply answers another router's announcement of the address."""
        words = self._words.get(reply.subject)
        rival = words.latest_but(reply.mac, reply.first) if words else None
        return rival is not None and reply.first.time_ns - rival.last.time_ns <= _RIVALRY_NS

    def _other_router(self, tenure: Tenure, said: Announced) -> Sender | None:
        """Whose MAC it is, where that is another router of the group and no virtual MAC."""
        if said.mac == tenure.sender.mac or said.mac.startswith(_VIRTUAL_MACS):
            return None
        router = self._routers.get(said.mac)
        own = router is None or router.address == tenure.sender.address
        return None if own else router

    def _alone_since(self, tenure: Tenure, other: Sender, at: Mark) -> Mark | None:
        """Since when the tenure's router was the only one of the two; None where it was not."""
        index = bisect_left(self._began.get(other.address, []), tenure.until)
        ended = self._ended[other.address][index - 1] if index else at
        since = max(at, tenure.since, ended)
        return since if since < tenure.until else None


def _routers(timeline: Timeline, story: RouterStory) -> dict[str, Sender]:
    """The routers of the group by their MACs: who advertised, and who started without a word.

    Who advertises the same address with another VRID is a master by its own right.
    """
    routers = find_starts(story).routers
    started = {mac: s for mac, s in routers.items() if not _is_master(timeline, story, s.address)}
    return started | {s.mac: s for s in reversed(story.senders) if s.mac}


def _is_master(timeline: Timeline, story: RouterStory, router: Address) -> bool:
    """True where a router advertises one of the addresses with another VRID."""
    spoken_for = timeline.index.spoken_for.get(router, ())
    sharing = (timeline.index.holders.get(address, ()) for address in story.addresses)
    fewest = min((spoken_for, *sharing), key=len)
    held = set(story.addresses)
    return any(
        other is not story and router in other.speakers and not held.isdisjoint(other.addresses)
        for other in fewest
    )


def _addresses(tenure: Tenure) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(a for s in tenure.streaks for a in s.advertisement.addresses))


def find_misled(
    timeline: Timeline, story: RouterStory, rivalries: Iterable[Rivalry]
) -> Iterator[Misled]:
    """What hosts were told wrong, but for what a second master told them: one of the rivalries.

    Where the other router is master as well, seen or hidden, the election itself is wrong.
    """
    rivals = tuple(rivalries)
    for misled in _Finder(timeline, story).find():
        pair = {misled.tenure.sender, misled.router}
        if not any(
            {r.better, r.worse} == pair and r.since < misled.tenure.until and r.until > misled.since
            for r in rivals
        ):
            yield misled


def never_yielded(misled: Misled, signs: Signs) -> bool:
    """True where the master was silent before its tenure, and was never a backup.

    Its IP identification goes on where it stopped, so it sent nothing meanwhile and was not
    started again; or it shows that it sent all its adverts meanwhile, which did not come here. And
    it had not given the role up.
    """
    first = misled.tenure.streaks[0]
    before = signs.tenure_before(first.sender.address, misled.tenure.since)
    silent = before is not None and before.ended_by is EndedBy.SILENT
    return silent and signs.pause_before(first) in (Pause.QUIET, Pause.TRANSMITTED)


def same_pair(found: Iterable[Misled]) -> Iterator[list[Misled]]:
    """Those of one master and one other router of a story together, in the order of time."""
    pairs: dict[tuple[int, Sender, Sender], list[Misled]] = {}
    for misled in found:
        key = (id(misled.story), misled.tenure.sender, misled.router)
        pairs.setdefault(key, []).append(misled)
    yield from pairs.values()
