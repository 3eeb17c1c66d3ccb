"""Every cause is a rule or a candidate of rules, and nothing is both."""

import re
from pathlib import Path

import pytest

from vrrpscope.diagnosis.candidates import CANDIDATES
from vrrpscope.diagnosis.finding import Kind
from vrrpscope.diagnosis.rule import all_rules

SHARED = Path(__file__).resolve().parents[3] / "shared" / "catalogue.md"
ENTRY = re.compile(r"^#### [A-F]\d+ `([a-z0-9-]+)`", re.M)


@pytest.mark.skipif(not SHARED.is_file(), reason=f"{SHARED} is not here")
def test_every_entry_of_the_catalogue_is_a_rule_or_a_candidate() -> None:
    entries = set(ENTRY.findall(SHARED.read_text()))
    assert len(entries) > 60
    assert sorted(entries - set(all_rules()) - set(CANDIDATES)) == []


def test_no_cause_is_a_rule_and_a_candidate() -> None:
    assert set(all_rules()) & set(CANDIDATES) == set()


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_is_of_rules_that_exist_and_says_what_would_settle_it(name: str) -> None:
    candidate = CANDIDATES[name]
    assert candidate.of
    assert set(candidate.of) <= set(all_rules())
    assert candidate.settle_with
    assert candidate.why


@pytest.mark.parametrize("name", CANDIDATES)
def test_the_rules_that_share_its_picture_name_it(name: str) -> None:
    folder = Path(__file__).resolve().parents[2] / "vrrpscope" / "diagnosis"
    source = "".join(path.read_text() for path in sorted(folder.rglob("*.py")))
    own = (folder / "candidates.py").read_text()
    assert f'"{name}"' in source.replace(own, ""), "no rule says that it is not excluded"


def test_consequences_have_no_cycle() -> None:
    rules = all_rules()
    for rule in rules.values():
        seen, ahead = set(), list(rule.follows)
        while ahead:
            name = ahead.pop()
            assert name != rule.id, f"{rule.id} follows itself"
            assert rules[name].kind is not Kind.SYMPTOM
            if name not in seen:
                seen.add(name)
                ahead += rules[name].follows
