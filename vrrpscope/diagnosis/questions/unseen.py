"""Masters whose adverts do not come here for a while although they go on sending.

The IP identification shows that they sent. What else came of them tells what kept the adverts back:
a master that hears a lesser one announces its addresses anew each time (keepalived:
vrrp_state_master_rx), and a network in two parts lets nothing through at all.
"""

from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.election import outranks
from vrrpscope.timeline.model import Announced, Handover, HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import Gap, Sender, Streak

_CLAIMS = (AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.UNSOLICITED_NA)
_STRAY_FRAMES = 3
"""So many frames may have come between the last advert before a cut and the cut, or after it."""
_FEWEST_ADVERTS = 2
_LATE = 0.25


class UnseenMaster(Struct, frozen=True):
    """A master sent on, nothing of that came here, and a backup took over.

    Attributes:
        handover: from the one that is not seen to the backup.
        returned: its first run after the pause.
        pause: what its IP identification says: it sent all of its adverts, or some.
        spoke: adverts of the new master during the pause, as far as whole runs tell.
        claims: announcements of the virtual addresses that came from the old one after the new one
            had begun.
        yielded: it sent just as many adverts as were due until the new master spoke, and then none:
            it heard that one and gave way.
    """

    timeline: Timeline
    story: RouterStory
    handover: Handover
    returned: Streak
    gap: Gap
    pause: Pause
    spoke: int
    claims: int
    yielded: bool

    @property
    def old(self) -> Sender:
        """Whose adverts did not come."""
        return self.returned.sender

    @property
    def new(self) -> Sender:
        """Who took over."""
        return self.handover.after.sender

    @property
    def is_heard_of(self) -> bool:
        """True where other frames of the old master came."""
        return self.claims > 0 or self.gap.sender_frames > _STRAY_FRAMES

    @property
    def hears(self) -> bool:
        """True where the old master answered the new one's adverts, or gave way to it."""
        return self.yielded or self.claims >= max(self.spoke, _FEWEST_ADVERTS)

    @property
    def would_answer(self) -> bool:
        """True where a keepalived that hears the new master would have answered it by now."""
        spoken = self.spoke >= _FEWEST_ADVERTS and self.pause is Pause.TRANSMITTED
        better = outranks(self.returned.advertisement, self.handover.after.streaks[0].advertisement)
        return spoken and better


def find_unseen(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[UnseenMaster]:
    """Every hand-over from a master that was sending all the while."""
    claims = _claims_by_mac(story)
    for handover in story.handovers:
        before = handover.before
        if before is None or handover.kind is not HandoverKind.EXPIRY:
            continue
        returned = signs.next_streak(before.sender, before.until)
        if returned is None or returned.gap_before is None:
            continue
        pause, gap = signs.pause_before(returned), returned.gap_before
        if pause not in (Pause.TRANSMITTED, Pause.PARTLY):
            continue
        yield UnseenMaster(
            timeline,
            story,
            handover,
            returned,
            gap,
            pause,
            _spoke(handover, gap),
            _claims(claims.get(before.sender.mac, []), handover, gap),
            pause is Pause.PARTLY and _has_yielded(handover, gap, before.interval_ns),
        )


def _spoke(handover: Handover, gap: Gap) -> int:
    """Adverts of the new master during a pause, by the pace of its runs."""
    until_ns = gap.until.time_ns
    spoken_ns = min(handover.after.until.time_ns, until_ns) - handover.at.time_ns
    return spoken_ns // handover.after.interval_ns + 1


def _claims_by_mac(story: RouterStory) -> dict[str, list[Announced]]:
    """Announcements of the virtual addresses by their MAC, in the order of time."""
    found: dict[str, list[Announced]] = {}
    for said in sorted(story.announcements, key=lambda a: a.first):
        if said.kind in _CLAIMS:
            found.setdefault(said.mac, []).append(said)
    return found


def _claims(said: list[Announced], handover: Handover, gap: Gap) -> int:
    """Announcements of the old master between the take-over and its return."""
    assert handover.before is not None
    if handover.before.sender.mac == handover.after.sender.mac:
        return 0
    low = bisect_left(said, handover.at, key=lambda a: a.last)
    high = bisect_left(said, gap.until, key=lambda a: a.first)
    return sum(said[index].count for index in range(low, high))


def _has_yielded(handover: Handover, gap: Gap, interval_ns: int) -> bool:
    """True where it sent what was due until the new master spoke, and no more."""
    assert gap.ip_id_step is not None
    due = (handover.at.time_ns - gap.from_.time_ns) / interval_ns
    sent = gap.ip_id_step - 1
    return due - 1 - _LATE <= sent <= due + 1 + _LATE
