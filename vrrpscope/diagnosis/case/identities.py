"""Who uses whose number or name, and what happens at one moment."""

from functools import cached_property

from vrrpscope.diagnosis.case.hosts import Hosts
from vrrpscope.diagnosis.case.roster import by_story
from vrrpscope.diagnosis.questions.collisions import (
    Collision,
    find_carp_collisions,
    find_collisions,
)
from vrrpscope.diagnosis.questions.races import (
    EdgeRace,
    EqualRace,
    find_edge_races,
    find_equal_races,
)
from vrrpscope.diagnosis.questions.reflections import Reflection, find_reflections
from vrrpscope.diagnosis.questions.rejections import rejected_strangers
from vrrpscope.diagnosis.questions.splits import Split, find_splits
from vrrpscope.diagnosis.questions.twins import Twins, find_twins
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Gap


class Identities(Hosts):
    """Who uses whose number or name, and what happens at one moment."""

    @cached_property
    def collisions(self) -> tuple[Collision, ...]:
        """Every pair of clusters that share a VRID and nothing else."""
        return tuple(
            collision
            for timeline, story in self.stories()
            for collision in find_collisions(timeline, story, self.signs(story), self._told_count)
        )

    def _told_count(self, story: RouterStory, addresses: tuple[Address, ...]) -> int:
        """How many routers are told to hold any of these addresses in this virtual router."""
        intents = (node.intent(story.router) for node in self.nodes)
        held = ({told.value for told in i.addresses} for i in intents if i is not None)
        return sum(not own.isdisjoint(addresses) for own in held)

    @cached_property
    def carp_collisions(self) -> tuple[Collision, ...]:
        """Every virtual router whose VRID is a virtual host id of CARP."""
        return tuple(
            collision
            for timeline, story in self.stories()
            for collision in find_carp_collisions(timeline, story, self.signs(story))
        )

    def rejected_strangers(self, collision: Collision) -> tuple[Statement, ...]:
        """Lines of the routers' logs that can only mean the adverts of strangers."""
        return rejected_strangers(collision, self._rejections)

    def _rejections(
        self, story: RouterStory, address: Address, since_ns: int, until_ns: int
    ) -> tuple[Statement, ...]:
        return self.said(story, address, Said.REJECTED, since_ns=since_ns, until_ns=until_ns)

    def is_silenced(self, story: RouterStory, gap: Gap) -> bool:
        """True where strangers on the VRID explain that a master sent nothing in this pause."""
        return gap in self._silenced_gaps.get(id(story), ())

    @cached_property
    def _silenced_gaps(self) -> dict[int, set[Gap]]:
        found: dict[int, set[Gap]] = {}
        for collision in (*self.collisions, *self.carp_collisions):
            found.setdefault(id(collision.story), set()).update(collision.gaps)
        return found

    @cached_property
    def twins(self) -> tuple[Twins, ...]:
        """Every sender behind whose address and MAC two speak."""
        return tuple(
            twins
            for timeline, story in self.timed_stories()
            for twins in find_twins(timeline, story)
        )

    @cached_property
    def reflections(self) -> tuple[Reflection, ...]:
        """Every router that gets its own adverts back."""
        return tuple(
            reflection
            for timeline, story in self.stories()
            for reflection in find_reflections(
                timeline, story, self._twins_in(story), self._own_heard
            )
        )

    def _twins_in(self, story: RouterStory) -> tuple[Twins, ...]:
        return self._twins_by_story.get(id(story), ())

    @cached_property
    def _twins_by_story(self) -> dict[int, tuple[Twins, ...]]:
        return by_story(self.twins, lambda twins: twins.story)

    def _own_heard(self, story: RouterStory, address: Address) -> tuple[Statement, ...]:
        return self.said(story, address, Said.OWN_ADDRESS_HEARD)

    @cached_property
    def equal_races(self) -> tuple[EqualRace, ...]:
        """Every moment at which backups of one priority became master together."""
        return tuple(
            race for timeline, story in self.stories() for race in find_equal_races(timeline, story)
        )

    @cached_property
    def edge_races(self) -> tuple[EdgeRace, ...]:
        """Every master that was silent, and returned just when its backup took over."""
        return tuple(
            race
            for timeline, story in self.stories()
            for race in find_edge_races(timeline, story, self.signs(story))
            if not self.is_silenced(story, race.gap)
        )

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Every virtual router that left another one of the same host behind."""
        return tuple(
            split for timeline in self.timelines for split in find_splits(timeline, self.node)
        )
