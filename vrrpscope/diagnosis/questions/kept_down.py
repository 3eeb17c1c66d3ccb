"""Routers that are better than the master, alive, and silent all the same."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Duration, Step
from vrrpscope.diagnosis.questions.account import Account
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import (
    EndedBy,
    Handover,
    HandoverKind,
    RouterStory,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import Mark
from vrrpscope.timeline.tenures import patience_ns

_PATIENCES = 2
"""A router that has just started takes one Master_Down_Interval, and some time to start."""

_MAY_BE_GONE = tuple(ended_by for ended_by in EndedBy if ended_by is not EndedBy.YIELDED)
_BEFORE_ALL = Mark(-(2**63), FrameRef("", 0))

IntentOf = Callable[[RouterStory, Address], Intent | None]


class KeptDown(Struct, frozen=True):
    """A better router that stays silent while a lesser one is master.

    Attributes:
        tenure: the lesser master's.
        better: the address of the silent router.
        present: what shows that it is there: its join, or its last advert before it yielded.
        priority: its priority, and `priority_shown` the frame in which it said it, if it did.
        basis: how the priority is known: said by itself (SEEN), or by its configuration (TOLD).
        took_over: its own take-over in time afterwards, which shows that it had been listening.
        was_restarted: it said its priority before it was started again.
        times: how often the same two were found like that; this is the first time, or the first
            after which it took over.
        until_ns, total_ns: the end of the last time, and how long all of them lasted.
    """

    timeline: Timeline
    story: RouterStory
    tenure: Tenure
    better: Address
    present: Mark
    priority: int
    priority_shown: Mark | None
    basis: Basis
    intent: Intent | None
    took_over: Handover | None
    was_restarted: bool = False
    times: int = 1
    until_ns: int = 0
    total_ns: int = 0

    @property
    def since_ns(self) -> int:
        """From when on both were there."""
        return max(self.present.time_ns, self.tenure.since.time_ns)

    @property
    def master_priority(self) -> int:
        """The best priority that the master advertised beside it."""
        return _best_beside(self.tenure, self.present)

    @property
    def is_told_rightly(self) -> bool:
        """True where the configuration can give the priority that it said, if it said one."""
        return self.intent is not None and self.priority in self.intent.effective_priorities()

    @property
    def lasted_ns(self) -> int:
        """How long the lesser router was master beside the better one."""
        return self.tenure.until.time_ns - self.since_ns

    @property
    def steady_ns(self) -> tuple[int, int]:
        """From when to when it must have been a backup: less one Master_Down_Interval at each end.

        As a span for its log: there it starts before, and takes over after.
        """
        patience = patience_ns(self.tenure.streaks[0])
        return self.since_ns + patience, self.tenure.until.time_ns - patience

    def was_better(self, account: Account | None) -> bool:
        """True where its own log shows that it was a backup with the higher priority."""
        if account is None or not account.stays_backup:
            return False
        base = self.intent.base_priority.value if self.intent is not None else None
        had = account.priorities(base)
        return had is not None and min(had) > self.master_priority

    def witnessed(self, master: str, better: str) -> tuple[Step, ...]:
        """What was seen of both, as a witness tells it."""
        steps = [
            Step(
                f"{better} was there from frame {self.present.ref.number} on",
                Basis.SEEN,
                (self.present.ref,),
            ),
            Step(
                f"{master} advertised priority {self.tenure.last_priority} beside it "
                f"for {Duration(self.lasted_ns)}",
                Basis.SEEN,
                (self.tenure.since.ref, self.tenure.until.ref),
            ),
        ]
        if self.took_over is not None:
            steps.append(
                Step(
                    f"when {master} ended, {better} took over in time with priority "
                    f"{self.priority}: it had been listening all along",
                    Basis.INFERRED,
                    (self.took_over.at.ref,),
                )
            )
        elif self.priority_shown is not None:
            steps.append(
                Step(
                    f"{better} had said priority {self.priority} before",
                    Basis.SEEN,
                    (self.priority_shown.ref,),
                )
            )
        return tuple(steps)


def find_kept_down(
    timeline: Timeline, story: RouterStory, signs: Signs, intent_of: IntentOf
) -> Iterator[KeptDown]:
    """Compares each tenure with everybody who was there and silent all the while."""
    found: dict[tuple[Address, Address], list[KeptDown]] = {}
    for kept in _each_time(timeline, story, signs, intent_of):
        found.setdefault((kept.tenure.sender.address, kept.better), []).append(kept)
    for times in found.values():
        best = next((kept for kept in times if kept.took_over is not None), times[0])
        yield replace(
            best,
            times=len(times),
            until_ns=times[-1].tenure.until.time_ns,
            total_ns=sum(kept.lasted_ns for kept in times),
        )


def _each_time(
    timeline: Timeline, story: RouterStory, signs: Signs, intent_of: IntentOf
) -> Iterator[KeptDown]:
    """Every time by itself."""
    for tenure in story.tenures:
        if _too_short(tenure, tenure.since):
            continue
        for address in signs.addresses:
            own = tenure.sender.address
            if address == own or story.are_parted(address, own):
                continue
            present = _present(signs, address, tenure)
            if present is None or _too_short(tenure, present):
                continue
            intent = intent_of(story, address)
            kept = _kept(timeline, story, signs, tenure, address, present, intent)
            if kept is not None:
                yield kept


def _present(signs: Signs, address: Address, tenure: Tenure) -> Mark | None:
    """What shows that the router is there and silent during the tenure; None where nothing does.

    A router that released the role or fell silent may be gone: only a join after that tells of it.
    """
    if signs.speaks_beside(address, tenure):
        return None
    gone = _gone(signs, address, tenure)
    earlier = signs.tenure_before(address, tenure.until)
    if earlier is not None and earlier.ended_by is EndedBy.YIELDED and earlier.until > gone:
        return earlier.until
    return signs.joined_between(address, gone, tenure.until)


def _gone(signs: Signs, address: Address, tenure: Tenure) -> Mark:
    """The last sign before the tenure's end that the router may have gone away."""
    ended = signs.last_end(address, tenure.until, *_MAY_BE_GONE)
    left = signs.left(address, tenure.until)
    return max(ended or _BEFORE_ALL, left or _BEFORE_ALL)


def _too_short(tenure: Tenure, present: Mark) -> bool:
    lasted_ns = tenure.until.time_ns - max(present.time_ns, tenure.since.time_ns)
    return lasted_ns <= _PATIENCES * patience_ns(tenure.streaks[0])


def _kept(
    timeline: Timeline,
    story: RouterStory,
    signs: Signs,
    tenure: Tenure,
    address: Address,
    present: Mark,
    intent: Intent | None,
) -> KeptDown | None:
    """The comparison, where the silent router's priority is known and higher."""
    took_over = _took_over(story, tenure, address)
    priority, shown, restarted = _said(signs, address, tenure, took_over)
    basis = Basis.SEEN
    # A router that was started again may have been told another priority before that.
    lowered = restarted and intent is not None and intent.healthy_priority < (priority or 0)
    if intent is not None and (priority is None or lowered):
        priority, shown, basis = intent.healthy_priority, None, Basis.TOLD
    beside = _best_beside(tenure, present)
    if priority is None or not beside or priority <= beside:
        return None
    return KeptDown(
        timeline,
        story,
        tenure,
        address,
        present,
        priority,
        shown,
        basis,
        intent,
        took_over,
        was_restarted=restarted and basis is Basis.SEEN,
    )


def _best_beside(tenure: Tenure, present: Mark) -> int:
    """The best priority of a tenure from a moment on; 0 where it said none."""
    said = (s.priority for s in tenure.streaks if s.last >= present)
    return max(said, default=0)


def _took_over(story: RouterStory, tenure: Tenure, address: Address) -> Handover | None:
    """The silent router's own take-over after this tenure, where it came in time."""
    for handover in story.handovers_from(tenure):
        if handover.after.sender.address == address:
            timed = handover.kind in (HandoverKind.RELEASE, HandoverKind.EXPIRY)
            return handover if timed and handover.on_time else None
    return None


def _said(
    signs: Signs, address: Address, tenure: Tenure, took_over: Handover | None
) -> tuple[int | None, Mark | None, bool]:
    """The priority that the silent router itself said, and whether it was started again since.

    A take-over in time shows it best. A restarted router may have another priority, but the best
    one that it had is likely.
    """
    if took_over is not None:
        streak = took_over.after.streaks[0]
        return streak.priority, streak.first, False
    own = signs.tenure_before(address, tenure.until)
    if own is None:
        return None, None, False
    spoken = [s for s in own.streaks if s.priority]
    restarted = own.ended_by is not EndedBy.YIELDED
    best = max(spoken, key=lambda s: s.priority) if restarted else spoken[-1]
    return best.priority, best.first, restarted
