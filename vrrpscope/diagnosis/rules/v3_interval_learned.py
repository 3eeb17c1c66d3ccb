"""The rule v3-interval-learned."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.learned import Learned
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import Tenure

_RFC = "RFC 5798 section 6.1"


@rule(
    title="In VRRPv3 a backup waits as long as the master's interval says",
    kind=Kind.NOTE,
    severity=Severity.INFO,
    clauses=(_RFC, "RFC 5798 section 6.4.2", "keepalived update_master_adver_int()"),
    says="{slow} advertises every {slow_ns}, {quick} every {quick_ns}, which VRRPv3 allows: "
    "{consequence}.",
    remedy="Set the same advert_int on every router of the group, and choose it for the take-over "
    "time: about 3.6 times the interval of whoever is master.",
)
def v3_interval_learned(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    VRRPv3 adverts of two routers with different intervals; the interval on the wire changes with
    the master. When the slower one dies, the other one takes over three of *its* intervals and its
    skew later, however short its own interval is.

    ### Why it matters
    A backup learns the interval from the master's adverts (RFC 5798 section 6.1). A master that
    advertises every 5 s makes every take-over take 18 s; at the greatest interval, 40.95 s, two
    minutes and more. And a router with a short interval that has just started goes by its own
    until it hears the master: it may become master for a moment, and announce the address.

    ### How to confirm it
    Compare `advert_int` in the configurations. With `-D` the log of the backup says `advertisement
    interval updated from 100ms to 500ms by master`, and when it takes over `changing advert
    interval from 500ms to locally configured 100ms`. keepalived 2.3.3 and later warn of it.

    ### What else could look like this
    In VRRPv2 different intervals are an error, and both become master: `advert-interval-mismatch`.
    A take-over that is late by the master's interval too is `slow-failover`.
    """
    for learned in case.learned_intervals:
        log = _log(case, learned)
        sure = learned.has_waited or learned.grab is not None or log
        told = _told(case, learned)
        yield Hit(
            virtual_router=learned.story.router,
            vantage=learned.timeline.vantage.id,
            at_ns=min(learned.slow.since, learned.quick.since).time_ns,
            until_ns=max(learned.slow.until, learned.quick.until).time_ns,
            verdict=Verdict.PROVEN if sure or len(told) == 2 else Verdict.LIKELY,
            facts=_facts(case, learned),
            because=(*told, *_seen(case, learned), *_logged(log)),
            settle_with=() if sure or len(told) == 2 else (_SETTLE,),
            not_excluded=() if sure or len(told) == 2 else (_CHANGED,),
            severity=Severity.WARNING if learned.has_waited or learned.grab else None,
        )


_SETTLE = "the advert_int in the keepalived.conf of both as it is now: --config NODE=FILE for each"
_CHANGED = "a change of the configuration in between"


def _facts(case: Case, learned: Learned) -> dict[str, object]:
    return {
        "slow": case.name(learned.slow.sender.address),
        "quick": case.name(learned.quick.sender.address),
        "slow_ns": Duration(learned.slow.interval_ns),
        "quick_ns": Duration(learned.quick.interval_ns),
        "consequence": _consequence(case, learned),
    }


def _consequence(case: Case, learned: Learned) -> str:
    quick = case.name(learned.quick.sender.address)
    slow = case.name(learned.slow.sender.address)
    found = []
    if learned.handover is not None and learned.handover.took_ns is not None:
        found.append(
            f"{quick} took over {Duration(learned.handover.took_ns)} after the last advert of "
            f"{slow}; by its own interval that would have been {Duration(learned.own_ns or 0)}"
        )
    if learned.grab is not None:
        found.append(
            f"after its start {quick} was master for a moment, because its own timer of "
            f"{Duration(learned.down_ns or 0)} ran out before the next advert of {slow}"
        )
    default = f"while {slow} is master, {quick} waits three of its intervals before it takes over"
    return ", and ".join(found) or default


def _told(case: Case, learned: Learned) -> tuple[Step, ...]:
    """What the configurations say, where they say what was seen."""
    steps = []
    for tenure in (learned.slow, learned.quick):
        address = tenure.sender.address
        intent = case.intent(learned.story, address)
        if intent is not None and intent.advert_interval_ns.value == tenure.interval_ns:
            steps.append(
                Step(
                    f"the configuration of {case.name(address)} says an interval of "
                    f"{Duration(tenure.interval_ns)}",
                    Basis.TOLD,
                    lines(intent.advert_interval_ns),
                    role=Role.LET,
                )
            )
    return tuple(steps)


def _seen(case: Case, learned: Learned) -> Iterator[Step]:
    yield _speech(case, learned.slow)
    yield _speech(case, learned.quick)
    if learned.handover is not None and learned.handover.counted_from is not None:
        quick = case.name(learned.quick.sender.address)
        yield Step(
            f"{quick} took over {Duration(learned.handover.took_ns or 0)} after the last advert of "
            f"{case.name(learned.slow.sender.address)}: three intervals of that one and a fraction",
            Basis.SEEN,
            (learned.handover.counted_from.ref, learned.handover.at.ref),
            _RFC,
            Role.SO,
        )
    if learned.grab is not None:
        yield Step(
            "it spoke first between two adverts of the slower one, and gave way at the next",
            Basis.SEEN,
            (learned.grab.ref,),
            _RFC,
            Role.SO,
        )


def _speech(case: Case, tenure: Tenure) -> Step:
    name, every = case.name(tenure.sender.address), Duration(tenure.interval_ns)
    return Step(f"{name} advertised an interval of {every}", Basis.SEEN, (tenure.since.ref,))


def _log(case: Case, learned: Learned) -> tuple[Statement, ...]:
    """What the backup's log says of it."""
    kinds = (Said.INTERVAL_LEARNED, Said.ACCEPTED_WITH_WARNING)
    said = case.said(learned.story, learned.quick.sender.address, *kinds)
    return tuple(
        s for s in said if s.said is Said.INTERVAL_LEARNED or s.reason == "v3-interval-learned"
    )


def _logged(log: tuple[Statement, ...]) -> Iterator[Step]:
    if log:
        evidence = tuple(s.line for s in log[:2])
        yield Step("its log says that it learned the other one's interval", Basis.TOLD, evidence)
