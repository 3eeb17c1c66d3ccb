"""The benchmark: that it works, what it calls met, and that no failure passes as speed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bench
from tools.benchmark import folder, measure, page, report
from tools.benchmark.catalogue import DIAGNOSE, Entry, Group, Target
from tools.benchmark.folder import Capture
from tools.benchmark.measure import Command, CommandError, Measured, TooLongError
from tools.benchmark.results import Figures, judge, measure_group

PAGE = Path(bench.__file__).parents[1] / "docs" / "performance.md"
NOTHING = Command((sys.executable, "-c", "pass"))


def python(program: str, **more) -> Command:
    return Command((sys.executable, "-c", program), **more)


def figures(median_s: float, peak_bytes: int = 10**8) -> Figures:
    return Figures((median_s,), median_s, peak_bytes, 0)


# As a whole ---------------------------------------------------------------------------------------


def test_a_small_run_fills_the_page(tmp_path):
    copy = tmp_path / "page.md"
    shutil.copy(PAGE, copy)
    command = [sys.executable, bench.__file__, "--small", "--write", str(copy)]
    done = subprocess.run(
        [*command, "--cache", str(tmp_path / "cache")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "making" in done.stderr
    rows = [line.split("  ")[0] for line in done.stdout.splitlines()]
    for name in ("small", "dense", "mixed", "containers", "everyday traffic inside VXLAN"):
        assert name in rows
    text = copy.read_text(encoding="utf-8")
    assert "| containers | cat pcap \\| vrrpscope - |" in text
    assert "| virtual routers, 10,000 adverts in all | 100 |" in text
    assert "| another priority in every advert |" in text
    assert "| Python |" in text
    for program in ("tshark", "tcpdump"):
        missing = f"{program} is not installed" in done.stdout
        assert missing == (shutil.which(program) is None)


def test_a_part_alone_does_not_replace_the_page(tmp_path):
    command = [sys.executable, bench.__file__, "--only", "small", "--write", str(tmp_path / "p")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--only" in done.stderr


# Running ------------------------------------------------------------------------------------------


def test_a_program_that_breaks_off_is_not_fast():
    program = "import sys; print('that is wrong', file=sys.stderr); sys.exit(3)"
    with pytest.raises(CommandError, match="exit code 3: that is wrong") as caught:
        measure.run(python(program), Measured())
    assert caught.value.status == 3


def test_of_a_traceback_the_last_line_tells():
    with pytest.raises(CommandError, match="exit code 1: ZeroDivisionError"):
        measure.run(python("1 / 0"), Measured())


def test_a_run_without_an_end_is_ended(monkeypatch):
    monkeypatch.setattr(measure, "LONGEST_S", 0.2)
    with pytest.raises(TooLongError):
        measure.run(python("import time; time.sleep(60)"), Measured())


def test_the_most_memory_is_that_of_the_program():
    measured = Measured()
    measure.run(python(f"b'x' * {300 * 10**6}"), measured)
    # Where this process is larger than that, nothing below its own size can be told.
    assert 300e6 < measured.peak_bytes < max(400e6, measure.own_peak_bytes() * 1.1)


@pytest.mark.parametrize("piped", [False, True])
def test_standard_input_is_the_file(tmp_path, piped):
    path = tmp_path / "in"
    path.write_bytes(bytes(200_000))
    kind = "S_ISFIFO" if piped else "S_ISREG"
    program = f"import os, stat, sys; assert stat.{kind}(os.fstat(0).st_mode)"
    measured = Measured()
    program += "; assert len(sys.stdin.buffer.read()) == 200_000"
    measure.run(python(program, stdin=path, piped=piped), measured)
    assert len(measured.seconds) == 1


def test_programs_take_turns_and_one_that_fails_is_out(tmp_path):
    log = tmp_path / "log"
    commands = {
        name: python(f"open({str(log)!r}, 'a').write({name!r}); raise SystemExit({status})")
        for name, status in (("a", 0), ("b", 1), ("c", 0))
    }
    failed = []
    found = measure.alternate(commands, 2, True, lambda name, _why: failed.append(name))
    assert log.read_text() == "abcacac"
    assert failed == ["b"]
    assert {name: len(one.seconds) for name, one in found.items()} == {"a": 2, "c": 2}


def test_after_one_that_takes_too_long_no_longer_one_is_tried(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "LONGEST_S", 2)
    log = tmp_path / "log"
    program = f"import time; open({str(log)!r}, 'a').write('%s'); time.sleep(%s)"
    commands = {name: python(program % (name, s)) for name, s in (("a", 0), ("b", 60), ("c", 60))}
    found = measure.alternate(commands, 2, False, lambda *_: None, growing=True)
    assert log.read_text() == "aba"
    assert len(found["a"].seconds) == 2
    assert list(found) == ["a"]


def test_what_is_not_installed_is_left_out():
    group = Group("g", "", (), {"x": Entry(Command(("no-such-program",)))}, ())
    said = []
    assert measure_group(group, 1, False, lambda name, why: said.append((name, str(why)))) == {}
    assert said == [("g: x", "no-such-program is not installed")]


# Judging ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("median_s", "reached", "met"),
    [(1.0, ("1.00 s", "1/7.7"), (True, True)), (1.25, ("1.25 s", "1/6.2"), (True, False))],
)
def test_targets_are_met_or_missed(median_s, reached, met):
    targets = (Target(DIAGNOSE, 2), Target(DIAGNOSE, 1 / 7, ("g", "tcpdump -v")))
    group = Group("g", "", (), {DIAGNOSE: Entry(NOTHING)}, targets)
    results = {("g", DIAGNOSE): figures(median_s), ("g", "tcpdump -v"): figures(7.7)}
    seconds, part, memory = judge(group, DIAGNOSE, results)
    assert (seconds.target, part.target) == ("2 s", "1/7 of tcpdump -v")
    assert (seconds.reached, part.reached) == reached
    assert (seconds.met, part.met) == met
    assert (memory.target, memory.reached, memory.met) == ("250 MB", "100 MB", True)


def test_too_much_memory_is_missed():
    group = Group("g", "", (), {DIAGNOSE: Entry(NOTHING)}, ())
    (memory,) = judge(group, DIAGNOSE, {("g", DIAGNOSE): figures(1, 251_000_000)})
    assert (memory.reached, memory.met) == ("251 MB", False)


def test_without_the_other_program_nothing_is_said():
    target = Target(DIAGNOSE, 1.5, ("other", "tcpdump -w"))
    group = Group("g", "", (), {DIAGNOSE: Entry(NOTHING)}, (target,))
    found = judge(group, DIAGNOSE, {("g", DIAGNOSE): figures(1)})[0]
    assert (found.target, found.reached, found.met) == ("1.5 x that of other", "not measured", None)


def test_start_up_is_not_multiplied(monkeypatch):
    # 0.2 s of start-up and 0.7 s for the part: 0.2 + 25 x 0.7 for the whole.
    times = {"slow": Measured([0.9], 1), "slow (start-up)": Measured([0.2], 1)}
    monkeypatch.setattr("tools.benchmark.results.alternate", lambda *_: times)
    group = Group("g", "", (), {"slow": Entry(NOTHING, NOTHING, 25)}, ())
    whole = measure_group(group, 1, False, lambda *_: None)["g", "slow"]
    assert whole.median_s == pytest.approx(17.7)
    assert whole.extrapolated


# Writing ------------------------------------------------------------------------------------------

TEXT = """before
<!-- measured by tools/bench.py: growth -->
old
<!-- end of measured -->
after
"""


def test_a_section_is_replaced_and_the_rest_stays():
    assert page.replace(TEXT, {"growth": "new\n"}) == TEXT.replace("old", "new")


@pytest.mark.parametrize("sections", [{}, {"growth": "", "worst": ""}, {"worst": ""}])
def test_a_page_with_other_sections_is_refused(sections):
    with pytest.raises(ValueError, match="the page has the sections growth"):
        page.replace(TEXT, sections)


def test_less_memory_than_can_be_told_is_an_upper_limit():
    assert report.memory(Figures((1.0,), 1.0, 20 * 10**6, 20 * 10**6)) == "< 20 MB"
    assert report.memory(Figures((1.0,), 1.0, 21 * 10**6, 20 * 10**6)) == "21 MB"


# Captures -----------------------------------------------------------------------------------------


def test_captures_are_made_once(tmp_path):
    wanted = [Capture("dense", 10, suffix=".pcapng"), Capture("dense", 10)]
    assert [c.name for c in folder.missing(wanted, tmp_path)] == [
        "dense-10.pcap",
        "dense-10.pcapng",
    ]
    folder.make(folder.missing(wanted, tmp_path), tmp_path)
    assert folder.missing(wanted, tmp_path) == []


def test_captures_of_another_generator_are_made_again(tmp_path):
    folder.make([Capture("dense", 10)], tmp_path)
    (tmp_path / "made-by").write_text("another")
    assert folder.missing([Capture("dense", 10)], tmp_path) == [Capture("dense", 10)]
    folder.make([Capture("dense", 20)], tmp_path)
    assert not (tmp_path / "dense-10.pcap").exists()


def test_a_folder_of_someone_else_keeps_its_captures(tmp_path):
    theirs = tmp_path / "theirs.pcap"
    theirs.write_bytes(b"")
    folder.make([Capture("dense", 10)], tmp_path)
    assert theirs.exists()
