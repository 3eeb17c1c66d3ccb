"""Captures that lack adverts which were sent: what they do not show may have happened all the same.

A hole in the count of a sender, as long as the adverts that it stands for, is an advert that was
sent and is not here. The path may have lost it, or the capture itself (a busy mirror port, a full
buffer): no packet tells which. Single holes are nothing; several mean that absence proves little.
"""

from collections.abc import Callable

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.timeline.model import RouterStory, Timeline

_FEWEST_HOLES = 3
_MISSED = (Pause.FEW, Pause.PARTLY, Pause.TRANSMITTED)


def lacks_adverts(timeline: Timeline, signs_of: Callable[[RouterStory], Signs]) -> bool:
    """True where several adverts of senders that count were sent and are not in the capture.

    Or where the capture itself says that frames were dropped: any of them may have been an advert.
    """
    if timeline.dropped:
        return True
    holes = 0
    for story in timeline.routers:
        holes += _holes(story, signs_of(story))
        if holes >= _FEWEST_HOLES:
            return True
    return False


def _holes(story: RouterStory, signs: Signs) -> int:
    """Pauses over which the count went on by about as many adverts as the pause is long."""
    found = 0
    for streak in story.streaks:
        gap = streak.gap_before
        if gap is None or gap.ip_id_step is None or signs.pause_before(streak) not in _MISSED:
            continue
        due = gap.duration_ns / streak.interval_ns
        found += abs(gap.ip_id_step - due) <= 1
    return found
