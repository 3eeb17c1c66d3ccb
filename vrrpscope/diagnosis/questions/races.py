"""Moments at which two routers act at once: backups of one priority, and a master that returns."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.disagreements import compare
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.protocol.advertisement import PRIORITY_OWNER
from vrrpscope.timeline.model import (
    EndedBy,
    Handover,
    HandoverKind,
    RouterStory,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import ANSWER_NS, Gap, Mark, Sender, late_after_ns

_RACE_NS = ANSWER_NS
"""Who becomes master later than this after another one has heard its advert, or could have."""

_EDGE_NS = 50_000_000
"""A master that returns this soon after its backup's timer ran out came too late by a hair."""

_FEW_STEPS, _BACKWARDS = 3, 0x8000
"""Steps of the IP identification that are no count of adverts: some lost ones, and a restart."""

_ELECTED = (HandoverKind.FIRST, HandoverKind.EXPIRY, HandoverKind.RELEASE, HandoverKind.CONTEST)


class EqualRace(Struct, frozen=True):
    """Backups of one priority that became master at the same moment.

    Attributes:
        before: the master before them; None where there was none.
        racers: their tenures in the order in which they spoke.
        winner: the one that stayed.
    """

    timeline: Timeline
    story: RouterStory
    before: Tenure | None
    racers: tuple[Tenure, ...]
    winner: Tenure

    @property
    def priority(self) -> int:
        """The priority of all of them."""
        return self.winner.streaks[0].priority

    @property
    def until(self) -> Mark:
        """The last advert of a loser."""
        return max(t.until for t in self.racers if t is not self.winner)


class EdgeRace(Struct, frozen=True):
    """A master that had been silent spoke again just when its backup took over.

    Attributes:
        gap: its silence; it had sent nothing.
        returned: its next advert.
    """

    timeline: Timeline
    story: RouterStory
    handover: Handover
    gap: Gap
    returned: Mark

    @property
    def late_ns(self) -> int:
        """By how much the old master came after the new one; negative where it came before."""
        return self.returned.time_ns - self.handover.at.time_ns


def find_equal_races(timeline: Timeline, story: RouterStory) -> Iterator[EqualRace]:
    """Tenures of one priority that began together, and of which all but one ended at once."""
    before = {id(h.after): h.before for h in story.handovers if h.kind in _ELECTED}
    elected = [t for t in story.tenures if _is_newly_elected(timeline, t)]
    ended = sorted(story.tenures, key=lambda t: t.until)
    for begun in _begun_together(elected):
        master = before.get(id(begun[0]))
        # A master that comes back at that moment is no backup whose timer ran out.
        last = _last_master(ended, begun[0].since)
        own = [t for t in begun if t.sender not in (last, master and master.sender)]
        race = _equal_race(timeline, story, master, own)
        if race is not None:
            yield race


def _begun_together(tenures: Iterable[Tenure]) -> Iterator[list[Tenure]]:
    """Tenures that began within moments of each other."""
    begun: list[Tenure] = []
    for tenure in tenures:
        if begun and tenure.since.time_ns - begun[0].since.time_ns > _RACE_NS:
            yield begun
            begun = []
        begun.append(tenure)
    if begun:
        yield begun


def _is_newly_elected(timeline: Timeline, tenure: Tenure) -> bool:
    """True where its router had not spoken for some time: a backup until then.

    One that speaks as soon as the capture begins may have been master before, and so may one whose
    IP identification counted on over the pause. The owner of an address waits for no timer.
    """
    first = tenure.streaks[0]
    gap, late_ns = first.gap_before, late_after_ns(first.interval_ns)
    if PRIORITY_OWNER in tenure.priorities:
        return False
    if gap is not None:
        sent = gap.ip_id_step is not None and _FEW_STEPS < gap.ip_id_step < _BACKWARDS
        return gap.duration_ns > 2 * late_ns and not sent
    began_ns = timeline.first_ns if timeline.first_ns is not None else first.first.time_ns
    return first.first_ip_id == 1 or first.first.time_ns - began_ns > late_ns


def _last_master(ended: list[Tenure], at: Mark) -> Sender | None:
    """Who was the last master before a moment, unless it had given the role up.

    `ended` are all tenures in the order in which they ended.
    """
    index = bisect_left(ended, at, key=lambda t: t.until)
    last = ended[index - 1] if index else None
    return None if last is None or last.ended_by is EndedBy.RELEASED else last.sender


def _equal_race(
    timeline: Timeline, story: RouterStory, before: Tenure | None, begun: list[Tenure]
) -> EqualRace | None:
    """The race of tenures that began together; None where there was none."""
    if len(begun) < 2:
        return None
    winner = max(begun, key=lambda t: t.until)
    racers = [t for t in begun if t.streaks[0].priority == winner.streaks[0].priority]
    losers = [t for t in racers if t is not winner]
    highest = max(int(t.sender.address) for t in racers)
    if not losers or int(winner.sender.address) != highest:
        return None
    if all(_gave_way(t, winner) and _understand(story, t, winner) for t in losers):
        return EqualRace(timeline, story, before, tuple(racers), winner)
    return None


def _understand(story: RouterStory, loser: Tenure, winner: Tenure) -> bool:
    """True where nothing keeps the loser from accepting the winner's adverts.

    One that rejects them goes on as a master that is kept silent.
    """
    if loser.sender.address == winner.sender.address:
        return False
    comparison = compare(story, loser.sender, winner.sender, loser.since)
    return comparison is not None and not comparison.fields and not comparison.flaws


def _gave_way(loser: Tenure, winner: Tenure) -> bool:
    """True where it spoke for an interval at most, and the winner went on."""
    lasted_ns = loser.until.time_ns - loser.since.time_ns
    went_on_ns = winner.until.time_ns - loser.until.time_ns
    return lasted_ns <= late_after_ns(loser.interval_ns) < went_on_ns


def find_edge_races(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[EdgeRace]:
    """Expiries at which the old master, which had sent nothing meanwhile, spoke again."""
    for handover in story.handovers:
        before = handover.before
        if before is None or handover.kind is not HandoverKind.EXPIRY or not handover.on_time:
            continue
        returned = signs.next_streak(before.sender, before.until)
        if returned is None or returned.gap_before is None:
            continue
        late_ns = returned.first.time_ns - handover.at.time_ns
        sent_nothing = signs.pause_before(returned) is Pause.QUIET
        if sent_nothing and -_RACE_NS <= late_ns <= _EDGE_NS and _is_settled(handover):
            yield EdgeRace(timeline, story, handover, returned.gap_before, returned.first)


def _is_settled(handover: Handover) -> bool:
    """True where the new master gave way at once."""
    new = handover.after
    lasted_ns = new.until.time_ns - new.since.time_ns
    return lasted_ns <= late_after_ns(new.interval_ns)
