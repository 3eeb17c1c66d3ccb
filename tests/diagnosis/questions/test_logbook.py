"""Lines of a log by their time: one that says "second 9" was written between 9 and 10."""

import pytest
from logged import node
from sightings import ROUTER, SECOND, B

from vrrpscope.diagnosis.questions.logbook import LogBook, time_of
from vrrpscope.evidence.statement import Said

LINES = (
    (1, "Starting Keepalived v2.2.7 (01/16,2022)"),
    (2, "(VI_1) Entering BACKUP STATE (init)"),
    (9, "(VI_1) Entering MASTER STATE"),
    (20, "(VI_1) Changing effective priority from 100 to 90"),
)


@pytest.mark.parametrize(
    ("since", "until", "said", "seconds"),
    [
        (None, None, (), [1, 2, 9, 20]),
        (9.5, None, (), [9, 20]),
        (13, None, (), [20]),
        (None, 8, (), [1, 2]),
        (None, 20, (Said.STATE,), [2, 9]),
        (3.5, 20, (Said.PRIORITY, Said.STATE), [9, 20]),
        (30, 20, (), []),
    ],
)
def test_what_may_have_been_said_in_a_span(since, until, said, seconds) -> None:
    bounds = (None if bound is None else round(bound * SECOND) for bound in (since, until))
    found = LogBook(node("b", B, *LINES), ROUTER).within(*bounds, *said)
    assert [time_of(s) // SECOND for s in found] == seconds


def test_only_a_node_without_a_log_has_an_empty_book() -> None:
    assert not LogBook(node("b", B, *LINES, compared=False), ROUTER).is_empty
    assert LogBook(node("b", B), ROUTER).is_empty
