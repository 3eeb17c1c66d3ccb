"""What the place that the text goes to can show: columns, colours, characters."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from msgspec import Struct

WIDEST = 120
NARROWEST = 40
IN_A_PIPE = 100

_CODES = {
    "strong": "1",
    "dim": "2",
    "error": "1;31",
    "warning": "1;33",
    "info": "36",
    "good": "32",
    "low": "33",
    "code": "",
    "legend": "2",
    "heading": "1;4",
}
"""Style -> SGR code (ECMA-48 section 8.3.117)."""


class Glyphs(Struct, frozen=True):
    """The characters of a picture."""

    bar: str
    pause: str
    step: str
    release: str
    join: str
    leave: str
    handover: str
    finding: str
    axis: str
    tick: str
    arrow: str
    ellipsis: str
    bullet: str


UNICODE = Glyphs("━", "┄", "┳", "✕", "○", "◌", "▼", "▲", "─", "┬", "→", "…", "•")
ASCII = Glyphs("=", ":", "|", "x", "o", "q", "v", "^", "-", "+", "->", "...", "-")


class Screen(Struct, frozen=True):
    """Where the text goes.

    Attributes:
        width: columns.
        colour: escape codes are understood and wanted.
        unicode: more than ASCII can be shown.
    """

    width: int = IN_A_PIPE
    colour: bool = False
    unicode: bool = True

    @property
    def glyphs(self) -> Glyphs:
        """The characters that can be shown."""
        return UNICODE if self.unicode else ASCII

    def paint(self, text: str, style: str) -> str:
        """The text in a style, where colours are wanted."""
        code = _CODES.get(style, "")
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code and text else text

    def plain(self, text: str) -> str:
        """The text in characters that can be shown."""
        if self.unicode or text.isascii():
            return text
        for fancy, simple in (("→", "->"), ("…", "..."), ("▲", "^")):
            text = text.replace(fancy, simple)
        return text.encode("ascii", "backslashreplace").decode("ascii")


def screen(stream: TextIO, colour: str = "auto") -> Screen:
    """What a stream can show; `colour` is "auto", "always" or "never"."""
    terminal = _is_terminal(stream)
    return Screen(
        width=_width(stream, terminal),
        colour=_wants_colour(colour, terminal, os.environ),
        unicode=_speaks_unicode(stream),
    )


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def _width(stream: TextIO, terminal: bool) -> int:
    told = os.environ.get("COLUMNS", "")
    width = int(told) if told.isascii() and told.isdigit() else 0
    if not width and terminal:
        try:
            width = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            width = 80
    return max(NARROWEST, min(width or IN_A_PIPE, WIDEST))


def _wants_colour(colour: str, terminal: bool, environment: Mapping[str, str]) -> bool:
    """The option first, then the conventions of no-color.org and bixense.com/clicolors."""
    if colour != "auto":
        return colour == "always"
    if environment.get("NO_COLOR"):
        return False
    for name in ("CLICOLOR_FORCE", "FORCE_COLOR"):
        if environment.get(name, "0") not in ("", "0"):
            return True
    return terminal and environment.get("TERM") != "dumb" and environment.get("CLICOLOR") != "0"


def _speaks_unicode(stream: TextIO) -> bool:
    encoding = getattr(stream, "encoding", None) or sys.getdefaultencoding()
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig", "utf16")
