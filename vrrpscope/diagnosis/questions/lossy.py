"""Adverts that are lost here and there on the way to a place, while their sender never stops.

Three things show it: the IP identification of a sender goes on by as many steps as intervals have
passed, again and again; another vantage has the adverts that are missing here; or a backup takes
over beside a master without need, again and again, and gives way each time: it hears some adverts,
and not others.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from vrrpscope.diagnosis.questions.deaf import DeafBackup
from vrrpscope.diagnosis.questions.reception import FEWEST_HOLES, Hole, Reception
from vrrpscope.protocol.timers import master_down_interval_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak, late_after_ns

_HABIT = 2
"""Take-overs that no accident explains."""


class Loss(Struct, frozen=True):
    """Adverts in a row that did not come: those on either side, and how many are missing.

    `is_whole`: they were due from the one side to the other, and none was due that was not sent.
    """

    before: Mark
    after: Mark
    count: int
    is_whole: bool = True


class LossyPath(Struct, frozen=True):
    """Some adverts of a sender do not reach a place.

    Attributes:
        timeline, story: of the vantage that shows it.
        sender: whose adverts they are.
        losses: what did not come here; empty where all came here and a backup did not get them.
        came: adverts of the sender that did come here.
        has_them: another vantage that has adverts which did not come here.
        takeovers: first adverts of others that took over meanwhile; `backup` is who did.
        is_timed: take-overs, more than one, came one Master_Down_Interval after the last advert
            that came here: the backup lost the same ones, again and again. One alone can have come
            of another outage, while the capture lost adverts of itself.
        until: the last advert that shows it.
    """

    timeline: Timeline
    story: RouterStory
    sender: Sender
    losses: tuple[Loss, ...]
    came: int
    has_them: Timeline | None
    takeovers: tuple[Mark, ...]
    backup: Sender | None
    is_timed: bool
    until: Mark

    @property
    def lost(self) -> int:
        """Adverts that did not come."""
        return sum(loss.count for loss in self.losses)

    @property
    def since(self) -> Mark:
        """The first moment that shows it."""
        marks = [*self.takeovers[:1], *(loss.before for loss in self.losses[:1])]
        return min(marks)


def find_lossy(
    stories: Iterable[tuple[Timeline, RouterStory]],
    receptions: Iterable[Reception],
    deaf: Iterable[DeafBackup],
) -> tuple[LossyPath, ...]:
    """Every sender whose adverts get lost here and there; once, where it shows best."""
    found: dict[object, LossyPath] = {}
    for path in (
        *(p for r in receptions if r.is_patchy and (p := _of_reception(r)) is not None),
        *(p for timeline, story in stories for p in _of_story(timeline, story)),
        *(_of_deaf(d) for d in deaf),
    ):
        key = (path.story.router, path.sender)
        if key not in found or _weight(path) > _weight(found[key]):
            found[key] = path
    return tuple(found.values())


def _weight(path: LossyPath) -> tuple[bool, bool, int]:
    known = path.has_them is not None
    return known and path.is_timed, bool(path.losses), len(path.takeovers)


def _of_story(timeline: Timeline, story: RouterStory) -> Iterator[LossyPath]:
    """Senders whose IP identification counts on over many short pauses."""
    by_voice: dict[object, list[Streak]] = {}
    for streak in story.streaks:
        key = (streak.sender, streak.advertisement.version, streak.advertisement.destination)
        by_voice.setdefault(key, []).append(streak)
    for own in by_voice.values():
        losses = tuple(loss for before, after in pairwise(own) for loss in _loss(before, after))
        longest = max((loss.count for loss in losses), default=0)
        if len(losses) >= FEWEST_HOLES and 2 * longest < sum(loss.count for loss in losses):
            yield _path(timeline, story, own[0].sender, losses, None)


def _loss(before: Streak, after: Streak) -> Iterator[Loss]:
    """The adverts that were sent between two runs, by the IP identification.

    A master that hears a lesser one answers it at once, and so may send twice as much.
    """
    gap = after.gap_before
    if gap is None or gap.ip_id_step is None or before.last != gap.from_:
        return
    due = gap.duration_ns / before.interval_ns
    if gap.duration_ns <= late_after_ns(before.interval_ns) or False in (
        before.ip_id_counts,
        after.ip_id_counts,
    ):
        return
    if due - max(1.0, due / 10) <= gap.ip_id_step <= 2 * due + 1 and gap.ip_id_step > 1:
        yield Loss(gap.from_, gap.until, gap.ip_id_step - 1)


def _of_reception(reception: Reception) -> LossyPath | None:
    """Adverts that another vantage has, and this one has not, here and there."""
    losses = tuple(
        Loss(hole.before, hole.after, hole.count, _is_whole(reception, hole.before, hole))
        for hole in reception.holes
        if hole.before is not None and hole.after is not None
    )
    if len(losses) < FEWEST_HOLES or reception.theirs is None:
        return None
    there, theirs = reception.there, reception.theirs
    return _path(there, theirs, reception.sender, losses, reception.here)


def _is_whole(reception: Reception, before: Mark, hole: Hole) -> bool:
    """True where the missing adverts are as many as were due, and begin where the others end.

    A master that stood still as well is none whose adverts were lost on the way alone.
    """
    runs = [s for s in reception.story.streaks if s.sender == reception.sender]
    index = bisect_left(runs, hole.since_ns, key=lambda run: run.last.time_ns)
    limit_ns = late_after_ns(runs[min(index, len(runs) - 1)].interval_ns)
    clock = reception.clock
    first_ns = hole.since_ns + clock.offset_at(hole.since_ns) - before.time_ns
    return first_ns <= limit_ns and hole.until_ns - hole.since_ns <= (hole.count - 1) * limit_ns


def _path(
    timeline: Timeline,
    story: RouterStory,
    sender: Sender,
    losses: tuple[Loss, ...],
    has_them: Timeline | None,
) -> LossyPath:
    """What is lost of a sender, and who took over meanwhile."""
    begun = list(_begun(story, sender, losses))
    backup = begun[0][0].sender if begun else None
    return LossyPath(
        timeline,
        story,
        sender,
        losses,
        sum(s.count for s in story.streaks if s.sender == sender),
        has_them,
        tuple(streak.first for streak, _ in begun),
        backup,
        sum(is_timed for _, is_timed in begun) >= _HABIT,
        losses[-1].after,
    )


def _begun(
    story: RouterStory, sender: Sender, losses: tuple[Loss, ...]
) -> Iterator[tuple[Streak, bool]]:
    """Runs of others that began during a loss, and whether just when a backup's timer ran out."""
    others = [s for s in story.streaks if s.sender != sender and s.priority]
    index = 0
    for loss in losses:
        while index < len(others) and others[index].first < loss.before:
            index += 1
        if index < len(others) and others[index].first < loss.after:
            streak = others[index]
            said = streak.advertisement
            down_ns = master_down_interval_ns(said.version, said.priority, streak.interval_ns)
            waited_ns = streak.first.time_ns - loss.before.time_ns
            yield streak, loss.is_whole and abs(waited_ns - down_ns) <= TOLERANCE_NS


def _of_deaf(deaf: DeafBackup) -> LossyPath:
    """A backup that hears too little, beside a master of whom everything came here."""
    return LossyPath(
        deaf.timeline,
        deaf.story,
        deaf.master,
        (),
        sum(s.count for s in deaf.story.streaks if s.sender == deaf.master),
        None,
        deaf.takeovers,
        deaf.backup,
        False,
        deaf.until,
    )
