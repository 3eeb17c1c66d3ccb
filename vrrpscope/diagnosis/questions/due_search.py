"""Finds the falls of a master's priority that nobody answered, and what the logs say of them."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.account import read_account
from vrrpscope.diagnosis.questions.due import Backup, DueFailover, is_about_fall
from vrrpscope.diagnosis.questions.falls import Fall, find_falls, held_after
from vrrpscope.diagnosis.questions.logbook import BookOf
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

BackupsOf = Callable[[RouterStory, Sender, Mark, int], tuple[Backup, ...]]


def find_due_failovers(
    timeline: Timeline,
    story: RouterStory,
    signs: Signs,
    nodes: tuple[Node, ...],
    backups_of: BackupsOf,
    book_of: BookOf,
) -> Iterator[DueFailover]:
    """Every fall of a master's priority that nobody answered in time."""
    search = _Search(timeline, story, signs, nodes, backups_of, book_of)
    for fall in find_falls(timeline, story, signs, nodes, book_of):
        due = search.due(fall)
        if due is not None:
            yield due


class _Search(Struct, frozen=True):
    timeline: Timeline
    story: RouterStory
    signs: Signs
    nodes: tuple[Node, ...]
    backups_of: BackupsOf
    book_of: BookOf

    def due(self, fall: Fall) -> DueFailover | None:
        """The fall, where it was held for longer than any timer runs and nobody answered it."""
        held = held_after(fall)
        if held is None:
            return None
        held_until, allowed_ns = held
        answer = self._answer(fall, held_until)
        anew = self._anew(fall, answer, allowed_ns) if answer is not None else None
        if answer is not None and anew is None:
            return None
        # Of a fall before the capture it is not known who was there; who was seen later counts.
        at = fall.after.first if fall.before is not None else held_until
        backups = self.backups_of(self.story, fall.tenure.sender, at, allowed_ns)
        backups = tuple(self._with_leave(b, at, held_until) for b in backups)
        taker = answer.after.sender.address if answer is not None else None
        told = tuple(
            self._with_account(b, fall, held, anew if b.address == taker else None) for b in backups
        )
        return DueFailover(
            self.timeline,
            self.story,
            fall,
            held_until,
            allowed_ns,
            told,
            self._logged(fall),
            anew,
        )

    def _answer(self, fall: Fall, held_until: Mark) -> Handover | None:
        """The hand-over by which somebody preempted the fallen master: late, but not missed."""
        if held_until != fall.tenure.until:
            return None
        for handover in self.story.handovers_from(fall.tenure):
            if handover.kind is HandoverKind.PREEMPTION:
                return handover
        return None

    def _anew(self, fall: Fall, answer: Handover, allowed_ns: int) -> Statement | None:
        """The start or reload, long after the fall, without which nobody had answered."""
        node = self._node(answer.after.sender.address)
        if node is None:
            return None
        due_ns = fall.last_better.time_ns + allowed_ns
        kinds = (Said.RELOADED, Said.STARTED)
        book = self.book_of(node, self.story.router)
        told = book.surely_within(due_ns, answer.at.time_ns, *kinds)
        return told[0] if told else None

    def _node(self, address: Address | None) -> Node | None:
        return next((n for n in self.nodes if address in n.addresses), None)

    def _with_leave(self, backup: Backup, at: Mark, held_until: Mark) -> Backup:
        """The backup, and whether it left the group at some time before the end."""
        left = None if backup.address is None else self.signs.left(backup.address, held_until)
        return replace(backup, was_interrupted=left is not None and left > at)

    def _with_account(
        self, backup: Backup, fall: Fall, held: tuple[Mark, int], anew: Statement | None
    ) -> Backup:
        """The backup with what its own log says of the time, up to a reload if there was one."""
        node = self._node(backup.address) or next(
            (n for n in self.nodes if n.name == backup.name), None
        )
        if node is None:
            return backup
        held_until, allowed_ns = held
        since_ns, until_ns = fall.after.first.time_ns, held_until.time_ns
        if anew is not None and anew.time_ns is not None and node.clock is not None:
            until_ns = max(since_ns, anew.time_ns - node.clock.spread_ns - 1)
        late_ns = fall.last_better.time_ns + (allowed_ns if fall.before is not None else 0)
        book = self.book_of(node, self.story.router)
        return replace(
            backup,
            account=read_account(book, since_ns, until_ns),
            settled=read_account(book, min(late_ns, until_ns), until_ns),
            is_changed=anew is not None,
        )

    def _logged(self, fall: Fall) -> tuple[Statement, ...]:
        """What the log of the master says of the moment of a fall that was captured."""
        node = self._node(fall.tenure.sender.address)
        if fall.before is None or node is None:
            return ()
        kinds = (Said.TRACKED, Said.SCRIPT_LATE, Said.PRIORITY)
        since_ns, until_ns = fall.before.last.time_ns, fall.after.first.time_ns
        said = self.book_of(node, self.story.router).within(since_ns, until_ns, *kinds)
        return tuple(s for s in said if is_about_fall(s, fall.priority))
