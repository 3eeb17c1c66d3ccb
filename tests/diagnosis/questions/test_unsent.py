"""Adverts that a router's own host refused to send."""

from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.questions.unsent import Unsent, find_unsent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.evidence.told import SourceLine

REFUSED = "Operation not permitted"


def line(number: int) -> SourceLine:
    return SourceLine("a.log", number)


def failed(second: int, reason: str = REFUSED) -> Statement:
    return Statement(
        Said.SEND_FAILED, line(second), second * SECOND, instance="VI_1", reason=reason
    )


def found(wire: Wire, *told: Statement) -> list[Unsent]:
    """What is found where A's log says this."""

    def said(
        _story: object, address: object, *kinds: Said, **_bounds: int
    ) -> tuple[Statement, ...]:
        own = told if str(address) == A else ()
        return tuple(s for s in own if s.said in kinds)

    timeline = wire.builder.finish()
    return list(find_unsent(timeline, timeline.routers[0], said))


def silent_from_ten() -> Wire:
    """A's adverts come up to second 9; B takes over."""
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(12_610, 10, advert(B, 100))
    return wire


def test_errors_while_nothing_of_it_came() -> None:
    (unsent,) = found(silent_from_ten(), *(failed(s) for s in range(10, 22)))
    assert (unsent.since_ns, unsent.until_ns) == (10 * SECOND, 21 * SECOND)
    assert unsent.last_word.time_ns == 9 * SECOND
    assert len(unsent.lines) == 12
    assert unsent.on_purpose is None


def test_a_check_that_failed_just_before() -> None:
    check = Statement(Said.TRACKED, line(9), 9 * SECOND, name="chk", good=False)
    (unsent,) = found(silent_from_ten(), check, *(failed(s) for s in range(10, 14)))
    assert unsent.on_purpose is check


def test_an_interface_that_went_down_explains_it() -> None:
    """keepalived tries to say priority 0 all the same, twice, and over IPv6 the error is EINVAL."""
    down = Statement(Said.INTERFACE, line(9), 10 * SECOND, name="eth0", good=False)
    refused = [failed(10, "Invalid argument"), failed(10, "Invalid argument")]
    assert len(found(silent_from_ten(), *refused)) == 1
    assert found(silent_from_ten(), down, *refused) == []


def test_adverts_that_came_all_the_same() -> None:
    """Errors of another peer, or of another interface: these adverts did leave."""
    wire = Wire()
    wire.repeat(0, 30, advert(A, 101))
    assert found(wire, *(failed(s) for s in range(10, 22))) == []


def test_a_link_that_is_down_is_something_else() -> None:
    told = [failed(s, "Network is down") for s in range(10, 22)]
    assert found(silent_from_ten(), *told) == []


def test_one_error_is_no_incident() -> None:
    assert found(silent_from_ten(), failed(10)) == []
