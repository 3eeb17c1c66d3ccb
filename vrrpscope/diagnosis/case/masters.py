"""Two masters at once, and routers that do not understand each other."""

from functools import cached_property

from msgspec.structs import replace

from vrrpscope.diagnosis.case.roster import Roster, by_story
from vrrpscope.diagnosis.questions.deaf import DeafBackup, find_deaf
from vrrpscope.diagnosis.questions.hidden import HiddenMaster, find_hidden
from vrrpscope.diagnosis.questions.islands import Islands, find_islands
from vrrpscope.diagnosis.questions.mismatch import Mismatch
from vrrpscope.diagnosis.questions.mismatches import MismatchFinder, Sources
from vrrpscope.diagnosis.questions.proofs import Witness, find_proof
from vrrpscope.diagnosis.questions.rivals import Rivalry, find_rivalries
from vrrpscope.diagnosis.questions.shared import SharedAddress, find_shared
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory


class Masters(Roster):
    """Two masters at once, and routers that do not understand each other."""

    @cached_property
    def rivalries(self) -> tuple[Rivalry, ...]:
        """Every pair of routers that were both master of one virtual router, seen or deduced."""
        witness = Witness(self.said, self._spread_ns)
        return tuple(
            replace(rivalry, proof=find_proof(timeline, story, rivalry.trace, witness))
            if rivalry.trace is not None and rivalry.may_be_proven
            else rivalry
            for timeline, story in self.timed_stories()
            for rivalry in find_rivalries(timeline, story)
        )

    def rivalries_in(self, story: RouterStory) -> tuple[Rivalry, ...]:
        """Those of one story."""
        return self._rivalries_by_story.get(id(story), ())

    @cached_property
    def _rivalries_by_story(self) -> dict[int, tuple[Rivalry, ...]]:
        return by_story(self.rivalries, lambda rivalry: rivalry.story)

    def _spread_ns(self, address: Address) -> int | None:
        """By how much times of the log at this address may be wrong; None where nothing tells."""
        node = self.node(address)
        clock = node.clock if node is not None else None
        sure = clock is not None and clock.is_compared and clock.is_identified
        return clock.spread_ns if clock is not None and sure else None

    @cached_property
    def hidden_masters(self) -> tuple[HiddenMaster, ...]:
        """Every router that was master beside another one and never spoke meanwhile."""
        return tuple(
            hidden
            for timeline, story in self.timed_stories()
            for hidden in find_hidden(timeline, story, self.nodes, self.book)
            if not self._is_known(hidden)
        )

    @cached_property
    def islands(self) -> tuple[Islands, ...]:
        """Every pair of routers that were master at once, each as another vantage saw it."""
        seen = {(r.story.router, r.better, r.worse) for r in self.rivalries if r.is_seen}
        seen |= {(router, worse, better) for router, better, worse in seen}
        found = find_islands(self.timelines, self.clock_comparisons)
        return tuple(i for i in found if (i.story.router, i.one, i.other) not in seen)

    def _is_known(self, hidden: HiddenMaster) -> bool:
        """True where the two are known to be rivals already, here or by two vantages."""
        return any(
            hidden.visible.address in pair and bool(pair & hidden.addresses)
            for pair in self._known_pairs.get(hidden.story.router, ())
        )

    @cached_property
    def _known_pairs(self) -> dict[VirtualRouter, list[set[Address]]]:
        """The addresses of every two masters of each virtual router."""
        found: dict[VirtualRouter, list[set[Address]]] = {}
        for r in self.rivalries:
            found.setdefault(r.story.router, []).append({r.better.address, r.worse.address})
        for i in self.islands:
            found.setdefault(i.story.router, []).append({i.one.address, i.other.address})
        return found

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
            sources = Sources(self.name, self.intent, self.said, self.release)
            finder = MismatchFinder(timeline, story, self.nodes, sources)
            found.extend(finder.find(self.rivalries_in(story)))
        return tuple(found)
