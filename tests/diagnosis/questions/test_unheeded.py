"""Checks that keepalived drops because of priority 255 or a sync group."""

from logged import node
from routers import conf, verdicts
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.unheeded import Unheeded

OWNER = conf(255, scripts={"chk": -200})
GROUPED = conf(110, scripts={"chk": -20}) + "vrrp_sync_group G {\n group {\n VI_1\n }\n}\n"
FAILED = (15, "VRRP_Script(chk) failed (exited with status 1)")


def told(of: str, *lines: tuple[int, str], priority: int = 255, until_s: int = 30) -> Case:
    """A is master from second 5 on, with this log and configuration."""
    wire = Wire()
    wire.repeat(5000, until_s - 4, advert(A, priority))
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
    assert (one.meant, one.was_due) == (55, True)
    assert verdicts("missed-failover", told(OWNER, FAILED)) == ["proven"]


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
