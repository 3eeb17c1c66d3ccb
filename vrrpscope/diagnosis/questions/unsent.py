"""Adverts that a router's own host refused to send, by its log."""

from bisect import bisect_right
from collections.abc import Callable, Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.logbook import time_of
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

SaidOf = Callable[..., tuple[Statement, ...]]

_APART_NS = 15 * NS
"""Errors further apart than this are two incidents."""
_LINK_IS_DOWN = ("Network is down", "No such device", "Cannot assign requested address")
_CHECK_NS = 5 * NS
_FEWEST = 2


class Unsent(Struct, frozen=True):
    """A router tried to send adverts, and its host refused.

    Attributes:
        lines: what its log says, in the order of time; `since_ns` and `until_ns` are its ends.
        last_word: the last advert of it that was seen before.
        on_purpose: a check that failed just before, by the log: its script may be what did it.
    """

    timeline: Timeline
    story: RouterStory
    sender: Sender
    lines: tuple[Statement, ...]
    since_ns: int
    until_ns: int
    last_word: Mark
    on_purpose: Statement | None


def find_unsent(timeline: Timeline, story: RouterStory, said: SaidOf) -> Iterator[Unsent]:
    """Every time that a log tells of send errors, and no advert of that router was seen."""
    for sender in story.senders:
        failed = [
            s
            for s in said(story, sender.address, Said.SEND_FAILED)
            if s.time_ns is not None and not (s.reason or "").startswith(_LINK_IS_DOWN)
        ]
        own = [s for s in story.streaks_of(sender) if s.priority] if failed else []
        for lines in _incidents(failed):
            unsent = _unsent(timeline, story, own, lines, said)
            if unsent is not None:
                yield unsent


def _incidents(failed: list[Statement]) -> Iterator[list[Statement]]:
    """Errors that follow one another closely."""
    run: list[Statement] = []
    for statement in sorted(failed, key=time_of):
        if run and time_of(statement) - time_of(run[-1]) > _APART_NS:
            yield run
            run = []
        run.append(statement)
    if run:
        yield run


def _unsent(
    timeline: Timeline,
    story: RouterStory,
    own: list[Streak],
    lines: list[Statement],
    said: SaidOf,
) -> Unsent | None:
    """The incident, where the capture shows the sender before it and not during it."""
    if not own:
        return None
    sender = own[0].sender
    since_ns, until_ns = time_of(lines[0]), time_of(lines[-1])
    interval_ns = own[0].interval_ns
    index = bisect_right(own, since_ns + interval_ns, key=lambda streak: streak.last.time_ns)
    if len(lines) < _FEWEST or not index or _spoke(own, since_ns, until_ns, interval_ns):
        return None
    if _link_went_down(sender, story, since_ns, said):
        return None
    failed = said(
        story,
        sender.address,
        Said.TRACKED,
        since_ns=since_ns - _CHECK_NS,
        until_ns=since_ns + interval_ns,
    )
    bad = [s for s in failed if s.good is False]
    return Unsent(
        timeline,
        story,
        sender,
        tuple(lines),
        since_ns,
        until_ns,
        own[index - 1].last,
        bad[-1] if bad else None,
    )


def _link_went_down(sender: Sender, story: RouterStory, at_ns: int, said: SaidOf) -> bool:
    """True where an interface went down just before: nothing can leave by that, priority 0 neither.

    The system's error does not always say so: over IPv6 it is "Invalid argument".
    """
    told = said(story, sender.address, Said.INTERFACE, since_ns=at_ns - NS, until_ns=at_ns)
    return any(s.good is False for s in told)


def _spoke(own: list[Streak], since_ns: int, until_ns: int, interval_ns: int) -> bool:
    """True where an advert was seen in the middle of it, the resolution of the log given."""
    low_ns, high_ns = since_ns + interval_ns, until_ns - interval_ns
    index = bisect_right(own, low_ns, key=lambda streak: streak.last.time_ns)
    return index < len(own) and own[index].first.time_ns < high_ns
