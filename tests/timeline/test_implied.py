"""The priority that a delay tells: arithmetic by hand, and delays that were measured."""

from pathlib import Path

import pytest
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.pipeline import read_timelines
from vrrpscope.reader import Scope
from vrrpscope.timeline.implied import implied_priority
from vrrpscope.timeline.model import Handover

PCAPS = Path(__file__).resolve().parents[2] / "pcaps"


def expiry(took_ms: float, said: int = 100, **terms: object) -> Handover:
    """A (230) falls silent, and B takes over."""
    wire = Wire()
    interval_ms = int(terms.get("advert_interval_ns", SECOND)) // MS
    for step in range(5):
        wire.say(interval_ms * step, advert(A, 230, **terms))
    for step in range(3):
        wire.say(interval_ms * (4 + step) + took_ms, advert(B, said, **terms))
    return wire.story().handovers[1]


def release(took_ms: float, said: int = 100) -> Handover:
    """A (230) gives the role up, and B takes over."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 230))
    wire.say(4500, advert(A, 0))
    wire.repeat(4500 + took_ms, 3, advert(B, said))
    return wire.story().handovers[1]


@pytest.mark.parametrize(
    ("took_ms", "low", "high"),
    [
        # 610 ms of skew: 620 * 0.256 = 158.7 steps at the most, 560 * 0.256 = 143.4 at the least.
        (3610, 98, 112),
        # packetlife VRRP_failover.cap: R3 had 100, and was 31 ms late.
        (3641.1, 90, 104),
        # keepalived 2.2.7 with 200 and with 40: pcaps/priority-changes-while-timer-runs.
        (3220.561, 197, 212),
        (3844.006, 38, 52),
        # The owner's neighbour: a skew of 8 ms. And the least priority: 996 ms.
        (3008, 252, 254),
        (3997, 1, 13),
    ],
)
def test_version_2_tells_a_few_priorities(took_ms: float, low: int, high: int) -> None:
    assert implied_priority(expiry(took_ms)) == (low, high)


@pytest.mark.parametrize(
    ("took_ms", "low", "high"),
    [
        # Cisco and Huawei after a priority 0: successors of 50, 100 and 100.
        (804, 48, 62),
        (640, 90, 104),
        (655, 86, 101),
    ],
)
def test_after_a_release_the_skew_alone_tells(took_ms: float, low: int, high: int) -> None:
    assert implied_priority(release(took_ms)) == (low, high)


def test_version_3_scales_with_the_interval() -> None:
    """Cisco at 10 s, priority 100: 36.094 s, taken after 36.105 s. One step is 39 ms."""
    assert implied_priority(expiry(36_105, version=3, advert_interval_ns=10 * SECOND)) == (100, 100)


def test_version_3_below_a_quarter_of_a_second_tells_nothing() -> None:
    """At 100 ms the 60 ms of doubt are 153 steps; at 250 ms 61: 162 to 102 ms * 256 / 250."""
    hundred = expiry(361, version=3, advert_interval_ns=100 * MS)
    assert implied_priority(hundred) is None
    quarter = expiry(902, version=3, advert_interval_ns=250 * MS)
    assert implied_priority(quarter) == (91, 151)


def test_frrouting_cuts_the_skew_to_hundredths_of_a_second() -> None:
    """gw-2 had 60: 3.765625 s, of which vrrpd makes 3.76 s. By tshark it took 3.761533 s."""
    capture = PCAPS / "frr-priority-changed-while-timer-runs" / "incident.pcap"
    (timeline,) = read_timelines([str(capture)], Scope())
    handover = timeline.routers[0].handovers[1]
    assert handover.took_ns == 3_761_533_000
    assert implied_priority(handover) == (59, 73)


@pytest.mark.parametrize("took_ms", [2900, 4110, 10_610])
def test_a_delay_of_no_priority_tells_nothing(took_ms: float) -> None:
    assert implied_priority(expiry(took_ms)) is None


def test_a_told_number_of_adverts_counts() -> None:
    """Ten adverts and the skew of priority 100."""
    assert implied_priority(expiry(10_610), down_timer_adverts=10) == (98, 112)


def test_a_discarded_advert_is_of_a_lower_priority() -> None:
    """101 falls to 99: the backup that discards the 99 has at least 100, however late it was."""
    wire = Wire()
    wire.repeat(5005, 4, advert(A, 101))
    wire.repeat(9005, 3, advert(A, 99))
    wire.repeat(11_615, 3, advert(B, 100))
    assert implied_priority(wire.story().handovers[1]) == (100, 112)


def test_where_no_timer_is_known_nothing_is_told(shared_captures: Path) -> None:
    """Each router of this ladder had just started when it took over from a lesser one."""
    (timeline,) = read_timelines([str(shared_captures / "tcpdump__vrrp.pcap")], Scope())
    moves = [h for story in timeline.routers for h in story.handovers]
    assert len(moves) == 35
    assert all(implied_priority(h) is None for h in moves)
