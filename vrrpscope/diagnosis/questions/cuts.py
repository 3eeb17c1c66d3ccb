"""Where adverts get lost between two vantages, and what else gets through.

One vantage has the adverts of one master, another one has not, and shows another master meanwhile.
What else arrived there tells what it was that kept the adverts back: nothing of either router in
either direction is a network in two parts; other frames of the same sender are a filter for its
adverts alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from vrrpscope.diagnosis.questions.reception import Extent, Hole, Reception
from vrrpscope.diagnosis.questions.vantages import VIRTUAL_MAC, are_connected
from vrrpscope.observation import JOINS, FrameRef, VirtualRouter
from vrrpscope.protocol.timers import master_down_interval_ns
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

_STARTING_NS = 500_000_000
"""A daemon joins the group and starts its timer within this."""
_FEW_FRAMES = 3
_MOST_OUTAGES = 8
_SURE_OFFSET_NS = 10_000_000_000


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


@dataclass(frozen=True, slots=True)
class Cut:
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
    """

    reception: Reception
    hole: Hole
    other: Sender
    spoken: tuple[Mark, Mark]
    back: Hole | None
    announced: tuple[FrameRef, ...]
    kind: CutKind

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
    def is_timed(self) -> bool:
        """True where both captures surely are of one time.

        The clocks are compared by adverts, and nearly agree; or adverts before and after the cut
        do.
        """
        clock = self.reception.clock
        known = clock.offset_ns is not None and clock.is_identified
        near = known and abs(clock.offset_ns or 0) <= _SURE_OFFSET_NS
        return near or clock.spans(self.hole.since_ns, self.hole.until_ns)

    @property
    def is_certain(self) -> bool:
        """True where a broadcast of the other master was lost as well, and all was well before."""
        bounded = self.hole.before is not None and self.hole.after is not None
        return self.kind is CutKind.APART and self.is_timed and bounded and bool(self.announced)


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
    other = _other_master(reception, hole) if theirs is not None else None
    if other is None:
        return None
    sender, streaks = other
    key = (id(reception.there), id(reception.here), reception.story.router, sender)
    other_way = reverse.get(key)
    back = _back(reception, hole, other_way)
    spoken = streaks[0].first, max(s.last for s in streaks)
    lost = tuple(_lost_announcements(reception, hole, sender))
    never = all(r is not None and r.extent is Extent.NONE for r in (reception, other_way))
    lost_for_ever = _lost_for_ever(reception) if never else None
    kind = lost_for_ever or _kind(reception, hole, sender, spoken[0], back)
    return Cut(reception, hole, sender, spoken, back, lost, kind)


def _there_ns(reception: Reception, hole: Hole) -> tuple[int, int]:
    """When the hole was, by the clock of the other vantage."""
    clock = reception.clock
    return (
        hole.since_ns + clock.offset_at(hole.since_ns),
        hole.until_ns + clock.offset_at(hole.until_ns),
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
        streak.sender == sender
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
    if _is_late(reception, hole, other, began):
        return CutKind.LATE
    return CutKind.UNCLEAR if back.sender_is_there else CutKind.APART


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


def _is_late(reception: Reception, hole: Hole, other: Sender, began: Mark) -> bool:
    """True where the other vantage shows a router that starts and hears nobody for a while.

    Nothing but its own frames is to be seen there before the first advert of the other one, and it
    became master one Master_Down_Interval after it had joined the group.
    """
    if hole.before is not None or hole.after is None:
        return False
    theirs = reception.theirs
    assert theirs is not None
    joins = [
        a.first.time_ns
        for a in theirs.announcements
        if a.kind in JOINS and a.is_by(other) and a.first < began
    ]
    own = [s for s in theirs.streaks if s.sender == other and s.first < hole.after]
    if not joins or not own:
        return False
    first = own[0].advertisement
    down_ns = master_down_interval_ns(first.version, first.priority, own[0].interval_ns)
    waited_ns = began.time_ns - min(joins)
    alone = hole.frames <= own[-1].sender_frames[1] + _FEW_FRAMES
    return alone and abs(waited_ns - down_ns) <= _STARTING_NS
