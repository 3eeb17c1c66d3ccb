"""Events while a capture grows: nothing is taken back, and no deadline is missed."""

from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from replays import Replay
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.events.event import Event, Key
from vrrpscope.events.findings import revisions
from vrrpscope.events.live import events_of, next_deadline_ns
from vrrpscope.timeline.builder import TimelineBuilder

CASES = [
    ("article-1-nopreempt-keeps-lower", "incident.pcap"),
    ("article-3-preempt-works", "incident.pcap"),
    ("article-4-silenced-by-firewall", "incident.pcap"),
    ("all-nodes-fault", "incident.pcap"),
    ("auth-password-mismatch-three-nodes", "incident.pcap"),
    ("daemon-starved-v3-100ms", "incident.pcap"),
    ("flapping", "incident.pcap"),
    ("frr-v6-one-source", "incident.pcap"),
    ("ipv6-failover", "incident.pcap"),
    ("lossy-path-three-nodes", "at-fw-south.pcap"),
    ("multicast-filter-one-way", "incident.pcap"),
    ("reload-changes-addresses", "incident.pcap"),
    ("sync-group-partial", "incident.pcap"),
    ("two-daemons-one-host", "incident.pcap"),
    ("unicast-neighbour-unresolved", "incident.pcap"),
    ("version-mismatch", "incident.pcap"),
    ("vip-list-mismatch-late-start", "incident.pcap"),
    ("vrid-collision", "incident.pcap"),
]
SILENCE_NS = 30 * SECOND


def by_key(events: tuple[Event, ...]) -> dict[Key, Event]:
    """Events by their identity, of which no two have the same."""
    found = {event.key: event for event in events}
    assert len(found) == len(events)
    return found


@pytest.mark.parametrize(("case", "file"), CASES)
def test_nothing_that_was_told_is_taken_back(case: str, file: str) -> None:
    """Also not one fact of it; cut after every frame."""
    told: dict[Key, Event] = {}
    for timeline in Replay(case, file).prefixes():
        now = by_key(events_of(timeline))
        for key, event in told.items():
            assert now[key].facts == event.facts
        told = now
    assert told == by_key(events_of(Replay(case, file).whole()))


def walk(replay: Replay, step_ns: int | None) -> dict[Key, int]:
    """When each event is told first; between frames time goes on in steps, or by the deadlines."""
    first: dict[Key, int] = {}
    until_ns = None
    for frame in replay.frames:
        if until_ns is not None and frame.time_ns is not None:
            pass_time(replay.builder, frame.time_ns, step_ns, first)
        replay.take(frame)
        until_ns = look(replay.builder, first)
    assert until_ns is not None
    pass_time(replay.builder, until_ns + SILENCE_NS, step_ns, first)
    return first


def look(builder: TimelineBuilder, first: dict[Key, int]) -> int | None:
    """Notes what is new; nothing known before may be missing."""
    timeline = builder.finish()
    now = {event.key for event in events_of(timeline)}
    assert not first.keys() - now
    for key in now:
        assert timeline.last_ns is not None
        first.setdefault(key, timeline.last_ns)
    return timeline.last_ns


def pass_time(
    builder: TimelineBuilder, until_ns: int, step_ns: int | None, first: dict[Key, int]
) -> None:
    """Nothing comes until then."""
    for at_ns in moments(builder, step_ns):
        if at_ns >= until_ns:
            return
        builder.advance(at_ns)
        look(builder, first)


def moments(builder: TimelineBuilder, step_ns: int | None) -> Iterator[int]:
    """When to look, each time anew."""
    while True:
        timeline = builder.finish()
        assert timeline.last_ns is not None
        at_ns = next_deadline_ns(timeline) if step_ns is None else timeline.last_ns + step_ns
        if at_ns is None:
            return
        assert at_ns > timeline.last_ns
        yield at_ns


@pytest.mark.parametrize(("case", "file"), CASES)
def test_no_deadline_is_missed(case: str, file: str) -> None:
    """Looking at the deadlines alone tells as much as looking all the time, and no later."""
    by_deadline = walk(Replay(case, file), None)
    by_step = walk(Replay(case, file), 500 * MS)
    assert by_deadline.keys() == by_step.keys()
    assert not [key for key, at_ns in by_deadline.items() if at_ns > by_step[key]]


def test_deadlines_of_a_master_that_stops() -> None:
    """Its advert late, a backup with 254, itself as a backup with 100, one with 1; then nothing."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    found = []
    while (at_ns := next_deadline_ns(wire.builder.finish())) is not None:
        found.append(at_ns - 2 * SECOND)
        wire.builder.advance(at_ns)
    late, low, own, high = 1_520_000_001, 3_007_812_501, 3_609_375_001, 4_046_093_751
    assert found == [late, low, own, high]


def kinds(wire: Wire) -> list[str]:
    """What is told by now."""
    return [str(event.kind) for event in events_of(wire.builder.finish())]


def test_silence_is_told_when_the_first_backup_would_take_over() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.builder.advance(2 * SECOND + 3_007_812_500)
    assert kinds(wire) == ["master-appeared"]
    wire.builder.advance(2 * SECOND + 3_007_812_501)
    assert kinds(wire) == ["master-appeared", "master-silent"]
    wire.builder.advance(2 * SECOND + 4_046_093_751)
    assert kinds(wire) == ["master-appeared", "master-silent", "no-master"]


def test_preemption_is_told_when_the_old_master_is_late() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2500, advert(B, 200))
    wire.say(3500, advert(B, 200))
    assert "master-changed" not in kinds(wire)
    wire.builder.advance(3521 * MS)
    assert "master-changed" in kinds(wire)


def test_one_more_advert_of_the_old_master_delays_it() -> None:
    """One that was heard since may have lost an advert, and may go on."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2500, advert(B, 200))
    wire.say(3000, advert(A, 100))
    wire.repeat(3500, 3, advert(B, 200))
    assert "master-changed" not in kinds(wire)
    wire.builder.advance(3000 * MS + 3_609_375_001)
    assert "master-changed" in kinds(wire)


def test_two_priorities_in_turn_are_no_change() -> None:
    """Two daemons behind one address: the earlier one goes on."""
    wire = Wire()
    for second in range(4):
        wire.say(1000 * second, advert(A, 100), 10 + second)
        assert "priority-changed" not in kinds(wire)
        wire.say(1000 * second + 400, advert(A, 90), 500 + second)
        assert "priority-changed" not in kinds(wire)


def test_a_finished_capture_tells_what_was_waited_for() -> None:
    """The priority fell with the last advert; nothing can take that back any more."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(3000, advert(A, 90))
    assert "priority-changed" not in kinds(wire)
    told = events_of(wire.builder.finish(), is_complete=True)
    assert [str(e.kind) for e in told] == ["master-appeared", "priority-changed"]


def test_nothing_captured() -> None:
    timeline = Wire().builder.finish()
    assert events_of(timeline) == ()
    assert next_deadline_ns(timeline) is None


def test_a_silence_of_the_capture_is_withdrawn() -> None:
    """The IP identification goes on by six in six seconds: the adverts were sent."""
    wire = Wire()
    for second in range(5):
        wire.say(1000 * second, advert(A, 100), 1 + second)
    wire.builder.advance(8 * SECOND)
    assert kinds(wire) == ["master-appeared", "master-silent"]
    before = events_of(wire.builder.finish())
    for second in range(10, 13):
        wire.say(1000 * second, advert(A, 100), 1 + second)
    after = events_of(wire.builder.finish())
    assert [str(e.kind) for e in after] == ["master-appeared", "adverts-missed"]
    changes = [(str(r.change), str(r.event.kind)) for r in revisions(before, after)]
    assert changes == [("new", "adverts-missed"), ("withdrawn", "master-silent")]


def test_a_hand_over_between_two_clusters_is_withdrawn() -> None:
    """A third router shares its address with the second one: the first one is a stranger."""
    other = (ip_address("10.0.0.200"),)
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2500, advert(A, 0))
    wire.repeat(3100, 3, advert(B, 100, addresses=other))
    assert "master-changed" in kinds(wire)
    wire.say(6200, advert("10.0.0.3", 200, addresses=other))
    assert "master-changed" not in kinds(wire)
