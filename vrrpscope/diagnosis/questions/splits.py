"""A router that loses the role in one virtual router, and keeps it in another one."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import (
    Handover,
    HandoverKind,
    RouterStory,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import Mark, Sender
from vrrpscope.timeline.tenures import patience_ns

NodeOf = Callable[[Address], Node | None]

_VIRTUAL_MAC = "00:00:5e:00:"
"""RFC 5798 section 7.3: all routers of a group have it, so it tells no host."""

_PATIENCES = 2
"""What moves together does so within one Master_Down_Interval; twice that is apart."""

_MOST_STORIES = 64
"""Virtual routers of one vantage that are compared with each other."""

_MOST_FALLS = 64
"""Moves of one virtual router that are looked at."""

_AROUND = 16
"""Tenures before a moment of which one may go on."""


class Split(Struct, frozen=True):
    """One host was master of two virtual routers, and lost the role in one of them only.

    Attributes:
        lost, kept: the stories of the two.
        handover: how the one was lost.
        tenure: the host's, as master of the other one.
        until: up to when it was apart, as far as it was seen.
        is_told: the configuration of the host is known, and has no group that holds both.
    """

    timeline: Timeline
    lost: RouterStory
    kept: RouterStory
    handover: Handover
    tenure: Tenure
    until: Mark
    is_told: bool


def find_splits(timeline: Timeline, node_of: NodeOf) -> Iterator[Split]:
    """Every virtual router that left its fellow behind, once for each that it left."""
    stories = timeline.routers[:_MOST_STORIES]
    for lost in stories:
        moves = (h for h in lost.handovers if h.before is not None and _has_fallen(h))
        fallen = tuple(islice(moves, _MOST_FALLS))
        for kept in stories if fallen else ():
            if kept is not lost:
                split = _split(timeline, lost, kept, fallen, node_of)
                if split is not None:
                    yield split


def _split(
    timeline: Timeline,
    lost: RouterStory,
    kept: RouterStory,
    fallen: tuple[Handover, ...],
    node_of: NodeOf,
) -> Split | None:
    """The first of these times that the one left the other behind."""
    for handover in fallen:
        before = handover.before
        assert before is not None
        beside = _beside(kept, before.sender, handover.at, node_of)
        if beside is None:
            continue
        until = min(beside.until, _held_until(lost, handover))
        apart_ns = until.time_ns - handover.at.time_ns
        if apart_ns <= _PATIENCES * patience_ns(before.streaks[-1]):
            continue
        told = _is_held_together(lost, kept, before.sender, beside.sender, node_of)
        if told:
            return None
        return Split(timeline, lost, kept, handover, beside, until, told is False)
    return None


def _has_fallen(handover: Handover) -> bool:
    """True where the old master gave the role up or fell below another one.

    A better router that comes back takes only what it is best for: that is no fall.
    """
    if handover.kind in (HandoverKind.RELEASE, HandoverKind.EXPIRY):
        return True
    before = handover.before
    if handover.kind is not HandoverKind.PREEMPTION or before is None:
        return False
    return before.last_priority < before.priorities[0]


def _beside(kept: RouterStory, sender: Sender, at: Mark, node_of: NodeOf) -> Tenure | None:
    """The tenure of the same host as the only master of the other one at that moment."""
    index = bisect_right(kept.tenures, at, key=lambda tenure: tenure.since)
    around = [t for t in kept.tenures[max(0, index - _AROUND) : index] if at < t.until]
    if len(around) != 1 or not _is_same_host(around[0].sender, sender, node_of):
        return None
    return around[0]


def _is_same_host(one: Sender, other: Sender, node_of: NodeOf) -> bool:
    if one.mac.startswith(_VIRTUAL_MAC) or one.is_shared or other.is_shared:
        return False
    node, its = node_of(one.address), node_of(other.address)
    if node is not None and its is not None:
        # Two hosts behind one MAC are two: a wireless bridge, or a hypervisor that translates.
        return node is its
    return bool(one.mac) and one.mac == other.mac


def _held_until(lost: RouterStory, handover: Handover) -> Mark:
    """Up to when somebody else had the role."""
    assert handover.before is not None
    sender = handover.before.sender
    back = [t.since for t in lost.tenures if t.sender == sender and t.since > handover.at]
    return min([*back, max(t.until for t in lost.tenures)])


def _is_held_together(
    lost: RouterStory, kept: RouterStory, one: Sender, other: Sender, node_of: NodeOf
) -> bool | None:
    """True where a sync group holds both, False where none does; None where it is not told."""
    mine, theirs = node_of(one.address), node_of(other.address)
    intent = mine.intent(lost.router) if mine is not None else None
    fellow = theirs.intent(kept.router) if theirs is not None else None
    if intent is None or fellow is None:
        return None
    return intent.sync_group is not None and intent.sync_group == fellow.sync_group
