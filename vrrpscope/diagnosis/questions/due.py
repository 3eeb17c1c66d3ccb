"""Falls of a master's priority that nobody answered, and who could have answered them."""

from dataclasses import dataclass

from vrrpscope.diagnosis.finding import Duration, Step
from vrrpscope.evidence.model import HIGHEST_PRIORITY, Intent
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import PriorityStep, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender
from vrrpscope.timeline.tenures import patience_ns

QUERY_NS = 135 * NS
"""Where a querier asks, a member answers within this: 125 s and 10 s (RFC 3376 section 8)."""

GROUP_MEMBERSHIP_INTERVAL_NS = 260 * NS
"""A member of a multicast group that was not heard for this long may be gone (RFC 3376 section 8.4,
RFC 3810 section 9.4: twice the query interval of 125 s and a response interval of 10 s)."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A router that could have taken over at some moment.

    Attributes:
        address: None where only a configuration tells of it.
        seen: what shows that it was there: its join, or its last advert before the moment.
        seen_by: "igmp", "mld" or "advert"; "" where nothing was seen of it.
        left: its leave of the group between `seen` and the moment: it stopped.
        intent: what its configuration says.
        last_priority: the effective priority that it said last before the moment.
        unseen_ns: how long before the moment `seen` was.
    """

    name: str
    address: Address | None
    seen: Mark | None
    seen_by: str
    left: Mark | None
    intent: Intent | None
    last_priority: int | None
    unseen_ns: int = 0

    @property
    def is_present(self) -> bool:
        """True where it was seen lately and nothing shows that it went away."""
        recent = self.unseen_ns <= GROUP_MEMBERSHIP_INTERVAL_NS
        return self.seen is not None and self.left is None and recent

    @property
    def sign(self) -> str:
        """What was seen of it, to follow its name in a sentence."""
        joined = "had joined the VRRP group"
        signs = {"igmp": f"{joined} (IGMP report)", "mld": f"{joined} (MLD report)"}
        return signs.get(self.seen_by, "had advertised before")

    @property
    def preempts(self) -> bool | None:
        """What its configuration says; None without one."""
        return None if self.intent is None else not self.intent.nopreempt.value

    @property
    def worst_priority(self) -> int:
        """The least that it can have by its configuration, whatever fails; 0 without one."""
        return min(self.intent.effective_priorities()) if self.intent is not None else 0

    @property
    def best_priority(self) -> int:
        """The most that it can have by its configuration; the most of all without one."""
        if self.intent is None:
            return HIGHEST_PRIORITY
        return max(self.intent.effective_priorities())

    @property
    def healthy_priority(self) -> int | None:
        """The priority with all checks passing: told, else the last one that it said."""
        if self.intent is not None:
            return self.intent.healthy_priority
        return self.last_priority


@dataclass(frozen=True, slots=True)
class DueFailover:
    """A master's priority fell and it kept the role for longer than any backup's timer runs.

    Attributes:
        step: the fall.
        held_until: the last advert at a priority below the one before the fall.
        held_ns: from the first advert at the lower priority to `held_until`.
        allowed_ns: the longest Master_Down_Interval that any backup could have had.
        backups: who could have taken over.
    """

    timeline: Timeline
    story: RouterStory
    step: PriorityStep
    held_until: Mark
    allowed_ns: int
    backups: tuple[Backup, ...]

    @property
    def master(self) -> Sender:
        """Who kept the role."""
        return self.step.tenure.sender

    @property
    def priority(self) -> int:
        """The priority after the fall."""
        return self.step.after.priority

    @property
    def held_ns(self) -> int:
        """How long it advertised the lower priority."""
        return self.held_until.time_ns - self.step.after.first.time_ns

    def witnessed(self, master: str) -> tuple[Step, ...]:
        """What went over the wire, as a witness tells it; `master` is how a report calls it."""
        before, after = self.step.before, self.step.after
        return (
            Step(
                f"{master} was master and advertised priority {before.priority} "
                f"up to frame {before.last.ref.number}",
                Basis.SEEN,
                (before.first.ref, before.last.ref),
            ),
            Step(
                f"its priority fell to {after.priority} in frame {after.first.ref.number}, and it "
                f"went on advertising for {Duration(self.held_ns)}, with no pause longer than "
                f"{Duration(after.longest_gap_ns)} and no priority 0",
                Basis.SEEN,
                (after.first.ref, self.held_until.ref),
            ),
        )


def held_after(step: PriorityStep) -> tuple[Mark, int] | None:
    """Until when the fallen master held the role, and how long any backup could have waited.

    None where the step is no fall, belongs to an earlier one, or was over before the longest
    Master_Down_Interval: a preempting backup's timer runs from the last advert at the old priority.
    """
    if not step.is_fall or _falls_further(step):
        return None
    held_until = _held_until(step)
    allowed_ns = patience_ns(step.before)
    waited_ns = held_until.time_ns - step.before.last.time_ns
    return (held_until, allowed_ns) if waited_ns > allowed_ns + TOLERANCE_NS else None


def _falls_further(step: PriorityStep) -> bool:
    """True for a fall that follows another one in the same tenure: the first one tells it all."""
    return any(
        s.priority > step.before.priority and s.first < step.before.first
        for s in step.tenure.streaks
    ) and not _recovered_before(step)


def _recovered_before(step: PriorityStep) -> bool:
    """True where the priority had been back at its best just before this fall."""
    best = max(s.priority for s in step.tenure.streaks if s.first < step.after.first)
    return step.before.priority == best


def _held_until(step: PriorityStep) -> Mark:
    """The last advert before the priority was back, or the tenure's last one."""
    for streak in step.tenure.streaks:
        if streak.first > step.after.first and streak.priority >= step.before.priority:
            return max(s.last for s in step.tenure.streaks if s.last < streak.first)
    return step.tenure.until
