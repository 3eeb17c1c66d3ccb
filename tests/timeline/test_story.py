"""Tenures, hand-overs, overlaps and silences: on real captures, and crafted where none exists."""

from pathlib import Path

import pytest
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.pipeline import read_timelines
from vrrpscope.reader import Scope

MS = SECOND // 1000


def test_seven_routers_preempt_one_another_in_five_virtual_routers(shared_captures: Path) -> None:
    (timeline,) = read_timelines([str(shared_captures / "tcpdump__vrrp.pcap")], Scope())
    ids = [story.router.id for story in timeline.routers]
    assert ids == ["ipv4/42", "ipv4/43", "ipv4/44", "ipv6/45", "ipv6/46"]
    changes = 0
    for story in timeline.routers:
        kinds = [h.kind for h in story.handovers]
        assert kinds == ["first"] + ["preemption"] * 6
        assert [t.priorities for t in story.tenures] == [(p,) for p in range(191, 198)]
        assert [t.ended_by for t in story.tenures] == ["yielded"] * 6 + ["capture-ended"]
        changes += len(kinds) - 1
    assert changes == 30


def test_the_address_owner_replaces_the_master(shared_captures: Path) -> None:
    capture = shared_captures / "kholia__VRRP_VRRP-samples_10-0.0-1412012360.pcap"
    (timeline,) = read_timelines([str(capture)], Scope(vrid=2))
    (story,) = timeline.routers
    first, second = story.handovers
    assert (str(first.after.sender.address), str(second.after.sender.address)) == (
        "10.0.0.1",
        "10.0.0.2",
    )
    assert second.after.priorities == (255,)
    assert second.kind == "preemption"
    assert (second.at.time_ns - timeline.first_ns) // (10 * MS) == 1149


def test_a_vlan_and_ipv6_preemption(shared_captures: Path) -> None:
    (timeline,) = read_timelines([str(shared_captures / "nDPI__vrrp3.pcapng")], Scope())
    (story,) = timeline.routers
    assert story.router.family == "ipv6"
    assert story.router.vlan is not None
    first, second = story.handovers
    assert (str(first.after.sender.address), str(second.after.sender.address)) == (
        "fe80::2",
        "fe80::1",
    )
    assert (second.at.time_ns - first.at.time_ns) // MS == 459


def test_an_expiry_counts_from_the_last_advert() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(4000 + 3610, 3, advert(B, 100))
    handover = wire.story().handovers[1]
    assert handover.kind == "expiry"
    assert (handover.took_ns, handover.expected_ns) == (3610 * MS, (3_609_375_000, 3_609_375_000))
    assert handover.on_time is True


def test_discarded_adverts_do_not_count() -> None:
    """The worked example of a preemption after a fall: 8.005 s, three adverts at 99, 11.615 s."""
    wire = Wire()
    wire.repeat(5005, 4, advert(A, 101))
    wire.repeat(9005, 3, advert(A, 99))
    wire.repeat(11615, 3, advert(B, 100))
    handover = wire.story().handovers[1]
    assert handover.kind == "preemption"
    assert handover.counted_from is not None
    assert handover.counted_from.time_ns == 8005 * MS
    assert (handover.took_ns, handover.discarded, handover.on_time) == (3610 * MS, 3, True)


def test_a_release_is_followed_by_a_hand_over_in_skew_time() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 101))
    wire.say(2500, advert(A, 0))
    wire.repeat(2500 + 610, 3, advert(B, 100))
    story = wire.story()
    assert story.tenures[0].ended_by == "released"
    handover = story.handovers[1]
    assert (handover.kind, handover.took_ns, handover.on_time) == ("release", 610 * MS, True)
    assert handover.expected_ns == (609_375_000, 609_375_000)


def test_a_release_by_a_backup_ends_nothing() -> None:
    wire = Wire()
    wire.repeat(0, 6, advert(A, 101))
    wire.say(2500, advert(B, 0))
    wire.repeat(6000, 3, advert(A, 101))
    story = wire.story()
    assert [str(t.sender.address) for t in story.tenures] == [A]


def test_two_masters_that_settle_it_are_a_contest() -> None:
    wire = Wire()
    for step in range(10):
        wire.say(1000 * step, advert(A, 100))
        if step >= 2:
            wire.say(1000 * step + 300, advert(B, 101))
    wire.repeat(10_300, 6, advert(B, 101))
    story = wire.story()
    assert [h.kind for h in story.handovers] == ["first", "contest"]
    (overlap,) = story.overlaps
    assert overlap.settled
    assert overlap.duration_ns == 9000 * MS - 2300 * MS


def test_a_lesser_router_that_replaces_a_master_after_one_interval_is_unexplained() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 8, advert(B, 100))
    assert [h.kind for h in wire.story().handovers] == ["first", "unexplained"]


def test_a_silence_longer_than_any_backup_would_wait() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.other(20_000, "02:00:00:00:00:99")
    (silence,) = wire.story().silences
    assert silence.resumed is None
    assert (silence.duration_ns, silence.allowed_ns) == (18 * SECOND, 3_996_093_750)


def test_a_capture_that_ends_with_the_last_advert_shows_no_silence() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    story = wire.story()
    assert story.silences == ()
    assert story.tenures[0].ended_by == "capture-ended"


@pytest.mark.parametrize(("ip_id", "tenures"), [(14, 1), (4, 2)])
def test_adverts_that_were_sent_and_not_captured_do_not_end_a_tenure(
    ip_id: int, tenures: int
) -> None:
    """Ten seconds without adverts: the identification went on by eleven, or only by one."""
    wire = Wire()
    wire.repeat(0, 4, advert(A, 100))
    wire.say(13_000, advert(A, 100), ip_id=ip_id)
    wire.repeat(14_000, 3, advert(A, 100))
    assert len(wire.story().tenures) == tenures


def test_a_lower_priority_after_a_pause_may_be_another_routers() -> None:
    """FRRouting's routers share one IPv6 source: a take-over looks like a fall after a pause."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 120))
    wire.repeat(4000 + 3609, 8, advert(A, 100))
    assert wire.story().steps == ()


def test_a_new_interval_is_a_change() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 100))
    wire.repeat(5000, 5, advert(A, 100, advert_interval_ns=2 * SECOND))
    (change,) = wire.story().interval_changes
    assert (change.before.interval_ns, change.after.interval_ns) == (SECOND, 2 * SECOND)
    assert change.after.first.ref.number == 6


@pytest.mark.parametrize(
    ("mac", "meanwhile"),
    [
        ("02:00:00:00:00:10", "sender-spoke"),
        ("02:00:00:00:00:99", "sender-stalled"),
        (None, "nothing-captured"),
    ],
)
def test_three_kinds_of_silence(mac: str | None, meanwhile: str) -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    if mac:
        wire.other(3500, mac)
    wire.repeat(5000, 3, advert(A, 100))
    (missed,) = wire.story().missed
    assert missed.gap.duration_ns == 3 * SECOND
    assert missed.gap.meanwhile == meanwhile


@pytest.mark.parametrize("own", ["", "00:00:5e:00:01:07"], ids=["no MACs", "a virtual MAC"])
def test_whose_frames_they_are_is_known_by_a_mac_of_its_own_alone(own: str) -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100, source_mac=own))
    wire.other(3500, own or "02:00:00:00:00:99")
    wire.repeat(5000, 3, advert(A, 100, source_mac=own))
    (missed,) = wire.story().missed
    assert missed.gap.meanwhile == "capture-went-on"


def test_a_router_that_yielded_owes_no_advert() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(A, 100))
    wire.repeat(3500, 6, advert(B, 101))
    wire.repeat(12_110, 4, advert(A, 100))
    assert wire.story().missed == ()


def test_the_pause_of_a_stopped_daemon_is_on_record() -> None:
    """By tshark: after frame 22 dr-1 advertises again in frame 32, 7.013 s later, IP id 8 to 9."""
    capture = Path(__file__).parents[2] / "pcaps" / "daemon-paused" / "incident.pcap"
    (timeline,) = read_timelines([str(capture)], Scope())
    (missed,) = timeline.routers[0].missed
    gap = missed.gap
    assert (gap.from_.ref.number, gap.until.ref.number, gap.ip_id_step) == (22, 32, 1)
    assert gap.duration_ns // MS == 7013


def test_routers_that_share_an_address_are_said_to() -> None:
    project = Path(__file__).parents[2]
    capture = project / "pcaps" / "frr-v3-failover" / "incident.pcap"
    (timeline,) = read_timelines([str(capture)], Scope())
    assert [n for n in timeline.notes if "fe80::200:5eff:fe00:23c" in n]
    (story,) = [s for s in timeline.routers if s.router.family == "ipv6"]
    assert story.senders[0].is_shared
    assert story.steps == ()


def test_the_last_priority_of_a_tenure_is_the_one_that_was_said_last() -> None:
    """110, 100, and 110 again: the priorities name each once, and the last one is 110."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 110))
    wire.repeat(3000, 3, advert(A, 100))
    wire.repeat(6000, 3, advert(A, 110))
    (tenure,) = wire.story().tenures
    assert (tenure.priorities, tenure.last_priority) == ((110, 100), 110)
