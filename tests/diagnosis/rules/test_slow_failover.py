"""slow-failover and preempt-delay: the role moved, and late."""

import pytest
from routers import B_MAC, case, conf, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.observation import AnnouncementKind

JOIN, LEAVE = AnnouncementKind.IGMP_JOIN, AnnouncementKind.IGMP_LEAVE


def dies(take_over_ms: float, joined_ms: float | None = 0, first_id: int | None = None) -> Wire:
    """A's last advert is at 4 s; B (100, timer 3.609 s) takes over."""
    wire = Wire()
    if joined_ms is not None and joined_ms < 4000:
        wire.announce(joined_ms, JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 101))
    if joined_ms is not None and joined_ms > 4000:
        wire.announce(joined_ms, JOIN, B, B_MAC)
    wire.say(take_over_ms, advert(B, 100), first_id)
    wire.repeat(take_over_ms + 1000, 5, advert(B, 100))
    return wire


def test_on_time_and_early_are_not_slow() -> None:
    assert found("slow-failover", case(dies(7610))) == []
    assert found("slow-failover", case(dies(6500))) == []


def test_a_router_that_was_there_and_late() -> None:
    (finding,) = found("slow-failover", case(dies(12_300)))
    assert finding.verdict == "likely"
    assert finding.facts["took_ns"] == 8_300_000_000
    assert finding.facts["expected_ns"] == 3_609_375_000


def test_a_router_that_may_not_have_been_there() -> None:
    assert verdicts("slow-failover", case(dies(12_300, joined_ms=None))) == ["possible"]


def test_a_router_that_started_meanwhile_is_not_slow() -> None:
    assert found("slow-failover", case(dies(12_300, joined_ms=8700))) == []


def test_a_whole_number_of_adverts_may_be_configured() -> None:
    """Six adverts and the skew of priority 100: 6.609 s."""
    assert verdicts("slow-failover", case(dies(10_610))) == ["possible"]
    assert found("slow-failover", case(dies(10_610), b=conf(100, "down_timer_adverts 6"))) == []
    assert verdicts("slow-failover", case(dies(10_610), b=conf(100))) == ["likely"]


def test_a_router_that_had_released_was_in_fault_or_stopped() -> None:
    wire = Wire()
    wire.repeat(0, 4, advert(B, 100))
    wire.say(3500, advert(B, 0))
    wire.repeat(4110, 4, advert(A, 101))
    wire.say(7500, advert(A, 0))
    wire.repeat(20_000, 4, advert(B, 100))
    assert found("slow-failover", case(wire)) == []


def releases(first_id: int | None = None) -> Wire:
    """A gives the role up at 4.5 s; B's skew is 0.609 s."""
    wire = Wire()
    wire.announce(0, JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 101))
    wire.say(4500, advert(A, 0))
    wire.say(7100, advert(B, 100), first_id)
    wire.repeat(8100, 5, advert(B, 100))
    return wire


def test_a_late_answer_to_a_release_is_measured_at_both_ends() -> None:
    assert verdicts("slow-failover", case(releases())) == ["proven"]


def test_a_newcomer_that_counts_on_may_have_spoken_unseen() -> None:
    assert verdicts("slow-failover", case(releases(first_id=30))) == ["likely"]


# preempt_delay


def fall(take_over_ms: float) -> Wire:
    """A falls from 101 to 99 at 5 s; B (100) hears it at 5, 6, 7 s and so on."""
    wire = Wire()
    wire.announce(0, JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 101))
    lower = int((take_over_ms - 5000) // 1000) + 1
    wire.repeat(5000, lower, advert(A, 99))
    wire.repeat(take_over_ms, 5, advert(B, 100))
    return wire


def test_a_told_delay_that_the_times_agree_with() -> None:
    """Heard at 5 s, delay over at 8 s; the advert of 7 s counts, perhaps that of 8 s as well."""
    wire = fall(7000 + 3609)
    (finding,) = found("preempt-delay", case(wire, b=conf(100, "preempt_delay 3")))
    assert (finding.verdict, finding.severity) == ("proven", "warning")
    assert verdicts("slow-failover", case(wire, b=conf(100, "preempt_delay 3"))) == ["proven"]


@pytest.mark.parametrize("extra", ["", "preempt_delay 5", "nopreempt"])
def test_a_told_delay_that_does_not_fit(extra: str) -> None:
    assert found("preempt-delay", case(fall(7000 + 3609), b=conf(100, extra))) == []


def test_without_a_configuration_a_late_preemption_may_have_been_delayed() -> None:
    assert verdicts("preempt-delay", case(fall(7000 + 3609))) == ["possible"]
    assert found("preempt-delay", case(fall(4000 + 3609))) == []  # in time
    assert found("preempt-delay", case(fall(7300 + 3609))) == []  # counted from no advert


def test_a_delay_after_a_start_is_only_worth_knowing() -> None:
    """A joins at 3.5 s, hears B (100) at 4 s; the delay of 5 s is over at 9 s."""
    wire = Wire()
    wire.repeat(0, 4, advert(B, 100))
    wire.announce(3500, JOIN, A, "02:00:00:00:00:10")
    wire.repeat(4000, 9, advert(B, 100))
    wire.repeat(9000 + 3605, 5, advert(A, 101))
    (finding,) = found("preempt-delay", case(wire, a=conf(101, "preempt_delay 5")))
    assert (finding.verdict, finding.severity) == ("proven", "info")
    assert found("preempt-delay", case(wire)) == []
