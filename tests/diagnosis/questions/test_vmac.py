"""Frames from the virtual MAC that came from a router which is no master."""

import pytest
from routers import A_MAC, B_MAC, VIP, case
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.vmac import virtual_mac
from vrrpscope.observation import AnnouncementKind, VirtualRouter

JOIN = AnnouncementKind.IGMP_JOIN
VMAC = "00:00:5e:00:01:3c"


@pytest.mark.parametrize(
    ("router", "mac"),
    [
        (VirtualRouter("ipv4", 51), "00:00:5e:00:01:33"),
        (VirtualRouter("ipv6", 255), "00:00:5e:00:02:ff"),
        (VirtualRouter("ipv4", 1), "00:00:5e:00:01:01"),
    ],
)
def test_the_virtual_mac_of_rfc_5798_section_7_3(router: VirtualRouter, mac: str) -> None:
    assert virtual_mac(router) == mac


def reported(subject: str, mac: str, at_ms: float = 4500, spoken_mac: str = VMAC):
    """What is found where A is master from 1 s to 8 s, and somebody reports its membership."""
    wire = Wire()
    wire.repeat(1000, 4, advert(A, 101, source_mac=spoken_mac))
    wire.announce(at_ms, JOIN, subject, mac)
    wire.repeat(5000, 4, advert(A, 101, source_mac=spoken_mac))
    return case(wire).poisoned


def test_a_backup_reports_from_the_virtual_mac() -> None:
    (found,) = reported(B, VMAC)
    assert (str(found.router), found.mac, found.is_known, found.heals) == (B, VMAC, False, True)


def test_adverts_from_another_mac_do_not_put_it_right() -> None:
    (found,) = reported(B, VMAC, spoken_mac=A_MAC)
    assert not found.heals


def test_a_router_that_advertised_itself_is_surely_another_one() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(B, 100, source_mac=VMAC))
    wire.say(2500, advert(B, 0, source_mac=VMAC))
    wire.repeat(3110, 3, advert(A, 101, source_mac=VMAC))
    wire.announce(5500, JOIN, B, VMAC)
    wire.repeat(6110, 3, advert(A, 101, source_mac=VMAC))
    (found,) = case(wire).poisoned
    assert found.is_known


def test_a_router_that_was_given_another_address_is_no_other_router() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(B, 101, source_mac=VMAC))
    wire.repeat(3000, 3, advert(A, 101, source_mac=VMAC))
    wire.announce(5500, JOIN, B, VMAC)
    wire.repeat(6000, 3, advert(A, 101, source_mac=VMAC))
    (found,) = case(wire).poisoned
    assert not found.is_known


@pytest.mark.parametrize(
    ("subject", "mac"),
    [
        pytest.param(A, VMAC, id="the master itself"),
        pytest.param(VIP, VMAC, id="the virtual address"),
        pytest.param("0.0.0.0", VMAC, id="nobody's address"),
        pytest.param(B, B_MAC, id="its own MAC"),
        pytest.param(B, "00:00:5e:00:01:3d", id="the MAC of another VRID"),
    ],
)
def test_no_harm(subject: str, mac: str) -> None:
    assert reported(subject, mac) == ()


def test_before_anybody_is_master_no_switch_is_misled() -> None:
    wire = Wire()
    wire.announce(0, JOIN, B, VMAC)
    wire.repeat(1000, 4, advert(A, 101, source_mac=VMAC))
    assert case(wire).poisoned == ()
