"""Failures of what a master is told to watch, after which nothing changed.

keepalived drops a check with a weight where the instance is the address owner, or a member of a
sync group without `sync_group_tracking_weight` (vrrp_complete_instance). The check itself may run
all the same, for another instance: then its failure is known.
"""

from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.evidence.model import LOWEST_PRIORITY, Intent, TrackedItem
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import PriorityStep, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark
from vrrpscope.timeline.tenures import patience_ns

_NEVER: int = 2**63


class Unheeded(Struct, frozen=True):
    """A check that a master's instance is told to watch, and does not.

    Attributes:
        tenure: the master's time.
        item: what is told to be watched.
        failed_ns: when it failed; None where nothing tells that it did.
        logged: the line of the master's log about the failure.
        sibling: the fall of another instance of the same host that watches the same, where that
            shows the failure on the wire.
        until_ns: when the check passed again, as far as that is known, or the tenure's end.
        others: the configurations of the other routers.
    """

    timeline: Timeline
    story: RouterStory
    tenure: Tenure
    intent: Intent
    item: TrackedItem
    failed_ns: int | None
    logged: Statement | None
    sibling: PriorityStep | None
    others: tuple[Intent, ...]
    until_ns: int = 0

    @property
    def is_owner(self) -> bool:
        """True where priority 255 is the reason; else it is the sync group."""
        return self.intent.is_owner

    @property
    def meant(self) -> int:
        """The priority that the failure was meant to leave."""
        weight = min(self.item.weight.value, 0)
        return max(LOWEST_PRIORITY, self.intent.base_priority.value + weight)

    @property
    def held_ns(self) -> int:
        """How long the role was kept after the failure; 0 where there was none."""
        return 0 if self.failed_ns is None else self.until_ns - self.failed_ns


def find_unheeded(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[Unheeded]:
    """Every check of a master that keepalived drops, with the failure that shows it, if any."""
    seen: set[tuple[str, str]] = set()
    falls: dict[tuple[str, str], list[PriorityStep]] = {}
    for tenure in story.tenures:
        node = next((n for n in nodes if tenure.sender.address in n.addresses), None)
        intent = node.intent(story.router) if node is not None else None
        if node is None or intent is None or not _runs(tenure, intent):
            continue
        others = tuple(i for n in nodes if n is not node and (i := n.intent(story.router)))
        for item in intent.ignored:
            key = (node.name, item.name)
            if key not in falls:
                falls[key] = _sibling_falls(timeline, story, node, item)
            found = _failure(tenure, book_of(node, story.router), item, falls[key])
            if found is None and key in seen:
                continue
            seen.add(key)
            known = found or (None, None, None, tenure.until.time_ns)
            failed_ns, logged, sibling, until_ns = known
            yield Unheeded(
                timeline, story, tenure, intent, item, failed_ns, logged, sibling, others, until_ns
            )


def shown_well(
    timeline: Timeline, story: RouterStory, node: Node, since_ns: int, until_ns: int
) -> bool:
    """True where another instance of a node, which watches the same, was seen to be well.

    It advertised its best priority at that time, so that nothing that it watches had failed.
    """
    intent = node.intent(story.router)
    for other in timeline.routers:
        fellow = node.intent(other.router) if other is not story else None
        if intent is None or fellow is None or not _watches_all(fellow, intent):
            continue
        if any(
            streak.sender.address in node.addresses
            and streak.priority == fellow.healthy_priority
            and streak.first.time_ns <= until_ns
            and streak.last.time_ns >= since_ns
            for streak in other.streaks
        ):
            return True
    return False


def _watches_all(one: Intent, other: Intent) -> bool:
    """True where the one watches everything, with a weight, that the other one does."""
    own = {(i.kind, i.name) for i in one.tracked if i.weight.value and not i.is_open}
    return {(i.kind, i.name) for i in other.tracked} <= own


def _runs(tenure: Tenure, intent: Intent) -> bool:
    """True where the tenure shows what the configuration says: an owner always sends 255.

    A member of a sync group whose priority moves does watch something.
    """
    if intent.is_owner:
        return tenure.priorities == (intent.base_priority.value,)
    return len(tenure.priorities) == 1


_Failure = tuple[int, Statement | None, PriorityStep | None, int]


def _failure(
    tenure: Tenure, book: LogBook, item: TrackedItem, falls: list[PriorityStep]
) -> _Failure | None:
    """The first failure in the tenure that lasted, and the role was kept, for too long."""
    longest_ns = patience_ns(tenure.streaks[-1]) + TOLERANCE_NS
    found = [f for f in (_logged(tenure, book, item, longest_ns),) if f is not None]
    index = bisect_left(falls, tenure.since, key=_fell)
    for step in falls[index:]:
        if step.after.first > tenure.until:
            break
        until_ns = min(_back_ns(step), tenure.until.time_ns)
        if until_ns - step.after.first.time_ns > longest_ns:
            found.append((step.after.first.time_ns, None, step, until_ns))
            break
    if not found:
        return None
    logged = next((f[1] for f in found if f[1] is not None), None)
    sibling = next((f[2] for f in found if f[2] is not None), None)
    return min(f[0] for f in found), logged, sibling, min(f[3] for f in found)


def _logged(tenure: Tenure, book: LogBook, item: TrackedItem, longest_ns: int) -> _Failure | None:
    """The first failure by the log after which the check did not pass again for so long."""
    told = book.within(tenure.since.time_ns, tenure.until.time_ns, Said.TRACKED)
    own = [s for s in told if s.name == item.name and s.time_ns is not None]
    for index, failed in enumerate(own):
        if failed.good is not False:
            continue
        passed = next((s for s in own[index + 1 :] if s.good), None)
        until_ns = tenure.until.time_ns if passed is None else passed.time_ns or 0
        give_ns = book.resolution_ns + (book.give_ns if passed is None else 0)
        if until_ns - (failed.time_ns or 0) > longest_ns + give_ns:
            return failed.time_ns or 0, failed, None, until_ns
    return None


def _back_ns(step: PriorityStep) -> int:
    """When the priority was back after a fall, in the same tenure; never where it was not."""
    back = (
        s.first.time_ns
        for s in step.tenure.streaks
        if s.first > step.after.first and s.priority >= step.before.priority
    )
    return min(back, default=_NEVER)


def _sibling_falls(
    timeline: Timeline, story: RouterStory, node: Node, item: TrackedItem
) -> list[PriorityStep]:
    """The falls of other instances of the host that the failure of the same check explains."""
    found: list[PriorityStep] = []
    for other in timeline.routers:
        intent = node.intent(other.router) if other is not story else None
        if intent is None or not any(i.name == item.name for i in intent.tracked):
            continue
        own = (s for s in other.steps if s.tenure.sender.address in node.addresses and s.is_fall)
        found.extend(step for step in own if _explains(intent, item, step))
    return sorted(found, key=_fell)


def _fell(step: PriorityStep) -> Mark:
    return step.after.first


def _explains(intent: Intent, item: TrackedItem, step: PriorityStep) -> bool:
    """True where the failure of that check alone makes just this step, and no other check does."""
    if step.before.priority != intent.healthy_priority:
        return False
    fitting = [i for i in intent.tracked if intent.priority_when_failed(i) == step.after.priority]
    return [(i.kind, i.name) for i in fitting] == [(item.kind, item.name)]
