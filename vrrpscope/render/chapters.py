"""Findings in the order in which they are told: causes, what they led to, and what they explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vrrpscope.diagnosis.engine import belong_together, is_consequence
from vrrpscope.diagnosis.finding import Finding, Kind, Verdict


@dataclass(slots=True)
class Chapter:
    """A finding, its number, and what belongs under it.

    `consequences` are causes that this one led to. `symptoms` are those that they or it explain.
    `candidates` are the causes that fit a symptom, where none of them is more than possible: then
    the symptom is what is known, and comes first.
    """

    number: int
    finding: Finding
    consequences: list["Chapter"] = field(default_factory=list)
    symptoms: list["Chapter"] = field(default_factory=list)
    candidates: list["Chapter"] = field(default_factory=list)

    @property
    def parts(self) -> list["Chapter"]:
        """What belongs under it, whichever kind."""
        return [*self.consequences, *self.symptoms, *self.candidates]


def chapters(findings: Sequence[Finding]) -> list[Chapter]:
    """Causes with their symptoms, symptoms with what may be behind them, then notes."""
    found: list[Chapter] = []
    number = 0
    for finding, under in _arranged(findings):
        number += 1
        chapter = Chapter(number, finding)
        for part in under:
            number += 1
            _shelf(chapter, part).append(Chapter(number, part))
        found.append(chapter)
    return found


def _shelf(chapter: Chapter, part: Finding) -> list[Chapter]:
    """Where a part belongs in a chapter."""
    if part.kind is Kind.SYMPTOM:
        return chapter.symptoms
    return chapter.consequences if chapter.finding.kind is Kind.CAUSE else chapter.candidates


def _arranged(findings: Sequence[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Each leading finding with those under it; every finding comes once."""
    symptoms = [f for f in findings if f.kind is Kind.SYMPTOM]
    causes = [f for f in findings if f.kind is Kind.CAUSE]
    told: list[Finding] = []
    for symptom in symptoms:
        fitting = [c for c in causes if _explains(c, symptom) and not _is_in(c, told)]
        if len(fitting) > 1 and all(c.verdict is Verdict.POSSIBLE for c in fitting):
            told += [symptom, *fitting]
            yield symptom, fitting
    for cause in causes:
        if not _is_in(cause, told) and not any(is_consequence(cause, c) for c in causes):
            led_to = [c for c in causes if not _is_in(c, told) and _comes_from(c, cause, causes)]
            every = [cause, *led_to]
            under = [
                s for s in symptoms if any(_explains(c, s) for c in every) and not _is_in(s, told)
            ]
            told += [*every, *under]
            yield cause, [*led_to, *under]
    for finding in findings:
        if not _is_in(finding, told):
            yield finding, []


def _comes_from(finding: Finding, root: Finding, causes: Sequence[Finding]) -> bool:
    """True for a consequence of the root, or of one of its consequences."""
    known, grown = [root], True
    while grown:
        new = [
            c for c in causes if not _is_in(c, known) and any(is_consequence(c, k) for k in known)
        ]
        known += new
        grown = bool(new)
    return finding is not root and _is_in(finding, known)


def _is_in(finding: Finding, told: Sequence[Finding]) -> bool:
    """By identity: facts need not be comparable."""
    return any(finding is other for other in told)


def _explains(cause: Finding, symptom: Finding) -> bool:
    return symptom.rule in cause.explains and belong_together(cause, symptom)


def alike(symptoms: Sequence[Chapter], apart: bool) -> Iterator[tuple[Chapter, list[Chapter]]]:
    """Each symptom that says something new, and those of the same rule and verdict behind it.

    Args:
        symptoms: in the order in which they are told.
        apart: each for itself.
    """
    groups: dict[tuple[object, ...], list[Chapter]] = {}
    for chapter in symptoms:
        key = (chapter.number,) if apart else (chapter.finding.rule, chapter.finding.verdict)
        groups.setdefault(key, []).append(chapter)
    for first, *more in groups.values():
        yield first, more
