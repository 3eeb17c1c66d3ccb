"""How the role moved, how long it took, and how long the timers allow.

The clock of a take-over runs from the last advert that the new master *accepted*. A backup that
preempts discards adverts of a lower priority than its own (RFC 5798 section 6.4.2), so the advert
that was seen last is often not the one that counts.
"""

from vrrpscope.protocol.election import outranks
from vrrpscope.protocol.timers import Range, master_down_interval_ns, skew_time_ns
from vrrpscope.timeline.model import EndedBy, Handover, HandoverKind, Tenure
from vrrpscope.timeline.streak import ANSWER_NS, Mark, Streak, late_after_ns

TOLERANCE_NS = 50_000_000
"""Give or take of a timer on the wire: every real capture that was measured stays within it."""


def find_handovers(tenures: tuple[Tenure, ...]) -> tuple[Handover, ...]:
    """Every change of the master, the first master included, in the order of time."""
    handovers: list[Handover] = []
    holder: Tenure | None = None
    for tenure in tenures:
        if holder is None:
            handovers.append(Handover(None, tenure, HandoverKind.FIRST, tenure.since))
        elif holder.sender != tenure.sender:
            handover = _handover(holder, tenure)
            if handover is None:
                continue
            handovers.append(handover)
        holder = tenure
    return tuple(sorted(handovers, key=lambda h: h.at))


def _handover(holder: Tenure, after: Tenure) -> Handover | None:
    """How the role passed to `after`; None where the holder kept it."""
    due_ns = holder.until.time_ns + late_after_ns(holder.interval_ns)
    if after.since.time_ns > due_ns or _released_before(holder, after):
        return _after_the_end(holder, after)
    gave_way_ns = after.since.time_ns + late_after_ns(holder.interval_ns)
    if holder.until.time_ns <= gave_way_ns and holder.ended_by != EndedBy.CAPTURE_ENDED:
        if outranks(after.streaks[0].advertisement, _last_spoken(holder).advertisement):
            return _preemption(holder, after)
        if after.until > holder.until:
            return Handover(holder, after, HandoverKind.UNEXPLAINED, after.since)
        return None
    # Both go on: the role passes when the holder gives way, if it does.
    if after.until > holder.until and holder.ended_by != EndedBy.CAPTURE_ENDED:
        return Handover(holder, after, HandoverKind.CONTEST, holder.until)
    return None


def _released_before(holder: Tenure, after: Tenure) -> bool:
    """True where the holder had given up the role when the other one began."""
    return holder.ended_by is EndedBy.RELEASED and holder.until <= after.since


def _last_spoken(tenure: Tenure) -> Streak:
    """The last streak with a priority above 0."""
    return [s for s in tenure.streaks if s.priority][-1]


def _after_the_end(holder: Tenure, after: Tenure) -> Handover:
    """A hand-over after the holder had released the role or fallen silent."""
    new = after.streaks[0].advertisement
    interval_ns = holder.interval_ns
    if holder.ended_by is EndedBy.RELEASED:
        began = min(holder.streaks[-1].last, after.since)
        skew_ns = skew_time_ns(new.version, new.priority, interval_ns)
        return _timed(holder, after, HandoverKind.RELEASE, began, skew_ns, 0)
    down_ns = master_down_interval_ns(new.version, new.priority, interval_ns)
    heard = holder.until
    accepted = _last_accepted(holder, after)
    if accepted is not None and accepted != heard:
        strict = _timed(
            holder, after, HandoverKind.EXPIRY, accepted, down_ns, _adverts_after(holder, accepted)
        )
        if strict.on_time:
            return strict
    return _timed(holder, after, HandoverKind.EXPIRY, heard, down_ns, 0)


def _preemption(holder: Tenure, after: Tenure) -> Handover:
    """A better router takes over from a master that is alive and gives way.

    Its timer ran from the last advert that it accepted, where the holder ever sent one of a
    priority that it had to accept; a router that was still starting counted from its own start,
    which no frame shows.
    """
    accepted = _last_accepted(holder, after)
    together = after.since.time_ns - holder.since.time_ns <= ANSWER_NS
    if accepted is None or together:
        # Where both began at once, their timers ran from somebody else's advert.
        return Handover(holder, after, HandoverKind.PREEMPTION, after.since)
    new = after.streaks[0].advertisement
    down_ns = master_down_interval_ns(new.version, new.priority, holder.interval_ns)
    discarded = _adverts_after(holder, accepted)
    return _timed(holder, after, HandoverKind.PREEMPTION, accepted, down_ns, discarded)


def _last_accepted(holder: Tenure, after: Tenure) -> Mark | None:
    """The holder's last advert before the take-over that a preempting backup accepts."""
    own_priority = after.streaks[0].priority
    marks = [s.last for s in holder.streaks if s.priority >= own_priority and s.last < after.since]
    marks += [
        word.mark
        for word in after.streaks[0].heard
        if word.sender == holder.sender and word.advertisement.priority >= own_priority
    ]
    return max(marks, default=None)


def _adverts_after(holder: Tenure, accepted: Mark) -> int:
    """Adverts of the holder after the one that was accepted last."""
    return sum(s.count for s in holder.streaks if s.first > accepted and s.priority)


def _timed(
    holder: Tenure,
    after: Tenure,
    kind: HandoverKind,
    began: Mark,
    expected_ns: int,
    discarded: int,
) -> Handover:
    """A hand-over that a timer governs."""
    took_ns = after.since.time_ns - began.time_ns
    return Handover(
        before=holder,
        after=after,
        kind=kind,
        at=after.since,
        counted_from=began,
        took_ns=took_ns,
        expected_ns=Range(expected_ns, expected_ns),
        discarded=discarded,
        on_time=abs(took_ns - expected_ns) <= TOLERANCE_NS,
    )
