"""Runs the rules and relates what they found: causes name the symptoms that they explain."""

from msgspec.structs import replace

from vrrpscope.diagnosis.candidates import CANDIDATES
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.diagnosis.related import Related, Shelves, certainty
from vrrpscope.diagnosis.rule import all_rules

_KINDS = (Kind.CAUSE, Kind.SYMPTOM, Kind.NOTE)
_SEVERITIES = tuple(Severity)

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
    found = _once([_timed(f, clocks.get(f.vantage, 0)) for f in every])
    related = Related(found)
    told = [_settled(_followed(_relate(f, related), related)) for f in found]
    return tuple(sorted(told, key=_order))


def _clocks(case: Case) -> dict[str, int]:
    """How much later the clock of each vantage is than that of the first one, where it is known."""
    first = case.timelines[0].vantage.id if case.timelines else ""
    return {c.there: c.offset_ns or 0 for c in case.clock_comparisons if c.here == first}


def _timed(finding: Finding, clock_ns: int) -> Finding:
    return replace(finding, clock_ns=clock_ns) if clock_ns else finding


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
    settle_with = tuple(dict.fromkeys((*finding.settle_with, *more)))
    if settle_with == finding.settle_with:
        return finding
    return replace(finding, settle_with=settle_with)


def _is_said(settle: str, already: tuple[str, ...]) -> bool:
    """True where a finding says the same of a router that it names."""
    what, on, _ = settle.rpartition(" on ")
    return any(line.startswith(what + on) for line in already) if what else False


def _relate(finding: Finding, related: Related) -> Finding:
    """Keeps of `explains` the symptoms that are there."""
    explains = tuple(e for e in finding.explains if related.has_symptom(finding, e))
    return finding if explains == finding.explains else replace(finding, explains=explains)


def _followed(finding: Finding, related: Related) -> Finding:
    """Keeps of `follows` the causes that are there and at least as certain."""
    follows = tuple(f for f in finding.follows if related.has_root(finding, f))
    return finding if follows == finding.follows else replace(finding, follows=follows)


def _once(findings: list[Finding]) -> list[Finding]:
    """One finding where several vantages show the same thing: the surest, then the first one's."""
    kept: list[Finding] = []
    by_vantage: dict[str, Shelves] = {finding.vantage: Shelves() for finding in findings}
    for finding in sorted(findings, key=certainty):
        others = (own for vantage, own in by_vantage.items() if vantage != finding.vantage)
        if not any(True for own in others for _ in own.near(finding.rule, finding)):
            kept.append(finding)
            by_vantage[finding.vantage].add(finding.rule, finding)
    return kept


def _order(finding: Finding) -> tuple[int, bool, int, int, int, int, int, str]:
    """Causes, then symptoms, then notes, and what does no harm last.

    Of each: the one that the evidence forces most, the one that explains most, the gravest, the
    commonest, the earliest.
    """
    return (
        _KINDS.index(finding.kind),
        finding.severity is Severity.INFO,
        certainty(finding),
        -len(finding.explains),
        _SEVERITIES.index(finding.severity),
        finding.rank,
        finding.since_ns,
        finding.rule,
    )
