"""What changes in the adverts of one master: priority, interval, adverts that are missing."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from vrrpscope.events.event import Event, EventKind, EventSeverity, milliseconds
from vrrpscope.events.scene import Scene, seconds
from vrrpscope.timeline.model import (
    IntervalChange,
    MissedAdverts,
    PriorityStep,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import Gap, Meanwhile, Sender, Streak, late_after_ns

_Change = TypeVar("_Change", bound=PriorityStep | IntervalChange)

_MEANWHILE = {
    Meanwhile.SENDER_SPOKE: "its host sent other frames meanwhile, so VRRP alone was silent",
    Meanwhile.SENDER_STALLED: "nothing else of its host was seen meanwhile, but other hosts were",
    Meanwhile.CAPTURE_WENT_ON: "others were captured meanwhile",
    Meanwhile.NOTHING_CAPTURED: "nothing at all was captured meanwhile",
}


def find_drops(timeline: Timeline) -> Iterator[Event]:
    """Frames that the capture lost: a silence may be one of the capture."""
    if not timeline.dropped or timeline.last_ns is None:
        return
    since_ns = timeline.dropped_since_ns or timeline.last_ns
    yield Event(
        kind=EventKind.FRAMES_DROPPED,
        key=(str(EventKind.FRAMES_DROPPED), timeline.vantage.id),
        time_ns=since_ns,
        known_ns=min(since_ns, timeline.last_ns),
        vantage=timeline.vantage.id,
        virtual_router=None,
        severity=EventSeverity.WARNING,
        frames=(),
        facts={"frames": timeline.dropped},
        says=f"The capture lost {timeline.dropped} frames: what does not come proves little now.",
    )


def find_changes(scene: Scene) -> Iterator[Event]:
    """Every change in the adverts of a master."""
    story = scene.story
    for step in _each_once(story.steps):
        yield _priority(scene, step)
    for change in _each_once(story.interval_changes):
        yield _interval(scene, change)
    yield from _missed(scene, story.missed)


def _each_once(changes: Iterable[_Change]) -> Iterator[_Change]:
    """Without what a master repeats in another voice: to each unicast peer, in v2 and v3."""
    told: dict[tuple[Sender, object, object], int] = {}
    for change in sorted(changes, key=lambda c: c.after.first):
        before, after = change.before, change.after
        at_ns = after.first.time_ns
        said = (before.priority, before.interval_ns), (after.priority, after.interval_ns)
        key = (after.sender, *said)
        known_ns = told.get(key)
        if known_ns is None or at_ns - known_ns > before.interval_ns:
            told[key] = at_ns
            yield change


def _known_ns(before: Streak, after: Streak) -> int:
    """From when on the earlier run cannot go on beside the later one any more.

    Two daemons behind one address say two things in turn, and none of them changes.
    """
    return max(after.first.time_ns, before.last.time_ns + late_after_ns(before.interval_ns) + 1)


def _priority(scene: Scene, step: PriorityStep) -> Event:
    before, after = step.before.priority, step.after.priority
    facts = {
        "master": str(step.tenure.sender.address),
        "before": before,
        "after": after,
        "change": after - before,
    }
    verb = "fell" if step.is_fall else "rose"
    says = (
        f"The priority of {scene.name(step.tenure.sender)}, master of "
        f"{scene.title(step.tenure)}, {verb} from {before} to {after}."
    )
    return scene.event(
        EventKind.PRIORITY_CHANGED,
        EventSeverity.WARNING if step.is_fall else EventSeverity.NOTICE,
        (step.after.first.time_ns, _known_ns(step.before, step.after)),
        (step.before.last.ref, step.after.first.ref),
        facts,
        says,
        step.after.first.ref.number,
    )


def _interval(scene: Scene, change: IntervalChange) -> Event:
    before_ns, after_ns = change.before.interval_ns, change.after.interval_ns
    facts = {
        "master": str(change.tenure.sender.address),
        "before_ms": milliseconds(before_ns),
        "after_ms": milliseconds(after_ns),
    }
    says = (
        f"{scene.name(change.tenure.sender)}, master of {scene.title(change.tenure)}, now "
        f"advertises an interval of {seconds(after_ns)}; it was {seconds(before_ns)}."
    )
    return scene.event(
        EventKind.INTERVAL_CHANGED,
        EventSeverity.WARNING,
        (change.after.first.time_ns, _known_ns(change.before, change.after)),
        (change.before.last.ref, change.after.first.ref),
        facts,
        says,
        change.after.first.ref.number,
    )


def _missed(scene: Scene, pauses: Iterable[MissedAdverts]) -> Iterator[Event]:
    """Pauses inside of a tenure, each once; a longer one is a master that was silent."""
    told_ns: dict[Sender, int] = {}
    for pause in sorted(pauses, key=lambda p: p.gap.until):
        gap, tenure = pause.gap, pause.tenure
        if gap.from_ < tenure.since:
            continue
        if gap.from_.time_ns < told_ns.get(tenure.sender, gap.from_.time_ns):
            continue
        told_ns[tenure.sender] = gap.until.time_ns
        yield _pause(scene, tenure, gap)


def _pause(scene: Scene, tenure: Tenure, gap: Gap) -> Event:
    interval_ns = tenure.streaks[0].interval_ns
    missing = max(1, round(gap.duration_ns / interval_ns) - 1)
    facts = {
        "master": str(tenure.sender.address),
        "missing_adverts": missing,
        "pause_ms": milliseconds(gap.duration_ns),
        "interval_ms": milliseconds(interval_ns),
        "meanwhile": str(gap.meanwhile),
        "host_frames": gap.sender_frames,
        "ip_id_step": gap.ip_id_step,
    }
    adverts = "1 advert is" if missing == 1 else f"{missing} adverts are"
    says = (
        f"{adverts} missing of {scene.name(tenure.sender)}, master of {scene.title(tenure)}: it "
        f"paused for {seconds(gap.duration_ns)}; {_MEANWHILE[gap.meanwhile]}."
    )
    return scene.event(
        EventKind.ADVERTS_MISSED,
        EventSeverity.WARNING,
        (gap.until.time_ns, gap.until.time_ns),
        (gap.from_.ref, gap.until.ref),
        facts,
        says,
        gap.until.ref.number,
    )
