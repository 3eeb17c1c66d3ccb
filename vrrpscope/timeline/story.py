"""From streaks to the story: pure functions, each from small values to small values."""

from collections.abc import Iterator

from vrrpscope.observation import VirtualRouter
from vrrpscope.timeline.groups import Group, find_groups, number
from vrrpscope.timeline.handovers import find_handovers
from vrrpscope.timeline.model import (
    MOST_AT_ONCE,
    Announced,
    EndedBy,
    IntervalChange,
    MissedAdverts,
    Overlap,
    PriorityStep,
    RouterStory,
    Silence,
    Tenure,
)
from vrrpscope.timeline.streak import Mark, Streak, late_after_ns
from vrrpscope.timeline.tenures import find_tenures, patience_ns

SETTLED_NS = 50_000_000
"""Give or take that separates "on time" from "late" on every real capture that was measured."""


def tell(
    router: VirtualRouter,
    streaks: tuple[Streak, ...],
    announcements: tuple[Announced, ...],
    end_ns: int,
) -> RouterStory:
    """The story of one virtual router at one vantage; `end_ns` is the capture's latest time."""
    groups = find_groups(streaks)
    # Each group has elections of its own: a stranger takes nobody's role.
    each = [find_tenures(own, end_ns) for own in _own_streaks(streaks, groups)]
    tenures = tuple(sorted((t for own in each for t in own), key=lambda t: t.since))
    handovers = sorted((h for own in each for h in find_handovers(own)), key=lambda h: h.at)
    silences = sorted(
        (s for own in each for s in find_silences(own, end_ns)), key=lambda s: s.since
    )
    return RouterStory(
        router=router,
        streaks=streaks,
        announcements=announcements,
        groups=groups,
        group_numbers=number(groups),
        tenures=tenures,
        handovers=tuple(handovers),
        overlaps=find_overlaps(tenures),
        silences=tuple(silences),
        steps=find_steps(tenures),
        interval_changes=find_interval_changes(tenures),
        missed=find_missed(tenures),
    )


def _own_streaks(
    streaks: tuple[Streak, ...], groups: tuple[Group, ...]
) -> list[tuple[Streak, ...]]:
    """The streaks of each group."""
    if len(groups) == 1:
        return [streaks]
    place = {sender: index for index, group in enumerate(groups) for sender in group}
    own: list[list[Streak]] = [[] for _ in groups]
    for streak in streaks:
        own[place[streak.sender]].append(streak)
    return [tuple(found) for found in own]


def find_overlaps(tenures: tuple[Tenure, ...]) -> tuple[Overlap, ...]:
    """Every pair of tenures that were both on the wire for some time.

    Each is compared with the `MOST_AT_ONCE` that began last before it.
    """
    overlaps = []
    active: list[Tenure] = []
    for tenure in tenures:
        active = [t for t in active[-MOST_AT_ONCE:] if t.until.time_ns > tenure.since.time_ns]
        for other in active:
            if other.sender != tenure.sender:
                overlaps.append(_overlap(other, tenure))
        active.append(tenure)
    return tuple(o for o in overlaps if o.duration_ns > 0)


def _overlap(first: Tenure, second: Tenure) -> Overlap:
    """The overlap of two tenures of which the second began later."""
    sooner = min(first, second, key=lambda t: t.until)
    settled = sooner.ended_by != "capture-ended"
    return Overlap(first, second, second.since, sooner.until, settled)


def find_silences(tenures: tuple[Tenure, ...], end_ns: int) -> tuple[Silence, ...]:
    """Times without any master that no backup's timer explains."""
    silences = []
    latest: Tenure | None = None
    for tenure in tenures:
        if latest is not None:
            silences.append(_silence(latest, tenure, tenure.since.time_ns))
        if latest is None or tenure.until > latest.until:
            latest = tenure
    if latest is not None:
        silences.append(_silence(latest, None, end_ns))
    return tuple(s for s in silences if s.duration_ns > s.allowed_ns + SETTLED_NS)


def _silence(before: Tenure, resumed: Tenure | None, until_ns: int) -> Silence:
    """The time between a tenure and what came next, whatever its length."""
    last = before.streaks[-1]
    since: Mark = max(before.until, last.last)
    return Silence(before, resumed, since, until_ns, patience_ns(last))


def find_steps(tenures: tuple[Tenure, ...]) -> tuple[PriorityStep, ...]:
    """Changes of the effective priority of masters that go on advertising."""
    return tuple(PriorityStep(*turn) for turn in _turns(tenures) if _is_step(*turn[1:]))


def find_interval_changes(tenures: tuple[Tenure, ...]) -> tuple[IntervalChange, ...]:
    """Changes of the advertised interval of masters that go on advertising."""
    return tuple(
        IntervalChange(tenure, before, after)
        for tenure, before, after in _turns(tenures)
        if before.interval_ns != after.interval_ns and not after.sender.is_shared
    )


def _turns(tenures: tuple[Tenure, ...]) -> Iterator[tuple[Tenure, Streak, Streak]]:
    """Every run of a master with the one before it, each voice (version, peer) by itself."""
    for tenure in tenures:
        latest: dict[object, Streak] = {}
        for streak in tenure.streaks:
            voice = (streak.advertisement.version, streak.advertisement.destination)
            if streak.priority == 0:
                continue
            if voice in latest and latest[voice].last <= streak.first:
                yield tenure, latest[voice], streak
            latest[voice] = streak


def find_missed(tenures: tuple[Tenure, ...]) -> tuple[MissedAdverts, ...]:
    """Pauses of masters in which at least one advert is missing.

    A router that yielded or released the role owes none, so its pause is no such one.
    """
    fell_silent = {t.until for t in tenures if t.ended_by is EndedBy.SILENT}
    return tuple(
        MissedAdverts(tenure, gap)
        for tenure in tenures
        for index, streak in enumerate(tenure.streaks)
        if (gap := streak.gap_before) is not None
        and gap.duration_ns > late_after_ns(streak.interval_ns)
        and (index or gap.from_ in fell_silent)
    )


def _is_step(before: Streak, after: Streak) -> bool:
    """True where one router changes its priority from one advert to the next.

    After a pause, or from an address that routers share, it may be another router that speaks.
    """
    pause_ns = after.first.time_ns - before.last.time_ns
    in_time = pause_ns <= late_after_ns(before.interval_ns)
    return before.priority != after.priority and in_time and not after.sender.is_shared
