"""The words that a report explains: those that occur, and those that explain them."""

import rendercases

from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.render import manual, report, words
from vrrpscope.render.style import Screen
from vrrpscope.render.terminal import text_of


def test_only_what_occurs_is_explained() -> None:
    assert words.known("dr-1 was master up to frame 5") == []
    assert [word for word, _ in words.known("it is in FAULT")] == ["FAULT"]


def test_a_word_that_explains_another_one_is_explained_too() -> None:
    found = [word for word, _ in words.known("its Master_Down_Interval")]
    assert found[:2] == ["Master_Down_Interval", "Skew_Time"]


def test_a_report_ends_with_its_words() -> None:
    shown = rendercases.text(rendercases.view(rendercases.PREEMPTED), report.diagnosis)
    last = shown.rpartition("\nWords\n")[2]
    assert "preemption: a hand-over to a router whose priority is higher" in " ".join(last.split())


def test_a_manual_page_ends_with_its_words() -> None:
    rule = all_rules()["vm-freeze"]
    shown = text_of(manual.page(rule), Screen(100))
    assert "IP identification: a number in the header" in shown.rpartition("\nWords\n")[2]
