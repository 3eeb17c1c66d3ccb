"""What happened to a router's daemon or its host."""

from functools import cached_property

from vrrpscope.diagnosis.case.moves import Moves
from vrrpscope.diagnosis.case.roster import by_story
from vrrpscope.diagnosis.finding import Duration
from vrrpscope.diagnosis.questions.addressless import Addressless, find_addressless
from vrrpscope.diagnosis.questions.boots import BootGrab, find_boot_grabs
from vrrpscope.diagnosis.questions.faults import FaultSpell, find_fault_spells, own_interface
from vrrpscope.diagnosis.questions.reelections import Reelection, find_reelections
from vrrpscope.diagnosis.questions.reloads import Reload, find_reloads
from vrrpscope.diagnosis.questions.respawns import Respawn, find_respawns
from vrrpscope.diagnosis.questions.stalls import Stall, find_stalls
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory


class Hosts(Moves):
    """What happened to a router's daemon or its host."""

    @cached_property
    def stalls(self) -> tuple[Stall, ...]:
        """Every pause of a master whose process lived and sent nothing."""
        return tuple(
            stall
            for timeline, story in self.stories()
            for stall in find_stalls(timeline, story, self.signs(story))
        )

    @cached_property
    def respawns(self) -> tuple[Respawn, ...]:
        """Every daemon that died without priority 0 and was running again at once."""
        return tuple(
            respawn
            for timeline, story in self.timed_stories()
            for respawn in find_respawns(timeline, story, self.signs(story))
        )

    @cached_property
    def reelections(self) -> tuple[Reelection, ...]:
        """Every master that gave the role up and took it back after its own Skew_Time."""
        return tuple(
            found
            for timeline, story in self.stories()
            for found in find_reelections(timeline, story, self.signs(story))
        )

    @cached_property
    def reloads(self) -> tuple[Reload, ...]:
        """Every reload of a master that the wire or its log shows."""
        return tuple(
            r for t in self.timelines for r in find_reloads(t, self._signs, self._was_reloaded)
        )

    def _was_reloaded(
        self, story: RouterStory, address: Address, since_ns: int, until_ns: int
    ) -> bool:
        """True where its log tells of a reload at that time, of no stop, no FAULT, no check."""
        kinds = (Said.RELOADED, Said.STOPPING, Said.PRIORITY, Said.STATE)
        said = self.said(story, address, *kinds, since_ns=since_ns, until_ns=until_ns)
        other = any(s.said in (Said.STOPPING, Said.PRIORITY) or s.state == "FAULT" for s in said)
        return any(s.said is Said.RELOADED for s in said) and not other

    @cached_property
    def boot_grabs(self) -> tuple[BootGrab, ...]:
        """Every router that was master right after its start, beside another one."""
        return tuple(
            grab
            for timeline, story in self.stories()
            for grab in find_boot_grabs(timeline, story, self.signs(story))
        )

    @cached_property
    def fault_spells(self) -> tuple[FaultSpell, ...]:
        """Every time that a router was in FAULT by its own log."""
        return tuple(
            spell
            for timeline, story in self.stories()
            for spell in find_fault_spells(timeline, story, self.nodes, self.book)
        )

    def in_fault(self, story: RouterStory, address: Address, at_ns: int) -> FaultSpell | None:
        """The time in FAULT, by its own log, that a router was in at a moment."""
        for spell in self._spells_by_story.get(id(story), ()):
            own = address in spell.node.addresses
            if own and spell.since_ns <= at_ns <= spell.until_ns:
                return spell
        return None

    @cached_property
    def _spells_by_story(self) -> dict[int, tuple[FaultSpell, ...]]:
        return by_story(self.fault_spells, lambda spell: spell.story)

    def own_interfaces(self, story: RouterStory, address: Address) -> frozenset[str]:
        """Where a router sends from, by its configuration and its log; empty where unknown."""
        intent, node = self.intent(story, address), self.node(address)
        told = intent.interface.value if intent is not None else None
        logged = own_interface(node, story) if node is not None else None
        return frozenset(name for name in (told, logged) if name)

    def stopped(self, story: RouterStory, address: Address, at_ns: int) -> Statement | None:
        """The line that says that a router's daemon had stopped, where it was not started since.

        None where the log ends with it: a later start may be in another file.
        """
        life = (Said.STARTED, Said.STOPPING, Said.STATE)
        said = [s for s in self.said(story, address, *life) if (s.time_ns or at_ns) < at_ns]
        if not said or said[-1].said is not Said.STOPPING:
            return None
        covers = self.log_covers(address, said[-1].time_ns or at_ns, at_ns)
        return said[-1] if covers else None

    def harm_of(self, spell: FaultSpell) -> str:
        """What went wrong because a router was in FAULT, as half a sentence; "" for nothing."""
        own = spell.node.addresses
        for gap in self.unmastered:
            silence = gap.silence
            if gap.story is spell.story and spell.overlaps(silence.since.time_ns, silence.until_ns):
                return f"no master was seen for {Duration(silence.duration_ns)}"
        for due in self.due_failovers:
            is_other = due.story is spell.story and due.master.address not in own
            if is_other and spell.overlaps(due.fall.after.first.time_ns, due.held_until.time_ns):
                return f"{self.name(due.master.address)} stayed master at priority {due.priority}"
        for kept in self.kept_down:
            is_own = kept.story is spell.story and kept.better in own
            if is_own and spell.overlaps(kept.since_ns, kept.tenure.until.time_ns):
                master = self.name(kept.tenure.sender.address)
                return f"{master} was master with a lesser priority"
        return ""

    @cached_property
    def addressless(self) -> tuple[Addressless, ...]:
        """Every router that joined the group before it had an address."""
        return tuple(
            found
            for timeline, story in self.stories()
            for found in find_addressless(timeline, story)
        )
