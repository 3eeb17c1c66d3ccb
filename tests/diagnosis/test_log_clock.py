"""A log's clock is set by the events that the capture saw as well."""

from ipaddress import ip_address
from time import process_time

import pytest
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.log_clock import LogClock, place
from vrrpscope.diagnosis.log_events import LogEvents
from vrrpscope.diagnosis.log_matching import set_clock
from vrrpscope.diagnosis.wire_events import WireEvents
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.evidence.statement import Log, Said
from vrrpscope.observation import AnnouncementKind, VirtualRouter

# 2026-11-22 19:23:20 UTC
START_NS = 1_795_375_400 * SECOND
START_MS = START_NS // MS


def log(text: str) -> Log:
    return read_log_text(text, "dr-1.log", "dr-1")


def wire() -> Wire:
    """A joins, becomes master after 3.6 s, falls to 99 after 8 s, and gives the role up."""
    seen = Wire()
    seen.announce(START_MS + 300, AnnouncementKind.IGMP_JOIN, A, "02:00:00:00:00:10")
    seen.repeat(START_MS + 3600, 5, advert(A, 101))
    seen.repeat(START_MS + 8600, 5, advert(A, 99))
    seen.say(START_MS + 13200, advert(A, 0))
    return seen


def clock(text: str, of: str = A) -> LogClock:
    return compared(text, wire(), of)


def compared(text: str, seen: Wire, of: str = A) -> LogClock:
    return set_clock(
        LogEvents(log(text)), WireEvents(seen.builder.finish()), frozenset({ip_address(of)})
    )


def own_lines(hour: int, zone: str = "") -> str:
    """What keepalived -l writes of the same; whole seconds."""
    return (
        f"Sun Nov 22 {hour}:23:20 2026{zone}: Starting VRRP child process, pid=7\n"
        f"Sun Nov 22 {hour}:23:20 2026{zone}: Starting Keepalived v2.2.7 (01/16,2022)\n"
        f"Sun Nov 22 {hour}:23:23 2026{zone}: (VI_1) Entering MASTER STATE\n"
        f"Sun Nov 22 {hour}:23:27 2026{zone}: (VI_1) Changing effective priority from 101 to 99\n"
    )


def test_a_clock_that_agrees_has_no_offset() -> None:
    found = clock(own_lines(19))
    assert (found.offset_ns, found.matched) == (0, 3)
    assert found.spread_ns <= 2 * SECOND


def test_a_local_zone_is_recognised_by_the_events() -> None:
    # Logged in UTC+1: 20:23 there is 19:23 UTC.
    found = clock(own_lines(20))
    assert found.offset_ns is not None
    assert abs(found.offset_ns + 3600 * SECOND) <= 1 * SECOND
    assert found.matched == 3


def test_a_log_without_a_year_is_placed_in_the_year_of_the_capture() -> None:
    text = (
        "Nov 22 19:23:23 dr-1 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE\n"
        "Nov 22 19:23:27 dr-1 Keepalived_vrrp[7]: (VI_1) Changing effective priority "
        "from 101 to 99\n"
    )
    found = clock(text)
    assert found.matched == 2
    placed = place(log(text), found)
    (master,) = placed.of(Said.STATE)
    assert master.time_ns is not None
    assert abs(master.time_ns - (START_NS + 3 * SECOND)) <= SECOND


def test_a_clock_that_is_wrong_needs_three_events() -> None:
    # 7 minutes and 13 seconds ahead: no zone explains that.
    three = (
        "2026-11-22T19:30:36Z dr-1 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE\n"
        "2026-11-22T19:30:40Z dr-1 Keepalived_vrrp[7]: (VI_1) Changing effective priority "
        "from 101 to 99\n"
        "2026-11-22T19:30:46Z dr-1 Keepalived_vrrp[7]: (VI_1) sent 0 priority\n"
    )
    found = clock(three)
    assert found.matched == 3
    assert found.offset_ns is not None
    assert abs(found.offset_ns + 433 * SECOND) <= SECOND
    only_one = three.splitlines()[0] + "\n"
    assert clock(only_one) == LogClock(0, SECOND, 0)


def test_without_a_common_event_a_log_without_a_zone_is_not_placed() -> None:
    text = "Sun Nov 22 19:23:27 2026: VRRP_Script(chk) succeeded\n"
    found = clock(text)
    assert (found.offset_ns, found.matched) == (None, 0)
    assert [s.time_ns for s in place(log(text), found).statements] == [None]


def test_the_log_of_a_silent_router_is_set_by_its_join() -> None:
    text = "Sun Nov 22 19:23:20 2026: Starting Keepalived v2.2.7 (01/16,2022)\n"
    assert clock(text).matched == 1
    assert clock(text, of=B).matched == 0


def test_one_event_that_fits_two_zones_tells_neither() -> None:
    # The daemon became master at 19:23:23 and at 18:23:23: one of the two is in the capture.
    text = (
        "Sun Nov 22 18:23:23 2026: (VI_1) Entering MASTER STATE\n"
        "Sun Nov 22 19:23:23 2026: (VI_1) Entering MASTER STATE\n"
    )
    assert clock(text).matched == 0


def test_what_had_waited_in_the_socket_of_a_paused_daemon_does_not_set_the_clock() -> None:
    # A is paused from 7 s to 14 s; B is master from 10.6 s on, and A reads of it at 14 s only.
    seen = Wire()
    seen.repeat(START_MS + 3000, 5, advert(A, 101))
    seen.repeat(START_MS + 10_600, 4, advert(B, 100))
    seen.repeat(START_MS + 14_000, 5, advert(A, 101))
    election = f"Received advert from {B} with lower priority 100, ours 101, forcing new election"
    waited = "".join(
        f"Sun Nov 22 19:23:34 2026: (VI_1) {election}\n"
        f"Sun Nov 22 19:23:34 2026: Sending gratuitous ARP on eth0 for 10.0.0.100\n"
        f"Sun Nov 22 19:23:34 2026: (VI_1) Entering {state} STATE\n"
        for state in ("FAULT", "BACKUP", "FAULT", "BACKUP")
    )
    text = (
        "Sun Nov 22 19:23:23 2026: (VI_1) Entering MASTER STATE\n"
        "Sun Nov 22 19:23:34 2026: A thread timer expired 6.012345 seconds ago\n" + waited
    )
    assert compared(text, seen).offset_ns == 0


SYSLOG = (
    "Nov {day} 19:23:23 dr-1 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE\n"
    "Nov {day} 19:23:27 dr-1 Keepalived_vrrp[7]: (VI_1) Changing effective priority from 101 to 99"
    "\n"
)


def test_a_log_without_a_year_of_another_day_is_not_moved_to_the_day_of_the_capture() -> None:
    assert clock(SYSLOG.format(day=22)).matched == 2
    assert clock(SYSLOG.format(day=20)) == LogClock(None, SECOND, 0)


def test_a_log_without_a_year_that_crosses_new_year() -> None:
    # Captured on 1 January 2027 at 00:00:03 UTC.
    new_year_ms = 1_798_761_600_000
    seen = Wire()
    seen.announce(new_year_ms - 600, AnnouncementKind.IGMP_JOIN, A, "02:00:00:00:00:10")
    seen.repeat(new_year_ms + 3000, 5, advert(A, 101))
    text = (
        "Dec 31 23:59:59 dr-1 Keepalived_vrrp[7]: Starting Keepalived v2.2.7 (01/16,2022)\n"
        "Jan  1 00:00:03 dr-1 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE\n"
    )
    found = compared(text, seen)
    assert found.matched == 2
    (master,) = place(log(text), found).of(Said.STATE)
    assert master.time_ns is not None
    assert abs(master.time_ns // MS - (new_year_ms + 3000)) <= 1000


def test_who_was_master_when_the_capture_began_became_it_at_an_unknown_time() -> None:
    seen = Wire()
    seen.say(START_MS + 3600, advert(A, 101), 4711)
    seen.repeat(START_MS + 4600, 5, advert(A, 101))
    assert compared("Sun Nov 22 19:23:23 2026: (VI_1) Entering MASTER STATE\n", seen).matched == 0


def test_of_two_offsets_that_fit_the_one_counts_that_misses_no_line() -> None:
    # A logs 5 s late. By its own clock as it is, its join fits, and nobody is master at 19:23:28.
    text = (
        "2026-11-22T19:23:25Z dr-1 Keepalived_vrrp[7]: Starting Keepalived v2.2.7 (01/16,2022)\n"
        "2026-11-22T19:23:28Z dr-1 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE\n"
    )
    found = clock(text)
    assert found.matched == 2
    assert found.offset_ns is not None
    assert -5 * SECOND <= found.offset_ns <= -4 * SECOND


def test_where_what_no_clock_explains_fits_better_nothing_is_certain() -> None:
    # 2 h and 8 s ahead, in a log that tells its zone.
    three = (
        "2026-11-22T21:23:31Z dr-1 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE\n"
        "2026-11-22T21:23:35Z dr-1 Keepalived_vrrp[7]: (VI_1) Changing effective priority "
        "from 101 to 99\n"
        "2026-11-22T21:23:41Z dr-1 Keepalived_vrrp[7]: (VI_1) sent 0 priority\n"
    )
    assert clock(three).matched == 0


def test_a_log_that_says_master_again_and_again_does_not_fit_by_one_of_its_lines() -> None:
    text = "".join(
        f"Sun Nov 22 19:23:{second:02} 2026: (VI_1) Entering {state} STATE\n"
        for second, state in enumerate(("MASTER", "BACKUP") * 15, 20)
    )
    assert clock(text).matched == 0


def test_a_long_log_is_compared_where_the_capture_lies() -> None:
    before = "".join(
        f"Sun Nov 22 {14 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} 2026: "
        f"(VI_1) Entering {('MASTER', 'BACKUP')[n % 2]} STATE\n"
        for n in range(18_000)
    )
    found = clock(before + own_lines(19))
    assert (found.offset_ns, found.matched) == (0, 3)


def test_a_line_of_an_instance_is_about_its_own_virtual_router() -> None:
    timeline = wire().builder.finish()
    (story,) = timeline.routers
    other = VirtualRouter("ipv4", 61)
    events = {
        name: LogEvents(log(own_lines(19)), {"VI_1": frozenset({router})})
        for name, router in (("own", story.router), ("other", other))
    }
    seen, own = WireEvents(timeline), frozenset({ip_address(A)})
    assert set_clock(events["own"], seen, own).matched == 3
    assert set_clock(events["other"], seen, own).matched == 1  # the start is of no instance


@pytest.mark.parametrize("zone", ["", "+00:00"])
def test_a_hundred_thousand_lines_take_less_than_a_second(zone: str) -> None:
    crowd = Wire()
    for n in range(800):
        for second in range(3):
            crowd.say(START_MS + 40_000 * n + 1000 * second, advert((A, B)[n % 2], 100))
        crowd.say(START_MS + 40_000 * n + 3000, advert((A, B)[n % 2], 0))
    text = "".join(
        f"2026-11-22T{10 + n // 7200:02}:{n // 120 % 60:02}:{n // 2 % 60:02}{zone} dr-1 "
        f"Keepalived_vrrp[7]: (VI_1) Entering {('MASTER', 'BACKUP')[n % 2]} STATE\n"
        for n in range(100_000)
    )
    events, seen = LogEvents(log(text)), WireEvents(crowd.builder.finish())
    began = process_time()
    set_clock(events, seen, frozenset({ip_address(A)}))
    assert process_time() - began < 1
