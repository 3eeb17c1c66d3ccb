"""Where adverts get lost between two vantages, and what else gets through.

One vantage has the adverts of one master, another one has not, and shows another master meanwhile.
What else arrived there tells what it was that kept the adverts back: nothing of either router in
either direction is a network in two parts; other frames of the same sender are a filter for its
adverts alone.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.questions.cut_off import (
    started_late,
    took_over_on_time,
    were_two_masters,
)
from vrrpscope.diagnosis.questions.reception import Extent, Hole, Reception
from vrrpscope.diagnosis.questions.vantages import VIRTUAL_MAC, are_connected
from vrrpscope.observation import FrameRef, VirtualRouter
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

_MOST_OUTAGES = 8


_FILTERED = "a capture filter that leaves them out"
_DROPPED = "packets that the capture itself lost"


class CutKind(StrEnum):
    """What is cut."""

    LATE = "late"
    """Nothing reached a router from its start on, and then everything did."""
    APART = "apart"
    """Nothing of either router got to where the other one is."""
    FILTERED = "filtered"
    """Adverts did not get through, other frames of their sender did."""
    FORGED = "forged"
    """Frames from the virtual MAC never got through, other frames do."""
    ONE_WAY = "one-way"
    """Adverts did not get through in one direction; what else did is not known."""
    UNCLEAR = "unclear"
    """Adverts did not get through in either direction; what else did is not known."""


class Cut(Struct, frozen=True):
    """A master's adverts are at one vantage and missing at another one, where another is master.

    Attributes:
        reception: what was lost, from where to where, of whom.
        hole: which of its adverts.
        other: the master that the other vantage shows meanwhile.
        spoken: its adverts there in that time.
        back: its adverts that are missing at the first vantage in that time; None where that
            vantage has them.
        announced: announcements of the other master that its own vantage saw meanwhile, and whether
            any of them came to the first one: they are broadcasts.
        kind: what is cut.
        is_on_time: the other master began one Master_Down_Interval after the last advert that came:
            it did not get the missing ones, and it is not the capture alone that lacks them.
    """

    reception: Reception
    hole: Hole
    other: Sender
    spoken: tuple[Mark, Mark]
    back: Hole | None
    announced: tuple[FrameRef, ...]
    kind: CutKind
    is_on_time: bool

    @property
    def story(self) -> RouterStory:
        """What the vantage saw that has the adverts."""
        return self.reception.story

    @property
    def here(self) -> Timeline:
        """The vantage that has the adverts."""
        return self.reception.here

    @property
    def there(self) -> Timeline:
        """The vantage that has them not."""
        return self.reception.there

    @property
    def sender(self) -> Sender:
        """Whose adverts are missing."""
        return self.reception.sender

    @property
    def router(self) -> VirtualRouter:
        """Which virtual router it is about."""
        return self.reception.story.router

    @property
    def is_one_way(self) -> bool:
        """True where adverts got lost in one direction, and nothing tells what else did."""
        return self.kind is CutKind.ONE_WAY

    @property
    def lasted_ns(self) -> int:
        """From the last advert that came to the next one; of those that are missing otherwise."""
        before, after = self.hole.before, self.hole.after
        if before is not None and after is not None:
            return after.time_ns - before.time_ns
        return self.hole.until_ns - self.hole.since_ns

    @property
    def is_timed(self) -> bool:
        """True where both captures surely are of one time.

        The clocks are compared by adverts, and nearly agree; or adverts before and after the cut
        do.
        """
        return self.reception.clock.is_of_one_time(self.hole.since_ns, self.hole.until_ns)

    @property
    def may_be_two_times(self) -> bool:
        """True where the captures may be of two times: the clocks differ by more than the hole."""
        clock = self.reception.clock
        offset_ns = abs(clock.offset_at(self.hole.since_ns))
        return not self.is_timed and 2 * offset_ns > self.hole.until_ns - self.hole.since_ns

    @property
    def doubts(self) -> tuple[str, ...]:
        """What may be wrong with the captures, so that nothing was lost at all."""
        is_known = self.is_timed or (
            self.reception.clock.offset_ns is not None and not self.may_be_two_times
        )
        times = () if is_known else ("captures of two different times",)
        never = self.hole.before is None and self.hole.after is None
        filtered = () if self.is_on_time else (_FILTERED if never else _DROPPED,)
        return (*times, *filtered)

    @property
    def is_certain(self) -> bool:
        """True where a broadcast of the other master was lost as well, and all was well before.

        Not with virtual MACs: adverts and announcements come from them, other frames do not.
        """
        bounded = self.hole.before is not None and self.hole.after is not None
        virtual = any(s.mac.startswith(VIRTUAL_MAC) for s in (self.sender, self.other))
        sure = self.is_timed and self.is_on_time and not virtual
        return self.kind is CutKind.APART and sure and bounded and bool(self.announced)


def find_cuts(receptions: Iterable[Reception]) -> Iterator[Cut]:
    """The gravest cut between each two masters of each virtual router."""
    known = [r for r in receptions if not r.is_patchy]
    reverse = {(id(r.here), id(r.there), r.story.router, r.sender): r for r in known if r.holes}
    found: dict[object, list[Cut]] = {}
    for reception in known:
        outages = [hole for hole in reception.holes if hole.is_outage]
        for hole in sorted(outages, key=lambda h: -h.count)[:_MOST_OUTAGES]:
            cut = _cut(reception, hole, reverse)
            if cut is not None:
                key = (cut.router, frozenset((cut.sender, cut.other)))
                found.setdefault(key, []).append(cut)
    for cuts in found.values():
        yield max(cuts, key=_gravity)


def _gravity(cut: Cut) -> tuple[bool, int, int]:
    """Sorts cuts between two masters: those that tell most last."""
    order = list(CutKind)
    return cut.is_certain, -order.index(cut.kind), cut.hole.count


_Reverse = dict[tuple[int, int, VirtualRouter, Sender], Reception]


def _cut(reception: Reception, hole: Hole, reverse: _Reverse) -> Cut | None:
    """The cut that a hole shows; None where nobody else was master meanwhile."""
    theirs = reception.theirs
    missing = theirs is not None and not _came_otherwise(reception, hole)
    other = _other_master(reception, hole) if missing else None
    if other is None:
        return None
    sender, streaks = other
    if not were_two_masters(reception, hole, streaks):
        return None
    key = (id(reception.there), id(reception.here), reception.story.router, sender)
    other_way = reverse.get(key)
    back = _back(reception, hole, other_way)
    spoken = streaks[0].first, max(s.last for s in streaks)
    lost = tuple(_lost_announcements(reception, hole, sender))
    never = all(r is not None and r.extent is Extent.NONE for r in (reception, other_way))
    lost_for_ever = _lost_for_ever(reception) if never else None
    kind = lost_for_ever or _kind(reception, hole, sender, spoken[0], back)
    on_time = took_over_on_time(reception, hole, streaks[0])
    return Cut(reception, hole, sender, spoken, back, lost, kind, on_time)


def _there_ns(reception: Reception, hole: Hole) -> tuple[int, int]:
    """When the hole was, by the clock of the other vantage."""
    clock = reception.clock
    return (
        hole.since_ns + clock.offset_at(hole.since_ns),
        hole.until_ns + clock.offset_at(hole.until_ns),
    )


def _came_otherwise(reception: Reception, hole: Hole) -> bool:
    """True where adverts of the same address came there, from another MAC or to another peer.

    A router on the way puts its own MAC into unicast adverts.
    """
    since_ns, until_ns = _there_ns(reception, hole)
    assert reception.theirs is not None
    return any(
        streak.sender.address == reception.sender.address
        and streak.first.time_ns <= until_ns
        and streak.last.time_ns >= since_ns
        for streak in reception.theirs.streaks
    )


def _other_master(reception: Reception, hole: Hole) -> tuple[Sender, list[Streak]] | None:
    """Who else advertised there during the hole: the one with the most adverts, and its runs."""
    since_ns, until_ns = _there_ns(reception, hole)
    assert reception.theirs is not None
    spoke: dict[Sender, list[Streak]] = {}
    for streak in reception.theirs.streaks:
        if streak.sender == reception.sender or not streak.priority:
            continue
        if streak.first.time_ns <= until_ns and streak.last.time_ns >= since_ns:
            spoke.setdefault(streak.sender, []).append(streak)
    if not spoke:
        return None
    return max(spoke.items(), key=lambda item: sum(s.count for s in item[1]))


def _back(reception: Reception, hole: Hole, other_way: Reception | None) -> Hole | None:
    """The other master's adverts of that time; None where one of them did come the other way."""
    if other_way is None or _heard(reception, hole, other_way.sender):
        return None
    since_ns, until_ns = _there_ns(reception, hole)
    touching = [h for h in other_way.holes if h.since_ns <= until_ns and h.until_ns >= since_ns]
    return max(touching, key=lambda h: h.count, default=None)


def _heard(reception: Reception, hole: Hole, sender: Sender) -> bool:
    """True where the first vantage has an advert of a sender from the time of the hole."""
    return any(
        streak.sender.address == sender.address
        and streak.priority
        and streak.first.time_ns <= hole.until_ns
        and streak.last.time_ns >= hole.since_ns
        for streak in reception.story.streaks
    )


def _lost_announcements(reception: Reception, hole: Hole, other: Sender) -> Iterator[FrameRef]:
    """Broadcasts of the other master during the hole; none where one of them came through."""
    since_ns, until_ns = _there_ns(reception, hole)
    assert reception.theirs is not None
    for said in reception.story.announcements:
        if said.is_by(other) and _touch(said.first, said.last, hole.since_ns, hole.until_ns):
            return
    for said in reception.theirs.announcements:
        if said.is_by(other) and _touch(said.first, said.last, since_ns, until_ns):
            yield said.first.ref


def _touch(first: Mark, last: Mark, since_ns: int, until_ns: int) -> bool:
    return first.time_ns < until_ns and last.time_ns > since_ns


def _lost_for_ever(reception: Reception) -> CutKind | None:
    """What is cut where neither vantage ever had an advert of the other's master."""
    if not reception.sender.mac:
        return CutKind.UNCLEAR
    if not are_connected(reception.here, reception.there):
        return CutKind.APART
    if reception.sender.mac.startswith(VIRTUAL_MAC):
        return CutKind.FORGED
    return CutKind.FILTERED if reception.destination.is_multicast else CutKind.UNCLEAR


def _kind(
    reception: Reception, hole: Hole, other: Sender, began: Mark, back: Hole | None
) -> CutKind:
    """What is cut for a while, by what else arrived on either side."""
    if hole.sender_is_there and not reception.sender.mac.startswith(VIRTUAL_MAC):
        return CutKind.FILTERED if _is_filtered(reception, hole) else CutKind.ONE_WAY
    if back is None:
        return CutKind.ONE_WAY
    if started_late(reception, hole, other, began):
        return CutKind.LATE
    # Without MACs nobody knows whose the other frames are.
    unclear = back.sender_is_there or not (other.mac and reception.sender.mac)
    return CutKind.UNCLEAR if unclear else CutKind.APART


def _is_filtered(reception: Reception, hole: Hole) -> bool:
    """True where no multicast of VRRP came, not even of another virtual router."""
    if not reception.destination.is_multicast:
        return False
    since_ns, until_ns = _there_ns(reception, hole)
    return not any(
        streak.sender.host == reception.sender.host
        and _touch(streak.first, streak.last, since_ns, until_ns)
        for story in reception.there.routers
        for streak in story.streaks
        if streak.advertisement.destination.is_multicast
    )
