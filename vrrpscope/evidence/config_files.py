"""Configuration files on disk: reading them, and finding those that they include."""

import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.told import Notes, SourceLine

MAX_TOTAL_BYTES = 8 * 1024 * 1024
MAX_FILES = 1000
_MAX_ALTERNATIVES = 100
_USUAL_FOLDER = "/etc/keepalived/"
_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


@dataclass(slots=True)
class ConfigFiles:
    """The files that make up one configuration.

    Attributes:
        folder: included files are read from here and below, nowhere else: a configuration is often
            looked at away from its router, and must not pick up this machine's files.
        lines: the lines of each file that was read, without line ends.
        encodings: how the bytes of each file became characters, so that a password can go back.
    """

    folder: str
    notes: Notes
    lines: dict[str, list[str]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)
    _bytes: int = 0

    def read(self, path: str) -> list[str]:
        """Read one file.

        Raises:
            EvidenceError: where it cannot be read, is binary, or is too much.
        """
        try:
            with Path(path).open("rb") as stream:
                data = stream.read(MAX_TOTAL_BYTES - self._bytes + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise EvidenceError(
                f"cannot read the configuration {path}: {reason}",
                "give the path of a keepalived.conf that this user may read",
            ) from error
        self._bytes += len(data)
        return self.add(path, data)

    def try_to_read(self, path: str, line: SourceLine) -> bool:
        """Read a file that `line` includes; False, and a note, where the system refuses.

        Raises:
            EvidenceError: where it is binary, or too much.
        """
        try:
            self.read(path)
        except EvidenceError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            self.notes.add("include-skipped", f"{error.message}: not read", line)
            return False
        return True

    def add(self, path: str, data: bytes) -> list[str]:
        """Take the content of one file, read elsewhere.

        Raises:
            EvidenceError: where it is binary, or too much.
        """
        if len(data) > MAX_TOTAL_BYTES or self._bytes > MAX_TOTAL_BYTES:
            raise EvidenceError(
                f"{path}: more than {MAX_TOTAL_BYTES // 1024 // 1024} MiB of configuration",
                "check that this is a keepalived.conf and that no include matches too much",
            )
        if b"\0" in data:
            line = data.count(b"\n", 0, data.index(b"\0")) + 1
            raise EvidenceError(
                f"{path}:{line}: a NUL byte: this is no configuration of keepalived",
                "give a keepalived.conf; captures are given without --config",
            )
        text = self._decode(path, data)
        self.lines[path] = text.removesuffix("\n").split("\n")
        return self.lines[path]

    def _decode(self, path: str, data: bytes) -> str:
        try:
            text = data.decode("utf-8")
            self.encodings[path] = "utf-8"
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.notes.add(
                "not-utf-8", "not UTF-8; read as Latin-1, byte by byte", SourceLine(path, line)
            )
            text = data.decode("latin-1")
            self.encodings[path] = "latin-1"
        return text

    def included(self, pattern: str, line: SourceLine) -> list[str]:
        """The files that an include of `pattern` on `line` names, in the order of reading.

        What is missing, no regular file, executable (keepalived: check_glob_file) or outside of
        the folder becomes a note.
        """
        found: list[str] = []
        known = len(self.notes)
        for alternative in islice(_alternatives(pattern), _MAX_ALTERNATIVES):
            found += self._matches(alternative, line)
        if not found and len(self.notes) == known:
            self.notes.add("include-missing", f"include {pattern}: no file was read", line)
        return found

    def _matches(self, pattern: str, line: SourceLine) -> list[str]:
        path = os.path.normpath(str(Path(line.file).parent / pattern))
        if not self._is_inside(path) and pattern.startswith(_USUAL_FOLDER):
            # A copy of a router's /etc/keepalived keeps its absolute paths.
            path = os.path.normpath(str(Path(self.folder) / pattern.removeprefix(_USUAL_FOLDER)))
        if not self._is_inside(path):
            text = f"include {pattern}: outside of {self.folder or '.'}, not read"
            self.notes.add("include-outside", text, line)
            return []
        matches = sorted(islice(glob.iglob(path), MAX_FILES))  # noqa: PTH207  (as glob(3))
        return [match for match in matches if self._is_readable(match, line)]

    def _is_inside(self, path: str) -> bool:
        folder = os.path.realpath(self.folder or ".")
        return os.path.realpath(path).startswith(folder.rstrip("/") + "/")

    def _is_readable(self, path: str, line: SourceLine) -> bool:
        try:
            mode = Path(path).stat().st_mode
        except (OSError, ValueError):
            mode = 0
        if not self._is_inside(path):
            self.notes.add("include-outside", f"{path} leads out of {self.folder}, not read", line)
        elif not stat.S_ISREG(mode) or mode & _EXECUTABLE:
            text = f"{path} is no regular file, or is executable: keepalived does not read it"
            self.notes.add("include-skipped", text, line)
        elif len(self.lines) >= MAX_FILES:
            self.notes.add("include-skipped", f"{path}: the {MAX_FILES}th file, not read", line)
        else:
            return True
        return False


def _alternatives(pattern: str) -> Iterator[str]:
    """Expand `{a,b}` as glob(3) does with GLOB_BRACE."""
    start = pattern.find("{")
    end = _closing(pattern, start)
    if start < 0 or end < 0:
        yield pattern
        return
    for choice in _choices(pattern[start + 1 : end]):
        yield from _alternatives(pattern[:start] + choice + pattern[end + 1 :])


def _closing(text: str, start: int) -> int:
    """Where the brace at `start` is closed; -1 where it is not."""
    depth = 0
    for index in range(max(start, 0), len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0 and text[index] == "}":
            return index
    return -1


def _choices(text: str) -> list[str]:
    """Split at the commas that stand in no inner brace."""
    choices, depth = [""], 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            choices.append("")
        else:
            choices[-1] += character
    return choices
