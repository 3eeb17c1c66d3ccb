"""What the logs of one cluster say about the adverts of strangers."""

from collections.abc import Callable

from vrrpscope.diagnosis.questions.collisions import Collision
from vrrpscope.diagnosis.questions.disagreements import compare
from vrrpscope.evidence.statement import Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Sender

Rejections = Callable[[RouterStory, Address, int, int], tuple[Statement, ...]]

_CARP = "length-or-padding-mismatch"
"""keepalived rejects CARP by its length."""

_MOST = 16
"""Senders whose logs are asked."""


def rejected_strangers(collision: Collision, rejections: Rejections) -> tuple[Statement, ...]:
    """Lines of a log that can only mean the strangers' adverts: they arrive, and are rejected.

    The reason is what the two clusters differ in, and no router of the own cluster but the one
    that logs spoke at about that time.
    """
    since_ns, until_ns = collision.since.time_ns, collision.until.time_ns
    sides = ((collision.ours, collision.theirs), (collision.theirs, collision.ours))
    for own, strangers in sides:
        for sender in own[:_MOST]:
            reasons = _reasons(collision, sender, strangers)
            said = rejections(collision.story, sender.address, since_ns, until_ns)
            mates = [s for s in own if s != sender]
            meant = tuple(
                s for s in said if s.reason in reasons and not _speaks(collision, mates, s.time_ns)
            )
            if meant:
                return meant
    return ()


def _reasons(collision: Collision, one: Sender, strangers: tuple[Sender, ...]) -> set[str]:
    """Why a router rejects the strangers' adverts, by what both said."""
    if not collision.their_addresses:
        return {_CARP}
    comparison = compare(collision.story, one, strangers[0], collision.until)
    return {str(field) for field in comparison.fields} if comparison is not None else set()


def _speaks(collision: Collision, mates: list[Sender], time_ns: int | None) -> bool:
    """True where one of the mates spoke within a second of that time; also where it is unknown."""
    if time_ns is None:
        return True
    return any(
        s.first.time_ns - NS <= time_ns <= s.last.time_ns + NS
        for mate in mates
        for s in collision.story.streaks_of(mate)
    )
