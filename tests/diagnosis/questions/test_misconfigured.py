"""Lines of a configuration that keepalived does not take, and what came of them."""

import pytest
from routers import case, conf, found
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case

RULE = "config-syntax-silently-different"


def told(a: str, master: int = 120, own: int | None = 100) -> Case:
    """B is master; A said a priority for three seconds before, if any."""
    wire = Wire()
    if own is not None:
        wire.repeat(1000, 3, advert(A, own))
    wire.repeat(3600 if own is not None else 1000, 20, advert(B, master))
    return case(wire, a=a, b=conf(master))


MISSPELT = conf(150).replace(" priority 150", " priorty 150")


def test_a_misspelt_priority_that_decided_who_is_master() -> None:
    (lost,) = told(MISSPELT).lost_priorities
    assert (lost.written, lost.effective) == (150, 100)
    (finding,) = found(RULE, told(MISSPELT))
    assert str(finding.verdict) == "proven"
    assert "priority 100 instead of 150" in finding.says


def test_without_its_own_advert_it_is_likely() -> None:
    (finding,) = found(RULE, told(MISSPELT, own=None))
    assert str(finding.verdict) == "likely"


@pytest.mark.parametrize("master", [90, 100, 150, 200])
def test_a_misspelt_priority_that_changed_nothing(master: int) -> None:
    assert told(MISSPELT, master=master).lost_priorities == ()


@pytest.mark.parametrize(
    "line",
    [
        " Priority 150",
        " prioritiy 150",
        " virtual_router_id 60 priority 150",
        " priority 150x",
    ],
)
def test_other_ways_to_lose_it(line: str) -> None:
    text = conf(150).replace(
        " virtual_router_id 60\n priority 150", f" virtual_router_id 60\n{line}"
    )
    finds = line != " priority 150x"
    assert bool(told(text).lost_priorities) is finds


def test_a_word_that_has_nothing_to_do_with_it() -> None:
    assert told(conf(100, "colour 150")).lost_priorities == ()
