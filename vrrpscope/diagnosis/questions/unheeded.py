"""Failures of what a master is told to watch, after which nothing changed.

keepalived drops a check with a weight where the instance is the address owner, or a member of a
sync group without `sync_group_tracking_weight` (vrrp_complete_instance). The check itself may run
all the same, for another instance: then its failure is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.model import LOWEST_PRIORITY, Intent, TrackedItem
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import PriorityStep, RouterStory, Tenure, Timeline
from vrrpscope.timeline.tenures import patience_ns


@dataclass(frozen=True, slots=True)
class Unheeded:
    """A check that a master's instance is told to watch, and does not.

    Attributes:
        tenure: the master's time.
        item: what is told to be watched.
        failed_ns: when it failed; None where nothing tells that it did.
        logged: the line of the master's log about the failure.
        sibling: the fall of another instance of the same host that watches the same, where that
            shows the failure on the wire.
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
    def was_due(self) -> bool:
        """True where another router's configured priority is above what was meant to be left."""
        return any(o.healthy_priority > self.meant for o in self.others)

    @property
    def held_ns(self) -> int:
        """How long the role was kept after the failure; 0 where there was none."""
        return 0 if self.failed_ns is None else self.tenure.until.time_ns - self.failed_ns


def find_unheeded(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...]
) -> Iterator[Unheeded]:
    """Every check of a master that keepalived drops, with the failure that shows it, if any."""
    seen: set[tuple[str, str]] = set()
    for tenure in story.tenures:
        node = next((n for n in nodes if tenure.sender.address in n.addresses), None)
        intent = node.intent(story.router) if node is not None else None
        if node is None or intent is None:
            continue
        others = tuple(i for n in nodes if n is not node and (i := n.intent(story.router)))
        for item in intent.ignored:
            found = _failure(timeline, story, tenure, node, item)
            if found is None and (node.name, item.name) in seen:
                continue
            seen.add((node.name, item.name))
            failed_ns, logged, sibling = found or (None, None, None)
            yield Unheeded(
                timeline, story, tenure, intent, item, failed_ns, logged, sibling, others
            )


_Failure = tuple[int, Statement | None, PriorityStep | None]


def _failure(
    timeline: Timeline, story: RouterStory, tenure: Tenure, node: Node, item: TrackedItem
) -> _Failure | None:
    """The first failure in the tenure after which the role was kept for too long."""
    told = node.said(story.router, (Said.TRACKED,), tenure.since.time_ns, tenure.until.time_ns)
    logged = next((s for s in told if s.good is False and s.name == item.name), None)
    sibling = _sibling_fall(timeline, story, tenure, node, item)
    times = [s.time_ns for s in (logged,) if s is not None and s.time_ns is not None]
    times += [sibling.after.first.time_ns] if sibling is not None else []
    if (
        not times
        or tenure.until.time_ns - max(times) <= patience_ns(tenure.streaks[-1]) + TOLERANCE_NS
    ):
        return None
    return min(times), logged, sibling


def _sibling_fall(
    timeline: Timeline, story: RouterStory, tenure: Tenure, node: Node, item: TrackedItem
) -> PriorityStep | None:
    """A fall of another instance of the host, which the failure of the same check explains."""
    for other in timeline.routers:
        intent = node.intent(other.router) if other is not story else None
        if intent is None:
            continue
        for step in other.steps:
            own = step.tenure.sender.address in node.addresses and step.is_fall
            if own and _explains(intent, item, step) and _is_within(step, tenure):
                return step
    return None


def _explains(intent: Intent, item: TrackedItem, step: PriorityStep) -> bool:
    """True where the failure of that check alone makes just this step, and no other check does."""
    if step.before.priority != intent.healthy_priority:
        return False
    fitting = [i for i in intent.tracked if intent.priority_when_failed(i) == step.after.priority]
    return [(i.kind, i.name) for i in fitting] == [(item.kind, item.name)]


def _is_within(step: PriorityStep, tenure: Tenure) -> bool:
    return tenure.since <= step.after.first <= tenure.until
