"""The table of hand-overs: the told timers, and what a delay tells."""

import json

import rendercases

from vrrpscope.render import json as document
from vrrpscope.render.handovers import handovers
from vrrpscope.render.terminal import text_of

TOLD = "slow-failover-down-timer"
CHANGED = "frr-priority-changed-while-timer-runs"


def table(case: str, told: bool = True, full: bool = True) -> list[str]:
    """The lines of the table, by single spaces."""
    view = rendercases.view(case, told)
    (story,) = view.analysis.timelines[0].routers
    lines = text_of(handovers(view, story, full), view.screen).splitlines()
    return [" ".join(line.split()) for line in lines]


def row(lines: list[str]) -> str:
    """The one hand-over after the first."""
    (found,) = [line for line in lines if " expiry " in line]
    return found.partition(" expiry ")[2]


def test_the_told_down_timer_is_what_is_allowed() -> None:
    """dr-2.conf says down_timer_adverts 10: 10.609 s."""
    assert row(table(TOLD)) == "10.6 s 10.6 s yes 22 98 to 112"
    assert row(table(TOLD, told=False)).startswith("10.6 s 3.609 s no 22")


def test_a_silence_that_a_told_timer_explains_is_none() -> None:
    told, untold = rendercases.view(TOLD), rendercases.view(TOLD, told=False)
    from vrrpscope.render.story import stories

    texts = [
        text_of([b for _, part in stories(v, {}, True) for b in part], v.screen)
        for v in (told, untold)
    ]
    assert ["Silences that no timer explains" in text for text in texts] == [False, True]


def test_the_short_report_leaves_the_priorities_out() -> None:
    assert row(table(TOLD, full=False)) == "10.6 s 10.6 s yes 22"


def test_a_newcomer_is_told_by_its_delay() -> None:
    lines = " ".join(table(CHANGED))
    assert (
        "203.0.113.2 had not spoken before 22:24:35.216: it waited like a router of priority 59 to "
        "73, but then said 200" in lines
    )
    assert "had not spoken" not in " ".join(table(TOLD))


def test_json_has_the_same() -> None:
    (router,) = json.loads(document.text_of(rendercases.view(TOLD), document.DIAGNOSIS))[
        "virtual_routers"
    ]
    first, second = router["handovers"]
    assert (first["implied_priority"], first["on_time"]) == (None, None)
    assert second["expected_ns"] == [10_609_375_000, 10_609_375_000]
    assert (second["implied_priority"], second["on_time"]) == ([98, 112], True)
