"""Living masters that gave way although their configuration seems to forbid it.

A plain preemption is what VRRP is for. It is unexpected where the router that takes over has
`nopreempt`, or where both routers claim to be the address owner (priority 255).
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.account import cleared_before
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.diagnosis.questions.terms import terms_of
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import PRIORITY_OWNER
from vrrpscope.timeline.model import EndedBy, Handover, HandoverKind, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak, late_after_ns
from vrrpscope.timeline.tenures import patience_ns

_ALIVE = (HandoverKind.PREEMPTION, HandoverKind.CONTEST, HandoverKind.UNEXPLAINED)


class Forbidden(StrEnum):
    """What seems to forbid that the role moves."""

    NOPREEMPT = "nopreempt"
    TWO_OWNERS = "two-owners"


class Displaced(Struct, frozen=True):
    """A living master gave way to another router.

    Attributes:
        forbidden: what seems to forbid it.
        intent: the configuration of the router that took over; None where it is not told.
        cleared: the line of its log that says that nopreempt was cleared.
        was_master: what shows that it was master already, unheard by the other one, when its first
            advert was captured: its count of adverts, or the line of its log.
        may_have_been: its first advert that was captured is not the first that it counts: it was
            master unheard, or had been master at some time before the capture.
        heard_lower: the line of its log by which it had heard the lower master and discarded its
            advert: it did not take over because it heard nothing.
        conflict: the line of the old master's log that says that both are address owners.
        is_borne_out: its log shows nopreempt at work: that it was cleared, or that it was a backup
            beside the lower master for longer than its timer runs, and discarded nothing. The
            configuration alone may be one from afterwards: what is seen looks like preemption.
    """

    timeline: Timeline
    story: RouterStory
    handover: Handover
    forbidden: Forbidden
    intent: Intent | None = None
    cleared: Statement | None = None
    was_master: Mark | Statement | None = None
    may_have_been: bool = False
    conflict: Statement | None = None
    heard_lower: Statement | None = None
    is_borne_out: bool = False

    @property
    def is_certain(self) -> bool:
        """True where the old master surely was alive, and the role surely should have stayed."""
        told = self.forbidden is Forbidden.TWO_OWNERS or self.is_borne_out
        return self.is_sure and told

    @property
    def is_sure(self) -> bool:
        """True where the old master surely was alive: it had to yield, or its log says so.

        One that had not to yield by the addresses may have ended at that moment, and so may one
        whose adverts were cut: nobody knows whether it accepted the other one's.
        """
        before = self.handover.before
        yielded = before is not None and before.ended_by is EndedBy.YIELDED
        said = [s.advertisement for s in (before.streaks[-1] if before else None, self.first) if s]
        whole = all(terms_of(advertisement).addresses is not None for advertisement in said)
        return (yielded and whole) or self.conflict is not None

    @property
    def first(self) -> Streak:
        """The first run of the router that took over."""
        return self.handover.after.streaks[0]


def find_displaced(
    timeline: Timeline,
    story: RouterStory,
    signs: Signs,
    nodes: tuple[Node, ...],
    book_of: BookOf,
    elsewhere: tuple[RouterStory, ...],
) -> Iterator[Displaced]:
    """Every hand-over from a living master that nopreempt or an address owner seems to forbid.

    `elsewhere` is the same virtual router as other vantages saw it.
    """
    for handover in story.handovers:
        before, after = handover.before, handover.after
        if before is None or handover.kind not in _ALIVE or _has_fallen(before):
            continue
        if _is_same_host(before, after) or _has_left(signs, handover):
            continue
        if before.last_priority == after.streaks[0].priority == PRIORITY_OWNER:
            conflict = _conflict(story, nodes, before, book_of)
            yield Displaced(timeline, story, handover, Forbidden.TWO_OWNERS, conflict=conflict)
            continue
        node = next((n for n in nodes if after.sender.address in n.addresses), None)
        intent = node.intent(story.router) if node is not None else None
        if node is None or intent is None or not intent.nopreempt_told.value:
            continue
        if before.ended_by is not EndedBy.YIELDED or _came_first(handover, signs, elsewhere):
            continue
        book = book_of(node, story.router)
        told = _told_master(book, handover)
        if told is not None and told is book.last_before(before.since.time_ns, Said.STATE):
            continue
        cleared = cleared_before(book, handover.at.time_ns)
        yield Displaced(
            timeline,
            story,
            handover,
            Forbidden.NOPREEMPT,
            intent,
            cleared,
            _was_master(signs, handover) or told,
            signs.began_unseen(after.streaks[0]),
            heard_lower=_heard_lower(book, handover),
            is_borne_out=cleared is not None or _held_back(book, before, handover.at.time_ns),
        )


def _held_back(book: LogBook, before: Tenure, until_ns: int) -> bool:
    """True where its log shows a backup that heard the lower master and discarded nothing.

    One that hears nothing becomes master when its timer has run out.
    """
    first_ns = before.since.time_ns
    if not book.node.log_covers(first_ns, until_ns):
        return False
    if book.within(first_ns, until_ns, Said.DISCARDED_LOWER, Said.RELOADED):
        return False
    state = book.last_before(first_ns, Said.STATE)
    since_ns, longest_ns = first_ns, 0
    for line in (*book.within(first_ns, until_ns, Said.STATE, Said.STARTED, Said.STOPPING), None):
        ends_ns = until_ns if line is None or line.time_ns is None else line.time_ns
        if state is not None and state.state == "BACKUP":
            longest_ns = max(longest_ns, ends_ns - since_ns)
        state, since_ns = line, ends_ns
    return longest_ns > patience_ns(before.streaks[-1]) + 2 * book.give_ns


def _heard_lower(book: LogBook, handover: Handover) -> Statement | None:
    """The line about a discarded advert after which it did nothing else until it took over."""
    last = book.last_before(handover.at.time_ns, Said.DISCARDED_LOWER)
    return last if last is not None and _goes_on(book, last, handover.at) else None


def _goes_on(book: LogBook, last: Statement, until: Mark) -> bool:
    """True where after a line, by the log's own order, nothing but a MASTER STATE may come.

    The order of two lines is certain; which of them came before a frame may not be.
    """
    assert last.time_ns is not None
    kinds = (last.said, Said.STATE, Said.STARTED, Said.RELOADED, Said.STOPPING)
    said = book.within(last.time_ns, until.time_ns, *kinds)
    place = next((n for n, s in enumerate(said) if s is last), 0)
    later = (s for s in said[place + 1 :] if s.said is not last.said or last.said is Said.STATE)
    return all(s.state == "MASTER" for s in later)


def _is_same_host(before: Tenure, after: Tenure) -> bool:
    """True where one router speaks from another address now: nobody was displaced."""
    return before.sender.has_own_mac and before.sender.mac == after.sender.mac


def _has_left(signs: Signs, handover: Handover) -> bool:
    """True where the old master's daemon ended just then: it did not give way."""
    before = handover.before
    assert before is not None
    left = signs.last_leave_within(
        before.sender.address,
        before.until,
        handover.at.time_ns + late_after_ns(before.interval_ns),
    )
    return left is not None


def _came_first(handover: Handover, signs: Signs, elsewhere: tuple[RouterStory, ...]) -> bool:
    """True where the router may have been master before the one that gave way to it.

    Then the other one had been master for a while beside it, and nothing was taken.
    """
    before, first = handover.before, handover.after.streaks[0]
    assert before is not None
    if signs.pause_before(first) is Pause.TRANSMITTED:
        return True
    if signs.began_unseen(first) and first.first_ip_id is not None:
        lasted_ns = handover.at.time_ns - before.since.time_ns
        if (first.first_ip_id + 1) * first.interval_ns >= lasted_ns:
            return True
    return any(_leads(story, first.sender, before.sender) for story in elsewhere)


def _leads(story: RouterStory, one: Sender, other: Sender) -> bool:
    """True where another vantage saw the one as master before the other."""
    begins = {t.sender: t.since for t in reversed(story.tenures)}
    if one not in begins:
        return False
    return other not in begins or begins[one] < begins[other]


def _conflict(
    story: RouterStory, nodes: tuple[Node, ...], before: Tenure, book_of: BookOf
) -> Statement | None:
    """The line of the old master's log about another address owner."""
    node = next((n for n in nodes if before.sender.address in n.addresses), None)
    if node is None:
        return None
    return book_of(node, story.router).first(Said.OWNER_CONFLICT)


def _has_fallen(tenure: Tenure) -> bool:
    """True where the master's priority had fallen: then it was to be replaced."""
    return tenure.last_priority < max(tenure.priorities, default=0)


def _was_master(signs: Signs, handover: Handover) -> Mark | None:
    """The first advert that came here, where its count proves that others had not."""
    first = handover.after.streaks[0]
    return first.first if signs.pause_before(first) is Pause.PARTLY else None


def _told_master(book: LogBook, handover: Handover) -> Statement | None:
    """The line by which it had become master more than an interval before that."""
    first = handover.after.streaks[0]
    told = book.last_before(first.first.time_ns - first.interval_ns, Said.STATE)
    if told is None or told.state != "MASTER":
        return None
    return told if _goes_on(book, told, first.first) else None
