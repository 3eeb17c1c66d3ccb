"""Which nodes belong to a virtual router that was seen."""

import logged
import pytest
from routers import conf
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.members import is_member
from vrrpscope.observation import AnnouncementKind


def wire() -> Wire:
    found = Wire()
    found.repeat(0, 5, advert(A, 101))
    found.announce(500, AnnouncementKind.IGMP_JOIN, B, "02:00:00:00:00:20")
    return found


@pytest.mark.parametrize(
    ("address", "text", "wanted"),
    [
        # It advertised; it joined the group.
        (A, None, True),
        (B, None, True),
        # It is told the same virtual address.
        ("10.0.0.9", conf(100), True),
        # Of another VLAN: the same VRID, another address, and nothing seen of it.
        ("10.9.0.9", conf(100).replace("10.0.0.100", "10.9.0.100"), False),
        # Its log has an instance that the binding tied to this virtual router.
        ("10.9.0.9", None, True),
    ],
)
def test_who_belongs_to_it(address: str, text: str | None, wanted: bool) -> None:
    node = logged.node("n", address, (0, "Startup complete"), conf=text)
    assert is_member(wire().story(), node) is wanted
