"""What a log says of a backup from second 20 to second 30, and what its silence is worth."""

import pytest
from logged import node
from sightings import ROUTER, SECOND, B

from vrrpscope.diagnosis.questions.account import Account, read_account
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.evidence.statement import Said

START = (1, "Starting Keepalived v2.2.7 (01/16,2022)")
BACKUP = (2, "(VI_1) Entering BACKUP STATE (init)")
LATER = (40, "Stopping")


def account(*lines: tuple[int, str], compared: bool = True) -> Account:
    """The account of these lines for the span."""
    told = read_account(book(*lines, compared=compared), 20 * SECOND, 30 * SECOND)
    assert told is not None
    return told


def book(*lines: tuple[int, str], compared: bool = True) -> LogBook:
    return LogBook(node("b", B, *lines, compared=compared), ROUTER)


def test_a_log_that_goes_on_and_says_nothing_else_tells_a_backup() -> None:
    told = account(START, BACKUP, LATER)
    assert told.stays_backup
    assert told.priorities(100) == {100}


def test_a_log_that_ends_before_tells_nothing_by_its_silence() -> None:
    told = account(START, BACKUP)
    assert told.state == "BACKUP"
    assert not told.stays_backup
    assert told.priorities(100) is None
    assert told.last_priority(100) == 100


def test_a_log_whose_clock_is_not_known_covers_nothing() -> None:
    lines = (START, BACKUP, LATER)
    assert not account(*lines, compared=False).covers


def test_a_log_that_begins_later_than_the_span_does_not_cover_it() -> None:
    assert not account((25, "(VI_1) Entering BACKUP STATE"), LATER).stays_backup


def test_changes_of_the_priority_within_the_span_are_all_possible() -> None:
    fell = (10, "(VI_1) Changing effective priority from 100 to 90")
    rose = (25, "(VI_1) Changing effective priority from 90 to 100")
    assert account(START, BACKUP, fell, LATER).priorities(100) == {90}
    assert account(START, BACKUP, fell, rose, LATER).priorities(100) == {90, 100}


def test_the_priority_is_not_known_without_its_begin() -> None:
    assert account(BACKUP, LATER).priorities(100) is None
    assert account(START, BACKUP, LATER).priorities(None) is None


def test_a_reload_within_the_span_leaves_both_open() -> None:
    told = account(START, BACKUP, (25, "Reloading"), LATER)
    assert not told.stays_backup
    assert told.priorities(100) is None
    assert told.starts_anew is not None


@pytest.mark.parametrize(
    "line", ["(VI_1) Entering FAULT STATE", "Stopping", "(VI_1) Entering MASTER STATE"]
)
def test_who_was_no_backup(line: str) -> None:
    assert account(START, BACKUP, (10, line)).is_out
    back = (22, "(VI_1) Entering BACKUP STATE")
    assert not account(START, BACKUP, (10, line), back).is_out


def test_a_line_of_the_very_second_may_lie_before_or_within() -> None:
    """The times have whole seconds: 20 may be 20.0 or 20.999."""
    told = account(START, BACKUP, (20, "(VI_1) Entering FAULT STATE"), LATER)
    assert told.state == "BACKUP"
    assert not told.stays_backup


@pytest.mark.parametrize(
    ("line", "preempts"),
    [
        ((21, "(VI_1) received lower priority (90) advert from 10.0.0.1 - discarding"), True),
        ((10, "(VI_1) received lower priority (90) advert from 10.0.0.1 - discarding"), False),
        (
            (1, "(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing"),
            True,
        ),
    ],
)
def test_what_shows_that_it_preempts(line: tuple[int, str], preempts: bool) -> None:
    lines = sorted([START, BACKUP, line, LATER], key=lambda told: told[0])
    assert account(*lines).preempts is preempts


def test_what_surely_lies_before_and_between() -> None:
    """At whole seconds: a line of second 20 may lie before 20.5 s, or after it."""
    told = book(START, BACKUP, (20, "Reloading"), LATER)
    both = (Said.STATE, Said.RELOADED)
    before = told.last_before(20 * SECOND + SECOND // 2, *both)
    assert before is not None and before.said is Said.STATE
    before = told.last_before(22 * SECOND, *both)
    assert before is not None and before.said is Said.RELOADED
    assert [s.said for s in told.within(20 * SECOND, 30 * SECOND)] == [Said.RELOADED]
    assert told.within(20 * SECOND, 30 * SECOND, Said.STATE) == ()
    between = told.surely_within(10 * SECOND, 30 * SECOND, Said.RELOADED)
    assert [s.said for s in between] == [Said.RELOADED]
    assert told.surely_within(20 * SECOND, 30 * SECOND, Said.RELOADED) == ()


def test_without_a_log_there_is_no_account() -> None:
    assert read_account(book(), 0, 1) is None
