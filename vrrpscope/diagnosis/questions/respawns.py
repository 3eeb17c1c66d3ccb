"""Daemons that died without a word and were started again at once."""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.protocol.timers import HIGHEST_BACKUP_PRIORITY, NS, master_down_interval_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import Gap, Mark, Sender, Streak, late_after_ns

_AT_ONCE_NS = 3 * NS
"""A supervisor starts a daemon again within this; no machine boots that fast."""


class Respawn(Struct, frozen=True):
    """A master fell silent without priority 0, and its new process was running soon after.

    Attributes:
        before, after: the last run of the old process and the first one of the new.
        started_ns: when the new process ran at the latest: its join of the group, or its first
            advert less its own Master_Down_Interval.
        joined: the join that shows it.
        takeover: the hand-over to another router in between.
    """

    timeline: Timeline
    story: RouterStory
    before: Streak
    after: Streak
    gap: Gap
    started_ns: int
    joined: Mark | None
    takeover: Handover | None

    @property
    def sender(self) -> Sender:
        """Whose daemon died."""
        return self.after.sender


def find_respawns(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[Respawn]:
    """Every pause of a master after which it counts from 1 again, too short for a boot."""
    takeovers = {
        h.before.until: h
        for h in story.handovers
        if h.before is not None and h.kind is HandoverKind.EXPIRY
    }
    for after in story.streaks:
        gap = after.gap_before
        if gap is None or after.first_ip_id != 1 or signs.pause_before(after) != Pause.RESTARTED:
            continue
        before = signs.streak_to(after.sender, gap.from_)
        if before is None or not _died(before, after, gap):
            continue
        joined = signs.joined_between(after.sender.address, gap.from_, gap.until)
        started_ns = joined.time_ns if joined else after.first.time_ns - _down_ns(after)
        down_ns = started_ns - gap.from_.time_ns
        if -TOLERANCE_NS <= down_ns <= before.interval_ns + _AT_ONCE_NS:
            takeover = takeovers.get(gap.from_)
            yield Respawn(timeline, story, before, after, gap, started_ns, joined, takeover)


def _died(before: Streak, after: Streak, gap: Gap) -> bool:
    """True where a master stopped without priority 0 and was late; an owner does not wait."""
    spoke = before.priority and 0 < after.priority <= HIGHEST_BACKUP_PRIORITY
    return bool(spoke) and gap.duration_ns > late_after_ns(before.interval_ns)


def _down_ns(after: Streak) -> int:
    """The Master_Down_Interval of a process that just started, by its own interval."""
    advertisement = after.advertisement
    return master_down_interval_ns(advertisement.version, after.priority, after.interval_ns)
