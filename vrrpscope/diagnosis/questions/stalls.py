"""Pauses of a master that lived and did not run: its daemon, or its whole machine, stood still.

A daemon that goes on finds its own timer expired, and in its socket every advert that came
meanwhile. It sends one advert for the timer, and answers each lower one that waited (keepalived
vrrp_state_master_rx()): a burst within milliseconds. A router that ran would have answered each of
them when it came.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Role, Step
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import EndedBy, Handover, HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import ANSWER_NS, Gap, LastWord, Sender, Streak, late_after_ns

_AT_ONCE = 10
"""Hundredths of the interval: adverts closer together than that are no beat, but a burst."""

_FEWEST_BEATS = 4
"""Frames of a host that show how often it usually sends."""

_FEWEST_MISSED_BEATS = 3
"""A host that sends once a second and is silent for three seconds has stopped."""


class Host(StrEnum):
    """What the sender's host did while its VRRP daemon said nothing."""

    LIVED = "lived"
    """It sent other frames."""
    STOOD_STILL = "stood-still"
    """It had been sending other frames all along, and sent none while others did."""
    UNKNOWN = "unknown"
    """It hardly ever sends anything else here."""


class Stall(Struct, frozen=True):
    """A master was late, said no priority 0, and went on as the same process that had sent nothing.

    Attributes:
        pause: QUIET, or UNKNOWN where the sender does not count.
        burst: adverts that followed the first one at once, as answers to those that had waited.
        meanwhile: the last words of the others who advertised during the pause.
        takeover: the hand-over to another router during the pause.
        host: what its host did meanwhile.
    """

    timeline: Timeline
    story: RouterStory
    before: Streak
    after: Streak
    gap: Gap
    pause: Pause
    burst: int
    meanwhile: tuple[LastWord, ...]
    takeover: Handover | None
    host: Host

    @property
    def sender(self) -> Sender:
        """Who stood still."""
        return self.after.sender

    def witnessed(self, name: str) -> Iterator[Step]:
        """The steps that show the pause of a master that is called so."""
        refs = (self.gap.from_.ref, self.gap.until.ref)
        yield Step(
            f"{name} was master, sent an advert in frame {refs[0].number}, and the next one "
            f"{Duration(self.gap.duration_ns)} later, in frame {refs[1].number}, without "
            "priority 0",
            Basis.SEEN,
            refs,
            role=Role.LET,
        )
        if self.pause is Pause.QUIET:
            yield Step(
                "its IP identification, which keepalived raises by one with each advert, went on "
                "by one: the same process, which had sent nothing",
                Basis.SEEN,
                refs,
                "keepalived vrrp_update_pkt()",
            )


def find_stalls(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[Stall]:
    """Every pause of a master that kept its role, or lost it by the pause, and sent nothing."""
    fell_silent = {t.until for t in story.tenures if t.ended_by is EndedBy.SILENT}
    takeovers = {
        h.before.until: h
        for h in story.handovers
        if h.before is not None and h.kind is HandoverKind.EXPIRY
    }
    for tenure in story.tenures:
        for index, after in enumerate(tenure.streaks):
            gap = after.gap_before
            if gap is None or not (index or gap.from_ in fell_silent):
                continue
            before = signs.streak_to(after.sender, gap.from_)
            if before is None or not _is_stall(signs, before, after, gap):
                continue
            waiting = tuple(w for w in after.heard if gap.from_ < w.mark < gap.until)
            yield Stall(
                timeline=timeline,
                story=story,
                before=before,
                after=after,
                gap=gap,
                pause=signs.pause_before(after),
                burst=_burst(before, after, waiting, takeovers.get(gap.from_)),
                meanwhile=waiting,
                takeover=takeovers.get(gap.from_),
                host=host_during(gap, before.interval_ns),
            )


def _is_stall(signs: Signs, before: Streak, after: Streak, gap: Gap) -> bool:
    """True where the sender was late, gave nothing up, and was neither restarted nor sending."""
    spoke = before.priority and after.priority and not after.sender.is_shared
    late = gap.duration_ns > late_after_ns(before.interval_ns)
    return bool(spoke) and late and signs.pause_before(after) in (Pause.QUIET, Pause.UNKNOWN)


def _burst(
    before: Streak, after: Streak, waiting: tuple[LastWord, ...], takeover: Handover | None
) -> int:
    """Adverts at the begin of a run that came at once, one after the other.

    Where others go on speaking, early adverts are answers to those; and where copies of one packet
    cannot be told apart (IPv6), a run that always came in pairs shows no burst. Whom strangers keep
    silent answers in bursts too, where two backups take over at once: but at once, and not later.
    """
    spoken = [w.mark for w in waiting if w.advertisement.priority]
    if after.followed > 1 or not spoken:
        return 0
    first = min([*spoken, takeover.at] if takeover is not None else spoken)
    if after.first.time_ns - first.time_ns < ANSWER_NS:
        return 0
    if before.first_ip_id is None and any(pace < _AT_ONCE for pace in before.paces):
        return 0
    return sum(count for pace, count in after.paces.items() if pace < _AT_ONCE)


def host_during(gap: Gap, interval_ns: int) -> Host:
    """What the host did between the first advert that was missed and the end of the pause."""
    since_ns = gap.from_.time_ns + interval_ns
    until_ns = gap.until.time_ns - interval_ns // 2
    if any(since_ns < t < until_ns for t in gap.host_seen):
        return Host.LIVED
    before = [t for t in gap.host_seen if t <= since_ns]
    if len(before) < _FEWEST_BEATS or not gap.capture_frames:
        return Host.UNKNOWN
    beats = [b - a for a, b in pairwise(before)]
    stopped = until_ns - since_ns >= _FEWEST_MISSED_BEATS * max(beats)
    return Host.STOOD_STILL if stopped else Host.UNKNOWN
