"""Checks that do not run, by a log or a configuration."""

import pytest
from logged import node
from routers import conf, found
from sightings import A, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.unchecked import Unchecked

RULE = "check-script-not-running"
CHECKED = conf(110, scripts={"chk": -20})
START = (1, "Starting Keepalived v2.2.7 (01/16,2022)")
GONE = (2, "Disabling track script chk since not found/accessible")


def told(*lines: tuple[int, str], of: str = CHECKED) -> Case:
    """A is master from second 5 to second 24, with this log and configuration."""
    wire = Wire()
    wire.repeat(5000, 20, advert(A, 110))
    return Case((wire.builder.finish(),), (node("a", A, *lines, conf=of),))


def unchecked(*lines: tuple[int, str], of: str = CHECKED) -> tuple[Unchecked, ...]:
    return told(*lines, of=of).unchecked


def test_a_configuration_that_has_a_check_says_nothing_of_its_working() -> None:
    assert unchecked() == ()
    assert unchecked(START, (2, "VRRP_Script(chk) succeeded")) == ()


def test_a_disabled_check() -> None:
    why = (1, "Script /bin/true cannot be accessed - No such file or directory")
    (one,) = unchecked(START, why, GONE)
    assert (one.name, one.disabled, one.reason) == ("chk", True, "No such file or directory")
    assert [line.line for line in one.evidence] == [3, 2]
    (finding,) = found(RULE, told(START, why, GONE))
    assert (str(finding.verdict), str(finding.severity)) == ("proven", "warning")


def test_a_check_that_was_disabled_before_the_last_start_only() -> None:
    assert unchecked(START, GONE, (3, "Starting Keepalived v2.2.7 (01/16,2022)")) == ()


def test_a_check_of_another_instance_is_not_this_ones() -> None:
    assert unchecked(START, (2, "Disabling track script disk since not found/accessible")) == ()


@pytest.mark.parametrize(
    "reason",
    [
        "Warning - script chk is not used",
        "(VI_1) ignoring tracked script chk with weights due to address_owner",
    ],
)
def test_a_script_that_can_run_and_whose_weight_is_not_allowed(reason: str) -> None:
    assert unchecked(START, (2, reason)) == ()


@pytest.mark.parametrize(("status", "finds"), [(127, True), (126, True), (1, False)])
def test_a_script_that_cannot_do_its_work(status: int, finds: bool) -> None:
    failed = f"VRRP_Script(chk) failed (exited with status {status})"
    assert bool(unchecked(START, (2, failed))) is finds
    once_well = (20, "VRRP_Script(chk) succeeded")
    assert unchecked(START, (2, failed), once_well) == ()


def test_a_check_that_is_not_defined_above_its_use() -> None:
    misspelt = CHECKED.replace("vrrp_script chk", "vrrp_script chck")
    (one,) = unchecked(of=misspelt)
    assert (one.name, one.is_logged) == ("chk", False)
    (finding,) = found(RULE, told(of=misspelt))
    assert (str(finding.verdict), str(finding.severity)) == ("likely", "info")
