"""What is known of one router at one moment: its state, what was on the wire, its own terms."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.terms import Terms, terms_of, told_terms
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import JOINS, LEAVES, AnnouncementKind
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import (
    DOWN_TIMER_ADVERTS,
    HIGHEST_BACKUP_PRIORITY,
    LOWEST_BACKUP_PRIORITY,
    Range,
    master_down_interval_ns,
    skew_time_ns,
)
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak, late_after_ns


class Sign(NamedTuple):
    """What was last seen of a router, and what that means: it came, or it went."""

    mark: Mark
    text: str
    goes: bool


class Moment:
    """One router, one virtual router, one moment, one vantage; the `Case` knows the rest."""

    def __init__(
        self,
        case: Case,
        timeline: Timeline,
        story: RouterStory,
        subject: Node | Address,
        at_ns: int,
    ) -> None:
        self.case, self.timeline, self.story, self.at_ns = case, timeline, story, at_ns
        self.node = subject if isinstance(subject, Node) else case.node(subject)
        known = self.node.addresses if self.node else frozenset()
        self.addresses = known if isinstance(subject, Node) else known | {subject}
        self.intent: Intent | None = self.node.intent(story.router) if self.node else None
        self.own = [s for s in story.streaks if s.sender.address in self.addresses]

    @property
    def name(self) -> str:
        """How a report calls the router."""
        spoke = [s.sender.address for s in self.own]
        address = next(iter([*spoke, *sorted(self.addresses, key=str)]), None)
        if address is not None:
            return self.case.name(address)
        return self.node.name if self.node else ""

    def said(self, *said: Said) -> list[Statement]:
        """What its log says of these kinds up to the moment, lines with a time only."""
        if self.node is None:
            return []
        found = self.node.said(self.story.router, said)
        return [s for s in found if s.time_ns is not None and s.time_ns <= self.at_ns]

    @cached_property
    def state(self) -> Statement | None:
        """The last state that its log tells before the moment, or that it was told to stop."""
        return next(reversed(self.said(Said.STATE, Said.STOPPING)), None)

    @property
    def log_goes_on(self) -> bool:
        """True where its log has a line after the moment: until then it left nothing out."""
        log = self.node.log if self.node else None
        return log is not None and log.last_ns is not None and log.last_ns > self.at_ns

    @cached_property
    def tenure(self) -> Tenure | None:
        """Its own tenure at the moment; its next advert may still be on its way."""
        for tenure in self.story.tenures:
            pause_ns = (
                0 if tenure.ended_by is EndedBy.RELEASED else late_after_ns(tenure.interval_ns)
            )
            ends_ns = tenure.until.time_ns + pause_ns
            if tenure.sender.address in self.addresses and (
                tenure.since.time_ns <= self.at_ns <= ends_ns
            ):
                return tenure
        return None

    @cached_property
    def last_sign(self) -> Sign | None:
        """What was seen of it last before the moment."""
        signs = [
            *(Sign(mark, "joined the VRRP group", False) for mark in self._marks(JOINS)),
            *(Sign(mark, "left the VRRP group", True) for mark in self._marks(LEAVES)),
            *(self._spoken(s) for s in self.own if s.first.time_ns <= self.at_ns),
        ]
        return max(signs, default=None)

    def _marks(self, kinds: tuple[AnnouncementKind, ...]) -> Iterator[Mark]:
        """When it announced something of these kinds up to the moment."""
        for announced in self.story.announcements:
            if announced.kind in kinds and announced.subject in self.addresses:
                ends = (announced.first, announced.last)
                yield from (mark for mark in ends if mark.time_ns <= self.at_ns)

    def _spoken(self, streak: Streak) -> Sign:
        """A run of its own adverts: a sign of life, or that it gave the role up."""
        mark = streak.last if streak.last.time_ns <= self.at_ns else streak.first
        if streak.priority:
            return Sign(mark, "advertised", False)
        return Sign(mark, "gave the role up (priority 0)", True)

    @cached_property
    def heard(self) -> Streak | None:
        """What the best of the others said last, where that is what a backup still goes by."""
        latest: dict[Sender, Streak] = {}
        for streak in self.story.streaks:
            if streak.sender.address not in self.addresses and streak.first.time_ns <= self.at_ns:
                latest[streak.sender] = streak
        on = [s for s in latest.values() if self.at_ns <= s.last.time_ns + self._holds_ns(s)]
        return max(on, key=lambda s: s.priority, default=None)

    def _holds_ns(self, streak: Streak) -> int:
        """How long after its last advert a run is what a backup goes by."""
        if streak.priority == 0:
            return skew_time_ns(2, LOWEST_BACKUP_PRIORITY, streak.interval_ns)
        return late_after_ns(streak.interval_ns)

    @cached_property
    def last_words(self) -> Streak | None:
        """The last run of anybody else before the moment."""
        past = [
            s
            for s in self.story.streaks
            if s.sender.address not in self.addresses and s.first.time_ns <= self.at_ns
        ]
        return max(past, key=lambda s: s.last, default=None)

    @cached_property
    def terms(self) -> Terms | None:
        """On which terms it speaks and listens: what it sent, else what it was told."""
        own = [s for s in self.own if s.priority and s.first.time_ns <= self.at_ns]
        if own:
            return terms_of(own[-1].advertisement)
        return told_terms(self.intent) if self.intent else None

    @cached_property
    def told_priority(self) -> Statement | None:
        """The last change of its effective priority that its log tells before the moment."""
        return next(reversed(self.said(Said.PRIORITY)), None)

    @cached_property
    def spoken_priority(self) -> Streak | None:
        """The last advert of its own before the moment: its effective priority at that time."""
        own = [s for s in self.own if s.priority and s.first.time_ns <= self.at_ns]
        return own[-1] if own else None

    @property
    def priorities(self) -> frozenset[int]:
        """Every effective priority that it may have had at the moment."""
        if self.told_priority is not None and self.told_priority.after is not None:
            return frozenset({self.told_priority.after})
        if self.intent is not None:
            return self.intent.effective_priorities()
        if self.spoken_priority is not None:
            return frozenset({self.spoken_priority.priority})
        return frozenset(range(LOWEST_BACKUP_PRIORITY, HIGHEST_BACKUP_PRIORITY + 1))

    def down_range_ns(self, heard: Streak) -> Range:
        """How long its timer runs after an advert: Master_Down_Interval, or Skew_Time after 0."""
        priorities = self.priorities
        return Range(self._timer_ns(heard, max(priorities)), self._timer_ns(heard, min(priorities)))

    def _timer_ns(self, heard: Streak, priority: int) -> int:
        version, interval_ns = heard.advertisement.version, heard.interval_ns
        if heard.priority == 0:
            return skew_time_ns(version, priority, interval_ns)
        adverts = self.intent.down_timer_adverts.value if self.intent else DOWN_TIMER_ADVERTS
        return master_down_interval_ns(version, priority, interval_ns, adverts)

    @cached_property
    def next_tenure(self) -> Tenure | None:
        """Its first tenure after the moment."""
        own = (t for t in self.story.tenures if t.sender.address in self.addresses)
        return next((t for t in own if t.since.time_ns > self.at_ns), None)
