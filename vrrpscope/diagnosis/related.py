"""Which findings have to do with each other: those of one virtual router at about one time.

A hostile capture may give tens of thousands of findings, so that nobody asks each of each.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from vrrpscope.diagnosis.finding import Finding, Kind, Verdict
from vrrpscope.observation import VirtualRouter

SLACK_NS = 60_000_000_000
"""A cause may lie this much before or after the symptom that it explains."""

_CERTAINTY = {verdict: place for place, verdict in enumerate(Verdict)}

_Key = tuple[VirtualRouter, str]
"""Findings of one virtual router that have a rule's id in common."""


def certainty(finding: Finding) -> int:
    """0 is proven."""
    return _CERTAINTY[finding.verdict]


def belong_together(cause: Finding, symptom: Finding) -> bool:
    """True where cause and symptom concern one virtual router at about one time."""
    return (
        cause.virtual_router == symptom.virtual_router
        and cause.since_ns <= symptom.ended_ns + SLACK_NS
        and symptom.since_ns <= cause.ended_ns + SLACK_NS
    )


def is_consequence(finding: Finding, cause: Finding) -> bool:
    """True where a finding is folded under a cause whose consequence it is.

    A certain finding is not told as the consequence of an uncertain one.
    """
    certain = certainty(cause) <= certainty(finding)
    return cause.rule in finding.follows and certain and belong_together(cause, finding)


class Times:
    """Findings by their times, those of about the same length together.

    Of findings that are at most so long, only those can reach into a span that begin at most so
    long before it.
    """

    def __init__(self) -> None:
        self._by_length: dict[int, tuple[list[int], list[Finding]]] = {}

    def add(self, finding: Finding) -> None:
        """Takes a finding in; those that come in the order of time cost least."""
        length = max(0, finding.ended_ns - finding.since_ns).bit_length()
        begins_ns, own = self._by_length.setdefault(length, ([], []))
        place = bisect_right(begins_ns, finding.since_ns)
        begins_ns.insert(place, finding.since_ns)
        own.insert(place, finding)

    def near(self, finding: Finding) -> Iterator[Finding]:
        """Those at about the time of a finding, in no order."""
        low_ns, high_ns = finding.since_ns - SLACK_NS, finding.ended_ns + SLACK_NS
        for length, (begins_ns, own) in self._by_length.items():
            begin = bisect_left(begins_ns, low_ns - (1 << length))
            for place in range(begin, bisect_right(begins_ns, high_ns)):
                if own[place].ended_ns >= low_ns:
                    yield own[place]


class Shelves:
    """Findings by virtual router and by a rule's id, and then by their times."""

    def __init__(self) -> None:
        self._times: dict[_Key, Times] = {}

    def add(self, rule: str, finding: Finding) -> None:
        """Takes a finding in under a rule's id."""
        self._times.setdefault((finding.virtual_router, rule), Times()).add(finding)

    def near(self, rule: str, finding: Finding) -> Iterator[Finding]:
        """Those under a rule's id that belong together with a finding, in no order."""
        times = self._times.get((finding.virtual_router, rule))
        if times is not None:
            yield from times.near(finding)


class Related:
    """The causes and the symptoms among findings; lists are in the findings' order."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._places = {id(finding): place for place, finding in enumerate(findings)}
        self._symptoms, self._causes = Shelves(), Shelves()
        self._explaining, self._following = Shelves(), Shelves()
        for finding in findings:
            if finding.kind is Kind.SYMPTOM:
                self._symptoms.add(finding.rule, finding)
            elif finding.kind is Kind.CAUSE:
                self._causes.add(finding.rule, finding)
                for rule in set(finding.explains):
                    self._explaining.add(rule, finding)
                for rule in set(finding.follows):
                    self._following.add(rule, finding)

    def has_symptom(self, cause: Finding, rule: str) -> bool:
        """True where a symptom of this rule belongs to the cause."""
        return next(self._symptoms.near(rule, cause), None) is not None

    def has_root(self, finding: Finding, rule: str) -> bool:
        """True where a cause of this rule, as certain as the finding, belongs to it."""
        near = self._causes.near(rule, finding)
        return any(certainty(cause) <= certainty(finding) for cause in near)

    def in_order(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings, each once, in the order of all."""
        once = {id(finding): finding for finding in findings}
        return [once[known] for known in sorted(once, key=self._places.__getitem__)]

    def symptoms_of(self, cause: Finding) -> list[Finding]:
        """What a cause explains."""
        rules = set(cause.explains)
        return self.in_order(s for rule in rules for s in self._symptoms.near(rule, cause))

    def causes_of(self, symptom: Finding) -> list[Finding]:
        """What explains a symptom."""
        return self.in_order(self._explaining.near(symptom.rule, symptom))

    def roots_of(self, finding: Finding) -> list[Finding]:
        """The causes whose consequence a finding is."""
        rules = set(finding.follows)
        near = (c for rule in rules for c in self._causes.near(rule, finding))
        return self.in_order(c for c in near if certainty(c) <= certainty(finding))

    def consequences_of(self, cause: Finding) -> list[Finding]:
        """The causes that a cause led to."""
        near = self._following.near(cause.rule, cause)
        return self.in_order(f for f in near if certainty(cause) <= certainty(f))
