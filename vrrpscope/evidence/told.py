"""What a router was told: a value, and the line of the configuration that says so."""

from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class SourceLine(Struct, frozen=True, order=True):
    """A line of a configuration file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Told(Struct, Generic[T], frozen=True):
    """A value and where it was told; `line` is None for a default of keepalived."""

    value: T
    line: SourceLine | None = None

    @property
    def is_default(self) -> bool:
        """True where no line of the configuration says it."""
        return self.line is None


class Note(Struct, frozen=True):
    """Something that keepalived changes, ignores or refuses in a configuration.

    Attributes:
        code: a stable name, for example "auth-pass-truncated".
        text: one sentence for people; never holds a password.
        line: the line that it is about, where there is one.
    """

    code: str
    text: str
    line: SourceLine | None = None


def printable(text: str) -> str:
    """The text with control characters made visible: configurations are not to be trusted."""
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


class Notes(list[Note]):
    """Notes in the order in which they arose."""

    def add(self, code: str, text: str, line: SourceLine | None = None) -> None:
        """Append a note, unless the very same is there already."""
        note = Note(code, printable(text), line)
        if note not in self[-8:]:
            self.append(note)
