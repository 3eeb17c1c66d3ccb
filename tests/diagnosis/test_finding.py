"""The words of findings."""

import pytest

from vrrpscope.diagnosis.finding import enumerated, listed


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("a", "b"), "a and b"),
        (("a", "b", "c", "d"), "a, b, c and d"),
        (tuple("abcdefg"), "a, b, c, d and 3 more"),
        ((1, 2), "1 and 2"),
    ],
)
def test_a_list_for_a_sentence(items, text) -> None:
    assert listed(items) == text


@pytest.mark.parametrize(
    ("items", "most", "text"),
    [
        ((), 4, ""),
        (("a",), 4, "a"),
        (("a", "b"), 4, "a, b"),
        (tuple("abcdefg"), 4, "a, b, c, d and 3 more"),
        (iter((1, 2, 3)), 2, "1, 2 and 1 more"),
    ],
)
def test_a_list_beside_others(items, most, text) -> None:
    assert enumerated(items, most) == text


def test_a_long_list_for_a_sentence_is_cut_where_it_is_told_to_be() -> None:
    assert listed(tuple("abcdef"), most=6) == "a, b, c, d, e and f"
    assert listed(tuple("abcdef"), most=5) == "a, b, c, d, e and 1 more"
