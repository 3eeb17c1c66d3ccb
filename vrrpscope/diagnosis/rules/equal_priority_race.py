"""The rule equal-priority-race."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.races import EqualRace
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="Backups of one priority become master at the same moment",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 6.1", "RFC 5798 section 6.4.3"),
    explains=("dual-master", "vip-unreachable"),
    rank=7,
    says="{racers} have the same priority {priority}, so their timers run out together: all of "
    "them became master within {apart_ns}, and {winner} stayed, for its address is the highest.",
    remedy="Give every router of the group a priority of its own, ten or more apart: each step "
    "makes the timers differ by 4 ms, in VRRPv3 by 1/256 of the interval.",
)
def equal_priority_race(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two or more routers send their first advert within milliseconds of each other, with the same
    priority. The one with the highest address goes on, the others are silent after it.

    ### Why it matters
    The Skew_Time is made of the priority alone, so equal priorities wait equally long, and each
    router becomes master before it has heard the others. For a moment all of them hold the virtual
    address, announce it (gratuitous ARP), and run their scripts for masters. Where a loser's
    announcement is the last one, hosts have the wrong MAC.

    ### How to confirm it
    `Entering MASTER STATE` in the logs of several routers in one second, and `priority` in their
    configurations. Among backups, who starts first decides: the tie-break by address exists between
    masters only (RFC 5798 section 6.4.3).

    ### What else could look like this
    `adverts-lost-both-ways`: both go on as masters. `down-timer-edge-race`: one of the two is the
    old master.
    """
    for race in case.equal_races:
        yield _hit(case, race)


def _hit(case: Case, race: EqualRace) -> Hit:
    names = [case.name(t.sender.address) for t in race.racers]
    first, last = race.racers[0].since, race.racers[-1].since
    return Hit(
        virtual_router=race.story.router,
        vantage=race.timeline.vantage.id,
        at_ns=first.time_ns,
        until_ns=race.until.time_ns,
        verdict=Verdict.PROVEN,
        facts={
            "racers": f"{', '.join(names[:-1])} and {names[-1]}",
            "priority": race.priority,
            "apart_ns": Duration(max(1_000_000, last.time_ns - first.time_ns)),
            "winner": case.name(race.winner.sender.address),
        },
        because=tuple(_because(case, race)),
    )


def _because(case: Case, race: EqualRace) -> Iterator[Step]:
    if race.before is not None:
        yield Step(
            f"{case.name(race.before.sender.address)} was master up to frame "
            f"{race.before.until.ref.number}",
            Basis.SEEN,
            (race.before.until.ref,),
            role=Role.LET,
        )
    for tenure in race.racers:
        yield Step(
            f"{case.name(tenure.sender.address)} became master with priority {race.priority} in "
            f"frame {tenure.since.ref.number}",
            Basis.SEEN,
            (tenure.since.ref,),
        )
    yield Step(
        "equal priorities have equal timers: none of them had heard another one's advert when its "
        "own timer ran out",
        Basis.INFERRED,
        clause="RFC 5798 section 6.1",
        role=Role.SO,
    )
    winner = race.winner
    yield Step(
        f"{case.name(winner.sender.address)} went on, for among masters of one priority the "
        "highest address wins",
        Basis.SEEN,
        (winner.until.ref,),
        "RFC 5798 section 6.4.3",
    )
