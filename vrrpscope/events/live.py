"""The events of a story so far, and when there will be something to say if nothing comes."""

from collections.abc import Iterator

from vrrpscope.events.changes import find_changes, find_drops
from vrrpscope.events.event import BY_ABSENCE, Event, Names, order
from vrrpscope.events.masters import find_masters, moments_ns
from vrrpscope.events.neighbours import find_announcements, find_listeners
from vrrpscope.events.rivals import find_flapping, find_rivals
from vrrpscope.events.scene import Scene
from vrrpscope.timeline.model import Timeline


def events_of(
    timeline: Timeline, names: Names = str, *, is_complete: bool = False
) -> tuple[Event, ...]:
    """Everything worth a line, in the order of time.

    Args:
        timeline: what one vantage saw so far; `last_ns` is how late it is.
        names: how routers are called.
        is_complete: no further frame will come. Then also what the next frames could still have
            taken back is told; what only the passing of time can show is not.
    """
    now_ns = timeline.last_ns
    if now_ns is None:
        return ()
    found = _found(timeline, names, None if is_complete else now_ns)
    told = (e for e in found if _is_known(e, now_ns, is_complete))
    return tuple(sorted(told, key=order))


def _is_known(event: Event, now_ns: int, is_complete: bool) -> bool:
    return event.known_ns <= now_ns or (is_complete and event.kind not in BY_ABSENCE)


def next_deadline_ns(timeline: Timeline) -> int | None:
    """The earliest moment at which there may be something new to say if nothing comes till then.

    Returns:
        Nanoseconds since the epoch, later than `timeline.last_ns`; None where nothing is awaited.
    """
    now_ns = timeline.last_ns
    if now_ns is None:
        return None
    return min((at_ns for at_ns in _moments(timeline) if at_ns > now_ns), default=None)


def _moments(timeline: Timeline) -> Iterator[int]:
    for event in _found(timeline, str, None):
        yield event.known_ns
    for story in timeline.routers:
        yield from moments_ns(Scene(timeline, story, str))


def _found(timeline: Timeline, names: Names, now_ns: int | None) -> Iterator[Event]:
    """Every event that the story has, known yet or not."""
    yield from find_listeners(timeline, names)
    yield from find_drops(timeline)
    for story in timeline.routers:
        scene = Scene(timeline, story, names)
        yield from find_masters(scene)
        yield from find_rivals(scene)
        yield from find_flapping(scene, now_ns)
        yield from find_changes(scene)
        yield from find_announcements(scene)
