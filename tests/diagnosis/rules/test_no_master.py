"""no-master, no-backup-alive and all-nodes-fault: nobody advertises, and why."""

import pytest
from logged import node
from routers import A_MAC, B_MAC, CLIENT_MAC, case, conf, found, verdicts
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.observation import AnnouncementKind

JOIN, LEAVE = AnnouncementKind.IGMP_JOIN, AnnouncementKind.IGMP_LEAVE


def stopped(joined: bool = True) -> Wire:
    """B is there where it joined; A is master for five seconds and gives the role up."""
    wire = Wire()
    wire.announce(0, JOIN, A, A_MAC)
    if joined:
        wire.announce(10, JOIN, B, B_MAC)
    wire.repeat(100, 5, advert(A, 101))
    wire.say(4200, advert(A, 0))
    return wire


def others(wire: Wire, *times_ms: float) -> Wire:
    for at_ms in times_ms:
        wire.other(at_ms, CLIENT_MAC)
    return wire


def test_frames_of_others_and_the_first_word_of_another_router_prove_it() -> None:
    wire = others(stopped(), 6000, 10_000)
    wire.repeat(15_000, 5, advert(B, 100))
    (finding,) = found("no-master", case(wire))
    assert finding.verdict == "proven"
    assert (finding.at_ns, finding.until_ns) == (4_200_000_000, 15_000_000_000)


def test_frames_alone_do_not_show_that_another_master_would_have_been_seen() -> None:
    """Captured at A's own port: no multicast arrives there once A has left the group."""
    wire = others(stopped(), 6000, 10_000, 15_000)
    assert verdicts("no-master", case(wire)) == ["likely"]


def test_the_old_master_may_have_come_back_to_a_port_that_is_cut_off() -> None:
    wire = others(stopped(), 6000, 10_000)
    wire.say(15_000, advert(A, 101), ip_id=1)
    wire.repeat(16_000, 5, advert(A, 101))
    assert verdicts("no-master", case(wire)) == ["likely"]


def test_numbers_of_other_interfaces_of_the_file_prove_nothing() -> None:
    wire = stopped()
    wire.number += 100  # frames of another interface; of this one only adverts are seen
    wire.repeat(15_000, 5, advert(B, 100))
    assert verdicts("no-master", case(wire)) == ["likely"]


def test_a_capture_that_ends_with_the_master_claims_nothing() -> None:
    assert found("no-master", case(stopped())) == []


def test_a_capture_that_goes_on_for_less_than_any_timer_claims_nothing() -> None:
    """The longest Master_Down_Interval, of a backup with priority 1, is 3.996 s."""
    assert found("no-master", case(others(stopped(), 6000, 8200))) == []


def test_a_capture_of_one_host_alone_may_be_filtered() -> None:
    wire = others(stopped(joined=False), 6000, 10_000, 15_000)
    assert verdicts("no-master", case(wire)) == ["likely"]


def test_a_silence_without_any_frame_may_be_a_stalled_capture() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(B, 100))
    wire.repeat(7610, 5, advert(A, 101))
    wire.repeat(30_000, 5, advert(A, 101))
    assert verdicts("no-master", case(wire)) == ["likely"]  # its count says that it sent nothing
    uncounted = Wire()
    for at_ms in (0, 1000, 2000, 3000, 20_000, 21_000):
        uncounted.say(at_ms, advert(A, 101), 0)
    assert verdicts("no-master", case(uncounted)) == ["possible"]


def test_adverts_that_were_sent_and_not_captured_are_no_proof() -> None:
    wire = others(stopped(), 6000, 10_000, 15_000)
    wire.say(16_000, advert(A, 101), 12)
    assert verdicts("no-master", case(wire)) == ["possible"]


def test_a_backup_that_is_told_to_wait_longer() -> None:
    """Ten adverts and the skew of priority 1: 10.996 s."""
    wire = others(stopped(), 6000, 15_150)
    slow = conf(100, "down_timer_adverts 10")
    assert verdicts("no-master", case(wire)) == ["likely"]
    assert found("no-master", case(wire, b=slow)) == []


# Why


def test_nobody_else_was_ever_seen() -> None:
    wire = others(stopped(joined=False), 6000, 15_000)
    (finding,) = found("no-backup-alive", case(wire))
    assert finding.verdict == "likely"
    assert "no other router had ever been seen" in finding.says


def test_a_backup_that_left_before() -> None:
    wire = Wire()
    wire.announce(0, JOIN, B, B_MAC)
    wire.announce(500, LEAVE, B, B_MAC)
    wire.repeat(1000, 5, advert(A, 101))
    others(wire, 6000, 15_000)
    (finding,) = found("no-backup-alive", case(wire))
    assert finding.verdict == "likely"
    assert f"{B} left the multicast group" in finding.says


def test_a_backup_that_is_still_in_the_group_is_there() -> None:
    wire = others(stopped(), 6000, 15_000)
    assert found("no-backup-alive", case(wire)) == []


def test_a_backup_that_joined_only_afterwards() -> None:
    wire = stopped(joined=False)
    wire.announce(12_000, JOIN, B, B_MAC)
    wire.repeat(15_610, 5, advert(B, 100))
    (finding,) = found("no-backup-alive", case(wire))
    assert f"{B} was not running yet" in finding.says
    assert found("slow-failover", case(wire)) == []


def test_a_fall_that_nobody_could_answer() -> None:
    wire = Wire()
    wire.announce(0, JOIN, B, B_MAC)
    wire.repeat(1000, 5, advert(A, 101))
    wire.announce(5500, LEAVE, B, B_MAC)
    wire.repeat(6000, 12, advert(A, 99))
    assert verdicts("no-backup-alive", case(wire)) == ["likely"]
    alone = Wire()
    alone.repeat(1000, 5, advert(A, 101))
    alone.repeat(6000, 12, advert(A, 99))
    assert verdicts("no-backup-alive", case(alone)) == ["possible"]


def both_release(leaves: bool = False, third: bool = False) -> Wire:
    """A gives the role up, B takes it and gives it up as well."""
    wire = stopped()
    if third:
        wire.announce(4205, JOIN, "10.0.0.3", "02:00:00:00:00:30")
    if leaves:
        wire.announce(4210, LEAVE, A, A_MAC)
    wire.repeat(4810, 5, advert(B, 100))
    wire.say(9000, advert(B, 0))
    if leaves:
        wire.announce(9010, LEAVE, B, B_MAC)
    return others(wire, 12_000, 20_000)


def test_two_that_release_and_stay_are_in_fault() -> None:
    wire = both_release()
    (finding,) = found("all-nodes-fault", case(wire))
    assert finding.verdict == "likely"
    assert found("no-backup-alive", case(wire)) == []


def test_two_that_release_and_leave_are_stopped() -> None:
    wire = both_release(leaves=True)
    assert found("all-nodes-fault", case(wire)) == []
    assert verdicts("no-backup-alive", case(wire)) == ["likely"]


def test_a_configuration_without_such_a_check_speaks_against_it() -> None:
    weighted, fault = conf(101, scripts={"chk": -2}), conf(101, scripts={"chk": 0})
    assert verdicts("all-nodes-fault", case(both_release(), a=weighted)) == ["possible"]
    (finding,) = found("all-nodes-fault", case(both_release(), a=fault))
    assert finding.verdict == "likely"
    assert any("chk" in step.statement for step in finding.because)


def test_one_that_is_still_there_is_no_fault_of_all() -> None:
    wire = both_release(third=True)
    assert found("all-nodes-fault", case(wire)) == []
    assert verdicts("no-master", case(wire)) == ["likely"]


def test_another_capture_has_a_master_of_that_time() -> None:
    """Here B's adverts are missing: the capture lost them, or B was cut off."""
    third = advert("10.0.0.3", 102)
    alone = others(stopped(), 6000, 10_000)
    alone.repeat(15_000, 5, third)
    assert verdicts("no-master", case(alone)) == ["proven"]
    here, there = (others(stopped(), 6000, 10_000) for _ in range(2))
    there.repeat(4800, 10, advert(B, 100))
    for wire in (here, there):
        wire.repeat(15_000, 5, third)
    both = Case(tuple(wire.builder.finish() for wire in (here, there)))
    assert verdicts("no-master", both) == ["possible"]


FAILED = "VRRP_Script(chk) failed (exited with status 1)"
START, IN_FAULT = "Starting Keepalived v2.2.7 (01/16,2022)", "(VI_1) Entering FAULT STATE"


@pytest.mark.parametrize(
    ("why", "frames", "third", "verdict"),
    [
        (FAILED, 0, False, ["proven"]),
        # A capture at a link that is down shows no other master.
        ("Netlink reports eth0 down", 0, False, ["possible"]),
        ("Netlink reports eth0 down", 9, False, ["proven"]),
        # Of a third router a file tells, and nothing says where it was.
        (FAILED, 0, True, ["possible"]),
    ],
)
def test_two_logs_that_tell_of_fault(
    why: str, frames: int, third: bool, verdict: list[str]
) -> None:
    wire = Wire()
    wire.announce(100, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.announce(200, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(3000, 3, advert(A, 101))
    for step in range(frames):
        wire.other(20_000 + 1000 * step, CLIENT_MAC)
    wire.builder.advance(40 * SECOND)
    nodes = [
        node("a", A, (0, START), (3, "(VI_1) Entering MASTER STATE"), (5, why), (5, IN_FAULT)),
        node("b", B, (0, START), (2, FAILED), (2, IN_FAULT)),
    ]
    if third:
        nodes.append(node("c", "10.0.0.3", conf=conf(99)))
    of = Case((wire.builder.finish(),), tuple(nodes))
    assert verdicts("all-nodes-fault", of) == verdict


@pytest.mark.parametrize(
    ("starts_again", "third", "verdict"),
    [(True, False, "proven"), (False, False, "likely"), (True, True, "likely")],
)
def test_a_log_that_says_that_the_backup_had_stopped(
    starts_again: bool, third: bool, verdict: str
) -> None:
    """A dies at 10 s. That a third router did not take over is certain only where B does later."""
    wire = Wire()
    wire.announce(100, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.announce(200, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(3000, 8, advert(A, 101))
    for step in range(20):
        wire.other(11_000 + 1000 * step, CLIENT_MAC)
    if starts_again:
        wire.repeat(33_250, 5, advert(B, 100))
    wire.builder.advance(40 * SECOND)
    nodes = [node("b", B, (0, START), (5, "Stopping"), (30, START))]
    if third:
        nodes.append(node("c", "10.0.0.3", conf=conf(99)))
    (finding,) = found("no-backup-alive", Case((wire.builder.finish(),), tuple(nodes)))
    assert str(finding.verdict) == verdict
    assert finding.not_excluded == (
        () if verdict == "proven" else ("a master that was not captured",)
    )
