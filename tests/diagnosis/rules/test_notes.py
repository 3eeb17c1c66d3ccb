"""Notes that stand on a number, an address or a keyword: too-many-vips, and strict mode."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from logged import node
from routers import case, conf, found
from sightings import A, Wire, advert

from vrrpscope.diagnosis.case import Case

SET = "(VI_1) setting firewall drop rule"
RESTARTED = "Starting Keepalived v2.2.7 (01/16,2022)"
FILLERS = [f" 10.9.{n // 250}.{n % 250 + 1}" for n in range(300)]


def test_a_capture_that_cuts_the_list_shows_no_limit() -> None:
    addresses = tuple(ip_address(0x0A090001 + n) for n in range(20))
    wire = Wire()
    wire.repeat(0, 5, replace(advert(A, 101), addresses=addresses, address_count=25))
    assert found("too-many-vips", case(wire, a=many(25))) == []


def advertised(count: int, told: str | None = None) -> Case:
    """A advertises so many addresses."""
    addresses = tuple(ip_address(0x0A090001 + n) for n in range(count))
    wire = Wire()
    wire.repeat(0, 5, replace(advert(A, 101), addresses=addresses, address_count=count))
    return case(wire, a=told)


def many(count: int) -> str:
    """A configuration with so many addresses."""
    return conf(101).replace(" 10.0.0.100/24", "\n".join(FILLERS[:count]))


@pytest.mark.parametrize(
    ("seen", "told", "verdict"),
    [
        pytest.param(255, None, "likely", id="as many as the count can say"),
        pytest.param(254, None, None, id="one less"),
        pytest.param(255, 300, "proven", id="and 300 are told"),
        pytest.param(255, 255, None, id="and no more are told"),
        pytest.param(20, None, None, id="20, as many have"),
        pytest.param(20, 25, "likely", id="20 of 25, keepalived until 1.2.19, or not reloaded"),
        pytest.param(20, 20, None, id="20 of 20"),
        pytest.param(30, 40, None, id="a number that no limit explains"),
    ],
)
def test_too_many_vips(seen: int, told: int | None, verdict: str | None) -> None:
    findings = found("too-many-vips", advertised(seen, many(told) if told else None))
    assert [str(f.verdict) for f in findings] == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("priority", "extra", "drops"),
    [
        (101, "", False),
        (101, "no_accept", True),
        (101, "strict_mode yes", True),
        (101, "strict_mode yes\n accept", True),
        (101, "version 3\n strict_mode yes\n accept", False),
        (255, "state MASTER\n strict_mode yes", False),
    ],
)
def test_strict_mode_drops_vip_traffic(priority: int, extra: str, drops: bool) -> None:
    """Measured with 2.2.7: version 2 clears accept under strict mode; an owner accepts always."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, priority))
    told = case(wire, a=conf(priority, extra))
    assert bool(found("strict-mode-drops-vip-traffic", told)) is drops


def test_no_configuration_no_note() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    assert found("strict-mode-drops-vip-traffic", case(wire)) == []


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        pytest.param([(5, SET)], "proven", id="set when it became master"),
        pytest.param([(5, SET), (20, "Stopping")], "proven", id="and stopped after that"),
        pytest.param([(1, SET), (3, "(VI_1) Entering BACKUP STATE")], None, id="an earlier time"),
        pytest.param([(1, SET), (3, RESTARTED)], None, id="before a restart"),
        pytest.param([(5, SET), (8, "Reloading ...")], None, id="before a reload"),
        pytest.param([(5, SET), (8, "Reloading ..."), (8, SET)], "proven", id="set again"),
    ],
)
def test_the_rule_must_have_been_set_for_this_tenure(
    lines: list[tuple[int, str]], verdict: str | None
) -> None:
    wire = Wire()
    wire.repeat(5000, 10, advert(A, 101))
    of = Case((wire.builder.finish(),), (node("a", A, *lines),))
    said = [str(f.verdict) for f in found("strict-mode-drops-vip-traffic", of)]
    assert said == ([verdict] if verdict else [])
