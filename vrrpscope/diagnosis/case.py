"""The case: all that was seen and told, and the questions that the rules ask of it.

A question that two rules need is a method here, with a test of its own. Rules ask only the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.intent import Intent
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import PriorityStep, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender
from vrrpscope.timeline.tenures import patience_ns

_JOINS = {AnnouncementKind.IGMP_JOIN: "igmp", AnnouncementKind.MLD_JOIN: "mld"}
_LEAVES = (AnnouncementKind.IGMP_LEAVE, AnnouncementKind.MLD_LEAVE)


@dataclass(frozen=True, slots=True)
class Silent:
    """A router that joined the VRRP group and never advertised for this virtual router."""

    address: Address
    mac: str
    seen_by: str
    mark: Mark
    node: str | None


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
    """

    name: str
    address: Address | None
    seen: Mark | None
    seen_by: str
    left: Mark | None
    intent: Intent | None
    last_priority: int | None

    @property
    def is_present(self) -> bool:
        """True where it was seen and nothing shows that it went away."""
        return self.seen is not None and self.left is None

    @property
    def preempts(self) -> bool | None:
        """What its configuration says; None without one."""
        return None if self.intent is None else not self.intent.nopreempt.value

    @property
    def healthy_priority(self) -> int | None:
        """The priority with all checks passing: told, else the last one that it said."""
        if self.intent is not None:
            return max(self.intent.effective_priorities())
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


class Case:
    """Timelines of one or more vantages, and the nodes whose configuration is known."""

    def __init__(self, timelines: tuple[Timeline, ...], nodes: tuple[Node, ...] = ()) -> None:
        self.timelines = timelines
        self.nodes = nodes

    def stories(self) -> Iterator[tuple[Timeline, RouterStory]]:
        """Every virtual router at every vantage."""
        for timeline in self.timelines:
            for story in timeline.routers:
                yield timeline, story

    # Who is who

    def node(self, address: Address) -> Node | None:
        """The node that has this address."""
        return next((node for node in self.nodes if address in node.addresses), None)

    def name(self, address: Address) -> str:
        """How a report calls a router: "dr-1 (172.31.23.22)", or its address alone."""
        node = self.node(address)
        return f"{node.name} ({address})" if node else str(address)

    def intent(self, story: RouterStory, address: Address) -> Intent | None:
        """What the configuration of the router at this address says for this virtual router."""
        node = self.node(address)
        return node.intent(story.router) if node else None

    def silent(self, story: RouterStory) -> tuple[Silent, ...]:
        """Routers that joined the group and never advertised for this virtual router."""
        speakers = {sender.address for sender in story.senders}
        first: dict[Address, Silent] = {}
        for join in story.announcements:
            address = join.subject
            if join.kind not in _JOINS or address in speakers or address.is_unspecified:
                continue
            node = self.node(address)
            silent = Silent(
                address, join.mac, _JOINS[join.kind], join.first, node.name if node else None
            )
            first.setdefault(address, silent)
        return tuple(first.values())

    # Who could have taken over

    def backups(self, story: RouterStory, holder: Sender, at: Mark) -> tuple[Backup, ...]:
        """Everybody but the holder who was seen before the moment, or of whom a file tells."""
        seen: dict[Address, tuple[Mark, str]] = {}
        for join in story.announcements:
            if join.kind in _JOINS and join.first < at and not join.subject.is_unspecified:
                seen[join.subject] = (min(join.last, at), _JOINS[join.kind])
        for streak in story.streaks:
            if streak.first < at:
                seen[streak.sender.address] = (min(streak.last, at), "advert")
        seen.pop(holder.address, None)
        found = [self._backup(story, a, mark, by, at) for a, (mark, by) in seen.items()]
        return (*found, *self._told_only(story, holder, set(seen)))

    def _backup(
        self, story: RouterStory, address: Address, seen: Mark, seen_by: str, at: Mark
    ) -> Backup:
        said = [
            s.priority
            for s in story.streaks
            if s.sender.address == address and s.first < at and s.priority
        ]
        left = [
            a.last
            for a in story.announcements
            if a.kind in _LEAVES and a.subject == address and seen < a.last < at
        ]
        return Backup(
            name=self.name(address),
            address=address,
            seen=seen,
            seen_by=seen_by,
            left=max(left, default=None),
            intent=self.intent(story, address),
            last_priority=said[-1] if said else None,
        )

    def _told_only(
        self, story: RouterStory, holder: Sender, seen: set[Address]
    ) -> Iterator[Backup]:
        """Routers that have a configuration for this virtual router and were never seen."""
        for node in self.nodes:
            intent = node.intent(story.router)
            if intent is None or holder.address in node.addresses or node.addresses & seen:
                continue
            yield Backup(node.name, None, None, "", None, intent, None)

    # What was due

    @cached_property
    def due_failovers(self) -> tuple[DueFailover, ...]:
        """Every fall of a master's priority that nobody answered in time."""
        found = []
        for timeline, story in self.stories():
            for step in story.steps:
                due = self._due_failover(timeline, story, step)
                if due is not None:
                    found.append(due)
        return tuple(found)

    def _due_failover(
        self, timeline: Timeline, story: RouterStory, step: PriorityStep
    ) -> DueFailover | None:
        if not step.is_fall or _falls_further(step):
            return None
        held_until = _held_until(step)
        allowed_ns = patience_ns(step.before)
        # A preempting backup's timer runs from the last advert at the old priority.
        waited_ns = held_until.time_ns - step.before.last.time_ns
        if waited_ns <= allowed_ns + TOLERANCE_NS:
            return None
        backups = self.backups(story, step.tenure.sender, step.after.first)
        return DueFailover(timeline, story, step, held_until, allowed_ns, backups)


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
