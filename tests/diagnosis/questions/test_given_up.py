"""A yields the role of 60 to B at 5 s, or gives it up at 12 s."""

from sightings import ROUTER, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.questions.given_up import GivenUp
from vrrpscope.observation import VirtualRouter

OTHER = VirtualRouter("ipv4", 61)
HOST = "02:00:00:00:00:10"


def yielded() -> GivenUp:
    wire = Wire()
    wire.repeat(1000, 5, advert(A, 100))
    wire.repeat(5300, 9, advert(B, 120))
    return GivenUp(wire.builder.finish())


def released() -> GivenUp:
    wire = Wire()
    wire.repeat(1000, 11, advert(A, 100))
    wire.repeat(12_000, 1, advert(A, 0))
    return GivenUp(wire.builder.finish())


def test_a_role_that_was_yielded_and_one_that_was_released() -> None:
    assert yielded().elsewhere(HOST, OTHER, 4 * SECOND, 6 * SECOND)
    assert not yielded().elsewhere(HOST, OTHER, 6 * SECOND, 12 * SECOND)
    assert released().elsewhere(HOST, OTHER, 11 * SECOND, 13 * SECOND)
    assert not released().elsewhere(HOST, OTHER, 4 * SECOND, 6 * SECOND)


def test_the_same_virtual_router_and_another_host_do_not_count() -> None:
    assert not yielded().elsewhere(HOST, ROUTER, 4 * SECOND, 6 * SECOND)
    assert not yielded().elsewhere("02:00:00:00:00:99", OTHER, 4 * SECOND, 6 * SECOND)
