"""A log that its router cannot have written is not believed."""

from ipaddress import ip_address

import pytest
from routers import A_MAC, B_MAC, conf
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.nodes import Given, Node
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import AnnouncementKind, VirtualRouter

JOIN = AnnouncementKind.IGMP_JOIN
ROUTER = VirtualRouter("ipv4", 60)
LAST = (59, "Keepalived_vrrp still runs")
"""Any line: the log goes on to the end of the capture."""


def text(*lines: tuple[int, str], host: str = "lb-1") -> str:
    return "".join(
        f"1970-01-01T00:{at // 60:02}:{at % 60:02}+00:00 {host} Keepalived_vrrp[7]: {line}\n"
        for at, line in lines
    )


def wire() -> Wire:
    """A is master from 9 s to 39 s, at 99 from 20 s on; B is there, and master from 40 s on."""
    seen = Wire()
    seen.announce(5000, JOIN, A, A_MAC)
    seen.announce(5100, JOIN, B, B_MAC)
    seen.repeat(9000, 11, advert(A, 101))
    seen.repeat(20_000, 20, advert(A, 99))
    seen.say(39_500, advert(A, 0))
    seen.repeat(40_100, 20, advert(B, 100))
    return seen


def node(*lines: tuple[int, str], of: str = A, told: str | None = None) -> Node:
    """The node at an address that was typed, with these lines."""
    log = read_log_text(text(*lines), "x.log", "one")
    configuration = parse_configuration_text(told, "x.conf", "one") if told else None
    given = Given("one", configuration, log=log, address=ip_address(of))
    (found,) = bind([wire().builder.finish()], [given])
    return found


MASTER, BACKUP = "(VI_1) Entering MASTER STATE", "(VI_1) Entering BACKUP STATE"
FALL = "(VI_1) Changing effective priority from 101 to 99"
OWN = ((5, "Starting Keepalived v2.2.7"), (9, MASTER), (19, FALL), (39, BACKUP), LAST)


def test_what_the_router_did_is_believed() -> None:
    found = node(*OWN)
    assert found.clock is not None
    assert (found.clock.doubt, found.clock.is_compared, found.clock.is_identified) == (
        "",
        True,
        True,
    )
    assert found.said(ROUTER, (Said.STATE,))


@pytest.mark.parametrize(
    ("lines", "doubt"),
    [
        # The other one's: a backup until it took over.
        ((OWN[0], (6, BACKUP), (40, MASTER), LAST), "line 2 says BACKUP"),
        ((OWN[0], (9, MASTER), (10, FALL), (39, BACKUP), LAST), "line 3 says priority 99"),
        ((OWN[0], (9, MASTER), (39, BACKUP), LAST), "changed its priority from 101 to 99"),
        ((OWN[0], (9, MASTER), (19, FALL), LAST), "gave the role up"),
        ((*OWN[:3], (25, f"(VI_1) Received advert from {A} with lower priority 90, ours 99"),
          *OWN[3:]), "line 4 tells of an advert"),
    ],
)  # fmt: skip
def test_what_its_router_did_not_do_is_not(lines: tuple[tuple[int, str], ...], doubt: str) -> None:
    found = node(*lines)
    assert found.clock is not None
    assert doubt in found.clock.doubt
    assert not found.clock.is_compared
    assert found.said(ROUTER, ()) == ()
    assert found.release is None
    assert not found.log_covers(10 * SECOND, 20 * SECOND)


def test_a_log_that_ends_denies_nothing_after_its_end() -> None:
    found = node((5, "Starting Keepalived v2.2.7"), (6, BACKUP))
    assert found.clock is not None
    assert found.clock.doubt == ""


def test_a_master_that_nobody_sees_is_no_contradiction() -> None:
    found = node((5, "Starting Keepalived v2.2.7"), (9, MASTER), LAST, of=B)
    assert found.clock is not None
    assert found.clock.doubt == ""
    # But nothing shows that it is B's: both started at that time.
    assert not found.clock.is_identified


def test_another_routers_address_in_a_log() -> None:
    assigned = (5, f"Assigned address {A} for interface eth0")
    found = node(assigned, (9, MASTER), of=B)
    assert found.clock is not None
    assert found.clock.doubt == f"line 1 names {A} as the address of its host, and not {B}"


def test_a_source_that_is_not_the_interfaces_first_address() -> None:
    """keepalived names the first address of each interface only."""
    lines = (5, "Assigned address 10.0.0.77 for interface eth0"), *OWN[1:]
    own = node(*lines, told=conf(101, f"unicast_src_ip {A}", {"chk": -2}))
    assert own.clock is not None
    assert own.clock.doubt == ""
    other = node(*lines, told=conf(101, scripts={"chk": -2}))
    assert other.clock is not None
    assert "names 10.0.0.77" in other.clock.doubt


def test_addresses_of_another_cluster() -> None:
    garp = (9, "(VI_1) Sending/queueing gratuitous ARPs on eth0 for 10.9.9.9")
    found = node(*OWN[:2], garp, *OWN[2:], told=conf(101, scripts={"chk": -2}))
    assert found.clock is not None
    assert "line 3 announces 10.9.9.9" in found.clock.doubt


def test_a_log_of_the_host_of_another_one_of_the_routers() -> None:
    log = read_log_text(text(*OWN, host="two.example.net"), "x.log", None)
    given = [
        Given("one", log=log, address=ip_address(A)),
        Given("two", parse_configuration_text(conf(100), "two.conf", "two"), ip_address(B)),
    ]
    one, _ = bind([wire().builder.finish()], given)
    assert one.clock is not None
    assert "the host two, which is another one of the routers" in one.clock.doubt
