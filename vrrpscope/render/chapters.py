"""Findings in the order in which they are told: causes, what they led to, and what they explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vrrpscope.diagnosis.finding import Finding, Kind, Verdict
from vrrpscope.diagnosis.related import Related


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
    related = Related(findings)
    told = _Told()
    for symptom in findings:
        if symptom.kind is not Kind.SYMPTOM:
            continue
        fitting = [c for c in related.causes_of(symptom) if c not in told]
        if len(fitting) > 1 and all(c.verdict is Verdict.POSSIBLE for c in fitting):
            told.add(symptom, *fitting)
            yield symptom, fitting
    for cause in findings:
        if cause.kind is not Kind.CAUSE or cause in told or related.roots_of(cause):
            continue
        led_to = [c for c in _consequences(cause, related) if c not in told]
        every = [cause, *led_to]
        explained = related.in_order(s for c in every for s in related.symptoms_of(c))
        under = [s for s in explained if s not in told]
        told.add(*every, *under)
        yield cause, [*led_to, *under]
    for finding in findings:
        if finding not in told:
            yield finding, []


class _Told:
    """Findings by identity: facts need not be comparable."""

    def __init__(self) -> None:
        self._known: dict[int, Finding] = {}

    def add(self, *findings: Finding) -> None:
        """Remembers findings."""
        self._known.update((id(finding), finding) for finding in findings)

    def __contains__(self, finding: Finding) -> bool:
        return id(finding) in self._known


class Roots:
    """What a cause is a consequence of, one after the other, each asked once."""

    def __init__(self, causes: Sequence[Finding]) -> None:
        self._related = Related(causes)
        self._most = len(causes)
        self._next: dict[int, Finding] = {}

    def of(self, finding: Finding) -> Finding:
        """The cause that a finding is a consequence of, or that one's; else the finding itself.

        Where causes are each other's consequence, it ends after as many steps as there are causes.
        """
        path = [finding]
        places = {id(finding): 0}
        while (root := self._root(path[-1])) is not path[-1]:
            if id(root) in places:
                begin = places[id(root)]
                return path[begin + (self._most - begin) % (len(path) - begin)]
            places[id(root)] = len(path)
            path.append(root)
        return path[-1]

    def _root(self, finding: Finding) -> Finding:
        if id(finding) not in self._next:
            others = (c for c in self._related.roots_of(finding) if c is not finding)
            self._next[id(finding)] = next(others, finding)
        return self._next[id(finding)]


def _consequences(root: Finding, related: Related) -> list[Finding]:
    """The consequences of a cause, and theirs, in the findings' order."""
    known, found, new = _Told(), list[Finding](), [root]
    known.add(root)
    while new:
        new = [c for cause in new for c in related.consequences_of(cause) if c not in known]
        new = related.in_order(new)
        known.add(*new)
        found += new
    return related.in_order(found)


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
