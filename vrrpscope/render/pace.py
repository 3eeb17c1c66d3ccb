"""How regularly routers advertised, and how near the backups came to taking over."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from vrrpscope.protocol.timers import master_down_range_ns
from vrrpscope.render.document import Block, Heading, Line, Paragraph, Table, line
from vrrpscope.render.values import duration, exact
from vrrpscope.render.view import View
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Mark, Streak

_MOST_PAUSES = 5
_MOST_EXAMINED = 200
_NEAR = 0.5
"""From this share of the shortest Master_Down_Interval on, a pause is worth a line."""

_LOW, _MIDDLE, _HIGH = 0.05, 0.5, 0.95


class Pause(Struct, frozen=True):
    """A time without an advert of a sender that went on, and what a backup would have waited."""

    duration_ns: int
    shortest_down_ns: int
    streak: Streak
    since: Mark | None

    @property
    def share(self) -> float:
        """As a part of the shortest Master_Down_Interval that any backup could have."""
        return self.duration_ns / self.shortest_down_ns


def pace(view: View, story: RouterStory) -> Iterator[Block]:
    """The rhythm of each sender, and the longest pauses."""
    rows = []
    speakers = view.speakers(story)
    for sender, streaks in story.by_sender.items():
        for interval_ns, paces in _paces(streaks).items():
            rows.append(_rhythm(speakers[sender], interval_ns, paces))
    if rows:
        yield Heading(line("Rhythm"), 3)
        header = ("sender", "advertised interval", "measured, median", "9 of 10 between", "pauses")
        yield Table(header, tuple(rows), 1)
    yield from _near_failovers(view, story)


def _paces(streaks: Sequence[Streak]) -> dict[int, Counter[int]]:
    """How often each pause came, in hundredths of the interval, by advertised interval."""
    found: dict[int, Counter[int]] = {}
    for streak in streaks:
        if streak.paces and streak.priority:
            found.setdefault(streak.interval_ns, Counter()).update(streak.paces)
    return found


def _rhythm(name: str, interval_ns: int, paces: Counter[int]) -> tuple[Line, ...]:
    low, middle, high = (
        duration(quantile(paces, share) * interval_ns // 100) for share in (_LOW, _MIDDLE, _HIGH)
    )
    spread = low if low == high else f"{low} and {high}"
    texts = (name, exact(interval_ns), middle, spread, f"{paces.total():,}")
    return tuple(line(text) for text in texts)


def quantile(counts: Counter[int], share: float) -> int:
    """The value below which this share of all values lies."""
    wanted = share * counts.total()
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return max(counts, default=0)


def longest_pauses(story: RouterStory) -> list[Pause]:
    """Pauses in which nobody else advertised, the longest share first; a few are enough."""
    pauses = sorted(_pauses(story), key=lambda pause: -pause.share)[:_MOST_EXAMINED]
    return [pause for pause in pauses if not _filled(story, pause)][:_MOST_PAUSES]


def _pauses(story: RouterStory) -> Iterator[Pause]:
    """Pauses inside of runs, and between the runs of one tenure."""
    for tenure in story.tenures:
        for index, streak in enumerate(tenure.streaks):
            version, interval_ns = streak.advertisement.version, streak.interval_ns
            shortest_ns = master_down_range_ns(version, interval_ns).low
            if streak.longest_gap_ns:
                yield Pause(streak.longest_gap_ns, shortest_ns, streak, None)
            gap = streak.gap_before
            if index and gap is not None and gap.duration_ns > 0:
                yield Pause(gap.duration_ns, shortest_ns, streak, gap.from_)


def _filled(story: RouterStory, pause: Pause) -> bool:
    """True where somebody else advertised meanwhile."""
    streak = pause.streak
    since, until = (pause.since, streak.first) if pause.since else (streak.first, streak.last)
    return any(
        s.sender != streak.sender and s.first < until and s.last > since and s.priority
        for s in story.streaks
    )


def _near_failovers(view: View, story: RouterStory) -> Iterator[Block]:
    pauses = longest_pauses(story)
    if not pauses:
        return
    yield Heading(line("How near a backup came to taking over"), 3)
    near = [pause for pause in pauses if pause.share >= _NEAR] or pauses[:1]
    for pause in near:
        yield Paragraph(line(_near(view, pause)), indent=1, bullet=True)


def _near(view: View, pause: Pause) -> str:
    streak = pause.streak
    name = view.name(streak.sender.address)
    shortest = duration(pause.shortest_down_ns)
    share = f"{pause.share:.0%} of the shortest Master_Down_Interval ({shortest})"
    if pause.since is None:
        first, last = streak.first.ref.number, streak.last.ref.number
        where = f"between frames {first} and {last}"
    else:
        since, until = pause.since.ref.number, streak.first.ref.number
        where = f"from frame {since} to {until}"
    return f"{name} paused for {duration(pause.duration_ns)} {where}: {share}"
