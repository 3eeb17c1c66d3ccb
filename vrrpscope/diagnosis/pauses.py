"""What a sender did during a pause: it was quiet, restarted, or sent what was not captured.

keepalived from 2.0 on counts its adverts in the IP identification, for each instance from 1, and
wraps to 1 (vrrp_update_pkt). Used only where the stream itself proves that it counts.
"""

from enum import StrEnum

from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import PROOF_COUNT, Mark, Sender, Streak

JOINS = (AnnouncementKind.IGMP_JOIN, AnnouncementKind.MLD_JOIN)
LEAVES = (AnnouncementKind.IGMP_LEAVE, AnnouncementKind.MLD_LEAVE)


class Pause(StrEnum):
    """What a sender did while nothing was heard of it, by its IP identification."""

    QUIET = "quiet"
    """It sent nothing, and was not restarted."""
    FEW = "few"
    """It sent one or two packets that did not come here: an interface that was down, for one."""
    PARTLY = "partly"
    """It sent some of its adverts, and they did not come here."""
    TRANSMITTED = "transmitted"
    """It sent all of its adverts, and they did not come here."""
    RESTARTED = "restarted"
    """It counts anew: the daemon was restarted or reloaded."""
    UNKNOWN = "unknown"
    """It does not count, or that is not proven."""


_FEW_STEPS = 3
_BACKWARDS = 0x8000
"""A step that is greater than half of the numbers is one back."""


def counts(story: RouterStory, sender: Sender) -> bool:
    """True where the stream itself proves that the IP identification is a count of the adverts."""
    streaks = story.streaks_of(sender)
    if any(s.ip_id_counts is False for s in streaks):
        return False
    return sum(s.count - 1 for s in streaks if s.ip_id_counts) >= PROOF_COUNT


def pause_before(story: RouterStory, streak: Streak) -> Pause:
    """What the sender did during the pause before this streak."""
    gap = streak.gap_before
    if gap is None or gap.ip_id_step is None or not counts(story, streak.sender):
        return Pause.UNKNOWN
    step = gap.ip_id_step
    if step > _BACKWARDS or step == 0:
        return Pause.RESTARTED
    if step == 1:
        return Pause.QUIET
    if step <= _FEW_STEPS:
        return Pause.FEW
    due = gap.duration_ns / streak.interval_ns
    return Pause.TRANSMITTED if step >= due - max(1.0, due / 10) else Pause.PARTLY


def is_first_word(story: RouterStory, streak: Streak) -> bool:
    """True where the IP identification proves that the sender sent nothing just before this."""
    if streak.gap_before is not None:
        return pause_before(story, streak) is Pause.QUIET
    return streak.first_ip_id == 1 and counts(story, streak.sender)


def last_sign(
    story: RouterStory, address: Address, kinds: tuple[AnnouncementKind, ...], before: Mark
) -> Mark | None:
    """The last join (or leave) of an address before a moment."""
    marks = [
        a.first
        for a in story.announcements
        if a.kind in kinds and a.subject == address and a.first < before
    ]
    return max(marks, default=None)
