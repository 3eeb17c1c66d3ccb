"""Routers that became master right after their start, beside a master that was on the wire."""

from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.disagreements import compare
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.protocol.election import outranks
from vrrpscope.protocol.timers import HIGHEST_BACKUP_PRIORITY, NS, master_down_interval_ns
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Streak, late_after_ns

_FITTING_NS = 150_000_000
"""From the first report of a kernel to the first advert: a Master_Down_Interval, give or take."""

_MOST = 100
"""Starts of one virtual router that are told."""

_SHORT_NS = 30 * NS
"""Two masters for longer than this have more wrong than a network that came up late."""


class BootGrab(Struct, frozen=True):
    """A router that joined the group and was master one Master_Down_Interval later.

    Attributes:
        newcomer, holder: its first tenure, and the one of the master that was on the wire
            meanwhile.
        joined: its report for the group.
        heard: the master's run on the wire while it waited.
        down_ns: its own Master_Down_Interval; waited_ns: from its report to its first advert.
        should_wait: the master's priority is as high or higher, so that it should have stayed a
            backup, whatever its configuration; otherwise only nopreempt would have kept it one.
        until: the end of the contest: the last advert of the one that gave way.
    """

    timeline: Timeline
    story: RouterStory
    newcomer: Tenure
    holder: Tenure
    joined: Mark
    heard: Streak
    down_ns: int
    waited_ns: int
    should_wait: bool
    until: Mark


def find_boot_grabs(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[BootGrab]:
    """Every router whose first word came one timer after its start, beside a master."""
    fitting = 0
    for tenure in story.tenures:
        if fitting >= _MOST:
            return
        streak = tenure.streaks[0]
        joined = _started(signs, tenure)
        if joined is None or not 0 < streak.priority <= HIGHEST_BACKUP_PRIORITY:
            continue
        for holder in _beside(story, tenure, joined):
            grab = _grab(timeline, story, tenure, holder, joined)
            if grab is not None:
                fitting += 1
                yield grab
                break


def _started(signs: Signs, tenure: Tenure) -> Mark | None:
    """The report with which the router that begins to speak had just started."""
    streak = tenure.streaks[0]
    gap = streak.gap_before
    if streak.first_ip_id not in (None, 1) or (gap is not None and not signs.is_first_word(streak)):
        return None
    since = gap.from_ if gap is not None else None
    return signs.first_join(tenure.sender.address, since, tenure.since)


def _beside(story: RouterStory, tenure: Tenure, joined: Mark) -> list[Tenure]:
    """The tenures of others that had begun before the start and went on until the first word."""
    end = bisect_left(story.tenures, joined, key=lambda t: t.since)
    return [
        t
        for t in story.tenures[max(0, end - 8) : end]
        if t.sender != tenure.sender
        and t.until.time_ns >= tenure.since.time_ns - late_after_ns(t.interval_ns)
        and not (t.ended_by is EndedBy.RELEASED and t.until < tenure.since)
    ]


def _grab(
    timeline: Timeline, story: RouterStory, newcomer: Tenure, holder: Tenure, joined: Mark
) -> BootGrab | None:
    """The grab, where the time fits, the two understand each other, and one gave way soon."""
    first = newcomer.streaks[0]
    index = bisect_left(holder.streaks, newcomer.since, key=lambda s: s.first)
    heard = holder.streaks[max(0, index - 1)]
    version = first.advertisement.version
    down_ns = master_down_interval_ns(version, first.priority, first.interval_ns)
    waited_ns = newcomer.since.time_ns - joined.time_ns
    fits = abs(waited_ns - down_ns) <= _FITTING_NS
    if not heard.priority or heard.first > joined or not fits:
        return None
    if heard.interval_ns > down_ns:
        # VRRPv3: it goes by its own, shorter interval until it hears the master's first advert.
        return None
    comparison = compare(story, newcomer.sender, holder.sender, newcomer.since)
    if comparison is None or comparison.fields or comparison.flaws:
        return None
    loser = newcomer if outranks(heard.advertisement, first.advertisement) else holder
    lasted_ns = loser.until.time_ns - newcomer.since.time_ns
    if loser.ended_by is not EndedBy.YIELDED or lasted_ns > _SHORT_NS:
        return None
    waits = heard.priority >= first.priority
    until = max(loser.until, newcomer.since)
    return BootGrab(
        timeline, story, newcomer, holder, joined, heard, down_ns, waited_ns, waits, until
    )
