"""What fits as well where one thing seems to be certain: nothing of it may be called proven."""

from ipaddress import ip_address

from logged import node
from msgspec.structs import replace
from routers import A_MAC, B_MAC, case, conf, found, verdicts
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.log_clock import LogClock
from vrrpscope.observation import AnnouncementKind, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement, Authentication, AuthenticationType

JOIN = AnnouncementKind.IGMP_JOIN
LEAVE = AnnouncementKind.IGMP_LEAVE
OPEN = Authentication(AuthenticationType.NONE)
CHECK = "nopreempt-weighted-check"
GAP = "weight-smaller-than-priority-gap"
MISSED = "missed-failover"
MISREAD = "positive-weight-misread"
KEEPS = "nopreempt-keeps-lower-master"
MASTER = conf(110, "nopreempt", {"chk": -10})
BACKUP = conf(105, "nopreempt")


def fallen(high: int = 110, low: int = 100, first_ip_id: int | None = None) -> Wire:
    """Both joined; A falls after ten seconds, and keeps the role for half a minute."""
    wire = Wire()
    wire.announce(0, JOIN, A, A_MAC)
    wire.announce(50, JOIN, B, B_MAC)
    wire.repeat(3600, 10, advert(A, high, auth=OPEN))
    wire.say(13_600, advert(A, low, auth=OPEN), ip_id=first_ip_id)
    wire.repeat(14_600, 29, advert(A, low, auth=OPEN))
    return wire


def proven(of: Case, *rules: str) -> list[str]:
    """Those of these rules that claim to be certain."""
    return [rule for rule in rules if "proven" in verdicts(rule, of)]


def test_the_picture_itself_is_certain() -> None:
    assert proven(case(fallen(), a=MASTER, b=BACKUP), CHECK, MISSED) == [CHECK, MISSED]
    assert proven(case(fallen(), a=MASTER, b=conf(90)), GAP) == [GAP]


def test_without_the_masters_file_a_bonus_may_have_gone() -> None:
    (finding,) = found(GAP, case(fallen(), b=conf(90)))
    assert finding.verdict == "likely"
    assert "positive-weight-misread" in finding.not_excluded


def test_a_backup_that_was_restarted_meanwhile_may_have_had_another_file() -> None:
    wire = fallen()
    wire.announce(25_000, LEAVE, B, B_MAC)
    wire.announce(25_100, JOIN, B, B_MAC)
    wire.repeat(43_600, 3, advert(A, 100, auth=OPEN))
    assert proven(case(wire, a=MASTER, b=BACKUP), CHECK, MISSED) == []


def test_a_backup_that_once_said_what_its_file_cannot_give() -> None:
    wire = Wire()
    wire.announce(50, JOIN, B, B_MAC)
    wire.repeat(1000, 5, advert(B, 90, auth=OPEN))
    wire.announce(2000, JOIN, A, A_MAC)
    wire.repeat(5500, 10, advert(A, 110, auth=OPEN))
    wire.repeat(15_500, 30, advert(A, 100, auth=OPEN))
    assert proven(case(wire, a=MASTER, b=BACKUP), CHECK, MISSED) == []


def test_a_reload_lowers_a_priority_too() -> None:
    """The count of the adverts begins at 1 with the first lower one."""
    for b, rule in ((BACKUP, CHECK), (conf(90), GAP)):
        told = case(fallen(first_ip_id=1), b=b)
        assert verdicts(rule, told) == ["likely"]
        (finding,) = found(rule, told)
        assert "a reload of the master with a lower priority" in finding.not_excluded


def test_adverts_without_a_count_do_not_exclude_a_reload() -> None:
    def uncounted() -> Wire:
        wire = Wire()
        wire.announce(50, JOIN, B, B_MAC)
        for second in range(40):
            wire.say_uncounted(3600 + 1000 * second, advert(A, 110 - second // 10 * 5, auth=OPEN))
        return wire

    fitting, other = conf(110, scripts={"chk": -5, "dns": -10}), conf(110, scripts={"chk": -30})
    for a, verdict in ((None, "likely"), (other, "likely"), (fitting, "proven")):
        assert verdicts(GAP, case(uncounted(), a=a, b=conf(90))) == [verdict]


def test_a_unicast_backup_may_stop_without_a_sign() -> None:
    def peers(own: str, other: str) -> str:
        return f"nopreempt\n unicast_src_ip {own}\n unicast_peer {{\n {other}\n }}\n"

    wire = Wire()
    wire.repeat(0, 10, advert(B, 105, auth=OPEN, destination=ip_address(A)))
    wire.repeat(9500, 40, advert(A, 110, auth=OPEN, destination=ip_address(B)))
    wire.repeat(49_500, 30, advert(A, 100, auth=OPEN, destination=ip_address(B)))
    told = case(wire, a=conf(110, peers(A, B), {"chk": -10}), b=conf(105, peers(B, A)))
    assert verdicts(CHECK, told) == ["likely"]
    assert verdicts(MISSED, told) == ["likely"]


def test_a_backup_in_a_sync_group_may_be_in_fault_for_another_member() -> None:
    group = "vrrp_sync_group G {\n group {\n VI_1\n VI_2\n }\n}\n"
    fellow = BACKUP.replace("VI_1", "VI_2").replace("_id 60", "_id 61").replace("eth0", "eth1")
    assert verdicts(CHECK, case(fallen(), a=MASTER, b=group + BACKUP + fellow)) == ["likely"]


def test_a_bonus_that_every_router_has_is_no_misread_penalty() -> None:
    told = case(fallen(130, 110), a=conf(110, "", {"chk": 20}), b=conf(90, "", {"chk": 20}))
    assert verdicts(MISREAD, told) == []
    assert verdicts(GAP, told) == ["proven"]


def test_which_of_two_equal_checks_failed_only_a_log_tells() -> None:
    wire, a = fallen(140, 120), conf(100, "", {"web": 20, "db": 20})
    told = case(wire, a=a, b=conf(110))
    assert verdicts(MISREAD, told) == ["likely"]
    failed = (13, "VRRP_Script(db) failed (exited with status 1)")
    logged = Case(told.timelines, (node("a", A, failed, conf=a), told.nodes[1]))
    (finding,) = found(MISREAD, logged)
    assert (str(finding.verdict), finding.facts["check"]) == ("proven", "db")


def test_a_preempt_delay_that_may_still_run() -> None:
    told = case(fallen(), a=conf(110, "", {"chk": -10}), b=conf(105, "preempt_delay 300"))
    assert verdicts(MISSED, told) == ["likely"]
    told = case(fallen(), a=conf(110, "", {"chk": -10}), b=conf(105, "preempt_delay 5"))
    assert verdicts(MISSED, told) == ["proven"]


def kept(*said: tuple[int, int], took: int) -> Wire:
    """A says these priorities for so many seconds; then B takes over in time."""
    wire = Wire()
    wire.announce(0, JOIN, A, A_MAC)
    wire.announce(50, JOIN, B, B_MAC)
    at_ms = 3600
    for priority, seconds in said:
        wire.repeat(at_ms, seconds, advert(A, priority, auth=OPEN))
        at_ms += 1000 * seconds
    skew_ms = 1000 * (256 - took) / 256
    wire.repeat(at_ms - 1000 + 3000 + skew_ms, 10, advert(B, took, auth=OPEN))
    return wire


def test_a_lower_master_that_stayed_until_its_end() -> None:
    assert verdicts(KEEPS, case(kept((100, 30), took=130), b=conf(130, "nopreempt"))) == ["proven"]


def test_a_priority_that_the_file_does_not_give() -> None:
    assert verdicts(KEEPS, case(kept((100, 30), took=110), b=conf(150, "nopreempt"))) != ["proven"]


def test_a_master_that_had_been_better_than_a_degraded_backup() -> None:
    wire = kept((120, 60), (100, 3), took=130)
    assert verdicts(KEEPS, case(wire, b=conf(130, "nopreempt", {"chk": -20}))) == ["likely"]


def test_a_check_of_another_instance_that_flaps_too() -> None:
    wire = Wire()
    for second in range(40):
        wire.say(1000 * second, advert(A, 110 if second // 5 % 2 == 0 else 105))
    link = "track_interface {\n eth1 weight -5\n}\n"
    results = ("failed (exited with status 1)", "succeeded")
    lines = [(4 + 5 * turn, f"VRRP_Script(other) {results[turn % 2]}") for turn in range(7)]
    a = node("a", A, *lines, (60, "Stopping"), conf=conf(110, link))
    assert verdicts("check-flaps", Case((wire.builder.finish(),), (a,))) == ["likely"]


def test_a_member_of_a_sync_group_that_follows_another_one() -> None:
    """A yields the role of 61 to B, stops 60 without a word, and is master of 60 again later."""
    wire = Wire()

    def other(at_ms: float, advertisement: Advertisement, ip_id: int) -> None:
        router = VirtualRouter("ipv4", 61)
        seen = Sighting(int(at_ms * MS), ip_id, router, advertisement, wire._ref())
        wire.builder.push(seen)

    for second in range(20):
        wire.say(1000 * second, advert(A, 100, auth=OPEN))
        other(1000 * second + 1, advert(A, 100, auth=OPEN, vrid=61), second + 1)
    for second in range(20, 40):
        other(1000 * second - 500, advert(B, 150, auth=OPEN, vrid=61), second - 19)
        if second >= 23:
            wire.say(1000 * second - 391, advert(B, 100, auth=OPEN))
    wire.repeat(43_000, 10, advert(A, 100, auth=OPEN))
    assert verdicts("unexpected-failover", case(wire)) == []


def test_a_log_of_another_time_does_not_tell_of_a_check_today() -> None:
    wire = Wire()
    wire.repeat(3_600_000, 30, advert(A, 110, auth=OPEN))
    lines = ((1, "Starting Keepalived v2.2.7 (01/16,2022)"), (2, _DISABLED))
    a = node("a", A, *lines, conf=conf(110, scripts={"chk": -20}))
    timeline = wire.builder.finish()
    assert verdicts("check-script-not-running", Case((timeline,), (a,))) == ["proven"]
    a = replace(a, clock=LogClock(0, SECOND, 0))
    assert verdicts("check-script-not-running", Case((timeline,), (a,))) == ["likely"]


_DISABLED = "Disabling track script chk since not found/accessible"
