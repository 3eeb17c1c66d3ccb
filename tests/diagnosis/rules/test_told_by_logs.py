"""A missed failover with logs: A falls from 110 to 100 at 20 s and keeps the role until 50 s."""

import pytest
from logged import node
from routers import A_MAC, B_MAC, conf, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, AuthenticationType

CHECK = "nopreempt-weighted-check"
GAP = "weight-smaller-than-priority-gap"
DEGRADED = "backup-also-degraded"
OPEN = Authentication(AuthenticationType.NONE)

START = (1, "Starting Keepalived v2.2.7 (01/16,2022)")
BACKUP = (2, "(VI_1) Entering BACKUP STATE (init)")
FELL = (15, "(VI_1) Changing effective priority from 105 to 95")
FAULT = (15, "(VI_1) Entering FAULT STATE")
DISCARDS = (30, "(VI_1) received lower priority (100) advert from 10.0.0.1 - discarding")
LATER = (60, "Stopping")

HIGHER = conf(110, "nopreempt", {"chk": -10})
CALM = conf(105, "nopreempt", {"chk": -10})
EAGER = conf(105, scripts={"chk": -10})


def told(*lines: tuple[int, str], b: str | None = CALM) -> Case:
    """The case with A's configuration, and B's log and configuration."""
    wire = Wire()
    wire.announce(500, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.announce(1500, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(5000, 15, advert(A, 110, auth=OPEN))
    wire.repeat(20_000, 31, advert(A, 100, auth=OPEN))
    nodes: list[Node] = [node("a", A, conf=HIGHER)]
    if lines or b:
        nodes.append(node("b", B, *lines, conf=b))
    return Case((wire.builder.finish(),), tuple(nodes))


def test_without_a_log_it_is_not_certain_that_a_hand_over_was_due() -> None:
    assert verdicts("missed-failover", told()) == ["likely"]
    assert verdicts(CHECK, told()) == ["proven"]


def test_a_log_that_goes_on_settles_it() -> None:
    case = told(START, BACKUP, LATER)
    assert verdicts("missed-failover", case) == ["proven"]
    assert verdicts(CHECK, case) == ["proven"]


def test_a_log_that_ends_before_the_incident_does_not() -> None:
    (finding,) = found("missed-failover", told(START, BACKUP))
    assert str(finding.verdict) == "likely"
    assert "no line after that time" in finding.settle_with[0]


def test_a_backup_that_was_no_better_by_its_log() -> None:
    case = told(START, BACKUP, FELL, LATER, b=EAGER)
    assert verdicts(DEGRADED, case) == ["proven"]
    assert verdicts(GAP, case) == verdicts(CHECK, case) == []
    assert verdicts("missed-failover", case) == ["likely"]


def test_a_log_that_ends_with_the_lower_priority_makes_it_likely() -> None:
    assert verdicts(DEGRADED, told(START, BACKUP, FELL, b=EAGER)) == ["likely"]
    assert verdicts(DEGRADED, told(START, BACKUP, FELL, b=None)) == ["likely"]
    assert verdicts(CHECK, told(START, BACKUP, FELL, b=None)) == ["possible"]


def test_a_log_that_tells_the_full_priority_excludes_a_failed_check() -> None:
    assert verdicts(DEGRADED, told(START, BACKUP, LATER, b=EAGER)) == []


def test_both_reasons_at_once() -> None:
    case = told(START, BACKUP, FELL, LATER)
    (finding,) = found(DEGRADED, case)
    assert str(finding.verdict) == "proven"
    assert any("nopreempt" in step.statement for step in finding.because)
    assert verdicts(CHECK, case) == []


@pytest.mark.parametrize("line", [FAULT, (15, "Stopping"), (15, "(VI_1) Entering MASTER STATE")])
def test_who_was_no_backup_was_not_kept_back_by_nopreempt(line: tuple[int, str]) -> None:
    assert verdicts(CHECK, told(START, BACKUP, line)) == []
    assert verdicts(CHECK, told(START, BACKUP, line, b=None)) == []


def test_who_discards_lower_priorities_preempts() -> None:
    """The file that was given says nopreempt, and is not the one that runs."""
    assert verdicts(CHECK, told(START, BACKUP, DISCARDS, LATER)) == []


def test_nopreempt_that_was_cleared_keeps_nobody_back() -> None:
    cleared = "(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing"
    assert verdicts(CHECK, told(START, (1, cleared), BACKUP, LATER)) == []


@pytest.mark.parametrize(
    ("why", "verdict"),
    [((19, "VRRP_Script(chk) failed (exited with status 1)"), "proven"), (START, "likely")],
)
def test_a_log_that_does_not_say_why_leaves_the_address_open(
    why: tuple[int, str], verdict: str
) -> None:
    """Without -D keepalived does not log that the interface lost its address."""
    wire = Wire()
    wire.repeat(5000, 15, advert(A, 110, auth=OPEN))
    wire.say(20_000, advert(A, 0, auth=OPEN))
    wire.repeat(20_600, 10, advert(B, 105, auth=OPEN))
    fault = (19, "(VI_1) Entering FAULT STATE")
    a = node("a", A, (4, "(VI_1) Entering MASTER STATE"), why, fault, LATER)
    assert verdicts("stuck-in-fault", Case((wire.builder.finish(),), (a,))) == [verdict]


def test_a_reload_after_which_the_role_moved() -> None:
    """Held from 20 s on; reloaded at 40 s, and master four seconds later."""
    wire = Wire()
    wire.announce(1500, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.repeat(5000, 15, advert(A, 110, auth=OPEN))
    wire.repeat(20_000, 25, advert(A, 100, auth=OPEN))
    wire.repeat(44_300, 10, advert(B, 105, auth=OPEN))
    timeline = wire.builder.finish()
    reloaded, master = (40, "Reloading"), (44, "(VI_1) Entering MASTER STATE")
    lines = (START, BACKUP, reloaded, (41, DISCARDS[1]), master)
    for b, verdict in ((CALM, "proven"), (EAGER, "likely")):
        case = Case((timeline,), (node("a", A, conf=HIGHER), node("b", B, *lines, conf=b)))
        assert verdicts(CHECK, case) == [verdict]
        assert verdicts("missed-failover", case) == ["proven"]
    without = Case((timeline,), (node("a", A, conf=HIGHER), node("b", B, conf=CALM)))
    assert verdicts(CHECK, without) == []


def test_the_masters_own_log_names_the_check() -> None:
    a = node("a", A, (19, "VRRP_Script(chk) failed (exited with status 1)"), conf=CALM)
    case = told()
    (finding,) = found(CHECK, Case(case.timelines, (a, case.nodes[1])))
    assert any("says that chk failed" in step.statement for step in finding.because)
