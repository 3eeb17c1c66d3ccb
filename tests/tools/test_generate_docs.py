"""The generated parts of the documentation: found, replaced, and never lost in silence."""

import sys

import pytest

from tools import generate_docs
from tools.generate_docs import DocsError, page_text, refresh, refresh_blocks, run_command

DOCUMENT = """# Title
<!-- output of: vrrpscope explain | head -2 -->
```text
old
```
after
"""


def test_the_block_gets_the_output_and_the_rest_stays():
    calls = []

    def run(command, status):
        calls.append((command, status))
        return "one \ntwo\n"

    expected = DOCUMENT.replace("old", "one\ntwo")
    assert refresh_blocks(DOCUMENT, run) == expected
    assert calls == [("vrrpscope explain | head -2", 0)]


def test_a_fresh_block_stays_as_it_is():
    assert refresh_blocks(DOCUMENT, lambda _command, _status: "old\n") == DOCUMENT


def test_an_expected_exit_code_is_no_part_of_the_command():
    text = DOCUMENT.replace("explain | head -2", "diagnose nowhere.pcap (exit 2)")
    calls = []
    refresh_blocks(text, lambda *call: calls.append(call) or "")
    assert calls == [("vrrpscope diagnose nowhere.pcap", 2)]


def test_two_blocks_do_not_run_into_each_other():
    text = DOCUMENT + DOCUMENT.replace("explain | head -2", "--version")
    refreshed = refresh_blocks(text, lambda command, _status: f"<{command}>")
    assert refreshed.count("```") == 4
    assert "<vrrpscope explain | head -2>\n```\nafter" in refreshed
    assert "<vrrpscope --version>\n```\nafter" in refreshed


@pytest.mark.parametrize(
    "text",
    [
        "<!-- output of: vrrpscope explain -->\nno block\n",
        "<!-- output of: vrrpscope explain -->\n```text\nnever closed\n",
    ],
)
def test_a_comment_without_a_block_is_an_error(text):
    with pytest.raises(DocsError, match="0 fenced blocks"):
        refresh_blocks(text, lambda _command, _status: "")


def test_an_output_that_would_close_its_own_block_is_an_error():
    with pytest.raises(DocsError, match="fence"):
        refresh_blocks(DOCUMENT, lambda _command, _status: "```\n")


@pytest.mark.parametrize("command", ["rm -rf x", "", "vrrpscopes explain"])
def test_nothing_but_the_program_itself_is_run(command):
    with pytest.raises(DocsError, match="only vrrpscope"):
        run_command(command)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A stand-in for the installed program, beside a stand-in for the interpreter."""
    path = tmp_path / "vrrpscope"
    path.write_text('#!/bin/sh\necho "$1"\necho "$TZ"\necho complaint >&2\nexit 2\n')
    path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))


def test_a_failing_command_shows_what_it_complained_about(program):
    assert run_command("vrrpscope 'a b'", status=2) == "a b\nUTC\ncomplaint\n"
    assert run_command("vrrpscope 'a b' | head -1", status=2) == "a b\n"


def test_an_unexpected_exit_code_is_an_error(program):
    with pytest.raises(DocsError, match="exit code 2 instead of 0\ncomplaint"):
        run_command("vrrpscope x")


def test_a_stale_document_is_shown_by_check_and_mended_without(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate_docs, "PAGES", {})
    (tmp_path / "README.md").write_text(DOCUMENT)

    def run(_command, _status):
        return "new\n"

    assert refresh(tmp_path, run, check=True) == 1
    printed = capsys.readouterr().out
    assert "-old\n+new" in printed
    assert (tmp_path / "README.md").read_text() == DOCUMENT

    assert refresh(tmp_path, run, check=False) == 1
    assert (tmp_path / "README.md").read_text() == DOCUMENT.replace("old", "new")
    assert refresh(tmp_path, run, check=True) == 0


def test_a_page_is_written_from_its_function(tmp_path, monkeypatch):
    monkeypatch.setattr(generate_docs, "PAGES", {"docs/cwd.md": "posixpath:sep_page"})
    monkeypatch.setattr("posixpath.sep_page", lambda: "text\n\n", raising=False)
    (tmp_path / "docs").mkdir()
    assert refresh(tmp_path, run_command, check=False) == 1
    assert (tmp_path / "docs/cwd.md").read_text() == "text\n"


def test_a_page_whose_source_is_gone_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(generate_docs, "PAGES", {"rules.md": "vrrpscope.nowhere:page"})
    assert refresh(tmp_path, run_command, check=True) == 0
    (tmp_path / "rules.md").write_text("left over")
    with pytest.raises(DocsError, match=r"rules\.md is there"):
        refresh(tmp_path, run_command, check=True)


def test_a_module_without_the_function_is_an_error():
    with pytest.raises(DocsError, match="no function nothing"):
        page_text("vrrpscope.errors:nothing")


def test_wrong_arguments_are_refused(capsys):
    assert generate_docs.main(["--chekc"]) == 2
    assert "usage" in capsys.readouterr().err
