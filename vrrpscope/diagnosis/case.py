"""The case: all that was seen and told, and the questions that the rules ask of it.

A question that two rules need is a method here, with a test of its own. Rules ask only the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from vrrpscope.diagnosis.finding import Role, Step
from vrrpscope.diagnosis.nodes import Node, TiedBy
from vrrpscope.diagnosis.questions.deaf import DeafBackup, find_deaf
from vrrpscope.diagnosis.questions.disagreements import (
    Field,
    differences,
    terms_of,
    told_terms,
)
from vrrpscope.diagnosis.questions.due import QUERY_NS, Backup, DueFailover, held_after
from vrrpscope.diagnosis.questions.islands import Islands, find_islands
from vrrpscope.diagnosis.questions.kept_down import KeptDown, find_kept_down
from vrrpscope.diagnosis.questions.late import LateHandover, find_late_handovers
from vrrpscope.diagnosis.questions.misled import Misled, find_misled
from vrrpscope.diagnosis.questions.mismatches import Mismatch, MismatchFinder
from vrrpscope.diagnosis.questions.moves import ToAndFro, find_to_and_fro
from vrrpscope.diagnosis.questions.rivals import Rivalry, find_rivalries
from vrrpscope.diagnosis.questions.shared import SharedAddress, find_shared
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.questions.unmastered import Unmastered, find_unmastered
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import LEAVES, AnnouncementKind, Basis
from vrrpscope.protocol.advertisement import Address, Advertisement
from vrrpscope.timeline.model import HandoverKind, PriorityStep, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_SEEN_BY = {AnnouncementKind.IGMP_JOIN: "igmp", AnnouncementKind.MLD_JOIN: "mld"}


@dataclass(frozen=True, slots=True)
class Silent:
    """A router that joined the VRRP group and never advertised for this virtual router."""

    address: Address
    mac: str
    seen_by: str
    mark: Mark
    node: str | None


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

    def identified(self, address: Address) -> tuple[Step, ...]:
        """How a silent router was recognised, where that was an inference; else nothing."""
        node = self.node(address)
        if node is None or node.tied_by is not TiedBy.ELIMINATION:
            return ()
        statement = f"{node.name} is {address}, by {node.tied_by}"
        return (Step(statement, Basis.INFERRED, role=Role.LET),)

    def intent(self, story: RouterStory, address: Address) -> Intent | None:
        """What the configuration of the router at this address says for this virtual router."""
        node = self.node(address)
        return node.intent(story.router) if node else None

    def silent(self, story: RouterStory) -> tuple[Silent, ...]:
        """Routers that joined the group and never advertised for this virtual router."""
        if any(sender.is_shared for sender in story.senders):
            # FRRouting's IPv6 routers join from another address than they advertise from.
            return ()
        speakers = {sender.address for sender in story.senders}
        first: dict[Address, Silent] = {}
        for join in story.announcements:
            address = join.subject
            if join.kind not in _SEEN_BY or address in speakers or address.is_unspecified:
                continue
            node = self.node(address)
            silent = Silent(
                address, join.mac, _SEEN_BY[join.kind], join.first, node.name if node else None
            )
            first.setdefault(address, silent)
        return tuple(first.values())

    # Who could have taken over

    def backups(
        self, story: RouterStory, holder: Sender, at: Mark, due_ns: int = 0
    ) -> tuple[Backup, ...]:
        """Everybody but the holder who was seen before the moment, or of whom a file tells.

        Who left the group within `due_ns` after the moment could not wait for its timer any more.
        """
        seen: dict[Address, tuple[Mark, str]] = {}
        for join in story.announcements:
            if join.kind in _SEEN_BY and join.first < at and not join.subject.is_unspecified:
                seen[join.subject] = (min(join.last, at), _SEEN_BY[join.kind])
        for streak in story.streaks:
            if streak.first < at:
                seen[streak.sender.address] = (min(streak.last, at), "advert")
        seen.pop(holder.address, None)
        until_ns = at.time_ns + due_ns
        found = [self._backup(story, a, m, by, (at, until_ns)) for a, (m, by) in seen.items()]
        return (*found, *self._told_only(story, holder, set(seen)))

    def _backup(
        self, story: RouterStory, address: Address, seen: Mark, seen_by: str, when: tuple[Mark, int]
    ) -> Backup:
        at, until_ns = when
        said = [
            s.priority
            for s in story.streaks
            if s.sender.address == address and s.first < at and s.priority
        ]
        left = [
            mark
            for a in story.announcements
            if a.kind in LEAVES and a.subject == address
            for mark in (a.first, a.last)
            if seen < mark and mark.time_ns < until_ns
        ]
        return Backup(
            name=self.name(address),
            address=address,
            seen=seen,
            seen_by=seen_by,
            left=max(left, default=None),
            intent=self.intent(story, address),
            last_priority=said[-1] if said else None,
            unseen_ns=at.time_ns - seen.time_ns,
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

    def surely_listens(self, backup: Backup, advertisement: Advertisement) -> bool:
        """True where by its configuration a backup accepts the advert and cannot be in FAULT.

        One in FAULT listens to nothing, and looks like any other silent backup.
        """
        intent = backup.intent
        if intent is None or any(item.faults for item in intent.tracked):
            return False
        if backup.unseen_ns > QUERY_NS:
            return False
        return not self.rejects(backup, advertisement)

    def rejects(self, backup: Backup, advertisement: Advertisement) -> bool:
        """True where a backup's configuration makes it reject the advert.

        It then becomes a second master, which the first one can keep silent.
        """
        if backup.intent is None:
            return False
        heard = terms_of(advertisement)
        return bool(heard.flaws or differences(heard, told_terms(backup.intent)))

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
        held = held_after(step)
        if held is None or self._answered(story, step, held[0]):
            return None
        backups = self.backups(story, step.tenure.sender, step.after.first, held[1])
        return DueFailover(timeline, story, step, *held, backups)

    def _answered(self, story: RouterStory, step: PriorityStep, held_until: Mark) -> bool:
        """True where somebody preempted the fallen master: late, perhaps, but not missed."""
        return held_until == step.tenure.until and any(
            h.before is step.tenure and h.kind is HandoverKind.PREEMPTION for h in story.handovers
        )

    @cached_property
    def kept_down(self) -> tuple[KeptDown, ...]:
        """Every time that a router was better, alive and silent, and a lesser one was master."""
        return tuple(
            kept
            for timeline, story in self.stories()
            for kept in find_kept_down(timeline, story, self.signs(story), self.intent)
        )

    # How the role moved

    def signs(self, story: RouterStory) -> Signs:
        """The signs of life of everybody in a story of this case."""
        return self._signs[id(story)]

    @cached_property
    def _signs(self) -> dict[int, Signs]:
        return {id(story): Signs(story) for _, story in self.stories()}

    @cached_property
    def late_handovers(self) -> tuple[LateHandover, ...]:
        """Every hand-over that took longer than the timers allow."""
        return tuple(
            late
            for timeline, story in self.stories()
            for late in find_late_handovers(timeline, story, self.signs(story), self.intent)
        )

    @cached_property
    def unmastered(self) -> tuple[Unmastered, ...]:
        """Every time that nobody advertised for longer than any backup's timer runs."""
        found: list[Unmastered] = []
        for timeline, story in self.stories():
            late = tuple(h for h in self.late_handovers if h.story is story)
            told = tuple(i for node in self.nodes if (i := node.intent(story.router)))
            found.extend(find_unmastered(timeline, story, self.signs(story), told, late))
        return tuple(found)

    @cached_property
    def to_and_fro(self) -> tuple[ToAndFro, ...]:
        """Every time that the role went back and forth between the same routers."""
        return tuple(
            found
            for timeline, story in self.stories()
            for found in find_to_and_fro(timeline, story, self.signs(story))
        )

    @cached_property
    def misled(self) -> tuple[Misled, ...]:
        """Every time that hosts were told a wrong MAC although the election was right."""
        return tuple(
            misled
            for timeline, story in self.stories()
            for misled in find_misled(timeline, story, self.rivalries)
        )

    @cached_property
    def needless_takeovers(self) -> tuple[DeafBackup, ...]:
        """Every backup that took over for moments beside a better master, and gave way again."""
        seen = [r.story for r in self.rivalries if r.is_seen]
        return tuple(d for d in self.deaf_backups if not any(d.story is s for s in seen))

    # Two masters at once, and routers that do not understand each other

    @cached_property
    def rivalries(self) -> tuple[Rivalry, ...]:
        """Every pair of routers that were both master of one virtual router, seen or deduced."""
        return tuple(
            rivalry
            for timeline, story in self.stories()
            for rivalry in find_rivalries(timeline, story)
        )

    @cached_property
    def islands(self) -> tuple[Islands, ...]:
        """Every pair of routers that were master at once, each as another vantage saw it."""
        seen = {(r.story.router, r.better, r.worse) for r in self.rivalries if r.is_seen}
        seen |= {(router, worse, better) for router, better, worse in seen}
        found = find_islands(self.timelines)
        return tuple(i for i in found if (i.story.router, i.one, i.other) not in seen)

    @cached_property
    def deaf_backups(self) -> tuple[DeafBackup, ...]:
        """Every backup that took over again and again beside a better master on the wire."""
        return tuple(
            deaf for timeline, story in self.stories() for deaf in find_deaf(timeline, story)
        )

    @cached_property
    def shared_addresses(self) -> tuple[SharedAddress, ...]:
        """Every pair of virtual routers whose masters held one address at once."""
        return tuple(shared for timeline in self.timelines for shared in find_shared(timeline))

    def mismatches(self, what: Field) -> tuple[Mismatch, ...]:
        """Every pair of routers of one group that differ in this field."""
        return tuple(mismatch for mismatch in self._mismatches if mismatch.what is what)

    @cached_property
    def _mismatches(self) -> tuple[Mismatch, ...]:
        found: list[Mismatch] = []
        for timeline, story in self.stories():
            finder = MismatchFinder(timeline, story, self.nodes, self.intent, self.name)
            found.extend(finder.find([r for r in self.rivalries if r.story is story]))
        return tuple(found)
