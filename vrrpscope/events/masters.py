"""Who is master: the first one, every other one, and when there is none."""

from collections.abc import Iterator

from vrrpscope.events.event import Event, EventKind, EventSeverity, milliseconds
from vrrpscope.events.scene import Scene, late_ns, over_ns, overdue_ns, seconds
from vrrpscope.timeline.model import EndedBy, Handover, HandoverKind, Silence, Tenure
from vrrpscope.timeline.story import SETTLED_NS

_HOW = {
    HandoverKind.RELEASE: "which had given the role up (priority 0)",
    HandoverKind.EXPIRY: "which had fallen silent",
    HandoverKind.PREEMPTION: "which gave way to the higher rank",
    HandoverKind.CONTEST: "after both had been master at once",
    HandoverKind.UNEXPLAINED: "and no election explains that",
}


def find_masters(scene: Scene) -> Iterator[Event]:
    """Every event about the role of master in one virtual router."""
    for handover in scene.story.handovers:
        if handover.before is None:
            yield _appeared(scene, handover)
        else:
            yield _changed(scene, handover, handover.before)
    for tenure in scene.story.tenures:
        if tenure.ended_by is EndedBy.RELEASED:
            yield _resigned(scene, tenure)
        if _is_overdue(scene, tenure):
            yield _silent(scene, tenure)
        again = scene.next_of(tenure)
        if again is not None and _was_gone(tenure, again):
            yield _back(scene, tenure, again)
    for silence in scene.story.silences:
        yield _nobody(scene, silence)


def _appeared(scene: Scene, handover: Handover) -> Event:
    master = handover.after
    facts = {
        "master": str(master.sender.address),
        "mac": master.sender.mac,
        "priority": master.streaks[0].priority,
        "interval_ms": milliseconds(master.streaks[0].interval_ns),
        "addresses": [str(a) for a in master.streaks[0].advertisement.addresses],
    }
    says = (
        f"{scene.name(master.sender)} is master of {scene.title(master)} with priority "
        f"{master.streaks[0].priority}, the first one that this capture shows."
    )
    return scene.event(
        EventKind.MASTER_APPEARED,
        EventSeverity.INFO,
        (handover.at.time_ns, handover.at.time_ns),
        (master.since.ref,),
        facts,
        says,
        master.since.ref.number,
    )


def _changed(scene: Scene, handover: Handover, before: Tenure) -> Event:
    after = handover.after
    expected = handover.expected_ns
    facts = {
        "before": str(before.sender.address),
        "after": str(after.sender.address),
        "handover": str(handover.kind),
        "priority_before": before.last_priority,
        "priority_after": after.streaks[0].priority,
        "took_ms": milliseconds(handover.took_ns),
        "allowed_low_ms": milliseconds(expected.low if expected else None),
        "allowed_high_ms": milliseconds(expected.high if expected else None),
        "on_time": handover.on_time,
        "ignored_adverts": handover.discarded,
    }
    marks = (handover.counted_from, before.until, after.since)
    frames = tuple(dict.fromkeys(mark.ref for mark in sorted(m for m in marks if m)))
    return scene.event(
        EventKind.MASTER_CHANGED,
        _weight(handover),
        (handover.at.time_ns, scene.known_from_ns(handover)),
        frames,
        facts,
        _says_changed(scene, handover, before),
        after.since.ref.number,
    )


def _weight(handover: Handover) -> EventSeverity:
    """A planned move is worth noting; one after a silence, or at the wrong time, a look."""
    planned = handover.kind in (HandoverKind.RELEASE, HandoverKind.PREEMPTION)
    if planned and handover.on_time is not False:
        return EventSeverity.NOTICE
    return EventSeverity.WARNING


def _says_changed(scene: Scene, handover: Handover, before: Tenure) -> str:
    after = handover.after
    text = (
        f"{scene.name(after.sender)} took {scene.title(after)} over from "
        f"{scene.name(before.sender)}, {_HOW[handover.kind]}: priority "
        f"{after.streaks[0].priority} after {before.last_priority}"
    )
    if handover.took_ns is None or handover.expected_ns is None:
        return f"{text}."
    timing = "in time" if handover.on_time else "not in time"
    return (
        f"{text}; it took {seconds(handover.took_ns)}, {timing} (the timers allow "
        f"{seconds(handover.expected_ns.high)})."
    )


def _resigned(scene: Scene, tenure: Tenure) -> Event:
    held_ns = tenure.until.time_ns - tenure.since.time_ns
    facts = {
        "master": str(tenure.sender.address),
        "priority": tenure.last_priority,
        "held_ms": milliseconds(held_ns),
    }
    says = (
        f"{scene.name(tenure.sender)} gave {scene.title(tenure)} up (priority 0), of which it had "
        f"been master for {seconds(held_ns)}."
    )
    return scene.event(
        EventKind.MASTER_RESIGNED,
        EventSeverity.NOTICE,
        (tenure.until.time_ns, tenure.until.time_ns),
        (tenure.until.ref,),
        facts,
        says,
        tenure.until.ref.number,
    )


def _is_overdue(scene: Scene, tenure: Tenure) -> bool:
    """True where a master stopped and stayed silent until a backup might have taken over."""
    if tenure.ended_by is not EndedBy.SILENT:
        return False
    again = scene.next_of(tenure)
    until_ns = scene.now_ns if again is None else again.since.time_ns
    return until_ns > overdue_ns(tenure).low


def _silent(scene: Scene, tenure: Tenure) -> Event:
    due = overdue_ns(tenure)
    last_ns = tenure.until.time_ns
    facts = {
        "master": str(tenure.sender.address),
        "priority": tenure.last_priority,
        "last_advert_ns": last_ns,
        "interval_ms": milliseconds(tenure.interval_ns),
        "deadline_ns": due.low,
        "latest_deadline_ns": due.high,
    }
    says = (
        f"{scene.name(tenure.sender)}, master of {scene.title(tenure)} with priority "
        f"{tenure.last_priority}, has been silent for {seconds(due.low - last_ns)} without having "
        f"given the role up: a backup that hears nothing either takes over now, and "
        f"{seconds(due.high - last_ns)} after the last advert at the latest."
    )
    return scene.event(
        EventKind.MASTER_SILENT,
        EventSeverity.WARNING,
        (due.low, due.low + 1),
        (tenure.until.ref,),
        facts,
        says,
        tenure.until.ref.number,
    )


def _was_gone(before: Tenure, again: Tenure) -> bool:
    """True where a master came back after it had resigned, or had been overdue."""
    if before.ended_by is EndedBy.RELEASED:
        return True
    return before.ended_by is EndedBy.SILENT and again.since.time_ns > overdue_ns(before).low


def _back(scene: Scene, before: Tenure, again: Tenure) -> Event:
    away_ns = again.since.time_ns - before.until.time_ns
    released = before.ended_by is EndedBy.RELEASED
    facts = {
        "master": str(again.sender.address),
        "priority": again.streaks[0].priority,
        "away_ms": milliseconds(away_ns),
        "had": "resigned" if released else "fallen silent",
    }
    how = "it gave the role up" if released else "its last advert"
    says = (
        f"{scene.name(again.sender)} advertises {scene.title(again)} again, with priority "
        f"{again.streaks[0].priority}, {seconds(away_ns)} after {how}."
    )
    return scene.event(
        EventKind.MASTER_BACK,
        EventSeverity.NOTICE,
        (again.since.time_ns, again.since.time_ns),
        (before.until.ref, again.since.ref),
        facts,
        says,
        again.since.ref.number,
    )


def _nobody(scene: Scene, silence: Silence) -> Event:
    since_ns = silence.since.time_ns
    deadline_ns = since_ns + silence.allowed_ns + SETTLED_NS
    facts = {
        "last_master": str(silence.before.sender.address),
        "last_advert_ns": since_ns,
        "deadline_ns": deadline_ns,
        "resigned": silence.before.ended_by is EndedBy.RELEASED,
    }
    says = (
        f"Nobody has been master of {scene.title(silence.before)} for "
        f"{seconds(deadline_ns - since_ns)}: the last one was {scene.name(silence.before.sender)}, "
        "and every backup should have taken over."
    )
    return scene.event(
        EventKind.NO_MASTER,
        EventSeverity.ERROR,
        (deadline_ns, deadline_ns + 1),
        (silence.since.ref,),
        facts,
        says,
        silence.before.until.ref.number,
    )


def moments_ns(scene: Scene) -> Iterator[int]:
    """When something is said of masters, or may be, that are heard no more from now on."""
    for tenure in scene.story.tenures:
        due = overdue_ns(tenure)
        # A release that is repeated, as keepalived does, is heard later than the tenure ends.
        repeated_ns = tenure.streaks[-1].last.time_ns - tenure.until.time_ns
        silent_ns = due.high + max(0, repeated_ns) + SETTLED_NS
        yield from (late_ns(tenure), due.low + 1, over_ns(tenure), silent_ns + 1)
