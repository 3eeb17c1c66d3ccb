"""Whether adverts that did not come to a place are why there were two masters.

A capture can lack adverts for other reasons: it lost them itself, or has a filter. Then nothing
happens in the network. A backup that takes over one Master_Down_Interval after the last advert that
came shows that it did not get the others either.
"""

from vrrpscope.diagnosis.questions.disagreements import differences
from vrrpscope.diagnosis.questions.reception import OUTAGE_ADVERTS, Hole, Reception
from vrrpscope.diagnosis.questions.terms import terms_of
from vrrpscope.observation import JOINS
from vrrpscope.protocol.timers import master_down_interval_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.streak import Mark, Sender, Streak

_V3 = 3

_STARTING_NS = 500_000_000
"""A daemon joins the group and starts its timer within this."""
_FEW_FRAMES = 3

_Span = tuple[int, int]


def were_two_masters(reception: Reception, hole: Hole, others: list[Streak]) -> bool:
    """True where two were master of one address beside each other, and were not so before.

    `others` are the runs of the other master at the vantage that lacks the adverts. Two that were
    heard there beside each other before the first missing advert have another reason.
    """
    if hole.before is not None and others[0].first < hole.before:
        return False
    own = [
        s
        for s in reception.story.streaks
        if s.sender == reception.sender
        and s.priority
        and s.first.time_ns <= hole.until_ns
        and s.last.time_ns >= hole.since_ns
    ]
    held = [{a for s in runs for a in s.advertisement.addresses} for runs in (own, others)]
    if all(held) and held[0].isdisjoint(held[1]):
        return False
    back = reception.clock.reversed()
    moved = [(a + back.offset_at(a), b + back.offset_at(b)) for a, b in _spans(others)]
    return any(_touch(mine, theirs) for mine in _spans(own) for theirs in moved)


def _spans(streaks: list[Streak]) -> list[_Span]:
    """The times in which a sender spoke, without a pause in which it may have been a backup."""
    spans: list[_Span] = []
    for streak in streaks:
        first_ns, last_ns = streak.first.time_ns, streak.last.time_ns
        if spans and first_ns - spans[-1][1] <= OUTAGE_ADVERTS * streak.interval_ns:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last_ns))
        else:
            spans.append((first_ns, last_ns))
    return spans


def _touch(one: _Span, other: _Span) -> bool:
    """True where two spoke at once; one advert of the one between two of the other is enough."""
    return one[0] < other[1] and other[0] < one[1]


def took_over_on_time(reception: Reception, hole: Hole, began: Streak) -> bool:
    """True where the other master had accepted the last advert that came, and had none since.

    One that differs from the sender, or that has just started, is master for another reason.
    """
    if hole.before is None or _has_another_reason(reception, hole.before, began):
        return False
    said, interval_ns = began.advertisement, began.interval_ns
    if said.version == _V3:
        # A backup of VRRPv3 goes by the interval that its master advertises.
        interval_ns = max(
            s.interval_ns for s in reception.story.streaks if s.sender == reception.sender
        )
    down_ns = master_down_interval_ns(said.version, said.priority, interval_ns)
    waited_ns = began.first.time_ns - hole.before.time_ns
    return abs(waited_ns - down_ns) <= TOLERANCE_NS


def _has_another_reason(reception: Reception, before: Mark, began: Streak) -> bool:
    """True where the other master rejects the sender's adverts, or started about then."""
    theirs = reception.theirs
    assert theirs is not None
    since_ns = before.time_ns - began.interval_ns
    started = any(
        a.kind in JOINS
        and a.is_by(began.sender)
        and since_ns < a.first.time_ns < began.first.time_ns
        for a in theirs.announcements
    )
    terms = terms_of(began.advertisement)
    own = [s for s in theirs.streaks if s.sender == reception.sender]
    return started or any(differences(terms_of(s.advertisement), terms) for s in own)


def started_late(reception: Reception, hole: Hole, other: Sender, began: Mark) -> bool:
    """True where the other vantage shows a router that starts and hears nobody for a while.

    Nothing but its own frames is to be seen there before the first advert of the other one, and it
    became master one Master_Down_Interval after it had joined the group.
    """
    if hole.before is not None or hole.after is None:
        return False
    theirs = reception.theirs
    assert theirs is not None
    joins = [
        a.first.time_ns
        for a in theirs.announcements
        if a.kind in JOINS and a.is_by(other) and a.first < began
    ]
    own = [s for s in theirs.streaks if s.sender == other and s.first < hole.after]
    if not joins or not own:
        return False
    first = own[0].advertisement
    down_ns = master_down_interval_ns(first.version, first.priority, own[0].interval_ns)
    waited_ns = began.time_ns - min(joins)
    alone = hole.frames <= own[-1].sender_frames[1] + _FEW_FRAMES
    return alone and abs(waited_ns - down_ns) <= _STARTING_NS
