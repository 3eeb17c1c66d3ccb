"""Two masters at once: what is one, what is deduced, and what only looks like one."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.reigns import find_reigns
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, Defect

OTHER_LIST = (ip_address("10.0.0.200"),)


def rivalries(wire: Wire) -> tuple[Rivalry, ...]:
    return Case((wire.builder.finish(),)).rivalries


def side_by_side(wire: Wire, seconds: int = 10, phase_ms: float = 400) -> None:
    """A and B advertise beside each other, B some milliseconds after A."""
    for second in range(seconds):
        wire.say(1000 * second, advert(A, 101))
        wire.say(1000 * second + phase_ms, advert(B, 100))


def test_two_that_go_on_beside_each_other_are_two_masters() -> None:
    wire = Wire()
    side_by_side(wire)
    (rivalry,) = rivalries(wire)
    assert (str(rivalry.better.address), str(rivalry.worse.address)) == (A, B)
    assert rivalry.verdict == "proven"
    assert rivalry.lasted_ns == 9000 * MS - 400 * MS
    assert rivalry.hears is False
    assert rivalry.is_unheard


def test_a_master_that_answers_each_advert_hears_the_other_one() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(B, 100))
        wire.say(1000 * second + 0.3, advert(A, 101))
    (rivalry,) = rivalries(wire)
    assert rivalry.hears is True


def test_the_master_that_sends_first_by_chance_does_not_hear_the_other_one() -> None:
    wire = Wire()
    side_by_side(wire, phase_ms=4)
    (rivalry,) = rivalries(wire)
    assert rivalry.hears is False


@pytest.mark.parametrize("overlap_ms", [2, 900, 2000])
def test_an_election_is_no_rivalry(overlap_ms: int) -> None:
    """A better master begins, and the lesser one yields after at most two adverts."""
    wire = Wire()
    wire.repeat(0, 10, advert(B, 100))
    wire.repeat(9000 - overlap_ms + 1, 10, advert(A, 101))
    assert rivalries(wire) == ()


def test_equal_priorities_that_race_are_no_rivalry() -> None:
    wire = Wire()
    wire.say(0, advert(A, 100))
    wire.say(3, advert(B, 100))
    wire.repeat(1003, 10, advert(B, 100))
    assert rivalries(wire) == ()


def test_a_router_that_takes_over_again_and_again_is_no_master_in_between() -> None:
    """It yields each time and speaks again one Master_Down_Interval later."""
    wire = Wire()
    for step in range(40):
        wire.say(1000 * step, advert(A, 101))
        if step % 4 == 0:
            # 3.610 s would be due; 4 s is later, and the adverts of A are answered.
            wire.say(1000 * step + 500, advert(B, 100))
            wire.say(1000 * step + 500.2, advert(A, 101))
    assert rivalries(wire) == ()


def test_a_crash_and_a_take_over_in_time_are_no_rivalry() -> None:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(9000 + 3610, 10, advert(B, 100))
    wire.announce(20_000, AnnouncementKind.ARP_REPLY, "10.0.0.100", advert(A, 101).source_mac)
    assert rivalries(wire) == ()


def test_a_release_ends_a_reign() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.say(4500, advert(A, 0))
    wire.repeat(5110, 10, advert(B, 100))
    assert rivalries(wire) == ()
    reigns = find_reigns(wire.story())
    assert {str(s.address): [r.released for r in reigns[s]] for s in reigns} == {
        A: [True],
        B: [False],
    }


def test_a_lower_router_that_takes_over_too_soon_is_a_trace_at_most() -> None:
    """Nothing else supports it: the priority 0 may just not be in the capture."""
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(9700, 10, advert(B, 100))
    (rivalry,) = rivalries(wire)
    assert (rivalry.verdict, rivalry.is_seen) == ("possible", False)
    assert rivalry.trace is not None
    assert (rivalry.trace.kind, str(rivalry.trace.hidden.address)) == ("silenced", A)


def test_a_hidden_master_that_still_announces_the_address_is_likely() -> None:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(9700, 10, advert(B, 100))
    wire.announce(15_000, AnnouncementKind.ARP_REPLY, "10.0.0.100", advert(A, 101).source_mac)
    (rivalry,) = rivalries(wire)
    assert rivalry.verdict == "likely"


def test_a_hidden_master_on_other_terms_is_likely() -> None:
    wire = Wire()
    slow = advert(A, 101, advert_interval_ns=2 * SECOND)
    wire.say(0, slow)
    wire.say(2000, slow)
    wire.repeat(2700, 10, advert(B, 100))
    (rivalry,) = rivalries(wire)
    assert rivalry.verdict == "likely"


def test_a_stray_advert_on_other_terms_is_a_trace() -> None:
    wire = Wire()
    secret = Authentication(1, b"one\0\0\0\0\0")
    wire.repeat(0, 5, advert(A, 101, auth=secret))
    wire.say(4300, advert(B, 100, auth=replace(secret, secret=b"two\0\0\0\0\0")))
    wire.repeat(5300, 10, advert(A, 101, auth=secret))
    (rivalry,) = rivalries(wire)
    assert rivalry.trace is not None
    assert (rivalry.trace.kind, rivalry.verdict) == ("stray", "likely")


def test_a_stray_advert_on_the_same_terms_is_an_election() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.say(4300, advert(B, 100))
    wire.repeat(4300.2, 10, advert(A, 101))
    assert rivalries(wire) == ()


def test_an_ip_identification_that_counts_on_tells_of_a_master_elsewhere() -> None:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(9000 + 3610, 6, advert(B, 100))
    for step in range(5):
        wire.say(19_000 + 1000 * step, advert(A, 101), ip_id=20 + step)
    (rivalry,) = rivalries(wire)
    assert rivalry.trace is not None
    assert (rivalry.trace.kind, rivalry.verdict) == ("unseen", "likely")


def test_a_paused_master_sent_nothing_and_is_no_rival() -> None:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(9000 + 3610, 6, advert(B, 100))
    wire.repeat(18_000, 5, advert(A, 101))
    assert rivalries(wire) == ()


def test_two_groups_that_share_the_vrid_alone_are_strangers() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101))
        other = advert(B, 100, addresses=OTHER_LIST, advert_interval_ns=3 * SECOND)
        wire.say(1000 * second + 400, other)
    assert rivalries(wire) == ()


def test_one_vrid_on_two_networks_in_one_capture_is_no_rivalry() -> None:
    """A mirror of two untagged VLANs: every field agrees but the addresses."""
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101))
        other = advert("10.0.7.2", 100, addresses=(ip_address("10.0.7.1"),))
        wire.say(1000 * second + 400, other)
    assert rivalries(wire) == ()


def test_a_changed_address_on_one_router_is_likely_only() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101))
        other = advert(B, 100, addresses=(ip_address("10.0.0.101"),))
        wire.say(1000 * second + 400, other)
    (rivalry,) = rivalries(wire)
    assert rivalry.verdict == "likely"


def test_two_macs_of_one_address_are_likely_only() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101), ip_id=10 + second)
        clone = advert(A, 101, source_mac="02:00:00:00:00:99")
        wire.say(1000 * second + 400, clone, ip_id=70 + second)
    (rivalry,) = rivalries(wire)
    assert (rivalry.verdict, rivalry.is_unheard) == ("likely", False)


def test_a_lesser_master_that_skips_adverts_has_heard_and_rejected_the_better_one() -> None:
    both = [advert(B, 100).addresses[0], OTHER_LIST[0]]
    wire = Wire()
    for second in range(12):
        wire.say(1000 * second, advert(A, 101))
        if second % 3 == 0:
            wire.say(1000 * second + 0.2, advert(B, 100, addresses=tuple(both)))
    (rivalry,) = rivalries(wire)
    assert rivalry.is_rejected


def test_a_lesser_master_that_never_skips_may_be_deaf() -> None:
    wire = Wire()
    side_by_side(wire)
    (rivalry,) = rivalries(wire)
    assert not rivalry.is_rejected


def test_of_a_storm_of_senders_the_loudest_are_compared() -> None:
    wire = Wire()
    for second in range(8):
        for host in range(1, 25):
            wire.say(1000 * second + 20 * host, advert(f"10.0.0.{host}", 100 + host))
    assert len(rivalries(wire)) == 16 * 15 // 2


# Near misses of a proof


def test_a_clock_that_is_set_back_at_a_fail_over_makes_no_second_master() -> None:
    wire = Wire()
    wire.repeat(0, 30, advert(A, 101))
    wire.repeat(29_000 + 3610 - 10_000, 20, advert(B, 100))
    assert rivalries(wire) == ()


def test_a_clock_that_was_set_back_leaves_a_doubt() -> None:
    wire = Wire()
    wire.repeat(0, 30, advert(A, 101))
    for second in range(10):
        wire.say(19_500 + 1000 * second, advert(B, 100))
        wire.say(20_000 + 1000 * second, advert(A, 101))
    assert [r.verdict for r in rivalries(wire)] == ["likely"]


def test_frames_that_are_cut_may_be_of_two_groups() -> None:
    cut = {"addresses": (), "defects": (Defect.TRUNCATED,)}
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101, **cut))
        wire.say(1000 * second + 400, advert(B, 100, **cut))
    (rivalry,) = rivalries(wire)
    assert rivalry.verdict == "likely"


def test_one_unicast_packet_before_and_after_nat_is_no_second_master() -> None:
    to = {"destination": ip_address("10.0.0.9")}
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101, **to), ip_id=50 + second)
        wire.say(1000 * second + 0.05, advert(B, 101, **to), ip_id=50 + second)
    (rivalry,) = rivalries(wire)
    assert rivalry.verdict == "likely"


def test_two_addresses_of_one_host_may_be_two_daemons() -> None:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101))
        wire.say(1000 * second + 400, advert(B, 100, source_mac="02:00:00:00:00:10"))
    (rivalry,) = rivalries(wire)
    assert rivalry.verdict == "likely"


def test_a_backup_with_a_shorter_down_timer_yields_each_time() -> None:
    """down_timer_adverts 1 and priority 100: 1.609 s after each last advert of A."""
    wire = Wire()
    for start_ms in range(0, 18_000, 3000):
        wire.say(start_ms, advert(A, 101))
        wire.say(start_ms + 1000, advert(A, 101))
        wire.say(start_ms + 2610, advert(B, 100))
    assert [r.verdict for r in rivalries(wire)] == ["likely"]


def test_a_change_of_the_priority_is_no_pause() -> None:
    wire = Wire()
    for second in range(40):
        wire.say(1000 * second, advert(A, 120))
        priority = 100 if second // 5 % 2 else 98
        wire.say(1000 * second + 400, advert(B, priority, addresses=OTHER_LIST))
    assert not any(r.is_rejected for r in rivalries(wire))


def test_one_that_says_nothing_while_both_were_master() -> None:
    """A pauses for 3.4 s, less than its timer, and B speaks in that pause alone."""
    wire = Wire()
    wire.repeat(0, 6, advert(A, 101))
    wire.repeat(5100, 4, advert(B, 100))
    wire.repeat(8400, 6, advert(A, 101))
    (rivalry,) = rivalries(wire)
    assert rivalry.windows and not rivalry.is_one_packet()
