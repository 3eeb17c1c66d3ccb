"""The story of one virtual router: its picture, hand-overs, and with `timeline` all the rest."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vrrpscope.observation import AnnouncementKind, VirtualRouter
from vrrpscope.render import logs
from vrrpscope.render.changes import changes
from vrrpscope.render.document import (
    Block,
    Heading,
    Line,
    Paragraph,
    Table,
    cell,
    line,
    row,
)
from vrrpscope.render.handovers import handovers
from vrrpscope.render.picture import picture
from vrrpscope.render.summary import MOST_QUIET, punctuality
from vrrpscope.render.values import count, duration, listed
from vrrpscope.render.view import View
from vrrpscope.timeline.model import (
    Announced,
    Handover,
    HandoverKind,
    RouterStory,
    Tenure,
    Timeline,
)

_ADVERTISED = (AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.UNSOLICITED_NA)


class Marker(NamedTuple):
    """Where a finding is marked: at a time of a vantage, with its number."""

    vantage: str
    at_ns: int
    number: int


Numbers = dict[VirtualRouter, list[Marker]]
"""The findings' markers, by virtual router."""


def stories(
    view: View, numbers: Numbers, full: bool
) -> Iterator[tuple[VirtualRouter, list[Block]]]:
    """For each virtual router its part of the report.

    Args:
        view: how to look at it.
        numbers: of the findings, for the markers; a virtual router without any is quiet.
        full: also tenures, priority steps and the like.
    """
    quiet = [router for router in view.routers if not numbers.get(router)]
    in_table = quiet if len(quiet) > MOST_QUIET and not full else []
    left_out = set(in_table)
    for router, seen in view.routers.items():
        if router in left_out:
            continue
        blocks: list[Block] = [Heading(line(view.title(router)))]
        told = list(logs.story(view, router, full or view.verbose)) if view.has_logs else []
        drawn, like = (seen, []) if full or view.verbose else _different(seen)
        for timeline, story in drawn:
            others = {t.vantage.id for t, _ in drawn} - {timeline.vantage.id}
            # Each vantage has a clock of its own: a time of another one is not marked here.
            own = [n for n in numbers.get(router, ()) if n.vantage not in others]
            blocks += _story(view, timeline, story, own, full)
        if like:
            text = f"{listed([view.say(t.vantage.id) for t, _ in like])} shows the same story"
            blocks.append(Paragraph(line(text), indent=1))
        yield router, [*blocks, *told]
    if in_table:
        yield in_table[0], list(_quiet_ones(view, in_table))


_Seen = list[tuple[Timeline, RouterStory]]


def _different(seen: _Seen) -> tuple[_Seen, _Seen]:
    """The vantages that tell different stories, and those that tell the same as an earlier one."""
    shapes: list[object] = []
    drawn: _Seen = []
    like: _Seen = []
    for timeline, story in seen:
        shape = _shape(story)
        (like if shape in shapes else drawn).append((timeline, story))
        shapes.append(shape)
    return drawn, like


def _shape(story: RouterStory) -> object:
    """What makes two stories the same: who was master in which order, and how each tenure ended."""
    tenures = tuple((t.sender, t.priorities, t.ended_by) for t in story.tenures)
    joined = frozenset(a.subject for a in story.announcements)
    return tenures, joined, tuple(h.kind for h in story.handovers), len(story.overlaps)


def _quiet_ones(view: View, routers: Sequence[VirtualRouter]) -> Iterator[Block]:
    """Many virtual routers with nothing wrong: a line each."""
    yield Heading(line(f"{count(len(routers), 'virtual router')} without a finding"))
    rows = []
    for router in routers:
        _, story = view.routers[router][0]
        moves = [h for h in story.handovers if h.kind is not HandoverKind.FIRST]
        last = view.name(story.tenures[-1].sender.address) if story.tenures else "-"
        adverts = sum(s.count for s in story.streaks)
        text = f"{len(moves)}, {punctuality(view, story, moves)}" if moves else "none"
        rows.append(row(view.title(router), last, f"{adverts:,}", text))
    yield Table(("virtual router", "last master", "adverts", "hand-overs"), tuple(rows))


def _story(
    view: View,
    timeline: Timeline,
    story: RouterStory,
    numbers: Sequence[Marker],
    full: bool,
) -> Iterator[Block]:
    if view.several_vantages:
        yield Heading(line("As seen in ", view.say(timeline.vantage.id)), 3)
    yield from picture(view, timeline, story, [(n.at_ns, n.number) for n in numbers])
    yield from handovers(view, story, full)
    if full:
        yield from _tenures(view, story)
        yield from _steps(view, story)
        yield from changes(view, story)
        yield from _overlaps(view, story)
        yield from _silences(view, story)
        yield from _announcements(view, story)
    if full or view.verbose:
        from vrrpscope.render.pace import pace

        yield from pace(view, story)


def _tenures(view: View, story: RouterStory) -> Iterator[Block]:
    if not story.tenures:
        return
    names = view.speakers(story)
    yield Heading(line("Masters"), 3)
    header = ("master", "from", "until", "for", "adverts", "priorities", "ended by", "frames")
    rows = tuple(_tenure(view, t, names[t.sender]) for t in story.tenures)
    yield Table(header, rows, 1, ("frames", "adverts"))


def _tenure(view: View, tenure: Tenure, name: str) -> tuple[Line, ...]:
    clock = view.clock
    arrow = view.screen.glyphs.arrow
    return row(
        name,
        clock.time(tenure.since.time_ns),
        clock.time(tenure.until.time_ns),
        cell(duration(tenure.until.time_ns - tenure.since.time_ns)),
        f"{tenure.adverts:,}",
        f" {arrow} ".join(map(str, tenure.priorities)),
        str(tenure.ended_by),
        cell(f"{tenure.since.ref.number} to {tenure.until.ref.number}"),
    )


def _steps(view: View, story: RouterStory) -> Iterator[Block]:
    if not story.steps:
        return
    yield Heading(line("Priority changes"), 3)
    rows = tuple(
        row(
            view.clock.time(step.after.first.time_ns),
            view.name(step.tenure.sender.address),
            f"{step.before.priority} {view.screen.glyphs.arrow} {step.after.priority}",
            str(step.after.first.ref.number),
        )
        for step in story.steps
    )
    yield Table(("time", "master", "priority", "from frame"), rows, 1)


def _overlaps(view: View, story: RouterStory) -> Iterator[Block]:
    if not story.overlaps:
        return
    yield Heading(line("Two masters at once"), 3)
    rows = tuple(
        row(
            view.clock.time(overlap.since.time_ns),
            listed([view.name(t.sender.address) for t in (overlap.first, overlap.second)]),
            duration(overlap.duration_ns),
            "one gave way" if overlap.settled else "to the end of the capture",
            cell(f"{overlap.since.ref.number} to {overlap.until.ref.number}"),
        )
        for overlap in story.overlaps
    )
    yield Table(("time", "masters", "for", "ended", "frames"), rows, 1)


def _silences(view: View, story: RouterStory) -> Iterator[Block]:
    on_time = {id(h.after) for h in story.handovers if view.case.timing(story, h).on_time}
    silences = [s for s in story.silences if s.resumed is None or id(s.resumed) not in on_time]
    if not silences:
        return
    yield Heading(line("Silences that no timer explains"), 3)
    rows = tuple(
        row(
            view.clock.time(silence.since.time_ns),
            view.name(silence.before.sender.address),
            duration(silence.duration_ns),
            duration(silence.allowed_ns),
            view.name(silence.resumed.sender.address) if silence.resumed else "nobody",
        )
        for silence in silences
    )
    header = ("since", "last master", "silent for", "longest allowed", "then spoke")
    yield Table(header, rows, 1)


def _announcements(view: View, story: RouterStory) -> Iterator[Block]:
    """Gratuitous ARPs and neighbour advertisements that followed each first advert of a master."""
    if not story.handovers:
        return
    rows = [_announcement(view, h, announced) for h, announced in _following(story)]
    yield Heading(line("Gratuitous ARPs and neighbour advertisements after hand-overs"), 3)
    if not rows:
        yield Paragraph(line("none for these virtual addresses in the capture"), indent=1)
        return
    header = ("time", "after", "address", "is at", "whose", "times", "frame")
    yield Table(header, tuple(rows), 1, ("frame", "time"))


def _following(story: RouterStory) -> Iterator[tuple[Handover, Announced]]:
    """Each announcement with the hand-over before it."""
    starts = [handover.at.time_ns for handover in story.handovers]
    for announced in story.announcements:
        index = bisect_right(starts, announced.first.time_ns)
        if index and announced.kind in _ADVERTISED:
            yield story.handovers[index - 1], announced


def _announcement(view: View, handover: Handover, announced: Announced) -> tuple[Line, ...]:
    owner = handover.after.sender
    whose = "master's" if announced.is_by(owner) else "another's" if owner.mac else "not known"
    return row(
        view.clock.time(announced.first.time_ns),
        cell(duration(announced.first.time_ns - handover.at.time_ns)),
        view.say(str(announced.subject)),
        view.say(announced.mac),
        whose,
        str(announced.count),
        str(announced.first.ref.number),
    )
