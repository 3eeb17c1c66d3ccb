"""The story of a virtual router as a picture: a lane for each router under a time axis."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vrrpscope.observation import JOINS, LEAVES
from vrrpscope.render.axis import Axis, relative
from vrrpscope.render.document import Block, Line, Paragraph, Picture, Span, join, line
from vrrpscope.render.values import cells, printable, shortened
from vrrpscope.render.view import View
from vrrpscope.timeline.model import HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import Streak, late_after_ns

MOST_LANES = 16
_MARGIN = 2
_LABEL_SHARE = 0.36
_FEWEST_COLUMNS = 20
_SINCE = "since start"
_SPEAKS = "advertises, with its priority"
_LEAST_LABEL = len(_SINCE)
_FOCUS = 20
"""A story that takes less than this part of the capture's time gets an axis of its own."""


@dataclass
class _Lane:
    """One row of the picture: characters and their styles."""

    label: str
    text: list[str]
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.styles = self.styles or [""] * len(self.text)

    def put(self, column: int, text: str, style: str = "") -> None:
        """Writes text from a column on; what does not fit is left out."""
        for index, character in enumerate(text, column):
            if 0 <= index < len(self.text):
                self.text[index] = character
                self.styles[index] = style

    def line(self, label_width: int) -> Line:
        """The row as text."""
        padding = " " * (label_width - cells(self.label) + _MARGIN)
        spans = [Span(" " * _MARGIN + self.label + padding)]
        spans += [Span(t, s) for t, s in zip(self.text, self.styles, strict=True)]
        return tuple(spans)


def picture(
    view: View, timeline: Timeline, story: RouterStory, numbers: Sequence[tuple[int, int]]
) -> Iterator[Block]:
    """The picture of one virtual router at one vantage, and what its characters mean.

    Args:
        view: how to look at it.
        timeline: of the vantage.
        story: of the virtual router.
        numbers: times of findings and their numbers, as the markers show them.
    """
    drawing = _Drawing(view, timeline, story)
    drawing.draw(numbers)
    yield Picture(tuple(drawing.lines()))
    yield Paragraph(join(drawing.legend(), "; "), indent=1)
    if drawing.left_out:
        yield Paragraph(line(f"{drawing.left_out} more routers are not drawn"), indent=1)


class _Drawing:
    """Draws one picture and remembers which characters it used."""

    def __init__(self, view: View, timeline: Timeline, story: RouterStory) -> None:
        self._view = view
        self._story = story
        self._glyphs = view.screen.glyphs
        self._used: dict[str, str] = {}
        speakers = view.speakers(story)
        self._speakers = dict(list(speakers.items())[:MOST_LANES])
        labels = self._labels()
        self.left_out = len(speakers) - len(self._speakers) + self._hide(labels)
        self._label_width = max(_LEAST_LABEL, *map(cells, labels.values()))
        columns = view.screen.width - self._label_width - 2 * _MARGIN
        self._axis = Axis(*_span(timeline, story), max(columns, _FEWEST_COLUMNS))
        self._lanes = {key: self._lane(label) for key, label in labels.items()}
        self._top: list[_Lane] = []
        self._bottom: list[_Lane] = []

    def _labels(self) -> dict[object, str]:
        """Everybody who gets a lane, and what stands in front of it."""
        most = int(self._view.screen.width * _LABEL_SHARE)
        labels: dict[object, str] = {}
        for sender, name in self._speakers.items():
            labels[sender.address, sender.mac] = self._label(name, sender.address, most)
        speaking = {sender.address for sender in self._story.senders}
        for silent in self._view.case.silent(self._story):
            name = self._view.name(silent.address)
            labels[silent.address] = self._label(name, silent.address, most)
            speaking.add(silent.address)
        for node in self._view.case.nodes:
            if node.intent(self._story.router) and not node.addresses & speaking:
                why = self._view.unseen(node, self._story)
                labels[node.name] = self._fitted(f"{node.name} ({why})", most)
        return labels

    def _hide(self, labels: dict[object, str]) -> int:
        """Takes away what is too much beside the speakers; how many those are."""
        extra = list(labels)[len(self._speakers) + MOST_LANES :]
        for key in extra:
            del labels[key]
        return len(extra)

    def _label(self, name: str, address: object, most: int) -> str:
        shown = self._view.say(str(address))
        both = name if shown in name else f"{name} {shown}"
        return self._fitted(name if cells(both) > most else both, most)

    def _fitted(self, label: str, most: int) -> str:
        return shortened(printable(label), most, self._glyphs.ellipsis)

    def _lane(self, label: str = "") -> _Lane:
        return _Lane(label, [" "] * self._axis.columns)

    def draw(self, numbers: Sequence[tuple[int, int]]) -> None:
        """Draws everything."""
        self._draw_axis()
        for sender in self._speakers:
            lane = self._lanes[sender.address, sender.mac]
            self._draw_streaks(lane, self._story.streaks_of(sender))
        self._draw_joins()
        self._draw_handovers()
        self._draw_findings(numbers)

    def lines(self) -> Iterator[Line]:
        """The rows from the top to the bottom."""
        for lane in (*self._top, *self._lanes.values(), *self._bottom):
            yield lane.line(self._label_width)

    def legend(self) -> Iterator[Line]:
        """What the characters that were used mean."""
        for glyph, meaning in self._used.items():
            yield line(Span(f"{glyph} {meaning}", "legend"))

    def _use(self, glyph: str, meaning: str) -> str:
        self._used.setdefault(glyph, meaning)
        return glyph

    def _draw_axis(self) -> None:
        axis, clock = self._axis, self._view.clock
        absolute, since, rule = self._lane(), self._lane(), self._lane()
        rule.put(0, self._glyphs.axis * axis.columns, "dim")
        ticks, step_ns = axis.ticks(clock)
        for tick_ns in ticks:
            column = axis.column(tick_ns)
            label = axis.label(tick_ns, step_ns, clock)
            rule.put(column, self._glyphs.tick, "dim")
            if column + len(label) <= axis.columns:
                absolute.put(column, label)
                since.put(column, relative(tick_ns - axis.start_ns, step_ns), "dim")
        absolute.label = shortened(clock.zone_name(axis.start_ns), self._label_width)
        since.label = _SINCE
        self._top = [absolute, since, rule]

    def _draw_streaks(self, lane: _Lane, streaks: tuple[Streak, ...]) -> None:
        """Bars while the sender speaks; blanks while it does not."""
        best = max((s.priority for s in streaks), default=0)
        before: Streak | None = None
        shown = -1
        for streak in streaks:
            first = self._axis.column(streak.first.time_ns)
            if streak.priority == 0:
                lane.put(first, self._use(self._glyphs.release, "gives up the role (0)"), "warning")
                before = None
                continue
            last = self._axis.column(streak.last.time_ns)
            label = str(streak.priority) if streak.priority != shown else ""
            shown = (
                streak.priority
                if self._bar(lane, first, last, label, streak.priority < best)
                else shown
            )
            if before is not None:
                self._draw_between(lane, before, streak, best)
            before = streak

    def _draw_between(self, lane: _Lane, before: Streak, after: Streak, best: int) -> None:
        """What is between two runs of one sender: a change of its priority, or a pause."""
        start = self._axis.column(before.last.time_ns) + 1
        first = self._axis.column(after.first.time_ns)
        pause_ns = after.first.time_ns - before.last.time_ns
        is_late = pause_ns > late_after_ns(before.interval_ns)
        if is_late and first > start:
            self._use("(blank)", "silent")
            return
        self._bar(lane, start, first - 1, "", before.priority < best)
        if is_late:
            lane.put(first, self._use(self._glyphs.pause, "a short pause"), "warning")
        elif before.priority != after.priority and first:
            lane.put(first - 1, self._use(self._glyphs.step, "priority changes"), "strong")

    def _bar(self, lane: _Lane, first: int, last: int, label: str, is_low: bool) -> bool:
        """A bar with its label at its start; False where there is a label that does not fit."""
        if last < first:
            return True
        style = "low" if is_low else "good"
        lane.put(first, self._use(self._glyphs.bar, _SPEAKS) * (last - first + 1), style)
        fits = len(label) <= last - first
        if fits:
            lane.put(first, label, style)
        return fits

    def _draw_joins(self) -> None:
        """Joins and leaves of the VRRP group, where the lane is free."""
        glyphs = self._glyphs
        for announced in self._story.announcements:
            if announced.kind in JOINS:
                glyph, meaning = glyphs.join, "joins the VRRP group"
            elif announced.kind in LEAVES:
                glyph, meaning = glyphs.leave, "leaves the VRRP group"
            else:
                continue
            for lane in self._lanes_of(announced.subject, announced.mac):
                column = self._axis.column(announced.first.time_ns)
                if lane.text[column] == " ":
                    lane.put(column, self._use(glyph, meaning))

    def _lanes_of(self, address: object, mac: str) -> Iterable[_Lane]:
        """The lane of a router: by address and MAC where it speaks, else by address."""
        own = self._lanes.get((address, mac)) or self._lanes.get(address)
        if own is not None:
            return [own]
        keys = [k for k in self._lanes if isinstance(k, tuple) and k[0] == address]
        return [self._lanes[k] for k in keys] if len(keys) == 1 else []

    def _draw_handovers(self) -> None:
        moves = [h for h in self._story.handovers if h.kind is not HandoverKind.FIRST]
        if not moves:
            return
        lane = self._lane("hand-overs")
        glyph = self._use(self._glyphs.handover, "hand-over")
        for handover in moves:
            lane.put(self._axis.column(handover.at.time_ns), glyph, "strong")
        self._bottom.append(lane)

    def _draw_findings(self, numbers: Sequence[tuple[int, int]]) -> None:
        """Markers; those that would touch another one go into the next row."""
        by_column: dict[int, list[str]] = {}
        for time_ns, number in sorted(numbers):
            by_column.setdefault(self._axis.column(time_ns), []).append(str(number))
        rows: list[tuple[_Lane, int]] = []
        for column, found in by_column.items():
            glyph = self._use(self._glyphs.finding, "finding with this number")
            text = glyph + ",".join(found)
            start = min(column, self._axis.columns - len(text))
            index = next((i for i, (_, free) in enumerate(rows) if free <= start), len(rows))
            if index == len(rows):
                rows.append((self._lane("" if rows else "findings"), 0))
            lane = rows[index][0]
            lane.put(start, text, "error")
            rows[index] = (lane, start + len(text) + 1)
        self._bottom.extend(lane for lane, _ in rows)


def _span(timeline: Timeline, story: RouterStory) -> tuple[int, int]:
    """From when to when: the capture's time, or the story's where that is a small part of it."""
    times = [t for s in story.streaks for t in (s.first.time_ns, s.last.time_ns)]
    times += [a.first.time_ns for a in story.announcements if a.kind in (*JOINS, *LEAVES)]
    first_ns, last_ns = min(times), max(times)
    start_ns = first_ns if timeline.first_ns is None else min(timeline.first_ns, first_ns)
    end_ns = last_ns if timeline.last_ns is None else max(timeline.last_ns, last_ns)
    if (last_ns - first_ns) * _FOCUS < end_ns - start_ns and last_ns > first_ns:
        margin_ns = (last_ns - first_ns) // 10
        start_ns, end_ns = max(start_ns, first_ns - margin_ns), min(end_ns, last_ns + margin_ns)
    return start_ns, max(end_ns, start_ns + 1_000_000_000)
