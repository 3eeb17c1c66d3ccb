"""How the role moved, how long that took, and what the hosts were told."""

from collections.abc import Iterator
from functools import cached_property

from vrrpscope.diagnosis.case.backups import Backups
from vrrpscope.diagnosis.case.roster import by_story
from vrrpscope.diagnosis.questions.account import Account, read_account
from vrrpscope.diagnosis.questions.deaf import DeafBackup
from vrrpscope.diagnosis.questions.delays import Delay, explain_delay, witness_of
from vrrpscope.diagnosis.questions.displaced import Displaced, find_displaced
from vrrpscope.diagnosis.questions.held import Held, find_held
from vrrpscope.diagnosis.questions.late import LateHandover, find_late_handovers
from vrrpscope.diagnosis.questions.learned import Learned, find_learned
from vrrpscope.diagnosis.questions.misconfigured import (
    LostPriority,
    Misconfigured,
    find_lost_priority,
    find_misconfigured,
)
from vrrpscope.diagnosis.questions.misled import Misled, find_misled, never_yielded
from vrrpscope.diagnosis.questions.moves import ToAndFro, find_to_and_fro
from vrrpscope.diagnosis.questions.rounded import Flood, Rounded, find_floods, find_rounded
from vrrpscope.diagnosis.questions.standing import Standing, find_standing
from vrrpscope.diagnosis.questions.timing import Timing, time_handover
from vrrpscope.diagnosis.questions.unchecked import Unchecked, find_unchecked
from vrrpscope.diagnosis.questions.unheeded import Unheeded, find_unheeded
from vrrpscope.diagnosis.questions.unmastered import Unmastered, find_unmastered
from vrrpscope.diagnosis.questions.vmac import Poisoned, find_poisoned
from vrrpscope.diagnosis.questions.wanted import (
    Span,
    spans_of_due,
    spans_of_kept_down,
    spans_of_late,
    spans_of_silence,
)
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Handover, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark


class Moves(Backups):
    """How the role moved, how long that took, and what the hosts were told."""

    def timing(self, story: RouterStory, handover: Handover) -> Timing:
        """How a hand-over fits the timers, those that the new master's configuration tells."""
        return time_handover(handover, self.intent(story, handover.after.sender.address))

    def delay(self, story: RouterStory, handover: Handover) -> Delay:
        """What else accounts for the time that a hand-over took; empty where it was on time."""
        new, before = handover.after.sender.address, handover.before
        if before is None:
            return Delay()
        node = self.node(new)
        witness = witness_of(self.book(node, story.router) if node else None, handover)
        names = (self.name(new), self.name(before.sender.address))
        return explain_delay(self.timing(story, handover), names, witness)

    @cached_property
    def late_handovers(self) -> tuple[LateHandover, ...]:
        """Every hand-over that took longer than the timers allow."""
        return tuple(
            late
            for timeline, story in self.stories()
            for late in find_late_handovers(timeline, story, self.signs(story), self.intent)
        )

    @cached_property
    def learned_intervals(self) -> tuple[Learned, ...]:
        """Every pair of routers of VRRPv3 that advertise at different intervals."""
        return tuple(
            learned
            for timeline, story in self.stories()
            for learned in find_learned(timeline, story, self.signs(story))
        )

    @cached_property
    def rounded_intervals(self) -> tuple[Rounded, ...]:
        """Every router that was told a fraction of a second in VRRPv2."""
        return tuple(
            rounded
            for timeline, story in self.stories()
            for rounded in find_rounded(timeline, story, self.nodes)
        )

    @cached_property
    def floods(self) -> tuple[Flood, ...]:
        """Every sender of adverts with interval 0, as fast as it can."""
        return tuple(
            flood for timeline, story in self.stories() for flood in find_floods(timeline, story)
        )

    @cached_property
    def unmastered(self) -> tuple[Unmastered, ...]:
        """Every time that nobody advertised for longer than any backup's timer runs."""
        found: list[Unmastered] = []
        by_late = by_story(self.late_handovers, lambda late: late.story)
        for timeline, story in self.stories():
            late = by_late.get(id(story), ())
            told = tuple(i for node in self.nodes if (i := node.intent(story.router)))
            found.extend(find_unmastered(timeline, story, self.signs(story), told, late))
        return tuple(found)

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """Every role that a sync group kept somebody from taking."""
        wanted = list(self._wanted())
        return tuple(
            held
            for timeline in self.timelines
            for held in find_held(
                timeline, (s for t, s in wanted if t is timeline), self.nodes, self.book
            )
        )

    def moves_to_and_fro(self, story: RouterStory) -> bool:
        """True where the role of a virtual router went back and forth."""
        return id(story) in self._to_and_fro_stories

    @cached_property
    def _to_and_fro_stories(self) -> frozenset[int]:
        return frozenset(id(found.story) for found in self.to_and_fro)

    def _wanted(self) -> Iterator[tuple[Timeline, Span]]:
        """Every time during which somebody should have taken a role, the most telling first."""
        yield from spans_of_silence(self.unmastered)
        yield from spans_of_late(self.late_handovers)
        yield from spans_of_due(self.due_failovers)
        yield from spans_of_kept_down(self.kept_down)

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
            for misled in find_misled(timeline, story, self.rivalries_in(story))
        )

    @cached_property
    def poisoned(self) -> tuple[Poisoned, ...]:
        """Every router that sent from the virtual MAC while another one was master."""
        return tuple(
            p for timeline, story in self.stories() for p in find_poisoned(timeline, story)
        )

    def never_yielded(self, misled: Misled) -> bool:
        """True where the master of a `Misled` never was a backup: it had nothing to announce.

        It paused, or its adverts did not come here, by itself or by what another vantage shows.
        """
        master, other = misled.tenure.sender, misled.router
        cut = self.cut_between(misled.story.router, master, other)
        return cut is not None or never_yielded(misled, self.signs(misled.story))

    def standing(self, story: RouterStory, address: Address, at: Mark) -> Standing | None:
        """What was seen last, before a moment, of a router that is no master."""
        return find_standing(self.signs(story), address, at)

    def account(
        self, story: RouterStory, address: Address, since_ns: int, until_ns: int
    ) -> Account | None:
        """What the log of the router at this address says of its state during a span."""
        node = self.node(address)
        return read_account(self.book(node, story.router), since_ns, until_ns) if node else None

    @cached_property
    def needless_takeovers(self) -> tuple[DeafBackup, ...]:
        """Every backup that took over for moments beside a better master, and gave way again."""
        seen = {id(r.story) for r in self.rivalries if r.is_seen}
        return tuple(d for d in self.deaf_backups if id(d.story) not in seen)

    @cached_property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """Every check that does not run, or cannot do its work, by a log or a configuration."""
        return tuple(
            unchecked
            for timeline, story in self.stories()
            for unchecked in find_unchecked(timeline, story, self.nodes, self.book)
        )

    @cached_property
    def misconfigured(self) -> tuple[Misconfigured, ...]:
        """Every difference of two routers that an odd line of a configuration explains."""
        return tuple(find_misconfigured(self._mismatches, self.nodes))

    @cached_property
    def lost_priorities(self) -> tuple[LostPriority, ...]:
        """Every priority that is written, not used, and would have decided who is master."""
        return tuple(
            lost
            for timeline, story in self.stories()
            for lost in find_lost_priority(timeline, story, self.nodes)
        )

    @cached_property
    def unheeded(self) -> tuple[Unheeded, ...]:
        """Every check that a master is told to watch, and that keepalived drops."""
        return tuple(
            unheeded
            for timeline, story in self.stories()
            for unheeded in find_unheeded(timeline, story, self.nodes, self.book)
        )

    @cached_property
    def displaced(self) -> tuple[Displaced, ...]:
        """Every living master that gave way although nopreempt or an address owner forbids it."""
        return tuple(
            displaced
            for timeline, story in self.stories()
            for displaced in find_displaced(
                timeline, story, self.signs(story), self.nodes, self.book, self._elsewhere(story)
            )
            if not self._misunderstand(displaced)
        )

    def _elsewhere(self, story: RouterStory) -> tuple[RouterStory, ...]:
        """The same virtual router as other vantages saw it."""
        seen = (timeline.story(story.router) for timeline in self.timelines)
        return tuple(s for s in seen if s is not None and s is not story)

    def _misunderstand(self, displaced: Displaced) -> bool:
        """True where the two do not accept each other's adverts: then neither gave way."""
        before, after = displaced.handover.before, displaced.handover.after
        pair = {after.sender, before.sender if before is not None else after.sender}
        return any(
            {rivalry.better, rivalry.worse} == pair
            and bool(rivalry.comparison.fields or rivalry.comparison.flaws)
            for rivalry in self.rivalries_in(displaced.story)
        )
