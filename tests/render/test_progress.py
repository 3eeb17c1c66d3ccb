import io
import sys

import pytest

from vrrpscope.capture.source import CaptureFile
from vrrpscope.render import progress
from vrrpscope.render.progress import ProgressBar

PCAP_HEADER = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Call it to make standard error a terminal; only then, for pytest replaces it as well."""
    monkeypatch.setenv("TERM", "xterm-256color")

    def make():
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return make


def capture(name="made.pcap"):
    return CaptureFile(io.BytesIO(PCAP_HEADER).read, name)


def test_nothing_is_shown_within_the_first_second(terminal):
    stream = terminal()
    with ProgressBar(True) as bar:
        bar(capture(), 20_000)
    assert stream.getvalue() == ""


def test_a_long_read_shows_file_and_frames(terminal, monkeypatch):
    monkeypatch.setattr(progress, "_PATIENCE_S", 0)
    stream = terminal()
    with ProgressBar(True) as bar:
        bar(capture(), 20_000)
        bar(capture(), 1_040_000)
        bar(capture("[red]other\x1b.pcap"), 20_000)
    shown = stream.getvalue()
    assert "made.pcap" in shown
    assert "1,040,000 frames" in shown
    # The name is neither markup nor a way to steer the terminal.
    assert "[red]other\\x1b.pcap" in shown


def test_no_bar_without_a_terminal_or_with_quiet(terminal, monkeypatch):
    monkeypatch.setattr(progress, "_PATIENCE_S", 0)
    stream = terminal()
    with ProgressBar(False) as bar:
        bar(capture(), 20_000)
    assert stream.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with ProgressBar(True) as bar:
        bar(capture(), 20_000)
    assert sys.stderr.getvalue() == ""
