"""What the logs of one cluster say about the adverts of strangers."""

from ipaddress import ip_address

import pytest
from routers import case
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.questions.rejections import rejected_strangers
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.evidence.told import SourceLine

C = "10.0.0.3"
OTHER = (ip_address("10.0.0.200"),)


def meant(reason: str, at_ms: int, mate_speaks: bool = False) -> int:
    """How many lines of A's log mean C, where it rejects one advert for that reason."""
    wire = Wire()
    for second in range(6):
        wire.say(1000 * second, advert(A, 200))
        wire.say(
            1000 * second + 300, advert(C, 100, addresses=OTHER, advert_interval_ns=2 * SECOND)
        )
        if mate_speaks:
            wire.say(1000 * second + 600, advert(B, 100))
    line = Statement(Said.REJECTED, SourceLine("a.log", 9), at_ms * MS, reason=reason)
    (collision,) = case(wire).collisions
    said = rejected_strangers(
        collision, lambda _, address, __, ___: (line,) if str(address) == A else ()
    )
    return len(said)


def test_a_rejection_for_what_the_two_differ_in_means_the_stranger() -> None:
    assert meant("advert-interval-mismatch", 3300) == 1


@pytest.mark.parametrize("reason", ["auth-password-mismatch", "ttl-not-255"])
def test_a_rejection_for_another_reason_means_somebody_else(reason: str) -> None:
    assert meant(reason, 3300) == 0


def test_where_a_mate_speaks_as_well_it_may_be_meant() -> None:
    assert meant("advert-interval-mismatch", 3300, mate_speaks=True) == 0
