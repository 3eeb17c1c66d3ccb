"""Several vantages compared: what each saw, and what came through."""

from functools import cached_property

from vrrpscope.diagnosis.case.masters import Masters
from vrrpscope.diagnosis.questions.copies import Copies, PutTogether, find_copies
from vrrpscope.diagnosis.questions.cuts import Cut, find_cuts
from vrrpscope.diagnosis.questions.losses import lacks_adverts
from vrrpscope.diagnosis.questions.lossy import LossyPath, find_lossy
from vrrpscope.diagnosis.questions.parted import Parted, find_parted
from vrrpscope.diagnosis.questions.reception import Reception, find_receptions
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.questions.unseen import UnseenMaster, find_unseen
from vrrpscope.diagnosis.questions.unsent import Unsent, find_unsent
from vrrpscope.diagnosis.questions.vantages import AGREE_NS
from vrrpscope.observation import VirtualRouter
from vrrpscope.timeline.model import Timeline
from vrrpscope.timeline.streak import Mark, Sender


class Places(Masters):
    """Several vantages compared: what each saw, and what came through."""

    @cached_property
    def vantages_with_set_clocks(self) -> frozenset[str]:
        """Vantages of which a clock was set meanwhile; which of two it was, nobody knows."""
        set_ = (c for c in self.clock_comparisons if c.was_set)
        return frozenset(v for c in set_ for v in (c.here, c.there))

    @cached_property
    def vantages_that_lack_adverts(self) -> frozenset[str]:
        """Vantages whose senders' counts show several adverts that were sent and are not there."""
        lacking = (t for t in self.timelines if lacks_adverts(t, self.signs))
        return frozenset(t.vantage.id for t in lacking)

    @cached_property
    def copies(self) -> tuple[Copies | PutTogether, ...]:
        """Every vantage that has packets more than once."""
        together = (PutTogether(*found) for found in self.put_together.items())
        return (*find_copies(self.timelines), *together)

    @cached_property
    def receptions(self) -> tuple[Reception, ...]:
        """Which adverts of each sender each vantage saw, held against each other vantage."""
        return tuple(find_receptions(self.timelines, self.clock_comparisons))

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """Every two masters of which one vantage shows the one alone and another one the other."""
        return tuple(find_cuts(self.receptions))

    @cached_property
    def parted(self) -> tuple[Parted, ...]:
        """Every two routers of one group of which each is master alone in a VLAN of its own."""
        return tuple(parted for timeline in self.timelines for parted in find_parted(timeline))

    @cached_property
    def lossy_paths(self) -> tuple[LossyPath, ...]:
        """Every sender whose adverts get lost here and there on the way to some place."""
        return find_lossy(self.stories(), self.receptions, self.deaf_backups)

    @cached_property
    def unseen_masters(self) -> tuple[UnseenMaster, ...]:
        """Every master that sent on while nothing of that came, and that a backup replaced.

        Not where adverts get lost again and again: that is one thing, and not many.
        """
        lossy = {(path.story.router, path.sender) for path in self.lossy_paths}
        return tuple(
            unseen
            for timeline, story in self.stories()
            for unseen in find_unseen(timeline, story, self.signs(story))
            if (story.router, unseen.old) not in lossy
        )

    @cached_property
    def unsent(self) -> tuple[Unsent, ...]:
        """Every time that a router's host refused to send its adverts, by its log."""
        return tuple(
            unsent
            for timeline, story in self.stories()
            for unsent in find_unsent(timeline, story, self.said)
        )

    def cut_between(self, router: VirtualRouter, one: Sender, other: Sender) -> Cut | None:
        """Where the adverts of one of two routers, or of both, got lost between two vantages."""
        pair = {one, other}
        return next(
            (c for c in self.cuts if c.router == router and {c.sender, c.other} == pair), None
        )

    def has_elsewhere(self, timeline: Timeline, sender: Sender, after: Mark) -> Timeline | None:
        """Another vantage that has adverts which did not come to this one after a moment."""
        return next(
            (
                r.here
                for r in self.receptions
                if r.there is timeline
                and r.sender == sender
                and any(hole.before == after for hole in r.holes)
            ),
            None,
        )

    def spoke_elsewhere(
        self, timeline: Timeline, router: VirtualRouter, since_ns: int, until_ns: int
    ) -> Timeline | None:
        """Another vantage that has adverts of a time in which this one has none."""
        for reception in self.receptions:
            clock = reception.clock
            if reception.there is not timeline or clock.offset_ns is None:
                continue
            slack_ns = AGREE_NS + clock.spread_ns
            for streak in reception.story.streaks if reception.story.router == router else ():
                first_ns, last_ns = streak.first.time_ns, streak.last.time_ns
                begun = first_ns + clock.offset_at(first_ns) < until_ns - slack_ns
                ended = last_ns + clock.offset_at(last_ns) > since_ns + slack_ns
                if streak.sender == reception.sender and streak.priority and begun and ended:
                    return reception.here
        return None

    def arrived(self, rivalry: Rivalry, sender: Sender) -> tuple[Timeline, ...]:
        """Other vantages that have all adverts of one of two masters while both were master."""
        return tuple(
            r.there
            for r in self.receptions
            if r.story is rivalry.story
            and r.sender == sender
            and r.has_all(rivalry.since.time_ns, rivalry.until.time_ns)
        )
