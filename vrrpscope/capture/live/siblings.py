"""Files that one capture is spread over: how tcpdump and dumpcap name the next one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_DUMPCAP = re.compile(r"(.*)_\d{5}_\d{14}(\.[^.]*)?\Z")
_STRFTIME = re.compile(r"%-?[A-Za-z]")
_SUFFIX = re.compile(r"(.*?\.(?:pcap|pcapng|cap|dmp))\d*\Z")
_TIME_DIGITS = 4


class Family(NamedTuple):
    """Which names belong to one capture.

    Attributes:
        pattern: of all their names.
        is_certain: False where other captures may have such names as well: those of tcpdump -G
            are known by their digits only.
    """

    pattern: re.Pattern[str]
    is_certain: bool


def family(name: str) -> Family:
    """The names that may follow `name`: of tcpdump -C, -W and -G, and dumpcap -b.

    `name` is that of one file, what was given to the program, or a pattern with %H and the like.
    """
    if dumpcap := _DUMPCAP.match(name):
        stem, suffix = dumpcap.groups(default="")
        return Family(_compiled(stem, r"_\d{5}_\d{14}", suffix), True)
    if _STRFTIME.search(name):
        parts = map(re.escape, _STRFTIME.split(name))
        return Family(re.compile(r"[\w:+-]+".join(parts) + r"\d*\Z"), True)
    if sum(map(str.isdigit, Path(name).stem)) >= _TIME_DIGITS:
        parts = map(re.escape, re.split(r"\d+", name))
        return Family(re.compile(r"\d+".join(parts) + r"\Z"), False)
    counted = _SUFFIX.match(name)
    base = counted.group(1) if counted else name
    # dumpcap puts its numbers before the suffix of the name that it was given.
    path = Path(base)
    inside = _compiled(path.stem, r"_\d{5}_\d{14}", path.suffix).pattern
    return Family(re.compile(f"{re.escape(base)}\\d*\\Z|{inside}"), True)


def _compiled(stem: str, middle: str, suffix: str) -> re.Pattern[str]:
    return re.compile(re.escape(stem) + middle + re.escape(suffix) + r"\Z")


class Sibling(NamedTuple):
    """A file of a family; ordered by when it was written to last."""

    written_ns: int
    path: Path
    inode: tuple[int, int]


def siblings(folder: Path, members: Family) -> list[Sibling]:
    """The files of a family that there are, those written to last at the end."""
    return sorted(_found(folder, members.pattern))


def _found(folder: Path, pattern: re.Pattern[str]) -> Iterator[Sibling]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if pattern.match(entry.name):
            try:
                status = entry.stat()
            except OSError:
                continue  # a ring has just deleted it
            yield Sibling(status.st_mtime_ns, entry, (status.st_dev, status.st_ino))
