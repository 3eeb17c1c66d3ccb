"""The words of findings."""

import pytest

from vrrpscope.diagnosis.finding import listed


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
