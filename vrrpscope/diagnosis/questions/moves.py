"""Moves of the role to and fro between the same routers."""

from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import (
    EndedBy,
    Handover,
    HandoverKind,
    RouterStory,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import Sender

CLOSE_NS = 60 * NS
"""Moves further apart than this do not belong together."""
_FEWEST_RETURNS = 3
"""To B, back to A, to B, back to A: the last three of these four moves are returns."""
_FEWEST_RETURNS_BY_RESTART = 5
"""Somebody who restarts a daemon twice (an upgrade) moves the role to and fro twice."""

_MOVES = (HandoverKind.RELEASE, HandoverKind.EXPIRY, HandoverKind.PREEMPTION)


class ToAndFro(Struct, frozen=True):
    """The role went back and forth between the same routers.

    Attributes:
        moves: the hand-overs, each less than a minute after the one before.
        restarted: tenures that began with a restart of their router.
        open: tenures of which nothing tells whether they did.
        on_time: every move took what its timer says, or is one that no timer governs.
    """

    timeline: Timeline
    story: RouterStory
    moves: tuple[Handover, ...]
    restarted: tuple[Tenure, ...]
    open: tuple[Tenure, ...]
    on_time: bool

    @property
    def is_by_restarts(self) -> bool:
        """True where restarts explain the moves: each takes the role away and brings it back."""
        return 2 * len(self.restarted) >= len(self.moves) - 1

    @property
    def may_be_by_restarts(self) -> bool:
        """True where restarts explain the moves, as far as can be told."""
        return 2 * (len(self.restarted) + len(self.open)) >= len(self.moves) - 1

    @property
    def senders(self) -> tuple[Sender, ...]:
        """Everybody who held the role meanwhile, in the order in which they took it."""
        return tuple(dict.fromkeys(m.after.sender for m in self.moves))


def find_to_and_fro(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[ToAndFro]:
    """Runs of moves that bring the role back again and again."""
    for moves in _runs(story.handovers):
        began = [(m.after, _began_with_restart(signs, m.after)) for m in moves]
        restarted = tuple(tenure for tenure, known in began if known)
        unknown = tuple(tenure for tenure, known in began if known is None)
        on_time = all(m.on_time is not False for m in moves)
        found = ToAndFro(timeline, story, tuple(moves), restarted, unknown, on_time)
        fewest = _FEWEST_RETURNS_BY_RESTART if found.may_be_by_restarts else _FEWEST_RETURNS
        if _returns(moves) >= fewest:
            yield found


def _runs(handovers: tuple[Handover, ...]) -> Iterator[list[Handover]]:
    """Moves that follow one another closely, cut where one is no election.

    Two masters that silence each other take turns in being heard: that is no move of the role, and
    it comes sooner than any timer allows.
    """
    run: list[Handover] = []
    for handover in handovers:
        if run and (not _is_move(handover) or handover.at.time_ns - run[-1].at.time_ns > CLOSE_NS):
            yield run
            run = []
        if _is_move(handover):
            run.append(handover)
    if run:
        yield run


def _is_move(handover: Handover) -> bool:
    if handover.kind not in _MOVES:
        return False
    took_ns, expected = handover.took_ns, handover.expected_ns
    return took_ns is None or expected is None or took_ns >= expected.low - TOLERANCE_NS


def _returns(moves: list[Handover]) -> int:
    """Moves to somebody who had the role before in the same run."""
    held = {moves[0].before.sender} if moves[0].before else set()
    returns = 0
    for move in moves:
        returns += move.after.sender in held
        held.add(move.after.sender)
    return returns


def _began_with_restart(signs: Signs, tenure: Tenure) -> bool | None:
    """True where the router was restarted just before its tenure; None where nothing tells.

    Who had yielded the role to another one did not give it up by a restart.
    """
    first = tenure.streaks[0]
    pause = signs.pause_before(first)
    if pause is not Pause.UNKNOWN or first.gap_before is None:
        return pause is Pause.RESTARTED
    joined = signs.joined(tenure.sender.address, tenure.since)
    if joined is not None:
        return joined > first.gap_before.from_
    own = signs.tenures_of(tenure.sender.address)
    index = bisect_left(own, tenure.since, key=lambda t: t.since)
    yielded = index > 0 and own[index - 1].ended_by is EndedBy.YIELDED
    return False if yielded else None
