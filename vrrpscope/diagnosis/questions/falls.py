"""Falls of a master's priority: those that a capture shows, and one from before it began."""

from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Step, lines
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Streak, late_after_ns
from vrrpscope.timeline.tenures import patience_ns

_VOICES = 4
"""Streaks of one sender that may run at once: two versions, some unicast peers."""


class Fall(Struct, frozen=True):
    """A master's effective priority went down, and it went on advertising.

    Attributes:
        priority_before: what it had before; `after` is its first run at the lower priority.
        before: the run before the fall; None where it lies before the capture.
        told: the line of its log that tells of it, for a fall before the capture.
        intent: its configuration, which tells that it was higher; for a fall before the capture of
            which no log tells.
        best_before: the best priority in the tenure up to the fall; 0 for one before the capture.
    """

    tenure: Tenure
    priority_before: int
    after: Streak
    before: Streak | None = None
    told: Statement | None = None
    intent: Intent | None = None
    best_before: int = 0

    @property
    def priority(self) -> int:
        """The priority after the fall."""
        return self.after.priority

    @property
    def last_better(self) -> Mark:
        """The last advert at the old priority; for a fall before the capture its first advert."""
        return self.before.last if self.before is not None else self.after.first

    def witnessed(self, master: str, held_until: Mark) -> tuple[Step, ...]:
        """What was seen and told of it; `master` is how a report calls the router."""
        held_ns = held_until.time_ns - self.after.first.time_ns
        went_on = (
            f"it went on advertising for {Duration(held_ns)}, with no pause longer than "
            f"{Duration(self.after.longest_gap_ns)} and no priority 0"
        )
        evidence = (self.after.first.ref, held_until.ref)
        if self.before is None:
            advertised = f"it advertised priority {self.priority} from the first frame on"
            return (self._earlier(master), Step(f"{advertised}; {went_on}", Basis.SEEN, evidence))
        return (
            Step(
                f"{master} was master and advertised priority {self.before.priority} "
                f"up to frame {self.before.last.ref.number}",
                Basis.SEEN,
                (self.before.first.ref, self.before.last.ref),
            ),
            Step(
                f"its priority fell to {self.priority} in frame {self.after.first.ref.number}, "
                f"and {went_on}",
                Basis.SEEN,
                evidence,
            ),
        )

    def _earlier(self, master: str) -> Step:
        """How a fall before the capture is known."""
        if self.told is not None:
            text = (
                f"the log of {master} says that its priority went from {self.priority_before} to "
                f"{self.priority} while it was master, before the capture began"
            )
            return Step(text, Basis.TOLD, (self.told.line,))
        text = (
            f"{master} has priority {self.priority_before} while all that it watches is well: "
            "something had failed before the capture began"
        )
        evidence = lines(self.intent.base_priority) if self.intent is not None else ()
        return Step(text, Basis.TOLD, evidence)


def find_falls(
    timeline: Timeline,
    story: RouterStory,
    signs: Signs,
    nodes: tuple[Node, ...],
    book_of: BookOf,
) -> Iterator[Fall]:
    """Every fall of a master's priority, the one before the capture first."""
    earlier = _earlier_fall(timeline, story, signs, nodes, book_of)
    if earlier is not None:
        yield earlier
    best: dict[int, int] = {}
    for step in story.steps:
        key = id(step.tenure)
        best[key] = max(best.get(key, 0), step.before.priority)
        if step.is_fall and not (earlier and _continues(earlier, step.tenure, step.before)):
            before, after = step.before, step.after
            yield Fall(step.tenure, before.priority, after, before, best_before=best[key])


def _continues(earlier: Fall, tenure: Tenure, before: Streak) -> bool:
    """True where the priority had not been back since the fall before the capture."""
    return tenure is earlier.tenure and before.priority < earlier.priority_before


def _earlier_fall(
    timeline: Timeline,
    story: RouterStory,
    signs: Signs,
    nodes: tuple[Node, ...],
    book_of: BookOf,
) -> Fall | None:
    """The fall of a router that was master already when the capture began."""
    tenure = _master_at_begin(timeline, story, signs)
    if tenure is None:
        return None
    own = (n for n in nodes if tenure.sender.address in n.addresses)
    node = next(own, None)
    if node is None:
        return None
    others = [i for n in nodes if n is not node and (i := n.intent(story.router))]
    book = book_of(node, story.router)
    return _told_by_log(book, tenure) or _told_by_intent(node, story, tenure, others)


def _master_at_begin(timeline: Timeline, story: RouterStory, signs: Signs) -> Tenure | None:
    """Whose tenure was under way when the capture began; None where it may have begun in it."""
    if not story.tenures or timeline.first_ns is None:
        return None
    tenure = story.tenures[0]
    first = tenure.streaks[0]
    waited_ns = tenure.since.time_ns - timeline.first_ns
    if waited_ns > late_after_ns(first.interval_ns) or signs.is_first_word(first):
        return None
    return tenure


def _told_by_log(book: LogBook, tenure: Tenure) -> Fall | None:
    """The last change before the capture, where the log tells a fall of the master to just that."""
    first, at_ns = tenure.streaks[0], tenure.since.time_ns
    kinds = (Said.PRIORITY, Said.STATE, Said.STARTED, Said.RELOADED)
    last = book.last_before(at_ns, *kinds)
    state = book.last_before(at_ns, Said.STATE)
    if last is None or last.said is not Said.PRIORITY or state is None or last.before is None:
        return None
    was_master = state.state == "MASTER"
    if not was_master or last.after != first.priority or last.before <= first.priority:
        return None
    return Fall(tenure, last.before, first, told=last)


def _told_by_intent(
    node: Node, story: RouterStory, tenure: Tenure, others: list[Intent]
) -> Fall | None:
    """A master that advertises less than its configured priority, with a better one configured."""
    intent, first = node.intent(story.router), tenure.streaks[0]
    if intent is None or first.priority not in intent.effective_priorities():
        return None
    healthy = intent.healthy_priority
    if first.priority >= healthy or all(o.healthy_priority <= first.priority for o in others):
        return None
    return Fall(tenure, healthy, first, intent=intent)


def held_after(fall: Fall) -> tuple[Mark, int] | None:
    """Until when the fallen master held the role, and how long any backup could have waited.

    None where the fall belongs to an earlier one, or was over before the longest
    Master_Down_Interval: a preempting backup's timer runs from the last advert at the old priority.
    """
    if _falls_further(fall):
        return None
    held_until = _held_until(fall)
    allowed_ns = patience_ns(fall.before or fall.after)
    waited_ns = held_until.time_ns - fall.last_better.time_ns
    return (held_until, allowed_ns) if waited_ns > allowed_ns + TOLERANCE_NS else None


def _falls_further(fall: Fall) -> bool:
    """True for a fall that follows another one in the same tenure: the first one tells it all.

    Not where the priority had been back at its best just before this fall.
    """
    before = fall.before
    if before is None:
        return False
    return fall.best_before > before.priority


def _held_until(fall: Fall) -> Mark:
    """The last advert before the priority was back, or the tenure's last one."""
    streaks = fall.tenure.streaks
    start = bisect_right(streaks, fall.after.first, key=lambda s: s.first)
    for index in range(start, len(streaks)):
        if streaks[index].priority >= fall.priority_before:
            # Its other voices (another version, another peer) may have gone on for a moment.
            lately = streaks[max(0, index - _VOICES) : index]
            return max(s.last for s in lately if s.last < streaks[index].first)
    return fall.tenure.until
