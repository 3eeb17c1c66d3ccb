"""A fall of the priority that lies before the capture: A says 99 from the first frame on."""

from logged import node
from routers import conf
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.falls import Fall, find_falls, held_after
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.diagnosis.questions.signs import Signs

CHECKED = conf(101, scripts={"chk": -2})
MASTER = (2, "(VI_1) Entering MASTER STATE")
FELL = (4, "(VI_1) Changing effective priority from 101 to 99")


def falls(*nodes: Node, first_ip_id: int = 50, priority: int = 99) -> list[Fall]:
    """The falls where A is heard from second 10 to second 29."""
    wire = Wire()
    for step in range(20):
        wire.say(10_000 + 1000 * step, advert(A, priority), ip_id=first_ip_id + step)
    timeline = wire.builder.finish()
    (story,) = timeline.routers
    return list(find_falls(timeline, story, Signs(story), nodes, LogBook))


def test_the_capture_alone_tells_of_no_fall() -> None:
    assert falls() == []


def test_the_masters_own_log_tells_of_it() -> None:
    (found,) = falls(node("a", A, MASTER, FELL))
    assert (found.priority_before, found.priority) == (101, 99)
    assert found.told is not None
    assert found.before is None
    held = held_after(found)
    assert held is not None
    assert held[0].time_ns == 29 * SECOND


def test_a_log_that_tells_another_priority_tells_nothing_of_this_one() -> None:
    assert falls(node("a", A, MASTER, FELL), priority=97) == []


def test_a_router_that_was_no_master_when_it_fell_was_not_to_be_replaced() -> None:
    assert falls(node("a", A, (2, "(VI_1) Entering BACKUP STATE"), FELL)) == []


def test_the_configurations_tell_of_it_where_another_one_is_better() -> None:
    a = node("a", A, conf=CHECKED)
    (found,) = falls(a, node("b", B, conf=conf(100)))
    assert (found.priority_before, found.told) == (101, None)
    assert falls(a, node("b", B, conf=conf(99))) == []
    assert falls(node("a", A, conf=conf(101)), node("b", B, conf=conf(100))) == []


def test_a_router_that_has_just_become_master_was_degraded_before_that() -> None:
    """Its count begins at 1: it took over like that, and did not fall as a master."""
    assert falls(node("a", A, conf=CHECKED), node("b", B, conf=conf(100)), first_ip_id=1) == []
