"""Who saw what: the adverts of one sender that one vantage saw, held against another vantage.

An advert that is in one capture and not in another one got lost between the two places, wherever
they are; one that is in both has come as far as both. More cannot be said without knowing where
somebody captured: what is in the capture of a router's own network card may still be dropped by its
firewall, and a capture may have a filter of its own.

A run of adverts (`Streak`) has no holes, by definition: so it is enough to hold the runs of the two
against each other, moved by the difference of the clocks.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from vrrpscope.diagnosis.questions.vantages import AGREE_NS, ClockComparison, pairs_of
from vrrpscope.observation import FrameRef
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Announced, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

OUTAGE_ADVERTS = 3
"""So many adverts in a row must be missing before a backup takes over (RFC 5798 section 6.1)."""

FEWEST_HOLES = 3
"""Fewer are no habit."""

_AT_THE_EDGES = 3


class Extent(StrEnum):
    """How much of what one vantage saw another one saw too."""

    ALL = "all"
    PART = "part"
    NONE = "none"


class Hole(Struct, frozen=True):
    """Adverts in a row that one vantage saw and another one did not.

    Attributes:
        since_ns, until_ns: the first and the last missing one, by the clock of the vantage that has
            them.
        count: how many they are; in the middle of a run by its average pace.
        shown: the ends of the runs that have them.
        before, after: the adverts on either side that the other vantage did see; None where it had
            not seen the sender before, or not again.
        announced: bursts of announcements from the sender's MAC that it saw meanwhile.
        sender_frames: other frames of that MAC that it saw between `before` and `after`; 0 where it
            did not see both.
        frames: frames of anybody that it saw in between.
    """

    since_ns: int
    until_ns: int
    count: int
    shown: tuple[FrameRef, FrameRef]
    before: Mark | None
    after: Mark | None
    announced: int
    sender_frames: int
    frames: int

    @property
    def sender_is_there(self) -> bool:
        """True where other frames of the sender arrived while its adverts did not.

        One or two may have come just before the first missing advert, or after the last one.
        """
        return self.announced > 0 or self.sender_frames > _AT_THE_EDGES

    @property
    def is_outage(self) -> bool:
        """True where a backup that missed these took over."""
        return self.count >= OUTAGE_ADVERTS


class Reception(Struct, frozen=True):
    """What `there` saw of the adverts of one sender that `here` saw.

    Attributes:
        story: what `here` saw of the virtual router; `theirs` what `there` did, if anything.
        destination: where the adverts go: one unicast advert goes to each peer.
        sent: adverts that `here` saw while both captures ran.
        holes: those of them that `there` did not see, in the order of time.
        clock: how the clocks compare, from `here` to `there`.
    """

    here: Timeline
    there: Timeline
    story: RouterStory
    theirs: RouterStory | None
    sender: Sender
    destination: Address
    sent: int
    holes: tuple[Hole, ...]
    clock: ClockComparison

    @property
    def missed(self) -> int:
        """Adverts that `there` did not see."""
        return sum(hole.count for hole in self.holes)

    @property
    def extent(self) -> Extent:
        """How much of it `there` saw."""
        if not self.holes:
            return Extent.ALL
        return Extent.NONE if self.missed >= self.sent else Extent.PART

    def has_all(self, since_ns: int, until_ns: int) -> bool:
        """True where `there` has every advert of a time of `here`."""
        return self.clock.offset_ns is not None and not any(
            hole.since_ns <= until_ns and hole.until_ns >= since_ns for hole in self.holes
        )

    @property
    def is_patchy(self) -> bool:
        """True where adverts are missing here and there, not once for a while."""
        longest = max((hole.count for hole in self.holes), default=0)
        return len(self.holes) >= FEWEST_HOLES and 2 * longest < self.missed


def find_receptions(
    timelines: tuple[Timeline, ...], clocks: Iterable[ClockComparison]
) -> Iterator[Reception]:
    """Every sender of every virtual router at every vantage, held against every other vantage.

    `clocks` are the comparisons of each two vantages, in the order of `pairs_of`.
    """
    for (one, other), clock in zip(pairs_of(timelines), clocks, strict=True):
        for here, there, way in ((one, other, clock), (other, one, clock.reversed())):
            span = _common_ns(here, there, way)
            if span is None or way.was_set:
                continue
            for story in here.routers:
                if not _are_of_one_time(story, there, way):
                    continue
                yield from _of_story(here, there, story, span, way)


def _are_of_one_time(story: RouterStory, there: Timeline, clock: ClockComparison) -> bool:
    """False where both saw a sender whose adverts have numbers, and not one advert is the same.

    Then they captured at different times, or a clock is wrong; or a router on the way put its own
    MAC into unicast adverts, and nothing tells which ones are the same.
    """
    theirs = there.story(story.router)
    if clock.offset_ns is not None or theirs is None:
        return True
    one, other = ({s.sender.address for s in x.streaks if s.ip_id_counts} for x in (story, theirs))
    return one.isdisjoint(other)


def _common_ns(here: Timeline, there: Timeline, clock: ClockComparison) -> tuple[int, int] | None:
    """The time, by the clock of `here`, during which both surely captured."""
    if here.first_ns is None or here.last_ns is None:
        return None
    if there.first_ns is None or there.last_ns is None:
        return None
    back = clock.reversed()
    slack_ns = AGREE_NS + clock.spread_ns
    low_ns = max(here.first_ns, there.first_ns + back.offset_at(there.first_ns) + slack_ns)
    high_ns = min(here.last_ns, there.last_ns + back.offset_at(there.last_ns) - slack_ns)
    return (low_ns, high_ns) if low_ns < high_ns else None


def _of_story(
    here: Timeline,
    there: Timeline,
    story: RouterStory,
    span: tuple[int, int],
    clock: ClockComparison,
) -> Iterator[Reception]:
    theirs = there.story(story.router)
    heard = _voices(theirs.streaks) if theirs is not None else {}
    for (sender, destination), runs in _voices(story.streaks).items():
        gaps = list(_gaps(there, sender, heard.get((sender, destination), []), span, clock))
        sent = _adverts(runs, *span)
        if sent is not None:
            known = theirs.announcements if theirs is not None else ()
            said = sorted((a for a in known if a.is_by(sender)), key=lambda a: a.first)
            found = [(gap, _adverts(runs, gap.since_ns, gap.until_ns)) for gap in gaps]
            holes = tuple(_hole(gap, missing, said, clock) for gap, missing in found if missing)
            yield Reception(
                here, there, story, theirs, sender, destination, sent.count, holes, clock
            )


def _voices(streaks: Iterable[Streak]) -> dict[tuple[Sender, Address], list[Streak]]:
    """The runs of each sender to each destination in the order of time."""
    voices: dict[tuple[Sender, Address], list[Streak]] = {}
    for streak in streaks:
        voices.setdefault((streak.sender, streak.advertisement.destination), []).append(streak)
    return voices


class _Gap(Struct, frozen=True):
    """A time without an advert of a sender at `there`, by the clock of `here`."""

    since_ns: int
    until_ns: int
    before: Mark | None
    after: Mark | None
    sender_frames: int
    frames: int


def _gaps(
    there: Timeline,
    sender: Sender,
    heard: list[Streak],
    span: tuple[int, int],
    clock: ClockComparison,
) -> Iterator[_Gap]:
    """Every time between two runs of a sender, and those before the first and after the last."""
    back = clock.reversed()
    low_ns, high_ns = span
    total = there.frames_by_mac.get(sender.host, 0)
    for before, after in pairwise((None, *heard, None)):
        slack_ns = _slack_ns(before or after, clock)
        since_ns, until_ns = low_ns, high_ns
        frames, own = there.frames, total
        if before is not None:
            time_ns = before.last.time_ns
            since_ns = max(low_ns, time_ns + back.offset_at(time_ns) + slack_ns)
            frames, own = frames - before.last.ref.number, own - before.sender_frames[1]
        if after is not None:
            time_ns = after.first.time_ns
            until_ns = min(high_ns, time_ns + back.offset_at(time_ns) - slack_ns)
            frames -= there.frames - after.first.ref.number + 1
            own -= total - after.sender_frames[0] + 1
        if since_ns <= until_ns:
            marks = before.last if before else None, after.first if after else None
            yield _Gap(since_ns, until_ns, *marks, max(own, 0), max(frames, 0))


def _slack_ns(streak: Streak | None, clock: ClockComparison) -> int:
    """One advert is found within this at the other vantage; less than half an interval."""
    wanted_ns = AGREE_NS + clock.spread_ns
    return min(wanted_ns, streak.interval_ns // 3) if streak is not None else wanted_ns


def _hole(gap: _Gap, missing: "_Adverts", said: list[Announced], clock: ClockComparison) -> Hole:
    """The adverts that are missing in a gap, and what else came of their sender."""
    since_ns = missing.since_ns + clock.offset_at(missing.since_ns)
    until_ns = missing.until_ns + clock.offset_at(missing.until_ns)
    is_bounded = gap.before is not None and gap.after is not None
    return Hole(
        since_ns=missing.since_ns,
        until_ns=missing.until_ns,
        count=missing.count,
        shown=(missing.first.first.ref, missing.last.last.ref),
        before=gap.before,
        after=gap.after,
        announced=_count(said, since_ns, until_ns),
        sender_frames=gap.sender_frames if is_bounded else 0,
        frames=gap.frames,
    )


def _count(said: list[Announced], since_ns: int, until_ns: int) -> int:
    """How many of some announcements, in the order of their beginning, touch a time."""
    low = bisect_left(said, since_ns, key=lambda a: a.first.time_ns)
    high = bisect_left(said, until_ns, key=lambda a: a.first.time_ns)
    going_on = low > 0 and said[low - 1].last.time_ns > since_ns
    return high - low + going_on


class _Adverts(Struct, frozen=True):
    """Adverts within a time: how many, when the first and the last one, and in which runs."""

    count: int
    since_ns: int
    until_ns: int
    first: Streak
    last: Streak


def _adverts(runs: list[Streak], since_ns: int, until_ns: int) -> _Adverts | None:
    """The adverts of some runs, which are in the order of time, within a time."""
    parts = []
    index = bisect_left(runs, since_ns, key=lambda run: run.last.time_ns)
    for at in range(index, len(runs)):
        run = runs[at]
        if run.first.time_ns > until_ns:
            break
        part = _part(run, since_ns, until_ns)
        if part is not None:
            parts.append(part)
    if not parts:
        return None
    count = sum(part.count for part in parts)
    return _Adverts(count, parts[0].since_ns, parts[-1].until_ns, parts[0].first, parts[-1].last)


def _part(run: Streak, since_ns: int, until_ns: int) -> _Adverts | None:
    """The adverts of one run within a time, by its average pace."""
    first_ns = run.first.time_ns
    pace_ns = (run.last.time_ns - first_ns) // (run.count - 1) if run.count > 1 else 0
    if pace_ns <= 0:
        inside = since_ns <= first_ns <= until_ns
        return _Adverts(run.count, first_ns, run.last.time_ns, run, run) if inside else None
    low = max(0, -((first_ns - since_ns) // pace_ns))
    high = min(run.count - 1, (until_ns - first_ns) // pace_ns)
    if low > high:
        return None
    return _Adverts(high - low + 1, first_ns + low * pace_ns, first_ns + high * pace_ns, run, run)
