"""Masters that gave the role up and were master again after their own Skew_Time.

keepalived does that when a virtual address is removed from it (set_vrrp_backup() in
keepalived_netlink.c: "We want a quick transition back to master"), and at no other time: after
FAULT and after a start it waits a whole Master_Down_Interval.
"""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.protocol.timers import HIGHEST_BACKUP_PRIORITY, skew_time_ns
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline

_FITTING_NS = 20_000_000
"""A timer of keepalived runs out this precisely on the wire; v3 at short intervals even closer."""
_FITTING_PART = 4


class Reelection(Struct, frozen=True):
    """A master said priority 0 once, and was the next master itself, one Skew_Time later.

    Attributes:
        skew_ns: its own Skew_Time; took_ns: from its priority 0 to its next advert.
        is_same_process: its IP identification went on by one.
    """

    timeline: Timeline
    story: RouterStory
    released: Tenure
    resumed: Tenure
    skew_ns: int
    took_ns: int
    is_same_process: bool


def find_reelections(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[Reelection]:
    """Every pair of tenures of one sender, with a priority 0 and one Skew_Time in between."""
    for index, released in enumerate(story.tenures[:-1]):
        resumed = story.tenures[index + 1]
        if released.sender != resumed.sender or released.ended_by is not EndedBy.RELEASED:
            continue
        first, release = resumed.streaks[0], released.streaks[-1]
        pause = signs.pause_before(first)
        once = release.count == 1 and 0 < first.priority <= HIGHEST_BACKUP_PRIORITY
        if not once or pause not in (Pause.QUIET, Pause.UNKNOWN):
            continue
        version = first.advertisement.version
        skew_ns = skew_time_ns(version, first.priority, first.interval_ns)
        took_ns = resumed.since.time_ns - release.last.time_ns
        if abs(took_ns - skew_ns) <= min(_FITTING_NS, skew_ns // _FITTING_PART):
            same = pause is Pause.QUIET
            yield Reelection(timeline, story, released, resumed, skew_ns, took_ns, same)
