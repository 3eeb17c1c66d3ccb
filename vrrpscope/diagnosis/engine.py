"""Runs the rules and relates what they found: causes name the symptoms that they explain."""

from msgspec.structs import replace

from vrrpscope.diagnosis.candidates import CANDIDATES
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.diagnosis.rule import all_rules

_SLACK_NS = 60_000_000_000
"""A cause may lie this much before or after the symptom that it explains."""

_SILENCES = ("no-master", "slow-failover", "unexpected-failover")
"""Symptoms that are known by how long somebody said nothing."""
_CLOCK_SET = "a clock that was set meanwhile"
_WHEN_SET = (
    "journalctl -u chrony -u ntpsec -u systemd-timesyncd where it was captured: when was it set?"
)

_ABSENCES = (
    "missed-failover",
    "no-backup-alive",
    "no-master",
    "orderly-stop-expected-slow",
    "slow-failover",
    "v3-interval-learned",
)
"""Findings that rest on adverts which did not come."""
_NOT_HERE = "adverts that were sent and are not in this capture"
_DROPPED = (
    "capture again with a larger buffer (tcpdump -B 16384), on the routers themselves; at its end "
    "tcpdump says how many packets were dropped by the kernel: it should be 0"
)


def diagnose(case: Case) -> tuple[Finding, ...]:
    """All findings of a case: the gravest and most certain first, causes before symptoms."""
    clocks = _clocks(case)
    every = [_believed(case, f) for rule in all_rules().values() for f in rule.run(case)]
    found = _once([replace(f, clock_ns=clocks.get(f.vantage, 0)) for f in every])
    symptoms = [f for f in found if f.kind is Kind.SYMPTOM]
    causes = [f for f in found if f.kind is Kind.CAUSE]
    related = [_settled(_followed(_relate(f, symptoms), causes)) for f in found]
    return tuple(sorted(related, key=_order))


def _clocks(case: Case) -> dict[str, int]:
    """How much later the clock of each vantage is than that of the first one, where it is known."""
    first = case.timelines[0].vantage.id if case.timelines else ""
    return {c.there: c.offset_ns or 0 for c in case.clock_comparisons if c.here == first}


def _believed(case: Case, finding: Finding) -> Finding:
    """The finding, no surer than its vantage allows."""
    if finding.vantage in case.vantages_with_set_clocks:
        finding = _doubted(finding, _SILENCES, _CLOCK_SET, _WHEN_SET)
    if finding.vantage in case.vantages_that_lack_adverts:
        finding = _doubted(finding, _ABSENCES, _NOT_HERE, _DROPPED)
    return finding


def _doubted(finding: Finding, rules: tuple[str, ...], why: str, settle: str) -> Finding:
    """A finding of one of these rules that the vantage is not good enough to prove.

    Where a clock was set meanwhile, how long a silence lasted is not certain; which of two
    vantages' clocks it was, nobody knows. Where adverts are missing, so may others be.
    """
    if finding.rule not in rules or finding.verdict is not Verdict.PROVEN:
        return finding
    return replace(finding, verdict=Verdict.LIKELY, not_excluded=(why,), settle_with=(settle,))


def _settled(finding: Finding) -> Finding:
    """What would settle the candidates among what is not excluded, said as well."""
    open_ = [CANDIDATES[name] for name in finding.not_excluded if name in CANDIDATES]
    more = (c.settle_with for c in open_ if not _is_said(c.settle_with, finding.settle_with))
    return replace(finding, settle_with=tuple(dict.fromkeys((*finding.settle_with, *more))))


def _is_said(settle: str, already: tuple[str, ...]) -> bool:
    """True where a finding says the same of a router that it names."""
    what, on, _ = settle.rpartition(" on ")
    return any(line.startswith(what + on) for line in already) if what else False


def _relate(finding: Finding, symptoms: list[Finding]) -> Finding:
    """Keeps of `explains` the symptoms that are there."""
    if not finding.explains:
        return finding
    present = {s.rule for s in symptoms if belong_together(finding, s)}
    return replace(finding, explains=tuple(e for e in finding.explains if e in present))


def _followed(finding: Finding, causes: list[Finding]) -> Finding:
    """Keeps of `follows` the causes that are there and at least as certain."""
    if not finding.follows:
        return finding
    roots = {c.rule for c in causes if is_consequence(finding, c)}
    return replace(finding, follows=tuple(f for f in finding.follows if f in roots))


def is_consequence(finding: Finding, cause: Finding) -> bool:
    """True where a finding is folded under a cause whose consequence it is.

    A certain finding is not told as the consequence of an uncertain one.
    """
    certain = _certainty(cause) <= _certainty(finding)
    return cause.rule in finding.follows and certain and belong_together(cause, finding)


def _certainty(finding: Finding) -> int:
    """0 is proven."""
    return list(Verdict).index(finding.verdict)


def belong_together(cause: Finding, symptom: Finding) -> bool:
    """True where cause and symptom concern one virtual router at about one time."""
    return (
        cause.virtual_router == symptom.virtual_router
        and cause.since_ns <= symptom.ended_ns + _SLACK_NS
        and symptom.since_ns <= cause.ended_ns + _SLACK_NS
    )


def _once(findings: list[Finding]) -> list[Finding]:
    """One finding where several vantages show the same thing: the surest, then the first one's."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=_certainty):
        if not any(_same(finding, other) for other in kept):
            kept.append(finding)
    return kept


def _same(one: Finding, other: Finding) -> bool:
    """True where two findings tell of one thing that two vantages saw."""
    return (
        one.rule == other.rule
        and one.vantage != other.vantage
        and one.virtual_router == other.virtual_router
        and belong_together(one, other)
    )


def _order(finding: Finding) -> tuple[int, bool, int, int, int, int, int, str]:
    """Causes, then symptoms, then notes, and what does no harm last.

    Of each: the one that the evidence forces most, the one that explains most, the gravest, the
    commonest, the earliest.
    """
    kinds = [Kind.CAUSE, Kind.SYMPTOM, Kind.NOTE]
    return (
        kinds.index(finding.kind),
        finding.severity is Severity.INFO,
        _certainty(finding),
        -len(finding.explains),
        list(Severity).index(finding.severity),
        finding.rank,
        finding.since_ns,
        finding.rule,
    )
