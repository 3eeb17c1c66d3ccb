"""The table of hand-overs: how the role moved, what that took, and what the timers allow."""

from collections.abc import Iterator, Sequence

from vrrpscope.diagnosis.questions.timing import Timing
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.document import (
    Block,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    cell,
    dim,
    line,
    number,
    row,
)
from vrrpscope.render.values import allowed, cells, duration
from vrrpscope.render.view import View
from vrrpscope.timeline.model import HandoverKind, RouterStory
from vrrpscope.timeline.streak import Mark

_MOST_ROWS = 20
_SHORT = 16
_HEADER = ("time", "from, to", "kind", "took", "allowed", "on time", "from frame", "ignored")
_AS_PRIORITY = "as priority"
_IGNORED = (
    "ignored: adverts of the old master, after the one in that frame, that the new one did not "
    "accept; its timer went on"
)
_WAITS = (
    "as priority: a router of such a priority waits as long as the new master did, where it may be "
    "50 ms late"
)


def handovers(view: View, story: RouterStory, full: bool) -> Iterator[Block]:
    """The hand-overs of a virtual router; with `full` all of them, and what their delays tell."""
    moves = [h for h in story.handovers if full or h.kind is not HandoverKind.FIRST]
    if not moves:
        return
    yield Heading(line("Hand-overs"), 3)
    timings = [view.case.timing(story, h) for h in moves[: None if full else _MOST_ROWS]]
    table = Table((*_HEADER, _AS_PRIORITY), tuple(_row(view, t) for t in timings), 1)
    empty = [name for name in table.header if _is_empty(table, name)]
    yield table.without(empty if full else (*empty, _AS_PRIORITY))
    if any(h.discarded for h in moves):
        yield Paragraph(line(dim(_IGNORED)), indent=1)
    if full and _AS_PRIORITY not in empty:
        yield Paragraph(line(dim(_WAITS)), indent=1)
        yield from _newcomers(view, story, timings)
    if len(moves) > len(timings):
        text = f"{len(moves) - len(timings)} more: vrrpscope timeline shows all of them"
        yield Paragraph(line(text), indent=1)


def _is_empty(table: Table, name: str) -> bool:
    """True for a column that says nothing in any row."""
    index = table.header.index(name)
    return all(texts[index] == line("-") for texts in table.rows)


def _row(view: View, timing: Timing) -> tuple[Line, ...]:
    handover = timing.handover
    before = view.name(handover.before.sender.address) if handover.before else "-"
    after = view.name(handover.after.sender.address)
    on_time = {True: Span("yes", "good"), False: Span("no", "error"), None: Span("-")}
    since = handover.counted_from
    return row(
        view.clock.time(handover.at.time_ns),
        _route(before, after, view),
        str(handover.kind),
        cell(None if handover.took_ns is None else duration(handover.took_ns)),
        cell(allowed(timing.expected_ns)),
        (on_time[timing.on_time],),
        str(since.ref.number) if since else "-",
        str(handover.discarded) if handover.discarded else "-",
        cell(str(timing.implied) if timing.implied else None),
    )


def _route(before: str, after: str, view: View) -> Line:
    """Who gave the role to whom; kept on one line where that is short."""
    text = f"{before} {view.screen.glyphs.arrow} {after}"
    return line(number(text)) if cells(text) <= _SHORT else line(text)


def _newcomers(view: View, story: RouterStory, timings: Sequence[Timing]) -> Iterator[Block]:
    """What the delay tells of a backup that nobody had heard and of which no file tells."""
    first: dict[Address, Mark] = {}
    for streak in story.streaks:
        first.setdefault(streak.sender.address, streak.first)
    for timing in timings:
        address, at = timing.handover.after.sender.address, timing.handover.at
        if timing.implied is None or timing.told is not None or first.get(address) != at:
            continue
        but = "and" if timing.implied.holds(timing.said) else "but"
        text = (
            f"{view.name(address)} had not spoken before {view.clock.time(at.time_ns)}: it waited "
            f"like a router of priority {timing.implied}, {but} then said {timing.said}"
        )
        yield Paragraph(line(text), indent=1)
