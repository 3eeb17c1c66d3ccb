"""A master that is kept silent from before the capture on: only others can tell of it.

Its own log, or a second MAC that answers for the virtual address; and two configurations say why
it cannot be a backup of the one that is seen.
"""

from bisect import bisect_left
from collections.abc import Iterator
from heapq import nlargest

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Evidence, Role, Step, Verdict
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.disagreements import rejected
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.diagnosis.questions.members import is_member
from vrrpscope.diagnosis.questions.proofs import master_spans
from vrrpscope.diagnosis.questions.reigns import (
    ELECTION_SLACK_NS,
    Reign,
    find_reigns,
    runs_backwards,
)
from vrrpscope.diagnosis.questions.replays import is_replayed
from vrrpscope.diagnosis.questions.stalls import Host, host_during
from vrrpscope.diagnosis.questions.starts import find_starts
from vrrpscope.diagnosis.questions.terms import Field, terms_of, told_lines, told_terms
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import AnnouncementKind, Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Announced, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_VIRTUAL_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:")
_MOST_SPANS, _MOST_REIGNS, _MOST_ANSWERS = 16, 256, 256
"""The longest times of a log and of masters, and the answers of strangers, that are compared."""

_SAME_QUESTION_NS = 100_000_000
"""Two answers so close together answer one question."""


class HiddenMaster(Struct, frozen=True):
    """A router that was master beside the visible one, and did not speak meanwhile.

    Attributes:
        visible: the master that is seen.
        name: how the other one is called: a node's name, or the MAC that answered.
        addresses: its own addresses, where they are known.
        since, until: how long both were, as far as that is known.
        verdict: proven by its log; else likely with two configurations, possible without.
        steps: what shows it.
        is_silenced: it rejects the visible one's adverts, by its log or its configuration.
        not_excluded: what else it could be, where that is special to it.
    """

    timeline: Timeline
    story: RouterStory
    visible: Sender
    name: str
    addresses: frozenset[Address]
    since: Mark
    until: Mark
    verdict: Verdict
    steps: tuple[Step, ...]
    is_silenced: bool
    not_excluded: tuple[str, ...] = ("stale-vip-holder", "another host that has the address")

    @property
    def lasted_ns(self) -> int:
        """How long both were master."""
        return self.until.time_ns - self.since.time_ns


def find_hidden(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[HiddenMaster]:
    """Every hidden master of a story: by its log first, else by its answers."""
    if runs_backwards(story) or is_replayed(story) or any(s.is_shared for s in story.senders):
        return
    reigns = [r for own in find_reigns(story).values() for r in own]
    nodes = tuple(node for node in nodes if is_member(story, node))
    logged = [
        hidden
        for node in nodes
        for hidden in _by_log(timeline, story, book_of(node, story.router), reigns)
    ]
    yield from logged
    if not logged:
        yield from _by_answers(timeline, story, nodes, reigns)


def _by_log(
    timeline: Timeline, story: RouterStory, book: LogBook, reigns: list[Reign]
) -> Iterator[HiddenMaster]:
    """The longest time for which a log says MASTER, and nobody but another router speaks."""
    node = book.node
    if node.clock is None or not node.clock.is_compared or node.log is None:
        return
    spread_ns = node.clock.spread_ns
    lines = node.said(story.router, ())
    found = [
        hidden
        for began, last in nlargest(_MOST_SPANS, master_spans(lines), key=_lasted_ns)
        for reign in nlargest(_MOST_REIGNS, reigns, key=_reigned_ns)
        if reign.sender.address not in node.addresses and not _is_of_others(story, node, reign)
        if (hidden := _overlap(timeline, story, book, reign, (began, last), spread_ns)) is not None
    ]
    longest: dict[Sender, HiddenMaster] = {}
    for hidden in sorted(found, key=lambda h: -h.lasted_ns):
        longest.setdefault(hidden.visible, hidden)
    yield from longest.values()


def _is_of_others(story: RouterStory, node: Node, reign: Reign) -> bool:
    """True where the master is one of another cluster that has the same VRID."""
    master = reign.sender.address
    if any(story.are_parted(master, own) for own in node.addresses):
        return True
    intent = node.intent(story.router)
    told = {a.value for a in intent.addresses} if intent is not None else set()
    said = {a for s in reign.streaks for a in s.advertisement.addresses}
    return len(story.groups) > 1 and bool(told) and not told & said


def _lasted_ns(span: tuple[Statement, Statement]) -> int:
    return (span[1].time_ns or 0) - (span[0].time_ns or 0)


def _reigned_ns(reign: Reign) -> int:
    return reign.until.time_ns - reign.since.time_ns


def _overlap(
    timeline: Timeline,
    story: RouterStory,
    book: LogBook,
    reign: Reign,
    lines: tuple[Statement, Statement],
    spread_ns: int,
) -> HiddenMaster | None:
    node = book.node
    began_ns, last_ns = ((line.time_ns or 0) for line in lines)
    since_ns = max(began_ns + spread_ns, reign.since.time_ns)
    until_ns = min(last_ns - spread_ns, reign.until.time_ns)
    spoke = any(
        s.sender.address in node.addresses
        and s.priority
        and s.first.time_ns < until_ns
        and s.last.time_ns > since_ns
        for s in story.streaks
    )
    if spoke or until_ns - since_ns <= reign.interval_ns * 5 // 2 + ELECTION_SLACK_NS:
        return None
    rejects = [s for s in book.within(since_ns, until_ns, Said.REJECTED) if s.reason is not None]
    open_ = ("vm-freeze",) if _may_have_stood_still(story, book, since_ns, until_ns) else ()
    if node.clock is None or not node.clock.is_identified:
        open_ = (*open_, f"the log given for {node.name} is another router's")
    return HiddenMaster(
        timeline=timeline,
        story=story,
        visible=reign.sender,
        name=node.name,
        addresses=node.addresses,
        since=reign.since._replace(time_ns=since_ns),
        until=reign.until._replace(time_ns=until_ns),
        verdict=Verdict.LIKELY if open_ else Verdict.PROVEN,
        steps=tuple(_log_steps(node, reign, lines, rejects, until_ns - since_ns)),
        is_silenced=bool(rejects),
        not_excluded=open_,
    )


def _may_have_stood_still(story: RouterStory, book: LogBook, since_ns: int, until_ns: int) -> bool:
    """True where its log says that it did not run, and no frame shows that its host did.

    A machine that stands still answers for no address, whatever it held before.
    """
    half_ns = (until_ns - since_ns) // 2
    said = book.within(since_ns, None, Said.TIMER_LATE)
    # It did not run for that long before the line.
    stalls = [(s.time_ns or 0, s.delay_ns or 0) for s in said]
    if not any(at_ns - until_ns < delay_ns - half_ns for at_ns, delay_ns in stalls):
        return False
    return not any(
        host_during(gap, s.interval_ns) is Host.LIVED
        for s in story.streaks
        if s.sender.address in book.node.addresses
        and (gap := s.gap_before) is not None
        and gap.from_.time_ns <= since_ns < gap.until.time_ns
    )


def _log_steps(
    node: Node,
    reign: Reign,
    lines: tuple[Statement, Statement],
    rejects: list[Statement],
    lasted_ns: int,
) -> Iterator[Step]:
    yield Step(
        f"the log of {node.name} says that it became master, and that it was master until the "
        "later of these lines at least",
        Basis.TOLD,
        (lines[0].line, lines[1].line),
    )
    yield Step(
        f"{reign.sender.address} advertised as master from frame {reign.since.ref.number} to frame "
        f"{reign.until.ref.number}, and {node.name} did not speak: both were master for "
        f"{Duration(lasted_ns)} of that time",
        Basis.SEEN,
        (reign.since.ref, reign.until.ref),
    )
    if rejects:
        yield Step(
            f"the log of {node.name} says {len(rejects)} times that it rejects an advert "
            f"({rejects[0].reason})",
            Basis.TOLD,
            (rejects[0].line,),
            role=Role.HOWEVER,
        )
        yield Step(
            "a master of keepalived that gets a packet with its VRID, even one that it rejects, "
            f"waits a whole interval again before it sends: that kept {node.name} silent",
            Basis.INFERRED,
            clause="keepalived vrrp_dispatcher_read()",
            role=Role.SO,
        )


def _by_answers(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], reigns: list[Reign]
) -> Iterator[HiddenMaster]:
    """A MAC that is no speaker's answers for the address, and so does the master: once each."""
    speakers = {s.mac for s in story.senders}
    replies = [a for a in story.announcements if a.kind is AnnouncementKind.ARP_REPLY]
    replies.sort(key=lambda a: a.first)
    told: set[str] = set()
    starts = find_starts(story)
    tried = 0
    for reply in replies:
        if reply.mac in speakers or reply.mac in told or reply.mac.startswith(_VIRTUAL_MACS):
            continue
        tried += 1
        if tried > _MOST_ANSWERS:
            return
        reign = _answered_too(reply, replies, reigns)
        if reign is None:
            continue
        master = reign.sender.address
        if not starts.is_no_second_master(reply.mac, master, reply.first):
            told.add(reply.mac)
            yield _of_answer(timeline, story, nodes, reign, reply)


def _answered_too(reply: Announced, replies: list[Announced], reigns: list[Reign]) -> Reign | None:
    """The reign of a master that answered the same question."""
    start = bisect_left(replies, reply.first.time_ns - _SAME_QUESTION_NS, key=_first_ns)
    end = bisect_left(replies, reply.first.time_ns + _SAME_QUESTION_NS, key=_first_ns)
    macs = {r.mac for r in replies[start:end] if r.subject == reply.subject}
    for reign in reigns:
        if reign.sender.mac in macs and reign.since < reply.first < reign.until:
            return reign
    return None


def _first_ns(announced: Announced) -> int:
    return announced.first.time_ns


def _of_answer(
    timeline: Timeline,
    story: RouterStory,
    nodes: tuple[Node, ...],
    reign: Reign,
    reply: Announced,
) -> HiddenMaster:
    node, fields = _incompatible(story, nodes, reign)
    name = node.name if node else f"the host with the MAC {reply.mac}"
    return HiddenMaster(
        timeline=timeline,
        story=story,
        visible=reign.sender,
        name=name,
        addresses=node.addresses if node else frozenset(),
        since=reign.since,
        until=reign.until,
        verdict=Verdict.LIKELY if fields else Verdict.POSSIBLE,
        steps=tuple(_answer_steps(story, reign, reply, node, fields)),
        is_silenced=bool(fields),
    )


def _incompatible(
    story: RouterStory, nodes: tuple[Node, ...], reign: Reign
) -> tuple[Node | None, tuple[Field, ...]]:
    """The one node that never spoke and by its configuration cannot accept the master's adverts."""
    spoke = {s.address for s in story.senders}
    silent = [n for n in nodes if not n.addresses & spoke and n.intent(story.router) is not None]
    if len(silent) != 1:
        return None, ()
    intent = silent[0].intent(story.router)
    assert intent is not None
    heard = terms_of(reign.streaks[-1].advertisement)
    fields = tuple(f for f in rejected(heard, told_terms(intent)) if f.forbids and f.is_heard)
    if not fields or intent.lower_prio_no_advert.value:
        # One that does not listen for its advert timer would be seen.
        return None, ()
    return silent[0], fields


def _answer_steps(
    story: RouterStory,
    reign: Reign,
    reply: Announced,
    node: Node | None,
    fields: tuple[Field, ...],
) -> Iterator[Step]:
    evidence: list[Evidence] = [reply.first.ref]
    yield Step(
        f"{reign.sender.address} is the only one that advertises, and answers for {reply.subject}; "
        f"so does the MAC {reply.mac}, in frame {reply.first.ref.number}",
        Basis.SEEN,
        tuple(evidence),
    )
    intent = node.intent(story.router) if node else None
    if node is not None and intent is not None:
        told = [line for what in fields for line in told_lines(intent, what)]
        yield Step(
            f"by its configuration {node.name} cannot accept the adverts of "
            f"{reign.sender.address} ({', '.join(fields)})",
            Basis.TOLD,
            tuple(told),
        )
        yield Step(
            f"{node.name} hears no master that counts, and becomes master as well",
            Basis.INFERRED,
            role=Role.SO,
        )
        yield Step(
            "a master of keepalived that gets a packet with its VRID, even one that it rejects, "
            f"waits a whole interval again before it sends: that keeps {node.name} silent",
            Basis.INFERRED,
            clause="keepalived vrrp_dispatcher_read()",
            role=Role.SO,
        )
