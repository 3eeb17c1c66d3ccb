"""Checks that keepalived drops because of priority 255 or a sync group."""

from logged import node
from routers import B_MAC, conf, verdicts
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.unheeded import Unheeded
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, AuthenticationType

OPEN = Authentication(AuthenticationType.NONE)
OWNER = conf(255, scripts={"chk": -200})
GROUPED = conf(110, scripts={"chk": -20}) + "vrrp_sync_group G {\n group {\n VI_1\n }\n}\n"
FAILED = (15, "VRRP_Script(chk) failed (exited with status 1)")


def told(of: str, *lines: tuple[int, str], priority: int = 255, until_s: int = 30) -> Case:
    """A is master from second 5 on, with this log and configuration."""
    wire = Wire()
    wire.announce(500, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(5000, until_s - 4, advert(A, priority, auth=OPEN))
    nodes = (node("a", A, *lines, conf=of), node("b", B, conf=conf(100)))
    return Case((wire.builder.finish(),), nodes)


def unheeded(of: str, *lines: tuple[int, str], until_s: int = 30) -> Unheeded:
    (one,) = told(of, *lines, until_s=until_s).unheeded
    return one


def test_an_owner_with_a_weighted_check_that_is_not_known_to_have_failed() -> None:
    one = unheeded(OWNER)
    assert (one.item.name, one.is_owner, one.failed_ns) == ("chk", True, None)


def test_a_failure_that_the_log_tells() -> None:
    one = unheeded(OWNER, FAILED)
    assert one.failed_ns == 15 * SECOND
    assert one.held_ns == 15 * SECOND
    assert one.meant == 55
    assert verdicts("missed-failover", told(OWNER, FAILED)) == ["proven"]


def test_a_failure_that_was_over_at_once() -> None:
    again = (16, "VRRP_Script(chk) succeeded")
    assert unheeded(OWNER, FAILED, again).failed_ns is None
    assert verdicts("missed-failover", told(OWNER, FAILED, again)) == []


def test_a_failure_that_was_over_later_and_a_short_one_before_it() -> None:
    lines = ((10, FAILED[1]), (11, "VRRP_Script(chk) succeeded"), FAILED)
    one = unheeded(OWNER, *lines, (25, "VRRP_Script(chk) succeeded"))
    assert (one.failed_ns, one.held_ns) == (15 * SECOND, 10 * SECOND)


def test_a_backup_that_was_never_seen_may_not_have_been_there() -> None:
    wire = Wire()
    wire.repeat(5000, 26, advert(A, 255, auth=OPEN))
    nodes = (node("a", A, FAILED, conf=OWNER), node("b", B, conf=conf(100)))
    case = Case((wire.builder.finish(),), nodes)
    assert verdicts("missed-failover", case) == ["likely"]
    assert verdicts("owner-255-ignores-tracking", case) == ["proven"]


def test_a_backup_whose_own_check_may_have_failed_as_well() -> None:
    case = told(OWNER, FAILED)
    b = node("b", B, conf=conf(100, scripts={"chk": -60}))
    assert verdicts("missed-failover", Case(case.timelines, (case.nodes[0], b))) == ["likely"]


def test_a_file_that_says_255_of_a_router_that_does_not() -> None:
    assert told(OWNER, FAILED, priority=200).unheeded == ()


def test_a_failure_just_before_the_end_is_not_overdue() -> None:
    assert unheeded(OWNER, FAILED, until_s=18).failed_ns is None


def test_a_check_without_a_weight_works_for_an_owner_too() -> None:
    assert told(conf(255, scripts={"chk": 0}), FAILED).unheeded == ()


def test_a_sync_group_without_weights() -> None:
    case = told(GROUPED, FAILED, priority=110)
    (one,) = case.unheeded
    assert (one.is_owner, one.failed_ns) == (False, 15 * SECOND)
    assert verdicts("config-syntax-silently-different", case) == ["proven"]
    assert verdicts("owner-255-ignores-tracking", case) == []


def test_a_sync_group_with_weights_heeds_it() -> None:
    weighed = GROUPED.replace(" group {", " sync_group_tracking_weight\n group {")
    assert told(weighed, FAILED, priority=110).unheeded == ()
