"""Virtual routers that a sync group holds back: its members become master together or not at all.

keepalived takes the role of a group's member only when every other member wants to be master as
well (vrrp_sync_can_goto_master); until then it starts the timer anew. And when one member becomes a
backup, the others stop as well, without a priority 0 (vrrp_sync_backup).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.diagnosis.questions.wanted import Span
from vrrpscope.evidence.model import Intent, SyncGroup
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import EndedBy, Handover, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Sender, late_after_ns
from vrrpscope.timeline.tenures import patience_ns

_TOGETHER_NS = 20_000_000
"""Members of a group speak this soon after one another (keepalived: 0.2 ms)."""
_FEWEST_TIMEOUTS = 2
"""Fewer prove nothing where no harm is seen: the next line may not have been written yet."""
_MOST = 64
"""Times that one virtual router was held back, and hand-overs at one instant: so many at most."""


class Held(Struct, frozen=True):
    """A virtual router that a sync group held back.

    Attributes:
        span: when; without routers where no harm is seen and only a log tells.
        router: who was held back.
        other: the virtual router that held it back, where it is seen.
        together: its hand-over, in time, at the same instant as the late one of the span.
        yielded: the hand-over in it by which the router lost the one role and stopped the other.
        holder: the master of it that the router accepts.
        group: the group by the configuration, and `synced` by the log, where no configuration
            tells.
        are_told_one: the configuration has `other` in the group as well.
        timeouts: lines that say that the timer ran out, and nothing came of it.
    """

    timeline: Timeline
    span: Span
    router: Address
    other: RouterStory | None = None
    together: Handover | None = None
    yielded: Handover | None = None
    holder: Tenure | None = None
    group: SyncGroup | None = None
    synced: Statement | None = None
    are_told_one: bool = False
    timeouts: tuple[Statement, ...] = ()

    @property
    def is_harmless(self) -> bool:
        """True where no role was missed so far."""
        return not self.span.routers

    @property
    def is_told(self) -> bool:
        """True where the configuration or the log tells of the group."""
        return self.group is not None or self.synced is not None

    @property
    def is_sure(self) -> bool:
        """True where the group is told, and it is seen or logged that it held the router back."""
        moved = self.together is not None and self.are_told_one
        return moved or (self.is_told and bool(self.timeouts))


def find_held(
    timeline: Timeline, spans: Iterable[Span], nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[Held]:
    """Everything that a sync group held back at one vantage, each virtual router's time once."""
    found: dict[int, list[Held]] = {id(story): [] for story in timeline.routers}
    moves = _Moves(timeline)
    for span in spans:
        own = found[id(span.story)]
        if len(own) >= _MOST or any(_overlap(h.span, span) for h in own):
            continue
        held = max(_candidates(timeline, moves, span, nodes, book_of), key=_weight, default=None)
        if held is not None:
            own.append(held)
    for story in timeline.routers:
        yield from found[id(story)] or _by_log_alone(timeline, story, nodes, book_of)


class _Moves:
    """The hand-overs of all virtual routers of a vantage, by their time."""

    def __init__(self, timeline: Timeline) -> None:
        moves = [(h, story) for story in timeline.routers for h in story.handovers]
        self._moves = sorted(moves, key=lambda move: move[0].at.time_ns)
        self._times = [handover.at.time_ns for handover, _ in self._moves]

    def between(self, first_ns: int, last_ns: int) -> list[tuple[Handover, RouterStory]]:
        """The hand-overs within these times, both included; a few at the most."""
        begin, end = bisect_left(self._times, first_ns), bisect_right(self._times, last_ns)
        return self._moves[begin : min(end, begin + _MOST)]


def _overlap(one: Span, other: Span) -> bool:
    return one.since_ns < other.until_ns and other.since_ns < one.until_ns


def _weight(held: Held) -> tuple[bool, bool, bool, int]:
    return held.is_sure, held.together is not None, held.yielded is not None, len(held.timeouts)


def _candidates(
    timeline: Timeline, moves: _Moves, span: Span, nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[Held]:
    """Every way in which a group may have caused the span."""
    for held in (_together(timeline, moves, span), _stopped(timeline, moves, span)):
        if held is not None:
            yield _with_evidence(held, nodes, book_of)
    for router in span.routers:
        held = _with_evidence(Held(timeline, span, router), nodes, book_of)
        if held.is_told and (held.holder is not None or held.timeouts):
            yield held


def _together(timeline: Timeline, moves: _Moves, span: Span) -> Held | None:
    """The late hand-over came at the instant of one that was in time."""
    if span.taken is None:
        return None
    router, at_ns = span.taken.after.sender, span.taken.at.time_ns
    for handover, other in moves.between(at_ns - _TOGETHER_NS, at_ns + _TOGETHER_NS):
        if other is not span.story and handover.on_time and _is_one(handover, router):
            return Held(timeline, span, router.address, other=other, together=handover)
    return None


def _is_one(handover: Handover, router: Sender) -> bool:
    """True where the new master is this router: the same address, or a MAC of its own."""
    new = handover.after.sender
    own_mac = new.has_own_mac and new.mac == router.mac
    return new.address == router.address or own_mac


def _stopped(timeline: Timeline, moves: _Moves, span: Span) -> Held | None:
    """The master fell silent when it yielded another role."""
    tenure = span.stopped
    if tenure is None or tenure.ended_by is not EndedBy.SILENT:
        return None
    due_ns = tenure.until.time_ns + late_after_ns(tenure.interval_ns)
    for handover, other in moves.between(tenure.until.time_ns, due_ns):
        before = handover.before
        if before is None or before.ended_by is not EndedBy.YIELDED or other is span.story:
            continue
        if before.sender == tenure.sender:
            return Held(timeline, span, tenure.sender.address, other=other, yielded=handover)
    return None


def _with_evidence(held: Held, nodes: tuple[Node, ...], book_of: BookOf) -> Held:
    """Adds what the router's configuration and log tell."""
    node = next((n for n in nodes if held.router in n.addresses), None)
    if node is None:
        return held
    story, span = held.span.story, held.span
    group = _group(node, story.router)
    other, holder = _holder(held.timeline, node, group, span)
    other = held.other or other
    fellow = node.intent(other.router) if other is not None else None
    return replace(
        held,
        other=other,
        holder=holder,
        group=group,
        synced=_synced(node, story.router) if node.intent(story.router) is None else None,
        are_told_one=fellow is not None and group is not None and fellow.sync_group == group.name,
        timeouts=tuple(_in_vain(book_of(node, story.router), span)),
    )


def _group(node: Node, router: VirtualRouter) -> SyncGroup | None:
    """The group of its instance, where that has other members."""
    intent = node.intent(router)
    if intent is None or intent.sync_group is None or node.configuration is None:
        return None
    groups = (g for g in node.configuration.sync_groups if g.name == intent.sync_group)
    return next((g for g in groups if len(g.members) > 1), None)


def _synced(node: Node, router: VirtualRouter) -> Statement | None:
    """A line of its log that tells of a sync group."""
    return next(iter(node.said(router, (Said.SYNC,))), None)


def _holder(
    timeline: Timeline, node: Node, group: SyncGroup | None, span: Span
) -> tuple[RouterStory | None, Tenure | None]:
    """Another member of the group in which the router accepts a master all the while."""
    if group is None:
        return None, None
    for intent in node.intents:
        if intent.sync_group != group.name:
            continue
        for story in timeline.routers:
            if story is span.story or node.intent(story.router) is not intent:
                continue
            for tenure in story.tenures:
                if _holds(tenure, node, intent, span):
                    return story, tenure
    return None, None


def _holds(tenure: Tenure, node: Node, intent: Intent, span: Span) -> bool:
    """True for a master of somebody else that the instance accepts during the span."""
    if tenure.sender.address in node.addresses:
        return False
    accepted = intent.nopreempt.value or tenure.last_priority >= intent.healthy_priority
    wait_ns = patience_ns(tenure.streaks[-1])
    begins = tenure.since.time_ns <= span.since_ns + wait_ns
    return accepted and begins and tenure.until.time_ns + wait_ns >= span.until_ns


def _in_vain(book: LogBook, span: Span) -> Iterator[Statement]:
    """Timers that ran out in the span, and the router did not become master.

    What follows may be written after the span; and after the last line of all nothing is known.
    """
    kinds = (Said.TIMEOUT, Said.STATE, Said.STARTED, Said.STOPPING, Said.CHILD_DIED)
    within = set(map(id, book.within(span.since_ns, span.until_ns, *kinds)))
    for line, after in pairwise(book.within(span.since_ns, None, *kinds)):
        goes_on = after.said is Said.TIMEOUT or after.state in ("BACKUP", "FAULT")
        if line.said is Said.TIMEOUT and id(line) in within and goes_on:
            yield line


def _by_log_alone(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[Held]:
    """A router whose timer runs out again and again beside a master: its group holds it back."""
    first_ns, last_ns = timeline.first_ns, timeline.last_ns
    for node in nodes:
        if first_ns is None or last_ns is None or not node.addresses:
            continue
        router = next((a for a in node.addresses if f"ipv{a.version}" == story.router.family), None)
        span = Span(story, first_ns, last_ns)
        if router is None:
            continue
        held = _with_evidence(Held(timeline, span, router), nodes, book_of)
        if not held.is_told or len(held.timeouts) < _FEWEST_TIMEOUTS:
            continue
        begins, ends = held.timeouts[0].time_ns or first_ns, held.timeouts[-1].time_ns or last_ns
        yield replace(held, span=Span(story, begins, ends))
