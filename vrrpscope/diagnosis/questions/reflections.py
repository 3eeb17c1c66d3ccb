"""Routers that get their own adverts back, by their logs and by what was captured twice."""

from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.twins import TwinKind, Twins
from vrrpscope.evidence.statement import Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

OwnHeard = Callable[[RouterStory, Address], tuple[Statement, ...]]

_FEWEST = 2
"""Copies that are no accident."""


class Reflection(Struct, frozen=True):
    """A router whose adverts were captured twice, and whose log says that it heard itself.

    Attributes:
        since, until: the run of adverts in which the copies are.
        copies: adverts that were seen a second time.
        statements: the lines of its log from that time, or without a time.
    """

    timeline: Timeline
    story: RouterStory
    sender: Sender
    since: Mark
    until: Mark
    copies: int
    statements: tuple[Statement, ...]

    @property
    def is_timed(self) -> bool:
        """True where the log surely speaks of the time of the capture."""
        return all(s.time_ns is not None for s in self.statements)


def find_reflections(
    timeline: Timeline, story: RouterStory, twins: tuple[Twins, ...], own_heard: OwnHeard
) -> Iterator[Reflection]:
    """Every router that heard itself, where nobody else has its address."""
    addresses = Counter(sender.address for sender in story.senders)
    for sender in story.senders:
        if addresses[sender.address] > 1 or sender.is_shared:
            continue
        statements = own_heard(story, sender.address)
        if not statements:
            continue
        copied = [s for s in story.streaks_of(sender) if _copies(s)]
        copies = sum(_copies(s) for s in copied)
        echoes = [t for t in twins if t.sender == sender and t.kind is TwinKind.ECHO]
        copies += sum(t.adverts // 2 for t in echoes)
        if copies < _FEWEST:
            continue
        marks = [(s.first, s.last) for s in copied] + [(t.since, t.until) for t in echoes]
        since, until = min(m[0] for m in marks), max(m[1] for m in marks)
        statements = tuple(s for s in statements if _is_of_that_time(s, since, until))
        if statements:
            yield Reflection(timeline, story, sender, since, until, copies, statements)


def _is_of_that_time(statement: Statement, since: Mark, until: Mark) -> bool:
    """True where a line may be about these copies: the loop of last week is none of them."""
    time_ns = statement.time_ns
    return time_ns is None or since.time_ns - NS <= time_ns <= until.time_ns + NS


def _copies(streak: Streak) -> int:
    """Adverts that came twice; over IPv6 nothing but the haste of the second one tells it."""
    return streak.copies or (streak.paces.get(0, 0) if streak.first_ip_id is None else 0)
