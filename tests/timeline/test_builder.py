"""Folding adverts into streaks."""

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.observation import AnnouncementKind


def test_equal_adverts_in_time_are_one_streak() -> None:
    wire = Wire()
    wire.repeat(0, 1000, advert(A, 100))
    (streak,) = wire.story().streaks
    assert streak.count == 1000
    assert (streak.first.ref.number, streak.last.ref.number) == (1, 1000)
    assert streak.longest_gap_ns == SECOND
    assert streak.paces == {100: 999}
    assert streak.ip_id_counts is True


def test_a_new_priority_begins_a_streak() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 3, advert(A, 99))
    first, second = wire.story().streaks
    assert (first.priority, first.count, second.priority, second.count) == (101, 5, 99, 3)
    assert second.gap_before is not None
    assert second.gap_before.duration_ns == SECOND
    assert second.gap_before.ip_id_step == 1


def test_a_missing_advert_begins_a_streak_and_the_gap_tells_what_was_seen_meanwhile() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.other(2500, "02:00:00:00:00:10")
    wire.other(2600, "02:00:00:00:00:99")
    wire.say(4100, advert(A, 100), ip_id=5)
    _, second = wire.story().streaks
    gap = second.gap_before
    assert gap is not None
    assert (gap.duration_ns, gap.ip_id_step) == (2100 * 1_000_000, 2)
    assert (gap.sender_frames, gap.capture_frames) == (1, 2)


def test_without_macs_the_frames_of_all_are_not_those_of_one() -> None:
    """Raw IP, and tcpdump's text without -e: nobody knows who sent the other frames."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100, source_mac=""))
    wire.say(2500, advert(B, 90, source_mac=""))
    wire.other(2600, "")
    wire.announce(2700, AnnouncementKind.IGMP_JOIN, B, "")
    wire.say(4100, advert(A, 100, source_mac=""))
    gap = wire.story().streaks[-1].gap_before
    assert gap is not None
    assert (gap.sender_frames, gap.capture_frames) == (0, 3)
    assert gap.host_seen == ()


def test_its_adverts_to_other_peers_are_no_other_frames_of_a_sender() -> None:
    """Unicast: one advert for each peer. And each packet twice, as a mirror port gives them."""
    wire = Wire()
    peers = [advert(A, 100, destination=ip_address(peer)) for peer in ("10.0.0.2", "10.0.0.3")]
    for second in (0, 1, 2, 9, 10):
        for peer in peers:
            wire.say(1000 * second, peer, ip_id=second)
            wire.say(1000 * second + 1, peer, ip_id=second)
    gaps = [s.gap_before for s in wire.story().streaks if s.gap_before]
    assert [(g.duration_ns, g.sender_frames) for g in gaps] == [(7 * SECOND, 0)] * 2


def test_from_the_virtual_mac_nobody_knows_whose_other_frames_they_are() -> None:
    wire = Wire()
    virtual = "00:00:5e:00:01:3c"
    wire.repeat(0, 3, advert(A, 100, source_mac=virtual))
    wire.say(5600, advert(B, 90, source_mac=virtual))
    wire.announce(5601, AnnouncementKind.GRATUITOUS_ARP, "10.0.0.100", virtual)
    wire.other(5700, virtual)
    wire.say(9000, advert(A, 100, source_mac=virtual))
    gap = wire.story().streaks[-1].gap_before
    assert gap is not None
    assert (gap.sender_frames, gap.host_seen) == (0, ())


def test_a_copy_of_a_packet_is_no_second_advert() -> None:
    wire = Wire()
    for step in range(4):
        wire.say(1000 * step, advert(A, 100), ip_id=step + 1)
        wire.say(1000 * step + 0.2, advert(A, 100), ip_id=step + 1)
    (streak,) = wire.story().streaks
    assert (streak.count, streak.copies) == (4, 4)
    assert streak.longest_gap_ns == SECOND


def test_a_reset_of_a_proven_count_begins_a_streak() -> None:
    wire = Wire()
    wire.repeat(0, 9, advert(A, 100))
    wire.say(8007, advert(A, 100), ip_id=1)
    first, second = wire.story().streaks
    assert (first.last_ip_id, second.first_ip_id) == (9, 1)


def test_an_identification_that_never_counted_breaks_nothing() -> None:
    wire = Wire()
    for step, ip_id in enumerate([7, 9000, 12, 40000, 3]):
        wire.say(1000 * step, advert(A, 100), ip_id=ip_id)
    (streak,) = wire.story().streaks
    assert streak.ip_id_counts is False


def test_the_identification_wraps_to_one() -> None:
    wire = Wire()
    for step, ip_id in enumerate([65533, 65534, 65535, 1, 2]):
        wire.say(1000 * step, advert(A, 100), ip_id=ip_id)
    (streak,) = wire.story().streaks
    assert streak.ip_id_counts is True


def test_time_that_runs_backwards_begins_a_streak() -> None:
    wire = Wire()
    wire.say(5000, advert(A, 100))
    wire.say(1000, advert(A, 100))
    assert len(wire.story().streaks) == 2


def test_a_release_from_no_address_is_the_masters() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2100, advert("0.0.0.0", 0, source_mac="02:00:00:00:00:99"))
    story = wire.story()
    assert [str(s.address) for s in story.senders] == [A]
    assert story.tenures[0].ended_by == "released"


def test_versions_2_and_3_of_one_router_are_one_tenure() -> None:
    wire = Wire()
    for step in range(4):
        wire.say(1000 * step, advert(A, 100))
        wire.say(1000 * step + 10, advert(A, 100, version=3))
    story = wire.story()
    assert len(story.senders) == len(story.tenures) == 1
    assert len(story.streaks) == 2


def test_a_new_streak_remembers_what_the_others_had_said() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 99))
    wire.say(2500, advert(B, 100))
    heard = wire.story().streaks[1].heard
    assert [(str(w.sender.address), w.mark.ref.number) for w in heard] == [(A, 3)]


def test_a_master_that_answers_at_once_has_heard() -> None:
    wire = Wire()
    for step in range(5):
        wire.say(1000 * step, advert(B, 100))
        wire.say(1000 * step + 0.4, advert(A, 101))
    by_sender = {str(s.sender.address): s for s in wire.story().streaks}
    assert (by_sender[A].followed, by_sender[A].answered) == (5, 5)
    assert (by_sender[B].followed, by_sender[B].answered) == (4, 0)


def test_a_join_belongs_to_the_story_of_its_family() -> None:
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, B, "02:00:00:00:00:20")
    wire.announce(1, AnnouncementKind.MLD_JOIN, "fe80::2", "02:00:00:00:00:20")
    wire.say(10, advert(A, 100))
    assert [str(a.subject) for a in wire.story().announcements] == [B]


def test_gratuitous_arps_are_folded_into_bursts() -> None:
    wire = Wire()
    wire.say(0, advert(A, 100))
    for at_ms in (1, 2, 3, 4, 5, 5001, 5002):
        wire.announce(at_ms, AnnouncementKind.GRATUITOUS_ARP, "10.0.0.100", "02:00:00:00:00:10")
    assert [a.count for a in wire.story().announcements] == [5, 2]


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=-(10**6), max_value=10**6),
            st.sampled_from([A, B, "0.0.0.0"]),
            st.sampled_from([0, 1, 99, 255]),
            st.integers(min_value=0, max_value=65535),
        ),
        max_size=40,
    )
)
def test_no_sequence_of_adverts_breaks_the_story_and_none_is_lost(
    said: list[tuple[int, str, int, int]],
) -> None:
    wire = Wire()
    for at_ms, source, priority, ip_id in said:
        wire.say(at_ms, advert(source, priority), ip_id=ip_id)
    timeline = wire.builder.finish()
    folded = sum(s.count + s.copies for story in timeline.routers for s in story.streaks)
    assert folded == timeline.adverts == len(said)


def test_a_new_run_remembers_what_the_other_said_last_and_not_what_it_said_before() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 5, advert(A, 99))
    wire.repeat(9001, 2, advert(B, 100))
    (word,) = wire.story().streaks[-1].heard
    assert (word.advertisement.priority, word.mark.time_ns, word.mark.ref.number) == (
        99,
        9 * SECOND,
        10,
    )
