"""What a rule found: data first, text second.

A finding claims only what its evidence supports. Each step of its reasoning says whether it was
seen, told or inferred, and where.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from vrrpscope.evidence.told import SourceLine, Told
from vrrpscope.observation import Basis, FrameRef, VirtualRouter
from vrrpscope.protocol.timers import NS

Evidence = FrameRef | SourceLine


class Kind(StrEnum):
    """What the user suffers, why, or what is worth knowing."""

    SYMPTOM = "symptom"
    CAUSE = "cause"
    NOTE = "note"


class Severity(StrEnum):
    """How bad it is; not how certain."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """How certain it is; not how bad.

    PROVEN: the evidence forces it. LIKELY: the evidence favours it, and `not_excluded` says what
    else could be. POSSIBLE: it fits, and so do others; `settle_with` says what would decide.
    """

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Role(StrEnum):
    """The part that a step plays in an explanation."""

    LET = "let"
    THEN = "then"
    HOWEVER = "however"
    SO = "so"


class Duration(int):
    """Nanoseconds that read as seconds: `f"{Duration(3_609_375_000)}"` is "3.609 s"."""

    def __str__(self) -> str:
        seconds = int(self) / NS
        if abs(seconds) < 1:
            return f"{seconds * 1000:.0f} ms"
        return f"{seconds:.3f} s" if abs(seconds) < 10 else f"{seconds:.1f} s"

    def __format__(self, spec: str) -> str:
        return format(int(self), spec) if spec else str(self)


class Step(Struct, frozen=True):
    """One step of the reasoning.

    Attributes:
        statement: one sentence without its full stop.
        basis: seen in a frame, told by a configuration, or inferred from the steps before.
        evidence: frames and lines that show it.
        clause: the RFC section or keepalived function that makes it follow.
        role: its part in the explanation; the renderer makes the connecting words.
    """

    statement: str
    basis: Basis
    evidence: tuple[Evidence, ...] = ()
    clause: str | None = None
    role: Role = Role.THEN


def listed(items: Sequence[object], most: int = 4) -> str:
    """A list for a sentence: "a", "a and b", "a, b, c, d and 251 more"."""
    if 1 < len(items) <= most:
        return f"{enumerated(items[:-1], most)} and {items[-1]}"
    return enumerated(items, most)


def enumerated(items: Iterable[object], most: int = 4) -> str:
    """A list for a table or beside others: "a", "a, b", "a, b, c, d and 251 more"."""
    words = [str(item) for item in items]
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def lines(*told: Told[Any] | None) -> tuple[SourceLine, ...]:
    """The lines on which these were told; defaults of keepalived stand on none."""
    return tuple(t.line for t in told if t is not None and t.line is not None)


class Hit(Struct, frozen=True):
    """What a rule yields: the part of a finding that depends on the case.

    Attributes:
        virtual_router: where it happened.
        vantage: the id of the vantage that shows it.
        at_ns, until_ns: from when to when, nanoseconds since the epoch.
        verdict: how certain it is.
        facts: the values for the rule's `says` and `remedy` templates.
        because: the reasoning.
        settle_with: what would decide what is open.
        not_excluded: ids of the other causes that the evidence leaves open.
        severity: overrides the rule's severity where the case makes it harmless or worse.
    """

    virtual_router: VirtualRouter
    vantage: str
    at_ns: int
    until_ns: int
    verdict: Verdict
    facts: Mapping[str, object]
    because: tuple[Step, ...]
    settle_with: tuple[str, ...] = ()
    not_excluded: tuple[str, ...] = ()
    severity: Severity | None = None


class Finding(Struct, frozen=True):
    """A symptom, a cause or a note, with its evidence.

    `clock_ns` is how much later the clock of its vantage is than that of the first one.
    """

    rule: str
    kind: Kind
    severity: Severity
    verdict: Verdict
    virtual_router: VirtualRouter
    vantage: str
    at_ns: int
    until_ns: int
    says: str
    remedy: str
    facts: Mapping[str, object]
    because: tuple[Step, ...]
    explains: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    settle_with: tuple[str, ...] = ()
    not_excluded: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    rank: int = 9
    clock_ns: int = 0

    @property
    def since_ns(self) -> int:
        """When it began, by the clock of the first vantage."""
        return self.at_ns - self.clock_ns

    @property
    def ended_ns(self) -> int:
        """When it ended, by the clock of the first vantage."""
        return self.until_ns - self.clock_ns

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All evidence in the order of the reasoning, each once."""
        return tuple(dict.fromkeys(e for step in self.because for e in step.evidence))

    @property
    def display_filter(self) -> str:
        """The Wireshark display filter that shows the evidence frames of the vantage."""
        frames = [e for e in self.evidence if isinstance(e, FrameRef)]
        numbers = sorted({e.number for e in frames if e.vantage == self.vantage})
        if not numbers:
            return ""
        return f"frame.number in {{{', '.join(map(str, numbers))}}}"
