"""Different intervals in VRRPv3: legal, and a backup waits as long as the master's interval says.

RFC 5798 section 6.1: Master_Adver_Interval is learned from the master's adverts, and both the
Master_Down_Interval and the Skew_Time of a backup follow from it. Until it hears the first advert a
router goes by its own interval.
"""

from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.questions.starts import find_starts
from vrrpscope.protocol.timers import master_down_interval_ns
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_EXACT_NS = 10_000_000
"""A take-over that fits another whole number of its own intervals proves nothing about learning."""

_MOST_ADVERTS = 100
"""Greatest `down_timer_adverts` of keepalived."""

_MOST_BEFORE = 8
"""Tenures before a first word that are looked at."""

_JOINING_NS = 150_000_000
"""A daemon joins the group about when its timer begins."""

_SHARE = 20
"""Intervals that differ by less than a twentieth are rounding."""


class Learned(Struct, frozen=True):
    """Two routers of VRRPv3 that advertise at different intervals.

    Attributes:
        slow, quick: the tenures that show the longer and the shorter interval.
        handover: a take-over that waited as long as the other one's longer interval says.
        own_ns: how long it would have waited by its own interval.
        grab: the first word of the quick one right after its start, beside the slow one: its own
            timer ran out before the slow one's next advert was due.
        down_ns: that timer.
    """

    timeline: Timeline
    story: RouterStory
    slow: Tenure
    quick: Tenure
    handover: Handover | None = None
    own_ns: int | None = None
    grab: Mark | None = None
    down_ns: int | None = None

    @property
    def has_waited(self) -> bool:
        """True where a take-over took longer than the new master's own interval asks for."""
        return self.handover is not None


def find_learned(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[Learned]:
    """Each pair of routers once, with the take-over and the start that show it best."""
    found: dict[frozenset[Sender], Learned] = {}
    for learned in (*_by_takeover(timeline, story), *_by_start(timeline, story, signs)):
        pair = frozenset((learned.slow.sender, learned.quick.sender))
        known = found.get(pair)
        found[pair] = learned if known is None else _joined(known, learned)
    for learned in _by_turns(timeline, story):
        found.setdefault(frozenset((learned.slow.sender, learned.quick.sender)), learned)
    yield from found.values()


def _joined(one: Learned, other: Learned) -> Learned:
    return Learned(
        one.timeline,
        one.story,
        one.slow,
        one.quick,
        one.handover or other.handover,
        one.own_ns or other.own_ns,
        one.grab or other.grab,
        one.down_ns or other.down_ns,
    )


def _differ(one: Tenure, other: Tenure) -> bool:
    """True for two routers of VRRPv3 whose intervals differ, and not by rounding alone."""
    versions = {s.advertisement.version for t in (one, other) for s in t.streaks}
    longer = max(one.interval_ns, other.interval_ns)
    apart = abs(one.interval_ns - other.interval_ns) * _SHARE > longer
    return versions == {3} and apart and one.sender != other.sender


def _by_takeover(timeline: Timeline, story: RouterStory) -> Iterator[Learned]:
    """Take-overs that were on time by the old master's longer interval, and by it alone."""
    for handover in story.handovers:
        before, after = handover.before, handover.after
        if handover.kind is not HandoverKind.EXPIRY or not handover.on_time or before is None:
            continue
        if not _differ(before, after) or before.interval_ns < after.interval_ns:
            continue
        own_ns = master_down_interval_ns(3, after.streaks[0].priority, after.interval_ns)
        took_ns = handover.took_ns or 0
        if not _fits_alone(took_ns, own_ns, after.interval_ns):
            yield Learned(timeline, story, before, after, handover, own_ns)


def _fits_alone(took_ns: int, own_ns: int, interval_ns: int) -> bool:
    """True where some `down_timer_adverts` of its own interval would give the same time."""
    steps = round((took_ns - own_ns) / interval_ns)
    return 3 + steps <= _MOST_ADVERTS and (abs(took_ns - own_ns - steps * interval_ns) <= _EXACT_NS)


def _by_start(timeline: Timeline, story: RouterStory, signs: Signs) -> Iterator[Learned]:
    """First words between two adverts of a slower master, which the newcomer yields to at once.

    It must be seen to start: a backup that lost three adverts does the same.
    """
    starting = {router.address for router in find_starts(story).routers.values()}
    for quick in story.tenures:
        first, address = quick.streaks[0], quick.sender.address
        down_ns = master_down_interval_ns(3, first.priority, first.interval_ns)
        since_ns = quick.since.time_ns - down_ns - _JOINING_NS
        if address not in starting or not signs.joined_between(
            address, quick.since._replace(time_ns=since_ns), quick.since
        ):
            continue
        end = bisect_left(story.tenures, quick.since, key=lambda t: t.since)
        for slow in story.tenures[max(0, end - _MOST_BEFORE) : end]:
            if not _differ(slow, quick) or slow.interval_ns <= down_ns:
                continue
            lasted_ns = quick.until.time_ns - quick.since.time_ns
            if slow.since < quick.since < slow.until and lasted_ns <= slow.interval_ns:
                yield Learned(timeline, story, slow, quick, grab=quick.since, down_ns=down_ns)


def _by_turns(timeline: Timeline, story: RouterStory) -> Iterator[Learned]:
    """Masters one after the other, however the role moved."""
    for handover in story.handovers:
        before, after = handover.before, handover.after
        if before is not None and _differ(before, after):
            slow, quick = sorted((before, after), key=lambda t: -t.interval_ns)
            yield Learned(timeline, story, slow, quick)
