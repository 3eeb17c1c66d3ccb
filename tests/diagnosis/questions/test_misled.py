"""Hosts that are told a wrong MAC, and who told them."""

from ipaddress import ip_address

from routers import A_MAC, B_MAC, CLIENT_MAC, VIP, case
from sightings import MS, A, B, Wire, advert

from vrrpscope.diagnosis.questions.misled import Misled, Way
from vrrpscope.observation import Announcement, AnnouncementKind

GARP, REPLY, JOIN = (
    AnnouncementKind.GRATUITOUS_ARP,
    AnnouncementKind.ARP_REPLY,
    AnnouncementKind.IGMP_JOIN,
)
HOST = "10.0.0.77"
C, C_MAC = "10.0.0.3", "02:00:00:00:00:30"


def answer(wire: Wire, at_ms: float, mac: str, host: str = HOST) -> None:
    """An ARP reply about the virtual address to one host."""
    wire.number += 1
    wire.builder.announce(
        Announcement(
            int(at_ms * MS),
            REPLY,
            ip_address(VIP),
            mac,
            (),
            "",
            wire._ref(),
            ip_address(host),
        )
    )


def misled(wire: Wire) -> tuple[Misled, ...]:
    """What the case says."""
    return case(wire).misled


def test_it_names_the_hosts_that_were_answered() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 101))
    wire.repeat(6610, 3, advert(B, 100))
    answer(wire, 9000, A_MAC)
    answer(wire, 9001, A_MAC, "10.0.0.78")
    answer(wire, 9002, A_MAC)
    wire.repeat(9610, 2, advert(B, 100))
    (found,) = misled(wire)
    assert found.way is Way.ANSWER
    assert [str(host) for host in found.hosts] == [HOST, "10.0.0.78"]
    assert found.times == 3


def test_a_router_that_yields_may_answer_until_it_has_removed_the_address() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(B, 100))
    wire.repeat(2400, 1, advert(A, 101))
    answer(wire, 2402, B_MAC)
    wire.repeat(3400, 8, advert(A, 101))
    assert misled(wire) == ()


def test_an_answer_from_before_the_take_over_counts_where_nobody_announces() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 101))
    answer(wire, 2500, A_MAC)
    wire.repeat(5610, 10, advert(B, 100))
    (found,) = misled(wire)
    assert (found.way, found.said_during) == (Way.OLD_ANSWER, False)


def test_an_announcement_of_the_new_master_makes_up_for_it() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 101))
    answer(wire, 2500, A_MAC)
    wire.repeat(5610, 1, advert(B, 100))
    wire.announce(5611, GARP, VIP, B_MAC)
    wire.repeat(6610, 9, advert(B, 100))
    assert misled(wire) == ()


def start(wire: Wire, at_ms: float, address: str, mac: str) -> None:
    """A daemon joins the group: its kernel says so twice."""
    wire.announce(at_ms, JOIN, address, mac)
    wire.announce(at_ms + 400, JOIN, address, mac)


def test_a_router_that_never_spoke_is_known_by_its_start() -> None:
    wire = Wire()
    start(wire, 0, C, C_MAC)
    wire.repeat(500, 5, advert(A, 101))
    answer(wire, 5000, C_MAC)
    wire.repeat(5500, 3, advert(A, 101))
    (found,) = misled(wire)
    assert (str(found.router.address), found.router.mac) == (C, C_MAC)


def test_a_router_that_only_answered_a_querier_may_be_a_hidden_master() -> None:
    wire = Wire()
    wire.announce(0, JOIN, C, C_MAC)
    wire.repeat(500, 5, advert(A, 101))
    answer(wire, 5000, C_MAC)
    wire.repeat(5500, 3, advert(A, 101))
    assert misled(wire) == ()


def test_the_masters_own_mac_beside_the_virtual_one_is_right() -> None:
    """FRRouting: the adverts have the virtual MAC, and eth0 answers as well."""
    wire = Wire()
    start(wire, 0, A, A_MAC)
    spoken = advert(A, 101, source_mac="00:00:5e:00:01:3c")
    wire.repeat(500, 5, spoken)
    answer(wire, 5000, A_MAC)
    wire.repeat(5500, 3, spoken)
    assert misled(wire) == ()


def test_a_client_is_no_router() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    answer(wire, 4500, CLIENT_MAC)
    wire.repeat(5000, 3, advert(A, 101))
    assert misled(wire) == ()
