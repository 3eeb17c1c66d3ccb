"""Events of recorded incidents; times and frame numbers are those that tshark prints."""

from typing import Any

import pytest
from replays import Replay

from vrrpscope.events.event import Event, EventSeverity
from vrrpscope.events.live import events_of

DR_1, DR_2 = "172.31.23.22", "172.31.23.23"


def told(case: str) -> tuple[Event, ...]:
    """All events of the whole capture."""
    return events_of(Replay(case).whole())


def plot(events: tuple[Event, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Kinds and frames, joins and leaves left out."""
    return [
        (str(e.kind), tuple(ref.number for ref in e.frames))
        for e in events
        if not e.kind.startswith("router-")
    ]


def only(events: tuple[Event, ...], kind: str) -> Event:
    """The one event of a kind."""
    (event,) = (e for e in events if e.kind == kind)
    return event


def facts(events: tuple[Event, ...], kind: str, *names: str) -> list[tuple[Any, ...]]:
    """Some facts of every event of a kind."""
    return [tuple(e.facts[name] for name in names) for e in events if e.kind == kind]


def test_article_1_restarts_move_the_role() -> None:
    """The expected hand-overs: first to dr-2, by release to dr-1, by release back."""
    events = told("article-1-nopreempt-keeps-lower")
    assert plot(events) == [
        ("master-appeared", (3,)),
        ("master-resigned", (32,)),
        ("master-changed", (32, 35)),
        ("announced", (35, 36)),
        ("master-resigned", (60,)),
        ("master-back", (32, 63)),
        ("master-changed", (60, 63)),
        ("announced", (63, 64)),
    ]
    moves = facts(events, "master-changed", "before", "after", "handover", "on_time")
    assert moves == [(DR_2, DR_1, "release", True), (DR_1, DR_2, "release", True)]
    # 1795375420.502218 - 1795375419.896410; Skew_Time of priority 101 is 155/256 s.
    (first, _) = facts(events, "master-changed", "took_ms", "allowed_low_ms", "allowed_high_ms")
    assert first == (605.808, 605.469, 605.469)


def test_article_1_listeners() -> None:
    """dr-1 listens 8 s before it speaks; both leave when they stop, and dr-2 listens again."""
    events = told("article-1-nopreempt-keeps-lower")
    found = [
        (str(e.kind), e.facts["router"], e.frames[0].number)
        for e in events
        if e.kind.startswith("router-")
    ]
    assert found == [
        ("router-joined", DR_2, 1),
        ("router-joined", DR_1, 13),
        ("router-left", DR_2, 33),
        ("router-joined", DR_2, 41),
        ("router-left", DR_1, 61),
        ("router-joined", DR_1, 69),
    ]


def test_article_2_priority_falls_and_nothing_moves() -> None:
    events = told("article-2-nopreempt-weighted-check")
    assert plot(events) == [("master-appeared", (5,)), ("priority-changed", (23, 24))]
    step = only(events, "priority-changed")
    assert step.time_ns == 1795375413_034415000
    assert step.facts == {"master": DR_1, "before": 101, "after": 99, "change": -2}
    assert step.severity is EventSeverity.WARNING
    assert step.says == (
        "The priority of 172.31.23.22, master of 172.31.23.6 (ipv4/60), fell from 101 to 99."
    )


def test_article_3_preemption() -> None:
    """dr-2 ignores the adverts with 99: its timer runs from frame 23, the last one with 101."""
    events = told("article-3-preempt-works")
    assert plot(events) == [
        ("master-appeared", (5,)),
        ("priority-changed", (23, 24)),
        ("master-changed", (23, 26, 27)),
        ("announced", (27, 28)),
        ("master-changed", (52, 53)),
        ("announced", (53, 54)),
    ]
    names = ("handover", "took_ms", "allowed_high_ms", "on_time", "ignored_adverts")
    # 1795375415.678324 - 1795375412.068695; 3 s + 156/256 s.
    assert facts(events, "master-changed", *names) == [
        ("preemption", 3609.629, 3609.375, True, 3),
        ("preemption", None, None, None, 0),
    ]


def test_article_4_silence() -> None:
    """dr-1 falls silent after frame 20; a backup with 254 would wait 3 + 2/256 s."""
    events = told("article-4-silenced-by-firewall")
    assert plot(events) == [
        ("master-appeared", (5,)),
        ("master-silent", (20,)),
        ("master-changed", (20, 21)),
        ("announced", (21, 22)),
    ]
    silent = only(events, "master-silent")
    assert silent.facts["last_advert_ns"] == 1795375435_577316000
    assert silent.time_ns == silent.facts["deadline_ns"] == 1795375438_585128500
    # With priority 1 it would wait 3 + 255/256 s.
    assert silent.facts["latest_deadline_ns"] == 1795375439_573409750


def test_power_cut_and_return() -> None:
    events = told("healthy-power-cut")
    assert plot(events) == [
        ("master-appeared", (5,)),
        ("master-silent", (22,)),
        ("master-changed", (22, 23)),
        ("announced", (23, 24)),
        ("master-back", (22, 48)),
        ("master-changed", (47, 48)),
        ("announced", (48, 49)),
    ]
    # 1795375517.910144 - 1795375501.661583.
    assert only(events, "master-back").facts["away_ms"] == 16248.561


def test_nothing_announced() -> None:
    """dr-2's gratuitous ARP is filtered; dr-1's and the client's ARP is in the capture."""
    events = told("garp-missing")
    missing = only(events, "not-announced")
    assert missing.facts == {"master": DR_2, "addresses": ["172.31.23.6"], "waited_ms": 2000}
    # Two seconds after frame 25.
    assert missing.time_ns == 1795375486_407892000
    assert not [e for e in events if e.kind == "announced"]


def test_two_masters() -> None:
    """Different passwords: both advertise from frame 11 to the end."""
    events = told("auth-password-mismatch-both-visible")
    assert plot(events) == [("master-appeared", (5,)), ("two-masters", (5, 11))]
    both = only(events, "two-masters")
    assert both.facts == {
        "first": DR_1,
        "second": DR_2,
        "first_priority": 101,
        "second_priority": 100,
        "share_no_address": False,
    }
    assert both.severity is EventSeverity.ERROR
    assert both.time_ns == 1795375438_715634000


def test_two_masters_end() -> None:
    """lb-2 hears lb-1 again and says nothing any more."""
    events = told("multicast-filter-one-way")
    assert plot(events)[:2] == [("master-appeared", (5,)), ("two-masters", (5, 25))]
    end = only(events, "two-masters-ended")
    assert (end.facts["ended"], end.facts["remains"]) == ("10.20.30.12", "10.20.30.11")
    assert end.facts["ended_by"] == "yielded"


def test_flapping() -> None:
    """Ten changes in 46 s: told with the fourth, and not again within a minute."""
    events = told("flapping")
    assert len([e for e in events if e.kind == "master-changed"]) == 10
    flap = only(events, "flapping")
    fourth = [e for e in events if e.kind == "master-changed"][3]
    assert flap.time_ns == fourth.time_ns
    assert flap.facts["changes"] == 4
    assert flap.facts["masters"] == [DR_2, DR_1]


def test_version_3_over_ipv6() -> None:
    events = told("ipv6-failover")
    assert plot(events) == [
        ("master-appeared", (7,)),
        ("master-resigned", (39,)),
        ("master-changed", (39, 42)),
        ("announced", (42, 43)),
        ("master-back", (39, 81)),
        ("master-changed", (80, 81)),
        ("announced", (81, 82)),
    ]
    announced = next(e for e in events if e.kind == "announced")
    assert announced.facts["announcement"] == "unsolicited-na"
    assert (announced.facts["addresses"], announced.facts["count"]) == (2, 10)
    # Skew_Time of priority 100 and 1 s: 156/256 s.
    took = facts(events, "master-changed", "took_ms", "allowed_high_ms")[0]
    assert took == (609.676, 609.375)


def test_one_advert_lost() -> None:
    """0.4 s intervals, one advert of them dropped at the switch."""
    missed = only(told("healthy-one-advert-lost"), "adverts-missed")
    assert missed.facts["missing_adverts"] == 1
    assert missed.facts["interval_ms"] == 400
    # Its IP identification goes on by two: it was sent.
    assert missed.facts["ip_id_step"] == 2


def test_nobody_left() -> None:
    """Both give the role up; 3 + 255/256 s and 50 ms later nobody has taken it."""
    nobody = only(told("all-nodes-fault"), "no-master")
    assert nobody.facts["resigned"] is True
    deadline_ns, last_ns = nobody.facts["deadline_ns"], nobody.facts["last_advert_ns"]
    assert isinstance(deadline_ns, int)
    assert isinstance(last_ns, int)
    assert deadline_ns - last_ns == 4_046_093_750


@pytest.mark.parametrize("case", ["healthy-two-nodes", "article-2-nopreempt-weighted-check"])
def test_one_master_is_neither_silent_nor_back(case: str) -> None:
    kinds = {str(e.kind) for e in told(case)}
    assert not kinds & {"master-silent", "master-back", "no-master", "two-masters", "flapping"}
