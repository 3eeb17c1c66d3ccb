import io

import pytest

from vrrpscope.render.style import IN_A_PIPE, WIDEST, Screen, screen

NAMES = ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "COLUMNS")


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


def stream(terminal: bool = True, encoding: str = "utf-8"):
    return (Terminal if terminal else io.TextIOWrapper)(io.BytesIO(), encoding=encoding)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def coloured(monkeypatch, colour="auto", terminal=True, **environment) -> bool:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return screen(stream(terminal), colour).colour


def test_colour_is_for_terminals(monkeypatch):
    assert coloured(monkeypatch)
    assert not coloured(monkeypatch, terminal=False)


def test_the_option_has_the_last_word(monkeypatch):
    assert coloured(monkeypatch, "always", terminal=False, NO_COLOR="1")
    assert not coloured(monkeypatch, "never", FORCE_COLOR="1")


@pytest.mark.parametrize("name", ["FORCE_COLOR", "CLICOLOR_FORCE"])
def test_colour_can_be_forced_into_a_pipe(monkeypatch, name):
    assert coloured(monkeypatch, terminal=False, **{name: "1"})
    monkeypatch.setenv(name, "0")
    assert not coloured(monkeypatch, terminal=False)


def test_no_color_counts_unless_it_is_empty(monkeypatch):
    assert not coloured(monkeypatch, NO_COLOR="1", FORCE_COLOR="1")
    monkeypatch.delenv("FORCE_COLOR")
    assert coloured(monkeypatch, NO_COLOR="")


def test_a_dumb_terminal_has_no_colour(monkeypatch):
    assert not coloured(monkeypatch, TERM="dumb")


def test_the_width_is_the_terminals_within_bounds(monkeypatch):
    assert screen(stream(False)).width == IN_A_PIPE
    monkeypatch.setenv("COLUMNS", "80")
    assert screen(stream()).width == 80
    monkeypatch.setenv("COLUMNS", "500")
    assert screen(stream()).width == WIDEST
    monkeypatch.setenv("COLUMNS", "nonsense")
    assert screen(stream(False)).width == IN_A_PIPE


def test_what_is_not_utf_8_gets_ascii():
    assert screen(stream(encoding="utf-8")).unicode
    latin = screen(stream(encoding="latin-1"))
    assert latin.glyphs.bar == "="
    assert latin.plain("dr-1 → dr-2 …") == "dr-1 -> dr-2 ..."
    assert latin.plain("ß").isascii()


def test_without_colour_there_is_no_escape_code():
    assert Screen(colour=False).paint("x", "error") == "x"
    assert Screen(colour=True).paint("x", "error") == "\x1b[1;31mx\x1b[0m"
