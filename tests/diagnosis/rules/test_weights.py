"""The arithmetic of weights: what is proven only where nothing else adds up to the same."""

from ipaddress import ip_address

from routers import A_MAC, B_MAC, case, conf, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Given
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, AuthenticationType

JOIN = AnnouncementKind.IGMP_JOIN
OPEN = Authentication(AuthenticationType.NONE)
CHECK = "nopreempt-weighted-check"
GAP = "weight-smaller-than-priority-gap"


def fallen() -> Wire:
    """B is there; A falls from 110 to 100 and keeps the role."""
    wire = Wire()
    wire.announce(0, JOIN, A, A_MAC)
    wire.announce(50, JOIN, B, B_MAC)
    wire.repeat(3600, 5, advert(A, 110, auth=OPEN))
    wire.repeat(8600, 30, advert(A, 100, auth=OPEN))
    return wire


def of_three(wire: Wire, *told: tuple[str, str]) -> Case:
    """The case of these routers: their addresses and configurations."""
    timeline = wire.builder.finish()
    given = [
        Given(at, parse_configuration_text(text, f"{at}.conf", at), ip_address(at))
        for at, text in told
    ]
    return Case((timeline,), bind([timeline], given))


MASTER = conf(110, scripts={"chk": -10})


def test_a_backup_that_is_no_better_even_then() -> None:
    assert verdicts(GAP, case(fallen(), a=MASTER, b=conf(90))) == ["proven"]


def test_a_third_router_that_is_better_and_was_never_seen_is_a_cause_of_its_own() -> None:
    told = of_three(fallen(), (A, MASTER), (B, conf(90)), ("10.0.0.3", conf(105)))
    assert verdicts(GAP, told) == ["likely"]


def test_a_backup_that_stops_before_its_timer_can_expire() -> None:
    wire = fallen()
    wire.announce(9500, AnnouncementKind.IGMP_LEAVE, B, B_MAC)
    assert "proven" not in verdicts(GAP, case(wire, a=MASTER, b=conf(90)))
    wire = fallen()
    wire.announce(9500, AnnouncementKind.IGMP_LEAVE, B, B_MAC)
    told = case(wire, a=conf(110, "nopreempt", {"chk": -10}), b=conf(105, "nopreempt"))
    assert verdicts(CHECK, told) == ["likely"]
    assert "proven" not in verdicts("missed-failover", told)


def test_a_backup_under_nopreempt_that_was_there_all_the_while() -> None:
    told = case(fallen(), a=conf(110, "nopreempt", {"chk": -10}), b=conf(105, "nopreempt"))
    assert verdicts(CHECK, told) == ["proven"]


def test_a_backup_that_would_have_answered_a_querier_since_is_not_sure_to_listen() -> None:
    wire = Wire()
    wire.announce(0, JOIN, B, B_MAC)
    wire.repeat(3600, 150, advert(A, 110, auth=OPEN))
    wire.repeat(153_600, 30, advert(A, 100, auth=OPEN))
    assert verdicts(GAP, case(wire, a=MASTER, b=conf(90))) == ["likely"]


def flapping(low: int) -> Wire:
    """A's priority is 110 and another one in turn, for five seconds each."""
    wire = Wire()
    for second in range(40):
        wire.say(1000 * second, advert(A, 110 if second // 5 % 2 == 0 else low))
    return wire


def test_one_check_that_alone_makes_the_lower_priority() -> None:
    told = conf(110, scripts={"web": -5, "db": -2})
    assert verdicts("check-flaps", case(flapping(105), a=told)) == ["proven"]


def test_two_checks_that_together_make_it_as_well() -> None:
    told = conf(110, scripts={"web": -5, "db": -2, "dns": -3})
    assert verdicts("check-flaps", case(flapping(105), a=told)) == ["likely"]
