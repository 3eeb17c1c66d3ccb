"""No cause is proven wrongly, and nothing healthy has a symptom, whatever evidence is given."""

import pytest

from tools.scoreboard import Given, Score, cases, page, result


@pytest.mark.parametrize("given", Given)
@pytest.mark.parametrize("case", cases())
def test_no_cause_is_proven_wrongly(case: str, given: Given) -> None:
    assert result(case, given).wrong == ()


@pytest.mark.parametrize("given", Given)
@pytest.mark.parametrize("case", [case for case in cases() if case.startswith("healthy-")])
def test_what_is_healthy_has_no_symptom(case: str, given: Given) -> None:
    assert result(case, given).symptoms == ()


@pytest.mark.parametrize("case", cases())
def test_every_case_says_what_was_done(case: str) -> None:
    assert isinstance(cases()[case].get("causes"), list)


def test_there_are_enough_cases() -> None:
    assert len(cases()) >= 60


def test_more_evidence_proves_more() -> None:
    proven = [sum(result(case, given).score is Score.PROVEN for case in cases()) for given in Given]
    assert proven == sorted(proven)
    assert proven[0] < proven[-1]


def test_the_page_has_a_line_for_each_case() -> None:
    lines = page().splitlines()
    assert all(any(line.startswith(f"| {case} |") for line in lines) for case in cases())
