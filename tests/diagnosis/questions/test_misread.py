"""Positive weights: A falls from 130 to 110, B may be anything."""

import pytest
from routers import A_MAC, B_MAC, case, conf
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.questions.misread import Misread
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, AuthenticationType

OPEN = Authentication(AuthenticationType.NONE)


def misread(a: str, b: str) -> Misread | None:
    """The misread weight of the one fall."""
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.announce(50, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(3600, 5, advert(A, 130, auth=OPEN))
    wire.repeat(8600, 20, advert(A, 110, auth=OPEN))
    told = case(wire, a=a, b=b)
    (due,) = told.due_failovers
    return told.misread_weight(due)


BONUS = conf(110, scripts={"chk": 20})


def test_a_penalty_of_the_same_size_would_have_moved_the_role() -> None:
    found = misread(BONUS, conf(100))
    assert found is not None
    assert (found.item.name, found.backup_priority, found.as_penalty) == ("chk", 100, 90)


@pytest.mark.parametrize("priority", [90, 80])
def test_a_penalty_would_not_have_sufficed_either(priority: int) -> None:
    assert misread(BONUS, conf(priority)) is None


def test_the_backup_is_better_as_it_is() -> None:
    assert misread(BONUS, conf(100, scripts={"chk": 20})) is None


def test_it_is_a_penalty() -> None:
    assert misread(conf(130, scripts={"chk": -20}), conf(100)) is None


def test_another_check_failed_as_well() -> None:
    """The configuration makes 140 of a healthy router, and 130 was on the wire."""
    assert misread(conf(110, scripts={"chk": 20, "disk": 10}), conf(100)) is None
