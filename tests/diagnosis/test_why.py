"""Why a router did not take over: every decision of the protocol, on recorded cases."""

from functools import cache
from pathlib import Path

import pytest

from vrrpscope.diagnosis.why import Answer, why
from vrrpscope.pipeline import Analysis, analyze_files

CASES = Path(__file__).resolve().parents[2] / "pcaps"
ARTICLE = "article-2-nopreempt-weighted-check"
SECOND = 1_000_000_000


@cache
def analysis(case: str, configs: bool, logs: bool) -> Analysis:
    folder = CASES / case
    nodes = ("dr-1", "dr-2")
    return analyze_files(
        [str(folder / "incident.pcap")],
        [f"{n}={folder / n}.conf" for n in nodes] if configs else [],
        [f"{n}={folder / n}.log" for n in nodes] if logs else [],
        diagnosed=False,
    )


def answer(
    case: str, node: str, after_s: float, *, configs: bool = True, logs: bool = True
) -> Answer:
    """The answer for a router so many seconds after the first frame."""
    case_ = analysis(case, configs, logs).case
    first_ns = case_.timelines[0].first_ns or 0
    subject = next(n for n in case_.nodes if n.name == node)
    (found,) = why(case_, subject, first_ns + int(after_s * SECOND))
    return found


def course(found: Answer) -> list[tuple[str, str, str]]:
    """The decisions in short: question, answer, how it is known."""
    return [(d.question, d.answer, str(d.known)) for d in found.decisions]


def test_under_nopreempt_every_advert_restarts_the_timer() -> None:
    assert course(answer(ARTICLE, "dr-2", 20)) == [
        # The log of dr-2 says BACKUP at its start, and has no line after that.
        ("Was it running, and backup?", "yes", "inferred"),
        ("Did it hear an advert?", "yes", "inferred"),
        ("Did it accept the advert?", "yes", "inferred"),
        # 100 less the penalty of its own check, or 100: its log does not tell which by then.
        ("Was the advert's priority lower than its own?", "unknown", "unknown"),
        ("Was it allowed to preempt?", "no", "told"),
        ("Which timer did it restart?", "Master_Down_Interval", "inferred"),
    ]


def test_each_step_that_is_told_shows_its_line() -> None:
    found = answer(ARTICLE, "dr-2", 20)
    lines = {str(e) for d in found.decisions for e in d.evidence if "conf" in str(e)}
    text = (CASES / ARTICLE / "dr-2.conf").read_text().splitlines()
    numbers = {int(line.rpartition(":")[2]) for line in lines}
    assert "nopreempt" in {text[number - 1].strip() for number in numbers}


def test_a_master_has_nothing_to_take_over() -> None:
    assert course(answer(ARTICLE, "dr-1", 20)) == [("Was it master already?", "yes", "seen")]


def test_without_a_configuration_the_steps_are_unknown_and_say_what_would_tell() -> None:
    found = answer(ARTICLE, "dr-2", 20, configs=False)
    unknown = [d for d in found.decisions if str(d.known) == "unknown"]
    assert [d.question for d in unknown] == [
        "Did it accept the advert?",
        "Was the advert's priority lower than its own?",
        "Was it allowed to preempt?",
        "Which timer did it restart?",
    ]
    assert all(d.settle_with for d in unknown[:-1])


def test_a_router_in_fault_decides_nothing() -> None:
    # dr-2's check, which has no weight, fails at 6 s: its log alone says so, and ends with that.
    found = answer("nopreempt-backup-in-fault", "dr-2", 20)
    assert course(found) == [("Was it running, and backup?", "no", "inferred")]
    assert "FAULT" in found.decisions[0].statement


def test_a_preempting_backup_lets_its_timer_run() -> None:
    # dr-1 falls below dr-2 (100, preempting) and keeps advertising until dr-2's timer runs out.
    case = analysis("article-3-preempt-works", True, True)
    story = case.timelines[0].routers[0]
    (step,) = [s for s in story.steps if s.is_fall]
    first_ns = case.timelines[0].first_ns or 0
    after_s = (step.after.first.time_ns - first_ns) / SECOND + 0.5
    found = answer("article-3-preempt-works", "dr-2", after_s)
    last = found.decisions[-1]
    # Its log says "received lower priority (99) advert - discarding" in that second.
    assert ("Was it allowed to preempt?", "yes", "told") in course(found)
    assert "it became master" in last.statement


def test_a_rejected_advert_restarts_no_timer() -> None:
    found = answer("auth-password-mismatch", "dr-1", 20)
    answers = {d.question: (d.answer, str(d.known)) for d in found.decisions}
    if "Did it accept the advert?" in answers:
        assert answers["Did it accept the advert?"] == ("no", "told")
    else:
        assert answers == {"Was it master already?": ("yes", "seen")}


@pytest.mark.parametrize("case", ["ipv6-failover", "healthy-power-cut", "partition"])
def test_every_second_of_a_capture_has_an_answer_that_ends_in_a_statement(case: str) -> None:
    timeline = analysis(case, True, True).timelines[0]
    assert timeline.first_ns is not None
    assert timeline.last_ns is not None
    seconds = (timeline.last_ns - timeline.first_ns) // SECOND
    for second in range(1, seconds):
        found = answer(case, "dr-2", second)
        assert found.decisions[-1].answer
        assert found.says.startswith("dr-2 (")
