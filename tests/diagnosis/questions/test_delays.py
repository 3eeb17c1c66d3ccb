"""Other timers than that of the advertised priority, by hand-made waits."""

from routers import B_MAC, case, conf, found
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.delays import Delay, Witness, explain_delay
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.evidence.told import SourceLine
from vrrpscope.observation import AnnouncementKind

CHANGED = Statement(Said.PRIORITY, SourceLine("b.log", 7), 5, before=120, after=60)
HEARD = Statement(Said.HEARD_RELEASE, SourceLine("b.log", 6), 4)


def expiry(took_ms: float, said: int, priority: int = 230) -> Wire:
    """A falls silent at 4 s, and B, which was there, takes over."""
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, priority))
    wire.repeat(4000 + took_ms, 5, advert(B, said))
    return wire


def released(took_ms: float, said: int) -> Wire:
    """A's last advert is at 4 s and its priority 0 at 4.5 s; B takes over."""
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 230))
    wire.say(4500, advert(A, 0))
    wire.repeat(4500 + took_ms, 5, advert(B, said))
    return wire


def delay(of: Case, witness: Witness | None = None) -> Delay:
    """What accounts for the first move; with a witness, by what a log tells."""
    ((_, story),) = of.stories()
    handover = story.handovers[1]
    if witness is None:
        return of.delay(story, handover)
    return explain_delay(of.timing(story, handover), ("b", "a"), witness)


def text(of: Delay) -> str:
    return "; ".join(step.statement for step in of.steps)


def test_what_is_on_time_needs_no_other_timer() -> None:
    assert delay(case(expiry(3610, 100))) == Delay()
    assert delay(case(released(610, 100))) == Delay()


def test_a_delay_of_another_priority() -> None:
    """3.762 s is the wait of 60 (3.766 s less what FRRouting cuts off); with 200 it is 3.219 s."""
    of = delay(case(expiry(3762, 200)))
    assert text(of) == f"3.762 s is what a router of priority 59 to 73 waits; {B} then said 200"
    assert [str(step.basis) for step in of.steps] == ["inferred"]
    (open_,) = of.not_excluded
    assert "59 to 73" in open_


def test_without_a_configuration_such_a_delay_is_hardly_late() -> None:
    (finding,) = found("slow-failover", case(expiry(3762, 200)))
    assert finding.verdict == "possible"
    assert any("59 to 73" in text for text in finding.not_excluded)


def test_a_configuration_without_such_a_priority_contradicts() -> None:
    of = case(expiry(3762, 200), b=conf(200))
    assert text(delay(of)).endswith("b (10.0.0.2) has no priority of 59 to 73, whatever fails")
    assert delay(of).not_excluded == ()
    (finding,) = found("slow-failover", of)
    assert finding.verdict == "likely"


def test_a_configuration_with_such_a_priority_confirms() -> None:
    """60, and 140 more while the check passes."""
    of = case(expiry(3762, 200), b=conf(60, scripts={"links": 140}))
    assert text(delay(of)).endswith("the priority of b (10.0.0.2) can be 60")
    assert delay(of).steps[-1].evidence[0] == SourceLine("b.conf", 9)
    (finding,) = found("slow-failover", of)
    assert finding.verdict == "likely"
    assert len(finding.not_excluded) == 2


def test_a_log_without_a_change_contradicts() -> None:
    of = delay(case(expiry(3762, 200)), Witness(covers=True))
    assert text(of).endswith("the log of b tells of no change of its priority in that time")
    assert of.not_excluded == ()


def test_keepalived_that_moves_its_deadline_does_not_wait_by_the_old_priority() -> None:
    of = delay(case(expiry(3762, 200)), Witness(release=(2, 2, 7)))
    assert "keepalived 2.2.7 moves a running timer" in text(of)
    assert of.not_excluded == ()
    assert delay(case(expiry(3762, 200)), Witness(release=(1, 3, 5))).not_excluded != ()


def test_too_soon_by_one_interval_is_an_advert_that_was_missed() -> None:
    """3.609 s from 3 s are 2.609 s from 4 s."""
    of = delay(case(expiry(2610, 100)))
    assert text(of).startswith("counted from 1 advert earlier it took 3.610 s, which is its timer")
    assert of.not_excluded == (f"the last advert of {A} did not reach {B}",)


def test_too_soon_by_two_intervals() -> None:
    assert delay(case(expiry(1610, 100))).not_excluded == (
        f"the last 2 adverts of {A} did not reach {B}",
    )


def test_too_soon_by_half_an_interval_is_a_higher_priority_or_nothing() -> None:
    """3.109 s is the wait of 228 (3.109375 s); 2.1 s is nobody's."""
    assert (
        delay(case(expiry(3109, 100)))
        .steps[0]
        .statement.startswith("3.109 s is what a router of priority 226 to 240 waits")
    )
    assert delay(case(expiry(2100, 100))) == Delay()


def test_an_unexpected_failover_says_what_it_waited_for() -> None:
    """A sends nothing from 4 s to 12 s and goes on counting; B misses the advert at 4 s."""
    wire = expiry(2610, 100)
    wire.repeat(12_000, 5, advert(A, 230))
    (finding,) = found("unexpected-failover", case(wire))
    assert finding.verdict == "likely"
    assert f"the last advert of {A} did not reach {B}" in finding.not_excluded


def test_a_whole_timer_after_a_release() -> None:
    """3 s and 196/256 s: its priority fell from 120 to 60 within its skew. 4.234 s from 4 s."""
    of = case(released(3766, 60))
    assert "3.766 s is a whole Master_Down_Interval of priority 60" in text(delay(of))
    assert delay(of).not_excluded == ()
    told = delay(of, Witness((CHANGED,), True, HEARD, (2, 2, 7)))
    assert text(told).endswith("says that its priority changed from 120 to 60 at that time")
    assert told.settle_with == ()


def test_a_whole_timer_of_a_priority_that_cannot_change_is_none() -> None:
    assert delay(case(released(3766, 60), b=conf(60))) == Delay()
    assert delay(case(released(3766, 60)), Witness(covers=True)) == Delay()


def test_a_release_that_was_not_heard() -> None:
    """3.609 s from the last advert at 4 s are 3.109 s from the priority 0 at 4.5 s."""
    of = case(released(3110, 100))
    assert delay(of).not_excluded == (f"the priority 0 did not reach {B}",)
    assert delay(of, Witness(heard_release=HEARD)) == Delay()
    (finding,) = found("slow-failover", of)
    assert finding.verdict == "possible"
