"""Two routers of one group whose terms differ: in what they said, or in what they were told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from vrrpscope.diagnosis.finding import Duration, Hit, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.disagreements import (
    Comparison,
    Field,
    Terms,
    compare,
    differences,
    told_lines,
    told_terms,
)
from vrrpscope.diagnosis.questions.rivals import Rivalry, are_strangers
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

IntentOf = Callable[[RouterStory, Address], Intent | None]
NameOf = Callable[[Address], str]

_MOST_PAIRS = 64
"""Pairs of senders of one virtual router that are compared where they were master in turn."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it is called, its terms, and where they are seen or told."""

    name: str
    terms: Terms
    shown: Mark | None
    intent: Intent | None

    def tells(self, other: "Side", what: Field) -> bool:
        """True where the configurations of both differ in this as well."""
        if self.intent is None or other.intent is None:
            return False
        return what in differences(told_terms(self.intent), told_terms(other.intent))

    def steps(self, what: Field) -> Iterator[Step]:
        """Where the field is seen and told."""
        value = what.label + self.terms.shown(what)
        if self.shown is not None:
            statement = f"{self.name} advertises {value}"
            yield Step(statement, Basis.SEEN, (self.shown.ref,), role=Role.LET)
        if self.intent is not None and what not in differences(self.terms, told_terms(self.intent)):
            lines = told_lines(self.intent, what)
            by_default = "" if lines else ", by default"
            verb = "is told to send" if what is Field.DESTINATION else "is told"
            statement = f"{self.name} {verb} {value}{by_default}"
            yield Step(statement, Basis.TOLD, lines, role=Role.LET)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field in which two routers of a group differ.

    Attributes:
        since, until: when both were master, or when the difference shows.
        rivalry: the two masters that it leads to; None where there were none.
        others: ids of other causes why one of the two may reject the other.
        is_told: both configurations differ in this field.
    """

    what: Field
    timeline: Timeline
    story: RouterStory
    one: Side
    other: Side
    since: Mark
    until: Mark
    rivalry: Rivalry | None
    others: tuple[str, ...]
    is_told: bool

    @property
    def verdict(self) -> Verdict:
        """Proven where both were master, and this alone forbids each to accept the other."""
        if self.rivalry is None:
            return Verdict.LIKELY if self.is_told else Verdict.POSSIBLE
        return Verdict.PROVEN if not self.others and self._is_sure(self.rivalry) else Verdict.LIKELY

    def _is_sure(self, rivalry: Rivalry) -> bool:
        if not self.what.forbids:
            # Another list is rejected by some releases only: here they did reject each other.
            multicast = not (self.one.terms.is_unicast or self.other.terms.is_unicast)
            return rivalry.verdict is Verdict.PROVEN and multicast and rivalry.is_rejected
        if self._is_accepted(rivalry):
            return False
        if rivalry.is_seen:
            return rivalry.verdict is Verdict.PROVEN
        return rivalry.verdict is Verdict.LIKELY and self.is_told

    def _is_accepted(self, rivalry: Rivalry) -> bool:
        """True where the better one answers the other's adverts at once, as if it accepted them."""
        return self.what.is_heard and bool(rivalry.hears)

    @property
    def not_excluded(self) -> tuple[str, ...]:
        """The other causes that the evidence leaves open."""
        if self.verdict is Verdict.PROVEN:
            return ()
        if self.rivalry is None:
            told = "a file that is not what the router runs with"
            return (told if self.is_told else "a change of the configuration in between",)
        if self.others:
            return self.others
        if self.rivalry.is_seen and (not self.what.forbids or self._is_accepted(self.rivalry)):
            lost = "one-way" if self.rivalry.hears else "both-ways"
            return (f"adverts-lost-{lost}",)
        return ("stale-vip-holder", "a router that ended at that moment")

    def hit(self, why: Step, log_line: str | None) -> Hit:
        """What the rule about the field yields.

        Args:
            why: the step that says why such an advert is not accepted.
            log_line: what keepalived logs where it rejects such an advert; None where nothing.
        """
        return Hit(
            virtual_router=self.story.router,
            vantage=self.timeline.vantage.id,
            at_ns=self.since.time_ns,
            until_ns=self.until.time_ns,
            verdict=self.verdict,
            facts={
                "one": self.one.name,
                "other": self.other.name,
                "one_value": self.one.terms.shown(self.what),
                "other_value": self.other.terms.shown(self.what),
                "effect": self._effect(),
            },
            because=(
                *self.one.steps(self.what),
                *self.other.steps(self.what),
                why,
                *self._consequence(),
            ),
            settle_with=self._settle_with(log_line),
            not_excluded=self.not_excluded,
            severity=None if self.rivalry else Severity.WARNING,
        )

    def _effect(self) -> str:
        surely = self.verdict is Verdict.PROVEN
        rejects = (
            f"neither {'accepts' if surely else 'should accept'} the other's adverts"
            if self.what.forbids
            else "keepalived before 2.3.3 does not accept such adverts"
        )
        if self.rivalry is None:
            return f"as long as that is so, {rejects}, and both can become master"
        if not self.rivalry.is_seen:
            return f"{rejects}, and one of them is probably a second master that is kept silent"
        return f"{rejects}, and both were master for {Duration(self.rivalry.lasted_ns)}"

    def _consequence(self) -> tuple[Step, ...]:
        if self.rivalry is None:
            return ()
        return self.rivalry.witnessed(self.one.name, self.other.name)

    def _settle_with(self, log_line: str | None) -> tuple[str, ...]:
        if self.verdict is Verdict.PROVEN:
            return ()
        both = f"{self.one.name} and {self.other.name}"
        settle = []
        if log_line:
            settle.append(f"the logs of {both}: lines with '{log_line}' name the one that rejects")
        if not self.is_told:
            settle.append(f"the keepalived.conf of {both} as it is now: --config NODE=FILE")
        settle.append(f"ip address show on {both}: who holds the virtual address")
        return tuple(settle)


class MismatchFinder:
    """Finds what two routers of one virtual router differ in, at one vantage."""

    def __init__(
        self,
        timeline: Timeline,
        story: RouterStory,
        nodes: tuple[Node, ...],
        intent_of: IntentOf,
        name_of: NameOf,
    ) -> None:
        self._timeline = timeline
        self._story = story
        self._nodes = nodes
        self._intent_of = intent_of
        self._name_of = name_of

    def find(self, rivalries: list[Rivalry]) -> Iterator[Mismatch]:
        """First what two masters differ in, then what two in turn did, then what was told."""
        seen: set[frozenset[str]] = set()
        for rivalry in rivalries:
            one, other = rivalry.better, rivalry.worse
            seen.add(frozenset((self._name(one), self._name(other))))
            for what in rivalry.comparison.fields:
                yield self._seen(what, rivalry.comparison, one, other, rivalry)
        for one, other, at in self._in_turn(seen):
            comparison = compare(self._story, one, other, self._story.streaks[-1].last)
            if comparison is None or are_strangers(comparison, one, other):
                continue
            for what in comparison.fields:
                mismatch = self._seen(what, comparison, one, other, None, at)
                if not self._is_mended(mismatch):
                    yield mismatch
        yield from self._told(seen)

    def _name(self, sender: Sender) -> str:
        return self._name_of(sender.address)

    def _seen(
        self,
        what: Field,
        comparison: Comparison,
        one: Sender,
        other: Sender,
        rivalry: Rivalry | None,
        at: Mark | None = None,
    ) -> Mismatch:
        mine = self._side(one, comparison.one, comparison.one_shown)
        theirs = self._side(other, comparison.other, comparison.other_shown)
        others = tuple(str(f) for f in comparison.fields if f is not what) + comparison.flaws
        if comparison.may_be_disjoint:
            others += ("vrid-collision",)
        shown = at or max(comparison.one_shown, comparison.other_shown)
        return Mismatch(
            what=what,
            timeline=self._timeline,
            story=self._story,
            one=mine,
            other=theirs,
            since=rivalry.since if rivalry else shown,
            until=rivalry.until if rivalry else shown,
            rivalry=rivalry,
            others=others,
            is_told=mine.tells(theirs, what),
        )

    def _side(self, sender: Sender, terms: Terms, shown: Mark) -> Side:
        intent = self._intent_of(self._story, sender.address)
        return Side(self._name(sender), terms, shown, intent)

    def _is_mended(self, mismatch: Mismatch) -> bool:
        """True where both configurations are known and agree by now."""
        known = mismatch.one.intent is not None and mismatch.other.intent is not None
        return known and not mismatch.is_told

    def _in_turn(self, seen: set[frozenset[str]]) -> Iterator[tuple[Sender, Sender, Mark]]:
        """Pairs of senders that were master one after the other, each pair once."""
        left = _MOST_PAIRS
        for handover in self._story.handovers:
            before, after = handover.before, handover.after
            if before is None or before.sender.address == after.sender.address:
                continue
            pair = frozenset((self._name(before.sender), self._name(after.sender)))
            if pair not in seen and left:
                left -= 1
                seen.add(pair)
                yield before.sender, after.sender, handover.at

    def _told(self, seen: set[frozenset[str]]) -> Iterator[Mismatch]:
        """What configurations differ in, where not both routers were seen to speak."""
        sides = [side for node in self._nodes for side in self._told_sides(node)]
        for one, other in combinations(sides, 2):
            if frozenset((one.name, other.name)) in seen or not (one.shown or other.shown):
                continue
            for what in differences(one.terms, other.terms):
                if self._speaks_otherwise(one, what) or self._speaks_otherwise(other, what):
                    continue
                yield Mismatch(
                    what=what,
                    timeline=self._timeline,
                    story=self._story,
                    one=one,
                    other=other,
                    since=self._story.streaks[0].first,
                    until=self._story.streaks[-1].last,
                    rivalry=None,
                    others=(),
                    is_told=True,
                )

    def _told_sides(self, node: Node) -> Iterator[Side]:
        if (intent := node.intent(self._story.router)) is None:
            return
        own = [s for s in self._story.streaks if s.sender.address in node.addresses and s.priority]
        address = (
            own[-1].sender.address if own else next(iter(sorted(node.addresses, key=str)), None)
        )
        name = self._name_of(address) if address is not None else node.name
        yield Side(name, told_terms(intent), own[-1].last if own else None, intent)

    def _speaks_otherwise(self, side: Side, what: Field) -> bool:
        """True where a router that was seen does not do what its configuration says."""
        if side.shown is None:
            return False
        streak = next(s for s in reversed(self._story.streaks) if s.last == side.shown)
        comparison = compare(self._story, streak.sender, streak.sender, side.shown)
        return comparison is not None and what in differences(comparison.one, side.terms)
