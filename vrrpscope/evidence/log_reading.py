"""One pass over the lines of a log: what they say, and when the first and the last of them was."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from vrrpscope.evidence.frr_log import understand_frr
from vrrpscope.evidence.keepalived_log import understand_keepalived, understand_system
from vrrpscope.evidence.log_lines import Line, LineReader
from vrrpscope.evidence.log_stamps import Stamp
from vrrpscope.evidence.statement import Daemon, Said
from vrrpscope.evidence.wording import Fields

_HALF_YEAR_NS = 183 * 86_400 * 1_000_000_000


class Found(NamedTuple):
    """A line of the daemon, or about it."""

    number: int
    line: Line
    years: int
    daemon: Daemon | None
    said: tuple[tuple[Said, Fields], ...]


Kind = tuple[bool, bool]
"""Whether a time has a year, and a zone; lines of one file are compared only within one kind."""


@dataclass(slots=True)
class Span:
    """The first and the last time of the lines of one kind, and how fine they are."""

    step_ns: int = 1
    leap: bool = False
    first: tuple[int, Stamp] | None = None
    last: tuple[int, Stamp] | None = None
    _low: int = 0
    _high: int = 0

    def add(self, years: int, stamp: Stamp) -> None:
        """Take the time of one more line."""
        if stamp.step_ns > self.step_ns:
            self.step_ns = stamp.step_ns
        if not stamp.dated and not self.leap:
            self.leap = stamp.is_leap_day
        order = years * 2 * _HALF_YEAR_NS + stamp.time_ns
        if self.first is None or order < self._low:
            self.first, self._low = (years, stamp), order
        if self.last is None or order > self._high:
            self.last, self._high = (years, stamp), order


@dataclass(slots=True)
class Reading:
    """Everything that one pass over the lines gathers."""

    file: str
    reader: LineReader = field(default_factory=LineReader)
    texts: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    spans: dict[Kind, Span] = field(default_factory=dict)
    years: int = 0
    binary: bool = False
    _before: int | None = None

    def add(self, raw: bytes) -> None:
        """Take the next line."""
        line = self.reader.read(raw.decode("utf-8", "replace"))
        self.binary = self.binary or b"\0" in raw
        self.texts.append(line.text)
        if line.stamp is not None:
            self._count(line.stamp)
        found = self._recognised(line)
        if found is not None:
            self.found.append(found)

    def _count(self, stamp: Stamp) -> None:
        """Follow the turns of the year in times without one."""
        if not stamp.dated:
            before = stamp.time_ns if self._before is None else self._before
            if stamp.time_ns < before - _HALF_YEAR_NS:
                self.years += 1
            elif stamp.time_ns > before + _HALF_YEAR_NS and self.years:
                self.years -= 1
            self._before = stamp.time_ns
        span = self.spans.get(stamp[1:3])
        if span is None:
            span = self.spans[stamp[1:3]] = Span()
        span.add(self.years, stamp)

    def _recognised(self, line: Line) -> Found | None:
        number = len(self.texts)
        daemon: Daemon | None = None
        program = (line.program or "").rpartition("/")[2].lower()
        said: Iterable[tuple[Said, Fields]] = ()
        if program.startswith("keepalived"):
            daemon = "keepalived"
            if not program.startswith(("keepalived_healthcheck", "keepalived_bfd")):
                said = understand_keepalived(line.message)
        elif program in ("vrrp", "vrrpd"):
            daemon, said = "frr", understand_frr(line.message)
        elif program in ("systemd", "kernel"):
            said = understand_system(line.message)
            if not said:
                return None
        elif not program:
            said = understand_keepalived(line.message)
            if not said and not line.own:
                return None
            daemon = "keepalived"
        else:
            return None
        return Found(number, line, self.years, daemon, tuple(said))
