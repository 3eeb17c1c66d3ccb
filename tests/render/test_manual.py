import re

import pytest

from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.errors import UsageError
from vrrpscope.render import manual
from vrrpscope.render.document import Heading, Paragraph, Picture
from vrrpscope.render.style import Screen
from vrrpscope.render.terminal import text_of

NAMES = sorted(all_rules())


def test_the_list_names_every_rule_once():
    shown = text_of(manual.overview(), Screen(120))
    for name in NAMES:
        assert len(re.findall(rf"^{name} ", shown, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_page_that_fits(name):
    rule = all_rules()[name]
    shown = text_of(manual.page(rule), Screen(80))
    assert all(len(row) <= 80 for row in shown.splitlines())
    words = " ".join(shown.split())
    assert rule.title in words
    for heading in re.findall(r"^#+ (.*)$", rule.manual, re.MULTILINE):
        assert re.search(rf"^{re.escape(heading)}$", shown, re.MULTILINE)
    for symptom in rule.explains:
        assert symptom in words
    assert "{" not in re.sub(r"\{[^}]*\d", "", manual.humanised(rule.says))


def test_a_wrong_name_gets_the_nearest_one():
    with pytest.raises(UsageError) as caught:
        manual.find_rule("no-preempt-weighted-check")
    assert caught.value.hint == "type vrrpscope explain nopreempt-weighted-check"
    assert manual.find_rule("missed-failover").id == "missed-failover"
    with pytest.raises(UsageError) as caught:
        manual.find_rule("xyzzy")
    assert caught.value.hint == "type vrrpscope explain for the list"


def test_templates_read_as_sentences():
    assert manual.humanised("{master} held it for {held_ns}.") == "<master> held it for <held>."
    assert manual.humanised("{a_interval!s:>5} {{x}}") == "<a interval> {x}"


def test_the_markdown_of_a_page_is_understood():
    blocks = list(
        manual.manual("### Title\nA text\nwith `code`.\n\n- one\n- two\n  more\n\n```\nx  y\n```\n")
    )
    assert isinstance(blocks[0], Heading)
    texts = ["".join(s.text for s in b.text) for b in blocks[:4]]
    assert texts == ["Title", "A text with code.", "one", "two more"]
    assert [b.bullet for b in blocks[1:4] if isinstance(b, Paragraph)] == [False, True, True]
    assert isinstance(blocks[4], Picture)


def test_the_page_of_all_rules_links_to_each_of_them():
    page = manual.rules_page()
    for name, rule in all_rules().items():
        assert f"[{name}](#{name})" in page
        assert page.count(f"\n## {name}\n") == 1
        assert rule.manual in page
    for target in re.findall(r"\]\(#([^)]*)\)", page):
        assert target in all_rules(), target
    assert page == manual.rules_page()


def test_the_begin_of_a_name_is_enough_for_the_hint():
    with pytest.raises(UsageError) as caught:
        manual.find_rule("auth_pass")
    assert caught.value.hint == "type vrrpscope explain auth-password-mismatch"
