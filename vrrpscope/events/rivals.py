"""Masters at once, and a role that does not come to rest."""

from bisect import bisect_right
from collections.abc import Iterator

from vrrpscope.events.event import Event, EventKind, EventSeverity, milliseconds
from vrrpscope.events.scene import Scene, over_ns, seconds
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import EndedBy, Handover, Overlap, Tenure
from vrrpscope.timeline.streak import late_after_ns

FLAPS = 4
FLAP_WINDOW_NS = 60 * NS
"""So many changes of the master within so long are flapping."""


def find_rivals(scene: Scene) -> Iterator[Event]:
    """Every pair of masters at once, for longer than an election takes."""
    for overlap in scene.story.overlaps:
        if overlap.duration_ns <= _election_ns(overlap):
            continue
        yield _began(scene, overlap)
        if overlap.settled:
            yield _ended(scene, overlap)


def _election_ns(overlap: Overlap) -> int:
    """Of two masters one gives way with the other's next advert; late is no rival yet."""
    return late_after_ns(max(overlap.first.interval_ns, overlap.second.interval_ns))


def _began(scene: Scene, overlap: Overlap) -> Event:
    one, other = overlap.first, overlap.second
    apart = scene.story.are_parted(one.sender.address, other.sender.address)
    facts = {
        "first": str(one.sender.address),
        "second": str(other.sender.address),
        "first_priority": _priority_at(one, overlap.since.time_ns),
        "second_priority": other.streaks[0].priority,
        "share_no_address": apart,
    }
    says = (
        f"{scene.name(one.sender)} (priority {facts['first_priority']}) and "
        f"{scene.name(other.sender)} (priority {facts['second_priority']}) are both master of "
    )
    if apart:
        says += f"VRID {scene.story.router.vrid}, and share no virtual address: two clusters."
    else:
        says += f"{scene.title(other)}, for longer than an election takes."
    since_ns = overlap.since.time_ns
    return scene.event(
        EventKind.TWO_MASTERS,
        EventSeverity.ERROR,
        (since_ns, since_ns),
        (one.since.ref, overlap.since.ref),
        facts,
        says,
        one.since.ref.number,
        other.since.ref.number,
    )


def _priority_at(tenure: Tenure, time_ns: int) -> int:
    """What a master said last before a moment; quick even where a tenure has very many runs."""
    place = bisect_right(tenure.streaks, time_ns, key=lambda streak: streak.first.time_ns)
    return tenure.streaks[max(place - 1, 0)].priority or tenure.last_priority


def _ended(scene: Scene, overlap: Overlap) -> Event:
    gave_way, stays = overlap.first, overlap.second
    if stays.until < gave_way.until:
        gave_way, stays = stays, gave_way
    released = gave_way.ended_by is EndedBy.RELEASED
    facts = {
        "ended": str(gave_way.sender.address),
        "ended_by": str(gave_way.ended_by),
        "remains": str(stays.sender.address),
        "lasted_ms": milliseconds(overlap.duration_ns),
    }
    says = (
        f"{scene.name(gave_way.sender)} advertises {scene.title(gave_way)} no more: it and "
        f"{scene.name(stays.sender)} had been master at once for {seconds(overlap.duration_ns)}."
    )
    until_ns = overlap.until.time_ns
    return scene.event(
        EventKind.TWO_MASTERS_ENDED,
        EventSeverity.NOTICE,
        (until_ns, until_ns if released else max(until_ns, over_ns(gave_way))),
        (overlap.until.ref,),
        facts,
        says,
        overlap.first.since.ref.number,
        overlap.second.since.ref.number,
    )


def find_flapping(scene: Scene, now_ns: int | None) -> Iterator[Event]:
    """Once a window in which the master changed `FLAPS` times; only what is known by `now_ns`."""
    moves = [h for h in scene.story.handovers if h.before is not None]
    if now_ns is not None:
        moves = [h for h in moves if scene.known_from_ns(h) <= now_ns]
    number, quiet_until_ns = 0, None
    for index, last in enumerate(moves):
        window = moves[max(0, index - FLAPS + 1) : index + 1]
        at_ns = last.at.time_ns
        short = at_ns - window[0].at.time_ns <= FLAP_WINDOW_NS
        if len(window) < FLAPS or not short or (quiet_until_ns and at_ns < quiet_until_ns):
            continue
        number += 1
        quiet_until_ns = at_ns + FLAP_WINDOW_NS
        yield _flapping(scene, window, number)


def _flapping(scene: Scene, window: list[Handover], number: int) -> Event:
    first, last = window[0], window[-1]
    took_ns = last.at.time_ns - first.at.time_ns
    masters = list(dict.fromkeys(h.after.sender for h in window))
    facts = {
        "changes": len(window),
        "within_ms": milliseconds(took_ns),
        "window_s": FLAP_WINDOW_NS // NS,
        "masters": [str(sender.address) for sender in masters],
    }
    names = ", ".join(scene.name(sender) for sender in masters[:FLAPS])
    says = (
        f"{scene.title(last.after)} does not come to rest: its master changed {len(window)} times "
        f"within {seconds(took_ns)} ({names})."
    )
    return scene.event(
        EventKind.FLAPPING,
        EventSeverity.ERROR,
        (last.at.time_ns, max(scene.known_from_ns(h) for h in window)),
        tuple(h.after.since.ref for h in window),
        facts,
        says,
        number,
    )
