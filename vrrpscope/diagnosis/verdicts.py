"""When each verdict may be used: the one place that says so.

- **Proven**: the evidence forces it, and nothing else that is known fits. So it leaves no other
  cause open, and it stands on something that was seen or told, not on inference alone.
- **Likely**: the evidence favours it. It names at least one other thing that is not excluded, and
  what would settle it.
- **Possible**: it fits, and so do others. It says what would decide.

Two causes of one symptom that the evidence cannot separate are both at most likely, and each says
what separates them. Where one cause of a symptom is proven, no other one may be called likely for
it, unless one of the two is the consequence of the other: the two would contradict each other.

Rules choose their verdicts; this module objects. The tests hold every finding of every recorded
case against it.
"""

from collections.abc import Iterable, Iterator

from vrrpscope.diagnosis.finding import Finding, Kind, Verdict
from vrrpscope.diagnosis.related import belong_together, is_consequence
from vrrpscope.observation import Basis


def objections(findings: Iterable[Finding]) -> Iterator[str]:
    """Everything that is wrong with the verdicts of one diagnosis, each as a sentence."""
    told = list(findings)
    for finding in told:
        yield from _own(finding)
    for finding in told:
        for rival in told:
            if _contradict(finding, rival):
                yield f"{finding.rule} is proven, and {rival.rule} is likely for the same symptom"


def _own(finding: Finding) -> Iterator[str]:
    """What is wrong with one finding by itself."""
    name = f"{finding.rule} is {finding.verdict}"
    grounded = any(s.basis is not Basis.INFERRED and s.evidence for s in finding.because)
    if not grounded:
        yield f"{name}, and shows no frame and no line"
    if finding.verdict is Verdict.PROVEN:
        if finding.not_excluded:
            yield f"{name}, and does not exclude {', '.join(finding.not_excluded)}"
        return
    if not finding.settle_with:
        yield f"{name}, and does not say what would settle it"
    if finding.verdict is Verdict.LIKELY and not finding.not_excluded:
        yield f"{name}, and does not say what else could be"


def _contradict(finding: Finding, rival: Finding) -> bool:
    """True where one cause is proven and another one is called likely for the same symptom."""
    causes = finding.kind is Kind.CAUSE and rival.kind is Kind.CAUSE
    verdicts = (finding.verdict, rival.verdict) == (Verdict.PROVEN, Verdict.LIKELY)
    if not (causes and verdicts and belong_together(finding, rival)):
        return False
    shared = set(finding.explains) & set(rival.explains)
    return (
        bool(shared) and not is_consequence(finding, rival) and not is_consequence(rival, finding)
    )
