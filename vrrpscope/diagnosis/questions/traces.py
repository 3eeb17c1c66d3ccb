"""What a hidden master leaves behind.

A master of keepalived starts its advert timer again at *every* packet of its VRID, even at one that
it rejects (vrrp_dispatcher_read). So of two masters that reject each other often only one is seen.
"""

from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Role, Step
from vrrpscope.diagnosis.questions.disagreements import compare, rejected
from vrrpscope.diagnosis.questions.reigns import Reign, election_ns, reign_at
from vrrpscope.diagnosis.questions.terms import terms_of
from vrrpscope.observation import AnnouncementKind, Basis
from vrrpscope.protocol.election import outranks
from vrrpscope.timeline.model import Announced, RouterStory
from vrrpscope.timeline.streak import ANSWER_NS, Mark, Sender, Streak, late_after_ns
from vrrpscope.timeline.tenures import transmitted_meanwhile

_CLAIMS = (
    AnnouncementKind.ARP_REPLY,
    AnnouncementKind.GRATUITOUS_ARP,
    AnnouncementKind.UNSOLICITED_NA,
)


class TraceKind(StrEnum):
    """What shows a second master that is not seen beside the first one."""

    SILENCED = "silenced"
    """It fell silent when one that is no better spoke, and released nothing."""
    STRAY = "stray"
    """It spoke up for a moment, and neither of the two can have accepted the other."""
    UNSEEN = "unseen"
    """Its IP identification counted on: it sent adverts that did not come here."""


class Trace(Struct, frozen=True):
    """The trace of a hidden master.

    Attributes:
        hidden, other: the one that is not seen, and the one that is.
        since, until: how long both were master, as far as the trace tells.
        last_word: the hidden one's last advert.
        next_word: its next one, where its IP identification bridges the pause.
        claims: what it announced of the virtual addresses after its last advert.
    """

    kind: TraceKind
    hidden: Sender
    other: Sender
    since: Mark
    until: Mark
    last_word: Mark
    next_word: Mark | None = None
    claims: tuple[Announced, ...] = ()

    def witnessed(self, hidden: str, other: str) -> tuple[Step, ...]:
        """What shows the hidden master, as a witness tells it."""
        if self.kind is TraceKind.UNSEEN:
            return self._unseen_steps(hidden, other)
        said = Step(
            f"{hidden} advertised up to frame {self.last_word.ref.number}, "
            "and then no more, without a priority 0",
            Basis.SEEN,
            (self.last_word.ref,),
        )
        went_on = Step(
            f"{other} advertised up to frame {self.until.ref.number}, "
            f"{Duration(self.until.time_ns - self.last_word.time_ns)} longer",
            Basis.SEEN,
            (self.until.ref,),
        )
        return (said, went_on, *self._conclusion(hidden, other), *self._claim_steps(hidden))

    def _conclusion(self, hidden: str, other: str) -> Iterator[Step]:
        why = (
            f"what {other} sends is not better, so {hidden} did not have to give way to it"
            if self.kind is TraceKind.SILENCED
            else f"the adverts of {other} differ from its own, so {hidden} need not accept them"
        )
        yield Step(why, Basis.INFERRED, role=Role.HOWEVER)
        yield Step(
            "a master of keepalived that gets a packet with its VRID, even one that it rejects, "
            f"waits a whole interval again before it sends: {hidden} may be master still, and be "
            "kept silent",
            Basis.INFERRED,
            clause="keepalived vrrp_dispatcher_read()",
            role=Role.HOWEVER,
        )

    def _claim_steps(self, hidden: str) -> Iterator[Step]:
        if self.claims:
            claim = self.claims[-1]
            is_reply = claim.kind is AnnouncementKind.ARP_REPLY
            yield Step(
                f"after its last advert {hidden} still "
                f"{'answered for' if is_reply else 'announced'} {claim.subject} with its own MAC "
                f"{claim.mac}",
                Basis.SEEN,
                tuple(c.last.ref for c in self.claims[:4]),
            )

    def _unseen_steps(self, hidden: str, other: str) -> tuple[Step, ...]:
        assert self.next_word is not None
        return (
            Step(
                f"the IP identification of {hidden}, which keepalived raises by one with each "
                f"advert, counted on between frames {self.last_word.ref.number} and "
                f"{self.next_word.ref.number}: it went on sending, and that did not come here",
                Basis.INFERRED,
                (self.last_word.ref, self.next_word.ref),
                "keepalived vrrp_update_pkt()",
            ),
            Step(
                f"{other} advertised meanwhile",
                Basis.SEEN,
                (self.since.ref, self.until.ref),
                role=Role.HOWEVER,
            ),
        )


def find_trace(
    story: RouterStory, ones: tuple[Reign, ...], others: tuple[Reign, ...]
) -> Trace | None:
    """The first trace of a hidden master among two senders."""
    for find in (_unseen, _silenced, _stray):
        for mine, theirs in ((ones, others), (others, ones)):
            trace = next(find(story, mine, theirs), None)
            if trace is not None:
                return trace
    return None


def _unseen(
    _story: RouterStory, mine: tuple[Reign, ...], theirs: tuple[Reign, ...]
) -> Iterator[Trace]:
    """Pauses over which the IP identification counted on, and the other one's reign in them."""
    for before, after in pairwise(mine):
        if before.released or not _went_on(before.streaks[-1], after.streaks[0]):
            continue
        other = reign_at(theirs, after.since.time_ns)
        if other is None:
            continue
        since, until = max(before.until, other.since), min(after.since, other.until)
        if until.time_ns - since.time_ns > election_ns(before, other):
            yield Trace(
                TraceKind.UNSEEN,
                before.sender,
                other.sender,
                since,
                until,
                before.until,
                after.since,
            )


def _went_on(before: Streak, after: Streak) -> bool:
    """True where a sender was master all the while, by the count of its adverts.

    One that hears a lesser master answers each of its adverts, and so sends up to twice as many.
    """
    gap = after.gap_before
    if transmitted_meanwhile(before, after):
        return True
    if gap is None or gap.ip_id_step is None or before.ip_id_counts is not True:
        return False
    due = gap.duration_ns / before.interval_ns
    return due < gap.ip_id_step <= 2 * due and after.ip_id_counts is not False


def _silenced(
    story: RouterStory, mine: tuple[Reign, ...], theirs: tuple[Reign, ...]
) -> Iterator[Trace]:
    """Reigns that end, without a release, when one that is no better speaks and goes on."""
    for reign in mine:
        other = reign_at(theirs, reign.until.time_ns + late_after_ns(reign.interval_ns))
        if reign.released or other is None or not _goes_on(other, reign):
            continue
        if outranks(other.said(reign.until), reign.streaks[-1].advertisement):
            continue
        yield _hidden(story, TraceKind.SILENCED, reign, other)


def _stray(
    story: RouterStory, mine: tuple[Reign, ...], theirs: tuple[Reign, ...]
) -> Iterator[Trace]:
    """Reigns within another one's, whose sender cannot have accepted the other one's adverts.

    Where that depends on its release, it must have gone on to announce the address.
    """
    for reign in mine:
        other = reign_at(theirs, reign.since.time_ns)
        if reign.released or other is None or not _goes_on(other, reign):
            continue
        said = other.said(reign.since), reign.streaks[0].advertisement
        if not any(f.is_heard for f in rejected(*map(terms_of, said))):
            continue
        comparison = compare(story, other.sender, reign.sender, reign.since)
        if comparison is None:
            continue
        trace = _hidden(story, TraceKind.STRAY, reign, other)
        fields = [f for f in rejected(comparison.one, comparison.other) if f.is_heard]
        sure_ns = reign.until.time_ns + election_ns(reign, other)
        late = any(c.first.time_ns > sure_ns for c in trace.claims)
        if any(f.forbids for f in fields) or (fields and late):
            yield trace


def _goes_on(other: Reign, reign: Reign) -> bool:
    """True where a reign outlasts another one by more than an election."""
    return other.until.time_ns > reign.until.time_ns + election_ns(reign, other)


def _hidden(story: RouterStory, kind: TraceKind, reign: Reign, other: Reign) -> Trace:
    since = max(reign.since, other.since)
    claims = tuple(_claims(story, reign, other))
    return Trace(kind, reign.sender, other.sender, since, other.until, reign.until, claims=claims)


def _claims(story: RouterStory, reign: Reign, other: Reign) -> Iterator[Announced]:
    """What a silent sender announced of the other one's addresses after its last advert.

    What it announces when it has spoken again belongs to another time as a master.
    """
    if reign.sender.mac == other.sender.mac:
        return
    addresses = {a for s in other.streaks for a in s.advertisement.addresses}
    # The announcements of a new master follow its first advert at once.
    after_ns = reign.until.time_ns + max(reign.interval_ns, ANSWER_NS)
    own = story.streaks_of(reign.sender)
    index = bisect_right(own, reign.until, key=lambda streak: streak.first)
    again = own[index].first if index < len(own) else None
    for announced in story.announcements:
        if announced.kind not in _CLAIMS or announced.mac != reign.sender.mac:
            continue
        is_later = again is not None and announced.last > again
        if announced.subject in addresses and after_ns < announced.last.time_ns and not is_later:
            yield announced
