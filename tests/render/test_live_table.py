"""The table below the lines of `tail`."""

import io

import pytest
from rich.console import Console
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.render import live_table
from vrrpscope.render.clock import clock
from vrrpscope.render.live_table import LiveTable
from vrrpscope.render.style import Screen


def shown(wire: Wire, now_ms: int) -> list[list[str]]:
    """The cells of each row, so late."""
    wire.builder.advance(now_ms * MS)
    rows = live_table._rows(wire.builder.finish(), now_ms * MS, clock(True, None))
    return [list(row) for row in rows]


def test_a_master_that_speaks_is_ok() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 2, advert(A, 99))
    (row,) = shown(wire, 6700)
    assert row == ["ipv4/60", A, "99", "00:00:00.000", "7", "0.7 s", "ok"]


def test_a_master_that_is_overdue_is_none() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    (row,) = shown(wire, 9000)
    assert row[-2:] == ["5.0 s", "no master"]


def test_two_masters_have_a_row_each() -> None:
    wire = Wire()
    for second in range(6):
        wire.say(1000 * second, advert(A, 100))
        wire.say(1000 * second + 300, advert(B, 100))
    rows = shown(wire, 5400)
    assert [row[1] for row in rows] == [A, B]
    assert {row[-1] for row in rows} == {"2 masters"}


def test_lines_stay_above_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(
        live_table, "Console", lambda **more: Console(file=stream, width=70, force_terminal=True)
    )
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    with LiveTable(clock(True, None), Screen()) as table:
        table.show([wire.builder.finish()], 5 * SECOND)
        table.print("\x1b[31mfirst\x1b[0m line\n")
    text = stream.getvalue()
    assert text.index("virtual router") < text.index("line") < text.rindex("virtual router")
    assert "10.0.0.1" in text
