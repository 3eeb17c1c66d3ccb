"""Two routers of one group whose terms differ: in what they said, or in what they were told."""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Verdict
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.disagreements import Comparison, compare, differences
from vrrpscope.diagnosis.questions.meant import may_mean, means_strangers, surely_means
from vrrpscope.diagnosis.questions.members import is_member
from vrrpscope.diagnosis.questions.mismatch import Mismatch
from vrrpscope.diagnosis.questions.releases import Release
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.questions.side import Side
from vrrpscope.diagnosis.questions.strangers import are_strangers, are_told_apart
from vrrpscope.diagnosis.questions.terms import PROPER_TTL, Field, Terms, told_terms
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

_MOST_PAIRS = 64
"""Pairs of senders of one virtual router that are compared where they were master in turn."""

_AROUND_NS = 5_000_000_000
"""A log that rejects adverts so long before or after two were master tells why they were."""

_REASONS = frozenset(map(str, Field))

_LOGGED_AS = {Field.OLD_CHECKSUM: (str(Field.CHECKSUM),)}
"""One line of a log stands for both ways of computing a checksum that does not fit."""


class Sources(Struct, frozen=True):
    """What is known of a router besides what it said on the wire; the `Case` answers."""

    name: Callable[[Address], str]
    intent: Callable[[RouterStory, Address], Intent | None]
    said: Callable[..., tuple[Statement, ...]]
    release: Callable[[Address], Release | None]


class MismatchFinder:
    """Finds what two routers of one virtual router differ in, at one vantage."""

    def __init__(
        self, timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], sources: Sources
    ) -> None:
        self._timeline = timeline
        self._story = story
        self._nodes = tuple(node for node in nodes if is_member(story, node))
        self._sources = sources
        self._rejected: dict[Address, tuple[Statement, ...]] = {}

    def find(self, rivalries: Iterable[Rivalry]) -> Iterator[Mismatch]:
        """First what two masters differ in, then two in turn, then what was told, or logged."""
        seen: set[frozenset[str]] = set()
        found: list[Mismatch] = []
        for rivalry in rivalries:
            seen.add(frozenset((self._name(rivalry.better), self._name(rivalry.worse))))
            found.extend(_masked(list(self._of_rivals(rivalry))))
        found.extend(self._of_turns(seen))
        found.extend(m for m in self._told(seen) if not self._is_told_of(m, found))
        yield from found
        yield from self._logged(found)

    def _of_rivals(self, rivalry: Rivalry) -> Iterator[Mismatch]:
        comparison, pair = rivalry.comparison, (rivalry.better, rivalry.worse)
        for what in comparison.fields:
            yield self._seen(what, comparison, pair, rivalry)
        for flaw in comparison.flaws:
            if flaw in _REASONS and self._have_both(flaw, comparison):
                yield replace(
                    self._seen(Field(flaw), comparison, pair, rivalry),
                    is_common=True,
                )

    def _have_both(self, flaw: str, comparison: Comparison) -> bool:
        return flaw in comparison.one.flaws and flaw in comparison.other.flaws

    def _of_turns(self, seen: set[frozenset[str]]) -> Iterator[Mismatch]:
        for one, other, at in self._in_turn(seen):
            comparison = compare(self._story, one, other, self._story.streaks[-1].last)
            if comparison is None or are_strangers(comparison, one, other):
                continue
            for what in comparison.fields:
                mismatch = self._seen(what, comparison, (one, other), None, at)
                if not (self._is_mended(mismatch) or self._is_open(mismatch)):
                    yield mismatch

    def _name(self, sender: Sender) -> str:
        return self._sources.name(sender.address)

    def _seen(
        self,
        what: Field,
        comparison: Comparison,
        pair: tuple[Sender, Sender],
        rivalry: Rivalry | None,
        at: Mark | None = None,
    ) -> Mismatch:
        shown = at or max(comparison.one_shown, comparison.other_shown)
        since, until = (rivalry.since, rivalry.until) if rivalry else (shown, shown)
        span = (since, until) if rivalry else None
        one = self._side(what, pair[0], comparison.one, comparison.one_shown, span)
        other = self._side(what, pair[1], comparison.other, comparison.other_shown, span)
        one, other = _meant(what, one, other), _meant(what, other, one)
        others = tuple(str(f) for f in comparison.fields if f is not what) + comparison.flaws
        if comparison.may_be_disjoint:
            others += ("vrid-collision",)
        return Mismatch(
            what=what,
            timeline=self._timeline,
            story=self._story,
            one=one,
            other=other,
            since=since,
            until=until,
            rivalry=rivalry,
            others=tuple(o for o in others if o != what),
            is_told=one.tells(other, what),
        )

    def _side(
        self,
        what: Field,
        sender: Sender,
        terms: Terms,
        shown: Mark,
        span: tuple[Mark, Mark] | None,
    ) -> Side:
        return Side(
            self._name(sender),
            terms,
            shown,
            self._sources.intent(self._story, sender.address),
            self._rejects(what, sender.address, span),
            self._sources.release(sender.address),
            any(s.ip_id_counts for s in self._story.streaks_of(sender)),
        )

    def _rejects(
        self, what: Field, address: Address, span: tuple[Mark, Mark] | None
    ) -> tuple[Statement, ...]:
        """The lines of a router's log that reject adverts for this reason, about that time."""
        since, until = span or (self._story.streaks[0].first, self._story.streaks[-1].last)
        if address not in self._rejected:
            self._rejected[address] = self._sources.said(self._story, address, Said.REJECTED)
        reasons = _LOGGED_AS.get(what, (what,))
        low_ns, high_ns = since.time_ns - _AROUND_NS, until.time_ns + _AROUND_NS
        return tuple(
            s
            for s in self._rejected[address]
            if s.reason in reasons and s.time_ns is not None and low_ns <= s.time_ns <= high_ns
        )

    def _is_mended(self, mismatch: Mismatch) -> bool:
        """True where both configurations are known and agree by now."""
        known = mismatch.one.intent is not None and mismatch.other.intent is not None
        told = mismatch.what not in (Field.TTL, Field.LENGTH, Field.CHECKSUM, Field.OLD_CHECKSUM)
        return known and told and not mismatch.is_told

    def _is_open(self, mismatch: Mismatch) -> bool:
        """True for a difference that does no harm as the roles were, or may be the place's doing.

        keepalived accepts an old form of the checksum besides its own; and whom a router sends to
        is certain only where both are seen to send to each other, or not, at one time.
        """
        is_weak = mismatch.what in (Field.OLD_CHECKSUM, Field.PEER)
        return is_weak and not mismatch.is_told and mismatch.verdict is not Verdict.PROVEN

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

    def _is_told_of(self, mismatch: Mismatch, found: list[Mismatch]) -> bool:
        """True where one of the two is known to differ in this from a third one, as it should.

        Of three routers of which one has another password, two masters tell it all.
        """
        pairs = ((mismatch.one, mismatch.other), (mismatch.other, mismatch.one))
        return any(
            self._stands_for(other, mine, theirs)
            for other in found
            for mine, theirs in pairs
            if other.what is mismatch.what and other.rivalry is not None
        )

    def _stands_for(self, known: Mismatch, mine: Side, theirs: Side) -> bool:
        """True where a known difference is that of `mine` and of one that agrees with `theirs`."""
        names = {known.one.name: known.other, known.other.name: known.one}
        third = names.get(mine.name)
        if third is None or third.terms is None or theirs.terms is None:
            return False
        return known.what not in differences(third.terms, theirs.terms)

    def _told(self, seen: set[frozenset[str]]) -> Iterator[Mismatch]:
        """What configurations differ in, where not both routers were seen to speak."""
        told = [t for node in self._nodes if (t := self._told_side(node))]
        for (one, mine), (other, theirs) in combinations(told, 2):
            if frozenset((one.name, other.name)) in seen or not (one.shown or other.shown):
                continue
            assert one.terms is not None
            assert other.terms is not None
            if are_told_apart(one.terms, other.terms):
                continue
            for what in differences(one.terms, other.terms):
                if self._speaks_otherwise(one, what) or self._speaks_otherwise(other, what):
                    continue
                mine_said = replace(one, rejects=self._rejected_by(what, mine))
                theirs_said = replace(other, rejects=self._rejected_by(what, theirs))
                yield self._without_rivalry(
                    what,
                    _meant(what, mine_said, other),
                    _meant(what, theirs_said, one),
                    is_told=True,
                )

    def _rejected_by(self, what: Field, address: Address | None) -> tuple[Statement, ...]:
        return () if address is None else self._rejects(what, address, None)

    def _without_rivalry(self, what: Field, one: Side, other: Side, is_told: bool) -> Mismatch:
        return Mismatch(
            what=what,
            timeline=self._timeline,
            story=self._story,
            one=one,
            other=other,
            since=self._story.streaks[0].first,
            until=self._story.streaks[-1].last,
            rivalry=None,
            others=(),
            is_told=is_told,
        )

    def _told_side(self, node: Node) -> tuple[Side, Address | None] | None:
        if (intent := node.intent(self._story.router)) is None:
            return None
        own = self._own(node)
        address = (
            own[-1].sender.address if own else next(iter(sorted(node.addresses, key=str)), None)
        )
        name = self._sources.name(address) if address is not None else node.name
        release = self._sources.release(address) if address is not None else None
        terms = told_terms(intent, own[-1].sender.address if own else None)
        return Side(name, terms, own[-1].last if own else None, intent, (), release), address

    def _own(self, node: Node) -> list[Streak]:
        return [s for s in self._story.streaks if s.sender.address in node.addresses and s.priority]

    def _speaks_otherwise(self, side: Side, what: Field) -> bool:
        """True where a router that was seen does not do what its configuration says."""
        if side.shown is None or side.terms is None:
            return False
        streak = next(s for s in reversed(self._story.streaks) if s.last == side.shown)
        comparison = compare(self._story, streak.sender, streak.sender, side.shown)
        if comparison is None:
            return False
        if what is Field.PEER:
            # A list of peers is contradicted by an advert to somebody else, not by a missing one.
            return bool((comparison.one.peers or frozenset()) - (side.terms.peers or frozenset()))
        return what in differences(comparison.one, side.terms)

    def _logged(self, found: list[Mismatch]) -> Iterator[Mismatch]:
        """What a log rejects of the only speaker, where nothing else shows the difference."""
        known = {(side.name, m.what) for m in found for side in (m.one, m.other) if side.rejects}
        spoken = {s.sender for s in self._story.streaks if s.priority} if self._nodes else set()
        for node in self._nodes:
            speakers = {s for s in spoken if s.address not in node.addresses}
            address = next(iter(sorted(node.addresses, key=str)), None)
            if len(speakers) != 1 or address is None or self._own(node):
                continue
            (speaker,) = speakers
            states = self._sources.said(self._story, address, Said.STATE)
            release = self._sources.release(address)
            for what in Field:
                name = self._sources.name(address)
                if (name, what) in known or not self._is_speakers(what, speaker):
                    continue
                mismatch = self._of_log(what, speaker, address)
                rejects = mismatch.other.rejects
                if rejects and not means_strangers(rejects, states, release):
                    is_sure = surely_means(rejects, states)
                    yield replace(mismatch, may_be_strangers=not is_sure)

    def _is_speakers(self, what: Field, speaker: Sender) -> bool:
        """True where the adverts that a log rejects may be the speaker's, by what is seen of it."""
        streak = self._story.streaks_of(speaker)[-1]
        if what is Field.LENGTH:
            # CARP fails the same test, and is no advert of anybody.
            return not self._timeline.counts.get("carp")
        return what is not Field.TTL or streak.advertisement.ttl != PROPER_TTL

    def _of_log(self, what: Field, speaker: Sender, address: Address) -> Mismatch:
        comparison = compare(self._story, speaker, speaker, self._story.streaks[-1].last)
        assert comparison is not None
        one = self._side(what, speaker, comparison.one, comparison.one_shown, None)
        other = Side(
            self._sources.name(address),
            None,
            None,
            self._sources.intent(self._story, address),
            self._rejects(what, address, None),
            self._sources.release(address),
        )
        return self._without_rivalry(what, one, _meant(what, other, one), is_told=False)


def _meant(what: Field, side: Side, heard: Side) -> Side:
    """A side with those lines of its log that can be about the other one's adverts."""
    if not side.rejects or heard.terms is None:
        return side
    return replace(side, rejects=tuple(s for s in side.rejects if may_mean(s, what, heard.terms)))


def _masked(found: list[Mismatch]) -> list[Mismatch]:
    """All differences of two masters, where one of them that is proven leaves the others open."""
    proven = next((m for m in found if m.verdict is Verdict.PROVEN), None)
    if proven is None:
        return found
    return [m if m.verdict is Verdict.PROVEN else replace(m, masked_by=proven.what) for m in found]
