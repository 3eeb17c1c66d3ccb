"""The rule down-timer-edge-race."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.races import EdgeRace
from vrrpscope.diagnosis.questions.sums import waited_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="The master came back just when its backup's timer ran out",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 6.4.2",),
    explains=("unexpected-failover", "flapping"),
    follows=("daemon-starved", "vm-freeze", "vrid-collision", "carp-collision"),
    rank=8,
    says="{old} was silent for {gap_ns}, and {new} takes over after {expected_ns}: both spoke "
    "within {apart_ns} of each other, so {new} was master for a moment and gave way at once.",
    remedy="Find out why {old} was silent (no processor time, a frozen virtual machine); a few "
    "milliseconds less, and nobody would have noticed. Where such pauses are normal, a longer "
    "advert_int or a higher down_timer_adverts (keepalived 2.2.3 and later) lets the backup wait "
    "for longer.",
)
def down_timer_edge_race(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master sends nothing for as long as its backup waits (three intervals and its Skew_Time, a
    part of a second that is shorter the higher its priority). Then the old master's
    advert and the new one's first one come within milliseconds of each other, and the new one is
    silent again.

    ### Why it matters
    The virtual address was moved and moved back for nothing. The backup's timer is one deadline:
    an advert that comes a millisecond after it is too late, however well the master is.

    ### How to confirm it
    The old master's log says `A thread timer expired ... seconds ago`; the backup's log has
    `Entering MASTER STATE` and `Entering BACKUP STATE` in one second.

    ### What else could look like this
    A master that was awake and answers the backup's advert: it had been silenced (`vrid-collision`,
    `carp-collision`), or its adverts had been lost before this place (`lossy-path`; the IP
    identification then went on by more than one). `equal-priority-race`: two backups.
    """
    for race in case.edge_races:
        yield _hit(case, race)


def _hit(case: Case, race: EdgeRace) -> Hit:
    handover = race.handover
    assert handover.before is not None
    assert handover.expected_ns is not None
    old, new = (case.name(t.sender.address) for t in (handover.before, handover.after))
    waits = waited_sum(
        handover.after.streaks[0], handover.before.interval_ns, handover.expected_ns.low
    )
    return Hit(
        virtual_router=race.story.router,
        vantage=race.timeline.vantage.id,
        at_ns=race.gap.from_.time_ns,
        until_ns=max(handover.at, race.returned).time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "old": old,
            "new": new,
            "gap_ns": Duration(race.gap.duration_ns),
            "expected_ns": Duration(handover.expected_ns.low),
            "apart_ns": Duration(max(1_000_000, abs(race.late_ns))),
        },
        because=(
            Step(
                f"{old} sent nothing between frames {race.gap.from_.ref.number} and "
                f"{race.returned.ref.number}, for {Duration(race.gap.duration_ns)}: its IP "
                "identification, which counts its adverts, went on by one",
                Basis.SEEN,
                (race.gap.from_.ref, race.returned.ref),
                "keepalived vrrp_update_pkt()",
            ),
            Step(
                f"the timer of {new} is {Duration(handover.expected_ns.low)} ({waits}): it became "
                f"master in frame {handover.at.ref.number}, and gave way at once",
                Basis.SEEN,
                (handover.at.ref, handover.after.until.ref),
                "RFC 5798 section 6.4.2",
            ),
            Step(
                f"the two adverts are {Duration(abs(race.late_ns))} apart: the pause was longer "
                "than the timer by no more than that",
                Basis.INFERRED,
                role=Role.SO,
            ),
        ),
        settle_with=(
            f"on {old}: journalctl -u keepalived; 'A thread timer expired' means that it had no "
            "processor time until then, a rejected advert once an interval that strangers kept it "
            "silent",
        ),
        not_excluded=("vrid-collision", "carp-collision"),
    )
