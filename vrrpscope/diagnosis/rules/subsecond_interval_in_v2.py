"""The rule subsecond-interval-in-v2."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.rounded import Flood, Rounded
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_RFC = "RFC 3768 section 5.3.7"

_SETTLE = (
    "on {}: journalctl -u keepalived | grep 'must be an integer'; such a line at its start is the "
    "proof"
)


@rule(
    title="A fraction of a second as the interval of VRRPv2",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=(_RFC, "keepalived vrrp_complete_instance()"),
    explains=("dual-master",),
    says="{router} has {written} in VRRPv2, which knows whole seconds only: {consequence}.",
    remedy="Write version 3 into every vrrp_instance of the group (or vrrp_version 3 into "
    "global_defs) and restart them together: VRRPv3 counts hundredths of a second. Otherwise write "
    "whole seconds, the same on every router.",
)
def subsecond_interval_in_v2(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The configuration says `advert_int 0.4` or `advert_int 1.6` and nothing of version 3; the wire
    shows VRRPv2 with an interval of whole seconds. Or, from older releases that rounded 0.4 down to
    0: adverts with interval 0, one every fraction of a millisecond.

    ### Why it matters
    keepalived rounds the interval (0.4 and 1.2 become 1 s, 1.6 becomes 2 s) and says so once. The
    take-over then takes 3.6 s instead of the 1.5 s or so that were meant. Where two routers are
    rounded apart, or one already runs version 3, each rejects the other's adverts.

    ### How to confirm it
    The log at the start says `VRRPv2 advertisement interval 0.400000s must be an integer.
    rounding`; `keepalived -t` says so too.

    ### What else could look like this
    Intervals that differ for another reason: `advert-interval-mismatch`. A flood of adverts can
    also come from a loop: then the same packets come again (`own-advert-reflected`).
    """
    for rounded in case.rounded_intervals:
        yield _of_rounded(case, rounded)
    for flood in case.floods:
        yield _of_flood(case, flood)


def _of_rounded(case: Case, rounded: Rounded) -> Hit:
    story, tenure = rounded.story, rounded.tenure
    name = rounded.node.name if tenure is None else case.name(tenure.sender.address)
    since = tenure.since if tenure is not None else story.streaks[0].first
    until = tenure.until if tenure is not None else story.streaks[-1].last
    apart = _is_apart(case, rounded, name)
    severity = Severity.WARNING if rounded.late is not None else Severity.INFO
    return Hit(
        virtual_router=story.router,
        vantage=rounded.timeline.vantage.id,
        at_ns=since.time_ns,
        until_ns=until.time_ns,
        verdict=Verdict.LIKELY if tenure is None else Verdict.PROVEN,
        facts={
            "router": name,
            "written": f"advert_int {rounded.written or '(a fraction)'}",
            "consequence": _consequence(rounded, apart),
        },
        because=tuple(_because(rounded, name)),
        settle_with=() if tenure is not None else (_SETTLE.format(name),),
        not_excluded=("a file that is not what the router runs with",) if tenure is None else (),
        severity=Severity.ERROR if apart else severity,
    )


def _is_apart(case: Case, rounded: Rounded, name: str) -> bool:
    """True where the rounding makes this router differ from another one."""
    return any(
        m.story is rounded.story and name in (m.one.name, m.other.name)
        for m in case.mismatches(Field.INTERVAL)
    )


def _made(rounded: Rounded) -> Duration | None:
    if rounded.intent is not None:
        return Duration(rounded.intent.advert_interval_ns.value)
    return Duration(rounded.tenure.interval_ns) if rounded.tenure is not None else None


def _consequence(rounded: Rounded, apart: bool) -> str:
    every = f"it advertises every {_made(rounded) or 'whole second'}"
    if apart:
        return f"{every}, another interval than the other router, and each rejects the other"
    if rounded.late is not None and rounded.late.took_ns is not None:
        took = Duration(rounded.late.took_ns)
        return f"{every}, and the take-over from it took {took}, as usual for that interval"
    return every


def _because(rounded: Rounded, name: str) -> Iterator[Step]:
    if rounded.note is not None:
        evidence = (rounded.note.line,) if rounded.note.line is not None else ()
        yield Step(
            f"the configuration of {name} says advert_int {rounded.written}, and keepalived makes "
            f"it {_made(rounded)}",
            Basis.TOLD,
            evidence,
            "keepalived vrrp_complete_instance()",
            Role.LET,
        )
    if rounded.logged is not None:
        yield Step(
            f"the log of {name} says that the interval is rounded",
            Basis.TOLD,
            (rounded.logged.line,),
            role=Role.LET,
        )
    if rounded.tenure is not None:
        yield Step(
            f"{name} advertises an interval of {Duration(rounded.tenure.interval_ns)}",
            Basis.SEEN,
            (rounded.tenure.since.ref,),
            _RFC,
        )
    if rounded.late is not None and rounded.late.counted_from is not None:
        yield Step(
            f"after its last advert the take-over took {Duration(rounded.late.took_ns or 0)}",
            Basis.SEEN,
            (rounded.late.counted_from.ref, rounded.late.at.ref),
        )


def _of_flood(case: Case, flood: Flood) -> Hit:
    streak = flood.streak
    name = case.name(streak.sender.address)
    return Hit(
        virtual_router=flood.story.router,
        vantage=flood.timeline.vantage.id,
        at_ns=streak.first.time_ns,
        until_ns=streak.last.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "router": name,
            "written": "an interval below half a second, as it seems,",
            "consequence": f"it advertises an interval of 0 s, {streak.count} adverts with "
            f"{flood.pause_ns / 1000:.0f} microseconds in between",
        },
        because=(
            Step(
                f"{name} sent {streak.count} adverts with interval 0 from frame "
                f"{streak.first.ref.number} to frame {streak.last.ref.number}",
                Basis.SEEN,
                (streak.first.ref, streak.last.ref),
            ),
            Step(
                "a release that rounds a fraction below half a second down gets 0, and sends "
                "without a pause",
                Basis.INFERRED,
                clause="keepalived vrrp_complete_instance()",
                role=Role.HOWEVER,
            ),
        ),
        settle_with=(
            f"the keepalived.conf of {name}: advert_int below 0.5 without version 3 is the cause",
        ),
        not_excluded=("another sender that says interval 0",),
        severity=Severity.ERROR,
    )
