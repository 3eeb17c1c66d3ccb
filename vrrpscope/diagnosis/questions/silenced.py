"""Pauses of masters in which strangers on their VRID spoke, and they sent nothing.

A master of keepalived starts its advert timer again at *every* packet of its VRID, even at one that
it rejects (vrrp_dispatcher_read), unless `vrrp_lower_prio_no_advert` is set. Who hears a stranger
once an interval sends nothing, and its backup, which rejects the stranger too, hears nobody.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from math import ceil

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.timeline.carp import CarpRun
from vrrpscope.timeline.groups import Group
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Tenure
from vrrpscope.timeline.streak import (
    ANSWER_NS,
    PROOF_COUNT,
    Gap,
    Mark,
    Sender,
    Streak,
    late_after_ns,
)

_RESTART_SLACK_NS = 5_000_000
"""A timer that was started again by a packet runs out an interval after it, give or take."""

_SHARE = 50
"""Of sub-second intervals one part in so many is the most that a coincidence may be off."""

_ON_TIME = 0.1
"""Share of an interval by which an advert may be late, or a timer run longer."""

_RUNS_AT_ONCE = 4
"""Runs of strangers that may be under way at one moment."""


class Silenced(Struct, frozen=True):
    """A pause of a master in which strangers spoke all the while, and it sent nothing.

    Attributes:
        tenure: the master's, up to the pause or over it.
        gap: the pause; the IP identification went on by one.
        takeover: the hand-over to its backup, which no fault of the master explains.
        answered: the master spoke again within milliseconds of the backup's first advert: it was
            awake, and had only not been sending.
        restarted: it spoke again one interval after a stranger's advert.
        strangers: the first and the last advert of a stranger in the pause.
    """

    tenure: Tenure
    gap: Gap
    takeover: Handover | None
    answered: bool
    restarted: bool
    strangers: tuple[Mark, Mark]

    @property
    def intervals(self) -> int:
        """How many of its adverts are missing."""
        due = self.gap.duration_ns / self.tenure.interval_ns
        # An advert that ends the pause on time is none of them; an answer was not due.
        return max(1, ceil(due - _ON_TIME) - 1)


class _Speech(Struct, frozen=True):
    """Adverts of strangers without a pause, whatever they speak."""

    sender: Sender
    first: Mark
    last: Mark
    longest_gap_ns: int


class Strangers:
    """When strangers of a cluster spoke."""

    def __init__(self, runs: Iterable[Streak | CarpRun]) -> None:
        self.runs = sorted(
            (_Speech(r.sender, r.first, r.last, r.longest_gap_ns) for r in runs),
            key=lambda run: run.first,
        )
        self._firsts = [run.first for run in self.runs]
        self.senders = {run.sender for run in self.runs}

    def heard(self, gap: Gap, interval_ns: int) -> tuple[Mark, Mark] | None:
        """Their first and last advert in a pause, where at least one came in each interval."""
        limit_ns = interval_ns + interval_ns // 10 + _RESTART_SLACK_NS
        until = gap.from_
        marks: list[Mark] = []
        for run in self._near(gap):
            if run.last < gap.from_ or run.first.time_ns - until.time_ns > limit_ns:
                continue
            if run.longest_gap_ns > limit_ns and run.first < gap.until:
                return None
            marks += [m for m in (run.first, run.last) if gap.from_ < m < gap.until]
            until = max(until, min(run.last, gap.until))
        if not marks and until == gap.from_:
            return None
        shown = (min(marks), max(marks)) if marks else (gap.from_, gap.until)
        return shown if gap.until.time_ns - until.time_ns <= limit_ns else None

    def _near(self, gap: Gap) -> list[_Speech]:
        """Runs that were under way in a pause, and a few from before it."""
        begin = max(0, bisect_left(self._firsts, gap.from_) - _RUNS_AT_ONCE)
        return self.runs[begin : bisect_right(self._firsts, gap.until)]


class Pauses:
    """The pauses of masters in which they surely sent nothing."""

    def __init__(self, story: RouterStory, signs: Signs) -> None:
        self._takeovers = [
            h
            for h in story.handovers
            if h.before is not None and h.kind is HandoverKind.EXPIRY and h.on_time
        ]
        self._times = [h.at.time_ns for h in self._takeovers]
        streaks = {s.gap_before.until: s for s in story.streaks if s.gap_before is not None}
        steady = _count_over_pauses(story.streaks)
        self.quiet: list[tuple[Tenure, Streak, Gap]] = []
        for missed in story.missed:
            streak = streaks.get(missed.gap.until)
            if streak is None or streak.gap_before != missed.gap:
                continue
            if signs.pause_before(streak) is Pause.QUIET or streak.sender in steady:
                self.quiet.append((missed.tenure, streak, missed.gap))

    def silenced(self, group: Group, strangers: Strangers) -> Iterator[Silenced]:
        """Those of a group in which strangers spoke all the while."""
        for tenure, streak, gap in self.quiet:
            if streak.sender not in group or gap.duration_ns <= late_after_ns(streak.interval_ns):
                continue
            shown = strangers.heard(gap, streak.interval_ns)
            if shown is not None:
                yield self._silenced(tenure, streak, gap, strangers, shown)

    def _silenced(
        self,
        tenure: Tenure,
        streak: Streak,
        gap: Gap,
        strangers: Strangers,
        shown: tuple[Mark, Mark],
    ) -> Silenced:
        takeover = self._takeover(streak.sender, gap)
        waited_ns = gap.until.time_ns - takeover.at.time_ns if takeover else -1
        slack_ns = min(_RESTART_SLACK_NS, streak.interval_ns // _SHARE)
        restarted = any(
            abs(gap.until.time_ns - word.mark.time_ns - streak.interval_ns) <= slack_ns
            for word in streak.heard
            if word.sender in strangers.senders
        )
        answered = 0 <= waited_ns <= min(ANSWER_NS, 2 * slack_ns)
        return Silenced(tenure, gap, takeover, answered, restarted, shown)

    def _takeover(self, sender: Sender, gap: Gap) -> Handover | None:
        """The hand-over from this sender during its pause."""
        index = bisect_left(self._times, gap.from_.time_ns)
        while index < len(self._times) and self._times[index] <= gap.until.time_ns:
            handover = self._takeovers[index]
            if handover.before is not None and handover.before.sender == sender:
                return handover
            index += 1
        return None


def _count_over_pauses(streaks: tuple[Streak, ...]) -> set[Sender]:
    """Senders whose IP identification went on by one over every pause, often enough to prove it.

    One that is always silenced has no run of adverts that could prove it otherwise.
    """
    steps: dict[Sender, list[int | None]] = {}
    for streak in streaks:
        if streak.gap_before is not None:
            steps.setdefault(streak.sender, []).append(streak.gap_before.ip_id_step)
    return {s for s, own in steps.items() if len(own) >= PROOF_COUNT and set(own) == {1}}
