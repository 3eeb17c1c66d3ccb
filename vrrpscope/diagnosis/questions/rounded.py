"""Intervals of VRRPv2 that are no whole seconds: rounded, or rounded to nothing."""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.evidence.told import Note
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Streak

_CODE = "advert-int-rounded"
_FLOOD_COUNT = 20
_FLOOD_NS = 10_000_000
"""So many adverts of interval 0, closer together than this on average, are a flood."""


class Rounded(Struct, frozen=True):
    """A router that was told a fraction of a second in VRRPv2.

    Attributes:
        intent, note: its configuration and what keepalived makes of it; None where only a log says.
        logged: the line of its log.
        written: the interval as it is written, for example "0.4"; "" where it is not known.
        tenure: the first one in which it advertised what was made of it; None if it did not speak.
        late: a take-over by another router that the rounded timer governed.
    """

    timeline: Timeline
    story: RouterStory
    node: Node
    intent: Intent | None
    note: Note | None
    logged: Statement | None
    written: str
    tenure: Tenure | None
    late: Handover | None


class Flood(Struct, frozen=True):
    """Adverts of VRRPv2 with interval 0, as fast as the machine can send them."""

    timeline: Timeline
    story: RouterStory
    streak: Streak

    @property
    def pause_ns(self) -> int:
        """The pause between two of them on average."""
        lasted_ns = self.streak.last.time_ns - self.streak.first.time_ns
        return lasted_ns // max(1, self.streak.count - 1)


def find_rounded(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...]
) -> Iterator[Rounded]:
    """Every router of this virtual router whose interval was rounded."""
    for node in nodes:
        intent = node.intent(story.router)
        note = _note(intent)
        logged = next(
            (s for s in node.said(story.router, (Said.CONFIG,)) if s.reason == _CODE), None
        )
        if note is None and logged is None:
            continue
        if intent is not None and intent.version.value != 2:
            continue
        yield Rounded(
            timeline=timeline,
            story=story,
            node=node,
            intent=intent,
            note=note,
            logged=logged,
            written=_written(node, note),
            tenure=_shown(story, node, intent),
            late=_late(story, node),
        )


def _note(intent: Intent | None) -> Note | None:
    notes = intent.notes if intent is not None else ()
    return next((n for n in notes if n.code == _CODE), None)


def _written(node: Node, note: Note | None) -> str:
    words = node.quote(note.line).split() if note is not None and note.line is not None else []
    return words[words.index("advert_int") + 1] if "advert_int" in words[:-1] else ""


def _shown(story: RouterStory, node: Node, intent: Intent | None) -> Tenure | None:
    """Its first tenure with the interval that its configuration gives."""
    own = [t for t in story.tenures if t.sender.address in node.addresses]
    if intent is None:
        return own[0] if own else None
    wanted = (2, intent.advert_interval_ns.value)
    return next(
        (t for t in own if (t.streaks[-1].advertisement.version, t.interval_ns) == wanted), None
    )


def _late(story: RouterStory, node: Node) -> Handover | None:
    """A take-over for which somebody waited by the rounded interval."""
    return next(
        (
            h
            for h in story.handovers
            if h.kind is HandoverKind.EXPIRY
            and h.before is not None
            and h.before.sender.address in node.addresses
        ),
        None,
    )


def find_floods(timeline: Timeline, story: RouterStory) -> Iterator[Flood]:
    """The first flood of each sender."""
    seen = set()
    for streak in story.streaks:
        said = streak.advertisement
        if said.version != 2 or said.advert_interval_ns != 0 or streak.sender in seen:
            continue
        flood = Flood(timeline, story, streak)
        if streak.count >= _FLOOD_COUNT and flood.pause_ns <= _FLOOD_NS:
            seen.add(streak.sender)
            yield flood
