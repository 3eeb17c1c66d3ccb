"""Who was master from when to when.

A sender's streaks belong to one tenure until it releases the role (priority 0), is silent for
longer than any backup would wait or than it would wait itself as one, or is away while somebody
else takes the role.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import itemgetter

from vrrpscope.protocol.timers import master_down_interval_ns, master_down_range_ns
from vrrpscope.timeline.model import EndedBy, Tenure
from vrrpscope.timeline.outdone import Silenced, find_outdone
from vrrpscope.timeline.streak import ANSWER_NS, Mark, Sender, Streak, late_after_ns

_Run = list[Streak]


def patience_ns(streak: Streak) -> int:
    """The longest Master_Down_Interval that any backup could have, hearing this advert."""
    return master_down_range_ns(streak.advertisement.version, streak.interval_ns).high


def find_tenures(streaks: tuple[Streak, ...], end_ns: int) -> tuple[Tenure, ...]:
    """All tenures in the order in which they began; `end_ns` is the capture's latest time."""
    by_sender: dict[Sender, list[Streak]] = {}
    for streak in streaks:
        by_sender.setdefault(streak.sender, []).append(streak)
    runs = [run for own in by_sender.values() for run in _split_by_patience(own)]
    starts = sorted((run[0].first, run[0].sender) for run in runs)
    parts = [part for run in runs for part in _split_by_others(run, starts)]
    silenced = [_silenced(part) for part in parts]
    asked = [s for s in silenced if s is not None and s.due_ns < end_ns]
    outdone = iter(find_outdone(by_sender, asked))
    tenures = []
    for part, silent in zip(parts, silenced, strict=True):
        ended_by = EndedBy.RELEASED
        if silent is not None:
            is_over = silent.due_ns < end_ns
            own = by_sender[silent.last.sender]
            ended_by = _ended_by(silent, is_over and next(outdone), own, end_ns)
        tenures.append(_tenure(part, ended_by))
    return tuple(sorted(tenures, key=lambda t: t.since))


def _split_by_patience(streaks: list[Streak]) -> Iterator[_Run]:
    """One sender's streaks, cut at releases and at silences that no backup would sit out."""
    run: _Run = []
    latest: Mark | None = None
    for streak in streaks:
        if streak.priority == 0:
            # A release by somebody who was no master (a backup that stops) ends nothing.
            if run:
                yield [*run, streak]
            run, latest = [], None
            continue
        if latest is not None and _was_away(run[-1], latest, streak):
            yield run
            run, latest = [], None
        run.append(streak)
        latest = _later(latest, streak)
    if run:
        yield run


def _was_away(before: Streak, latest: Mark, streak: Streak) -> bool:
    """True where the pause is longer than any backup, or the sender itself as one, would wait."""
    pause_ns = streak.first.time_ns - latest.time_ns
    longest_ns = min(patience_ns(before), _own_patience_ns(before))
    return pause_ns > longest_ns and not transmitted_meanwhile(before, streak)


def _own_patience_ns(streak: Streak) -> int:
    """The sender's own Master_Down_Interval, within which it cannot have been a backup."""
    version, interval_ns = streak.advertisement.version, streak.interval_ns
    return master_down_interval_ns(version, streak.priority, interval_ns) - ANSWER_NS


def transmitted_meanwhile(before: Streak, after: Streak) -> bool:
    """True where the IP identification proves that the adverts were sent and not captured.

    Only where the stream itself proves that it counts, and the step fits the pause within a tenth.
    """
    gap = after.gap_before
    if (
        gap is None
        or gap.ip_id_step is None
        or True not in (before.ip_id_counts, after.ip_id_counts)
    ):
        return False
    due = gap.duration_ns / before.interval_ns
    return abs(gap.ip_id_step - due) <= max(1.0, due / 10)


def _split_by_others(run: _Run, starts: list[tuple[Mark, Sender]]) -> Iterator[_Run]:
    """Cuts a run where somebody else began to speak while its sender was late."""
    part: _Run = []
    latest: Mark | None = None
    for streak in run:
        if latest and streak.priority and _replaced(part[-1], latest, streak, starts):
            yield part
            part, latest = [], None
        part.append(streak)
        latest = _later(latest, streak)
    yield part


def _replaced(
    before: Streak, latest: Mark, streak: Streak, starts: list[tuple[Mark, Sender]]
) -> bool:
    """True where the sender was late and another one began meanwhile."""
    if streak.first.time_ns - latest.time_ns <= late_after_ns(before.interval_ns):
        return False
    begin = bisect_right(starts, latest, key=itemgetter(0))
    end = bisect_left(starts, streak.first, key=itemgetter(0))
    return any(starts[index][1] != streak.sender for index in range(begin, end))


def _latest(run: _Run) -> Mark:
    """The last advert of a run; its voices (v2 and v3, unicast peers) end at different times."""
    return max(streak.last for streak in run)


def _later(latest: Mark | None, streak: Streak) -> Mark:
    """The last advert so far; kept as it grows, for a run may have as many streaks as adverts."""
    return streak.last if latest is None else max(latest, streak.last)


def _until(run: _Run) -> Mark:
    """Its last advert with a priority above 0, or its first release."""
    return run[-1].first if run[-1].priority == 0 else _latest(run)


def _silenced(run: _Run) -> Silenced | None:
    """When a sender's next advert was due; None where it released the role."""
    if run[-1].priority == 0:
        return None
    until = _until(run)
    return Silenced(run[-1], until, until.time_ns + late_after_ns(run[-1].interval_ns))


def _tenure(run: _Run, ended_by: EndedBy) -> Tenure:
    """The tenure that a run makes."""
    return Tenure(run[0].sender, tuple(run), run[0].first, _until(run), ended_by)


def _ended_by(silent: Silenced, outdone: bool, own: list[Streak], end_ns: int) -> EndedBy:
    """Why a sender that released nothing is heard no more; `own` are all its streaks."""
    if end_ns <= silent.due_ns:
        return EndedBy.CAPTURE_ENDED
    if outdone:
        return EndedBy.YIELDED
    last = silent.last
    shortest = master_down_range_ns(last.advertisement.version, last.interval_ns).low
    if end_ns - silent.until.time_ns > shortest:
        return EndedBy.SILENT
    return EndedBy.SILENT if own[-1].first > silent.until else EndedBy.CAPTURE_ENDED
