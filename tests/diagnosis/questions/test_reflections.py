"""Routers that get their own adverts back."""

from ipaddress import ip_address

import pytest
from msgspec.structs import replace
from sightings import VANTAGE, A, B, Wire, advert

from vrrpscope.diagnosis.questions.reflections import Reflection, find_reflections
from vrrpscope.diagnosis.questions.twins import find_twins
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.evidence.told import SourceLine
from vrrpscope.timeline.model import Timeline

LINE = Statement(Said.OWN_ADDRESS_HEARD, SourceLine("a.log", 7), None)


def reflections(
    wire: Wire, logs_of: tuple[str, ...] = (A,), line: Statement = LINE
) -> list[Reflection]:
    """What is found where the logs of these say that they heard themselves."""
    timeline = wire.builder.finish()
    (story,) = timeline.routers
    known = [ip_address(a) for a in logs_of]
    twins = tuple(find_twins(Timeline(VANTAGE), story))
    found = find_reflections(
        timeline, story, twins, lambda _, address: (line,) if address in known else ()
    )
    return list(found)


def copied(lag_ms: float) -> Wire:
    wire = Wire()
    for second in range(8):
        wire.say(1000 * second, advert(A, 100), ip_id=30 + second)
        wire.say(1000 * second + lag_ms, advert(A, 100), ip_id=30 + second)
    return wire


def test_packets_that_came_twice_and_a_log_that_says_so() -> None:
    (found,) = reflections(copied(0.1))
    assert (str(found.sender.address), found.copies, found.statements) == (A, 8, (LINE,))


def test_without_the_log_a_mirror_port_explains_it() -> None:
    assert reflections(copied(0.1), logs_of=()) == []
    assert reflections(copied(0.1), logs_of=(B,)) == []


def test_a_log_alone_tells_of_a_clone_that_is_not_in_the_capture() -> None:
    wire = Wire()
    wire.repeat(0, 8, advert(A, 100))
    assert reflections(wire) == []


def test_two_macs_of_one_address_are_a_clone() -> None:
    wire = copied(0.1)
    wire.say(9000, advert(A, 100, source_mac="02:00:00:00:00:99"), ip_id=1)
    assert reflections(wire) == []


@pytest.mark.parametrize(
    ("at_s", "found"), [(None, (True, False)), (3, (True, True)), (8, (True, True)), (60, (False,))]
)
def test_lines_of_another_time_are_about_something_else(
    at_s: int | None, found: tuple[bool, ...]
) -> None:
    at_ns = at_s * 1_000_000_000 if at_s is not None else None
    said = replace(LINE, time_ns=at_ns)
    assert tuple((bool(r), r.is_timed) for r in reflections(copied(0.1), line=said)) == (
        (found,) if found[0] else ()
    )


def test_without_a_count_only_the_haste_of_the_second_one_tells() -> None:
    wire = Wire()
    for second in range(8):
        wire.say_uncounted(1000 * second, advert(A, 100))
        wire.say_uncounted(1000 * second + 0.05, advert(A, 100))
    (found,) = reflections(wire)
    assert found.copies == 8
