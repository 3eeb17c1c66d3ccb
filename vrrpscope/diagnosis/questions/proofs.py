"""What shows that a master that fell silent was master still.

A trace alone leaves open that the silent router ended at that moment. It did not where its own log
says that it stayed master; or where it went on claiming the address, and by what both said on the
wire it cannot have accepted the other one's adverts, and so cannot have yielded.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Evidence, Role, Step
from vrrpscope.diagnosis.questions.disagreements import rejected
from vrrpscope.diagnosis.questions.logbook import time_of
from vrrpscope.diagnosis.questions.reigns import ELECTION_SLACK_NS
from vrrpscope.diagnosis.questions.terms import terms_of
from vrrpscope.diagnosis.questions.traces import Trace, TraceKind
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import JOINS, LEAVES, AnnouncementKind, Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Announced, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak


class Witness(NamedTuple):
    """What logs tell; the `Case` answers.

    Attributes:
        said: see `Case.said`.
        spread_ns: by how much the times of the log of an address may be wrong; None where nothing
            tells.
    """

    said: Callable[..., tuple[Statement, ...]]
    spread_ns: Callable[[Address], int | None]


_DIED = (Said.STARTED, Said.CHILD_DIED)
"""Lines that come after the end: when that was, only the line before them tells."""


class Proof(Struct, frozen=True):
    """A hidden master was master up to `until` at least.

    `was_sending`: it sent all the while, and its adverts did not come here: nobody silenced it.
    """

    until: Mark
    evidence: tuple[Evidence, ...]
    statement: str
    basis: Basis
    was_sending: bool = False

    def witnessed(self, hidden: str, other: str) -> Iterator[Step]:
        """What proves it, as a witness tells it."""
        yield Step(self.statement.format(hidden=hidden, other=other), self.basis, self.evidence)
        both = f"{hidden} stayed master beside {other}"
        if self.was_sending:
            yield Step(f"{both}, and its adverts did not come here", Basis.INFERRED, role=Role.SO)
            return
        yield Step(
            f"{both}, whose adverts kept it silent",
            Basis.INFERRED,
            clause="keepalived vrrp_dispatcher_read()",
            role=Role.SO,
        )


def find_proof(
    timeline: Timeline, story: RouterStory, trace: Trace, witness: Witness
) -> Proof | None:
    """The proof that the hidden router of a trace stayed master; None where there is none."""
    if trace.hidden.is_shared:
        return None
    shortest_ns = _chance_ns(story, trace)
    for proof in (_by_log(story, trace, witness), _by_claims(timeline, story, trace)):
        if proof is not None and proof.until.time_ns - trace.since.time_ns > shortest_ns:
            return proof
    return None


def _chance_ns(story: RouterStory, trace: Trace) -> int:
    """Within this it had every chance to yield: two adverts of the other one, and more."""
    intervals = (s.interval_ns for s in story.streaks_of(trace.other))
    return max(intervals) * 5 // 2 + ELECTION_SLACK_NS


def master_spans(lines: tuple[Statement, ...]) -> Iterator[tuple[Statement, Statement]]:
    """When a log says that its router was master: the line that began it, and the last one of it.

    The last one is the line that ended it, or the last line that was written while it lasted.
    """
    began: Statement | None = None
    last: Statement | None = None
    for line in sorted((s for s in lines if s.time_ns is not None), key=time_of):
        is_state = line.said is Said.STATE
        if began is not None and last is not None and line.said in _DIED:
            yield began, last
            began = None
        elif line.said is Said.STOPPING or (is_state and line.state != "MASTER"):
            yield from () if began is None else ((began, line),)
            began = None
        elif is_state:
            began = began or line
        last = line
    if began is not None and last is not None and last is not began:
        yield began, last


def _by_log(story: RouterStory, trace: Trace, witness: Witness) -> Proof | None:
    """Its log says MASTER before its last advert, and nothing else until some time after it."""
    said = witness.said
    word_ns, spread_ns = trace.last_word.time_ns, witness.spread_ns(trace.hidden.address)
    if spread_ns is None:
        return None
    failed = said(story, trace.hidden.address, Said.SEND_FAILED, since_ns=word_ns)
    was_sending = trace.kind is TraceKind.UNSEEN or any(
        time_of(line) < trace.until.time_ns for line in failed
    )
    for began, last in master_spans(said(story, trace.hidden.address)):
        last_ns = time_of(last) - spread_ns
        if time_of(began) - spread_ns <= word_ns < last_ns:
            until_ns = min(last_ns, trace.until.time_ns)
            after = Duration(until_ns - word_ns)
            return Proof(
                trace.until._replace(time_ns=until_ns),
                (began.line, last.line),
                "the log of {hidden} says that it became master, and nothing else until "
                f"{after} after its last advert",
                Basis.TOLD,
                was_sending,
            )
    return None


def _by_claims(timeline: Timeline, story: RouterStory, trace: Trace) -> Proof | None:
    """It claimed the address later, was alive, and cannot have accepted what the other one said."""
    stays = _speaks_elsewhere(timeline, story, trace)
    for claim in reversed(trace.claims):
        span = trace.last_word, claim.last
        if stays and claim.kind is AnnouncementKind.ARP_REPLY:
            continue
        if _is_alive(story, trace.hidden, claim) and _cannot_yield(story, trace, *span):
            return Proof(
                min(claim.last, trace.until),
                (claim.last.ref,),
                f"it did so {_after(trace, claim)} after its last advert: "
                "its keepalived was running, and it cannot have accepted an advert of {other}",
                Basis.INFERRED,
            )
    return None


def _after(trace: Trace, claim: Announced) -> Duration:
    return Duration(claim.last.time_ns - trace.last_word.time_ns)


def _speaks_elsewhere(timeline: Timeline, story: RouterStory, trace: Trace) -> bool:
    """True where its host spoke for another virtual router afterwards: perhaps another daemon did.

    A host leaves the group when the last of its processes has.
    """
    spoken = timeline.index.hosts.get(trace.hidden.host, ())
    return any(
        last_ns > trace.last_word.time_ns for last_ns, router in spoken if router != story.router
    )


def _is_alive(story: RouterStory, hidden: Sender, claim: Announced) -> bool:
    """True where its daemon ran when it claimed the address, and had released nothing.

    A kernel answers ARP for an address that a dead daemon left behind, but then it had left the
    group: the kernel says so for a process that ends. It never announces the address by itself.
    """
    own = [a for a in story.announcements if a.subject == hidden.address]
    if any(a.kind in LEAVES and a.first < claim.last for a in own):
        return False
    own_streaks = story.streaks_of(hidden)
    if any(s.priority == 0 and s.first < claim.last for s in own_streaks):
        return False
    joined = any(a.kind in JOINS and a.first < claim.last for a in own)
    return joined or claim.kind is not AnnouncementKind.ARP_REPLY


def _cannot_yield(story: RouterStory, trace: Trace, since: Mark, until: Mark) -> bool:
    """True where it gets, and cannot accept, whatever was said meanwhile: it stays master."""
    own = _last_streak(story, trace.hidden, since)
    heard = [
        s
        for s in story.streaks
        if s.sender != trace.hidden and s.priority and s.first < until and since < s.last
    ]
    return own is not None and all(_is_rejected(own, s) for s in heard)


def _last_streak(story: RouterStory, sender: Sender, at: Mark) -> Streak | None:
    own = [s for s in story.streaks_of(sender) if s.priority and s.first <= at]
    return own[-1] if own else None


def _is_rejected(own: Streak, heard: Streak) -> bool:
    fields = rejected(terms_of(heard.advertisement), terms_of(own.advertisement))
    return any(f.forbids and f.is_heard for f in fields)
