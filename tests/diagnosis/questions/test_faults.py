"""Times in FAULT, by a log: A is master from 1 s to 6 s and says priority 0 at 6.2 s."""

from ipaddress import ip_address

import pytest
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.nodes import Given
from vrrpscope.diagnosis.questions.faults import FaultSpell, Reason, find_fault_spells
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.logs import read_log_text


def line(second: float, text: str) -> str:
    """A line of keepalived's log in UTC, with microseconds."""
    return f"1970-01-01T00:00:{second:09.6f}+00:00 host Keepalived_vrrp[7]: {text}\n"


START = (
    line(0, "Starting Keepalived v2.2.7 (01/16,2022)")
    + line(0, f"Assigned address {A} for interface eth0")
    + line(1, "(VI_1) Entering MASTER STATE")
)
FAULT = line(6.2, "(VI_1) Entering FAULT STATE") + line(6.2, "(VI_1) sent 0 priority")


def gives_up() -> Wire:
    """A says priority 0 at 6.2 s, B takes over."""
    wire = Wire()
    wire.repeat(1000, 6, advert(A, 101))
    wire.say(6200, advert(A, 0))
    wire.repeat(6809, 14, advert(B, 100))
    return wire


def spells(log: str, wire: Wire | None = None, conf: str | None = None) -> list[FaultSpell]:
    """The spells of A."""
    timeline = (wire or gives_up()).builder.finish()
    told = parse_configuration_text(conf, "a.conf", "a") if conf else None
    given = Given("a", told, ip_address(A), log=read_log_text(log, "a.log", "a"))
    nodes = bind([timeline], [given])
    (story,) = timeline.routers
    return list(find_fault_spells(timeline, story, nodes, LogBook))


@pytest.mark.parametrize(
    ("before", "reason", "name"),
    [
        ("Deassigned address 10.0.0.1 from interface eth0", Reason.ADDRESS, "eth0"),
        ("Netlink reports wan0 down", Reason.INTERFACE, "wan0"),
        ("VRRP_Script(chk) failed (exited with status 1)", Reason.TRACKED, "chk"),
        ("VRRP_Script(chk) succeeded", Reason.UNTOLD, ""),
    ],
)
def test_the_reason_is_the_line_before(before: str, reason: Reason, name: str) -> None:
    (spell,) = spells(START + line(6.2, before) + FAULT)
    assert (spell.reason, spell.name) == (reason, name)
    assert spell.ended is not None
    assert spell.handover is not None
    assert str(spell.handover.after.sender.address) == B


def test_the_reason_is_in_the_line_itself() -> None:
    text = "(VI_1) entering FAULT state (no IPv4 address for interface)"
    (spell,) = spells(START + line(6.2, text))
    assert spell.reason is Reason.ADDRESS


def test_a_reason_long_before_is_none() -> None:
    (spell,) = spells(START + line(3, "VRRP_Script(chk) failed (exited with status 1)") + FAULT)
    assert spell.reason is Reason.UNTOLD


def test_it_lasts_until_another_state_or_the_end_of_the_capture() -> None:
    (spell,) = spells(START + FAULT + line(11.2, "(VI_1) Entering BACKUP STATE"))
    assert spell.lasted_ns == 5_000_000_000
    (spell,) = spells(START + FAULT)
    # The last frame comes at 19.809 s.
    assert (spell.left, spell.lasted_ns) == (None, 13_609_000_000)


def test_the_moment_before_the_first_check_is_no_spell() -> None:
    text = line(0.1, "(VI_1) Entering FAULT STATE (init)") + line(
        0.2, "(VI_1) Entering BACKUP STATE"
    )
    started, rest = START[: START.index("\n") + 1], START[START.index("\n") + 1 :]
    assert spells(started + text + rest) == []


def test_it_ends_where_its_router_speaks_again() -> None:
    """The log was cut off before it left FAULT."""
    wire = Wire()
    wire.repeat(1000, 6, advert(A, 101))
    wire.say(6200, advert(A, 0))
    wire.repeat(6809, 8, advert(B, 100))
    wire.repeat(15_200, 9, advert(A, 101))
    assert [s.lasted_ns for s in spells(START + FAULT, wire)] == [9_000_000_000]


CHECKS = (
    'vrrp_script chk {\n script "/bin/true"\n weight -2\n}\n'
    "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 60\n priority 101\n"
    " virtual_ipaddress {\n 10.0.0.100\n }\n track_script {\n chk\n }\n}\n"
)


@pytest.mark.parametrize(
    ("conf", "name"),
    [
        # The log does not say which of the two it was; with a weight it was not the check.
        (None, "chk or wan0"),
        (CHECKS, "wan0"),
        (CHECKS.replace("-2", "0"), "chk or wan0"),
    ],
)
def test_what_else_failed_in_that_moment(conf: str | None, name: str) -> None:
    log = line(6.1, "Netlink reports wan0 down")
    log += line(6.1, "VRRP_Script(chk) failed (exited with status 1)")
    (spell,) = spells(START + log + FAULT, conf=conf)
    assert spell.name == name


def test_its_own_interface_is_the_one_with_its_address() -> None:
    (spell,) = spells(START + FAULT)
    assert spell.own_interface == "eth0"
