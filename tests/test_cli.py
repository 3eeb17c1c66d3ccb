import filecmp
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vrrpscope import __version__, cli
from vrrpscope.render import command

PROJECT = Path(__file__).resolve().parents[1]
CASE = PROJECT / "pcaps" / "article-2-nopreempt-weighted-check"
CAPTURE = str(CASE / "incident.pcap")
CONFIGS = ["--config", f"dr-1={CASE / 'dr-1.conf'}", "--config", f"dr-2={CASE / 'dr-2.conf'}"]
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "PYTHONPATH": str(PROJECT),
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}


@pytest.fixture(autouse=True)
def no_told_width(monkeypatch):
    """The width of a pipe, whatever the runner of the tests sets."""
    monkeypatch.delenv("COLUMNS", raising=False)


def run(capsys, *arguments):
    """Exit code, standard output, standard error."""
    code = cli.run(list(arguments))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def process(*arguments, **options):
    environment = ENVIRONMENT | options.pop("environment", {})
    return subprocess.run(
        [sys.executable, "-m", "vrrpscope", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
        **options,
    )


def assert_bad_input(code, out, err):
    """Exit code 2 and two lines: what was found, and what to type."""
    assert code == 2
    assert out == ""
    assert re.fullmatch(r"vrrpscope: \S[^\n]*\n  \S[^\n]*\n", err), err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["diagnose"],
        ["diagnos", CAPTURE],
        [CAPTURE],
        ["diagnose", CAPTURE, "--nope"],
        ["diagnose", CAPTURE, CAPTURE],
        ["diagnose", CAPTURE, "--vrid", "256"],
        ["diagnose", CAPTURE, "--vrid", "sixty"],
        ["diagnose", CAPTURE, "--format", "xml"],
        ["diagnose", CAPTURE, "--fail-on", "info"],
        ["diagnose", CAPTURE, "--color", "maybe"],
        ["diagnose", CAPTURE, "--tz", "Europe/Berln"],
        ["diagnose", CAPTURE, "--utc", "--tz", "Europe/Berlin"],
        ["diagnose", CAPTURE, "--since", "yesterday"],
        ["diagnose", CAPTURE, "--since", "2026-11-23", "--until", "2026-11-22"],
        ["diagnose", CAPTURE, "--config", "/nowhere/keepalived.conf"],
        ["diagnose", "/nowhere/incident.pcap"],
        ["diagnose", "-", "-"],
        ["diagnose", "-r"],
        ["diagnose", str(PROJECT)],
        ["diagnose", str(PROJECT / "pyproject.toml")],
        ["diagnose", "bad\x1b[31m\nname.pcap"],
        ["timeline"],
        ["explain", "no-such-rule"],
        ["explain", "missed-failover", "wrong-master"],
        ["demo", "extra"],
        ["export", CAPTURE],
        ["export", "-o", "table.csv"],
        ["export", CAPTURE, "-o", "table.xlsx"],
        ["export", CAPTURE, "-o", "-"],
        ["export", CAPTURE, "-o", "/nowhere/table.csv"],
        ["export", CAPTURE, "-o", f"{os.devnull}/table.csv", "--table", "packets"],
    ],
    ids=lambda arguments: (
        " ".join(Path(a).name for a in arguments)[:40].encode("unicode_escape").decode()
    ),
)
def test_errors_are_two_lines_that_say_what_to_type(capsys, arguments):
    code, out, err = run(capsys, *arguments)
    assert_bad_input(code, out, err)
    assert "\x1b" not in err
    assert "Traceback" not in err


def test_hints_can_be_typed(capsys):
    assert "type vrrpscope diagnose\n" in run(capsys, "diagnos", "x")[2]
    assert f"type vrrpscope diagnose {CAPTURE}" in run(capsys, CAPTURE)[2]
    assert "type vrrpscope explain missed-failover" in run(capsys, "explain", "missed-failovr")[2]
    assert "type --tz Europe/Berlin" in run(capsys, "diagnose", CAPTURE, "--tz", "Europe/Berln")[2]


def test_a_finding_fails_only_where_that_is_wanted(capsys):
    assert run(capsys, "diagnose", CAPTURE, *CONFIGS)[0] == 0
    assert run(capsys, "diagnose", CAPTURE, *CONFIGS, "--fail-on", "never")[0] == 0
    assert run(capsys, "diagnose", CAPTURE, *CONFIGS, "--fail-on", "error")[0] == 1
    assert run(capsys, "diagnose", CAPTURE, *CONFIGS, "--fail-on", "warning")[0] == 1
    healthy = str(PROJECT / "pcaps" / "healthy-two-nodes" / "incident.pcap")
    assert run(capsys, "diagnose", healthy, "--fail-on", "warning")[0] == 0


def test_a_fault_of_ours_is_one_line(capsys, monkeypatch):
    def fail(options):
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(command, "diagnose", fail)
    code, out, err = run(capsys, "diagnose", CAPTURE)
    assert (code, out) == (3, "")
    assert re.fullmatch(
        r"vrrpscope: a fault of vrrpscope itself[^\n]*RuntimeError: two lines[^\n]*\n", err
    )
    code, out, err = run(capsys, "diagnose", CAPTURE, "-v")
    assert code == 3
    assert "Traceback (most recent call last)" in err


def test_an_end_of_file_where_none_may_be_is_a_fault_and_no_interrupt(capsys, monkeypatch):
    def fail(options):
        raise EOFError("marshal data too short")

    monkeypatch.setattr(command, "diagnose", fail)
    code, out, err = run(capsys, "diagnose", CAPTURE)
    assert (code, out) == (3, "")
    assert "EOFError: marshal data too short" in err


def test_an_interrupt_is_quiet(capsys, monkeypatch):
    def interrupt(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "diagnose", interrupt)
    assert run(capsys, "diagnose", CAPTURE) == (130, "", "")


def test_ctrl_c_ends_the_process():
    with subprocess.Popen(
        [sys.executable, "-m", "vrrpscope", "diagnose", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as running:
        running.stdin.write(Path(CAPTURE).read_bytes())
        running.stdin.flush()
        # It waits for the rest of the pipe; until then it may still be starting.
        deadline = time.monotonic() + 10
        while "pipe_read" not in wait_channel(running.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 130
        assert running.stdout.read() == b""
        assert b"Traceback" not in running.stderr.read()


def wait_channel(pid):
    """Where the process waits in the kernel; some systems do not tell: then after a second."""
    try:
        channel = Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        channel = ""
    if channel in ("", "0"):
        time.sleep(1)
        return "pipe_read"
    return channel


def test_a_closed_pipe_is_quiet():
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "vrrpscope", "diagnose", CAPTURE],
            stdout=closed,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_an_error_and_not_a_crash():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vrrpscope", "diagnose", CAPTURE],
            stdout=full,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("vrrpscope: the output cannot be written: No space left")


def test_a_pipe_gets_no_escape_codes_and_hundred_columns():
    done = process("diagnose", CAPTURE, *CONFIGS)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "━" in done.stdout
    assert done.stderr == ""


def test_colour_and_ascii_by_environment():
    coloured = process("diagnose", CAPTURE, environment={"FORCE_COLOR": "1"})
    assert "\x1b[1;31m" in coloured.stdout
    plain = process("diagnose", CAPTURE, environment={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert "\x1b" not in plain.stdout
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured.stdout).split() == plain.stdout.split()
    latin = process("diagnose", CAPTURE, environment={"PYTHONIOENCODING": "ascii"})
    assert latin.stdout.isascii()
    assert "101===" in latin.stdout


def test_captures_can_be_named_in_every_way(capsys):
    by_argument = run(capsys, "diagnose", CAPTURE, "--utc")
    assert run(capsys, "diagnose", "-r", CAPTURE, "--utc") == by_argument
    with Path(CAPTURE).open("rb") as stream:
        by_pipe = process("diagnose", "-", "--utc", stdin=stream)
    assert by_pipe.returncode == 0
    assert by_pipe.stdout.replace("standard input", "incident.pcap") == by_argument[1]


def test_options_narrow_what_is_looked_at(capsys):
    def adverts(*options):
        code, out, _ = run(capsys, "diagnose", CAPTURE, "--format", "json", *options)
        assert code == 0
        return sum(s["adverts"] for r in json.loads(out)["virtual_routers"] for s in r["senders"])

    first_ns = json.loads(run(capsys, "diagnose", CAPTURE, "--format", "json")[1])["vantages"][0][
        "first_ns"
    ]
    everything = adverts()
    assert adverts("--vrid", "60") == everything
    assert adverts("--vrid", "61") == 0
    middle = f"{first_ns // 10**9 + 20}"
    before, after = adverts("--until", middle), adverts("--since", middle)
    assert 0 < before < everything
    assert before + after == everything


def test_times_are_shown_in_the_zone(capsys):
    utc = run(capsys, "diagnose", CAPTURE, "--utc")[1]
    tokyo = run(capsys, "diagnose", CAPTURE, "--tz", "Asia/Tokyo")[1]
    assert " UTC to " in utc
    assert " JST +09:00 to " in tokyo
    hour = int(re.search(r"\d (\d\d):\d\d:\d\d\.\d{3} UTC", utc)[1])
    assert int(re.search(r"\d (\d\d):\d\d:\d\d\.\d{3} JST", tokyo)[1]) == (hour + 9) % 24


@pytest.mark.parametrize("name", ["diagnose", "timeline"])
def test_every_format_can_be_written(capsys, name):
    code, out, err = run(capsys, name, CAPTURE, *CONFIGS, "--format", "json", "--redact")
    assert (code, err) == (0, "")
    assert json.loads(out)["schema"] == f"vrrpscope.{'diagnosis' if name == 'diagnose' else name}/1"
    assert "172.31.23" not in out
    code, out, err = run(capsys, name, CAPTURE, *CONFIGS, "--format", "markdown", "--redact")
    assert (code, err) == (0, "")
    assert "```text" in out
    assert "172.31.23" not in out
    code, out, err = run(capsys, name, CAPTURE, *CONFIGS, "--redact", "--quiet")
    assert code == 0
    assert out.startswith("192.0.2.1 (ipv4/60): router-1 ")
    assert "What was looked at" not in out


def test_the_story_has_no_findings(capsys):
    out = run(capsys, "timeline", CAPTURE, "--format", "json")[1]
    assert json.loads(out)["findings"] == []


def test_explain_lists_and_shows_rules(capsys):
    code, out, _ = run(capsys, "explain")
    assert code == 0
    assert re.search(r"^missed-failover +symptom +error ", out, re.M)
    code, out, _ = run(capsys, "explain", "missed-failover")
    assert code == 0
    assert "\nWhat it looks like\n" in out


def test_the_demo_says_what_it_shows_and_how_to_type_it(capsys, monkeypatch):
    monkeypatch.chdir(PROJECT)
    code, out, err = run(capsys, "demo", "--utc")
    assert (code, err) == (0, "")
    first, typed, blank = out.split("\n")[:3]
    assert "172.31.23.6 does not move" in first
    assert blank == ""
    assert "nopreempt-weighted-check" in out
    # What it says to type gives the same.
    folder, words = re.fullmatch(r"cd (\S+) && vrrpscope (.*)", typed).groups()
    monkeypatch.chdir(folder)
    assert run(capsys, *words.split(), "--utc")[1] == out.split("\n\n", 1)[1]


def test_the_demo_is_the_recorded_case():
    for name in ("incident.pcap", "dr-1.conf", "dr-2.conf"):
        assert filecmp.cmp(command.demo_folder() / name, CASE / name, shallow=False), (
            f"vrrpscope/demo/{name} differs: copy it from {CASE}"
        )


def test_version_and_help(capsys):
    assert run(capsys, "--version") == (0, f"vrrpscope {__version__}\n", "")
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for name in ("diagnose", "timeline", "explain", "demo"):
        assert re.search(rf"^  {name} +\S.*[^.]\.$", out, re.M), "help that is cut off"
    for name in ("diagnose", "timeline"):
        code, out, _ = run(capsys, name, "-h")
        assert code == 0
        for option in (
            "-r",
            "--config",
            "--vrid",
            "--since",
            "--until",
            "--format",
            "--fail-on",
            "--redact",
            "--utc",
            "--tz",
            "--color",
            "--quiet",
            "--verbose",
        ):
            assert option in out
        assert "--log" in out


@pytest.mark.parametrize(
    ("format", "needless"),
    [
        ("text", {"json", "vrrpscope.render.markdown"}),
        ("json", {"vrrpscope.render.report", "vrrpscope.render.terminal", "unicodedata"}),
    ],
)
def test_a_small_capture_pays_for_nothing_it_does_not_need(format, needless):
    program = (
        "import sys; from vrrpscope import cli; "
        f"code = cli.run(['diagnose', '--format', {format!r}, {CAPTURE!r}]); "
        "print(code, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    code, *modules = done.stderr.split()
    assert code == "0"
    slow = {
        "pandas",
        "pyarrow",
        "numpy",
        "numba",
        "pyshark",
        "dpkt",
        "lark",
        "rich",
        "zstandard",
        "lz4",
    }
    slow |= {"statistics", "fractions", "calendar"}
    unread = {"vrrpscope.diagnosis.log_binding", "vrrpscope.evidence.frr_routers"}
    unread |= {"vrrpscope.evidence.keepalived_conf", "vrrpscope.render.redact"}
    assert (slow | unread | needless) & set(modules) == set()


@pytest.mark.skipif(shutil.which("script") is None, reason="script(1) is not installed")
def test_a_terminal_gets_colours_within_its_columns():
    typed = f"stty cols 80; {sys.executable} -m vrrpscope diagnose {CAPTURE}"
    done = subprocess.run(
        ["script", "-qec", typed, "/dev/null"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"TERM": "xterm-256color"},
        timeout=60,
        check=True,
    )
    assert "\x1b[1;31m" in done.stdout
    rows = re.sub(r"\x1b\[[\d;]*m", "", done.stdout).replace("\r", "").split("\n")
    assert 60 < max(map(len, rows)) <= 80


LOGS = ["--log", f"dr-1={CASE / 'dr-1.log'}", "--log", f"dr-2={CASE / 'dr-2.log'}"]


def test_logs_join_the_story_and_say_how_their_clock_was_set(capsys):
    code, out, _ = run(capsys, "diagnose", CAPTURE, *LOGS, "--utc")
    assert code == 0
    assert "What the logs say" in out
    # dr-2 never advertises: its log tells its state.
    assert re.search(r"19:23:20 +dr-2 +BACKUP: init +dr-2\.log:15", out)
    assert re.search(
        r"its times agree with the capture's to within 1\.\d+ s", " ".join(out.split())
    )


def test_logs_in_json(capsys):
    _, out, _ = run(capsys, "diagnose", CAPTURE, *LOGS, "--format", "json")
    told = json.loads(out)
    assert [(log["node"], log["release"], log["offset_ns"]) for log in told["logs"]] == [
        ("dr-1", "2.2.7", 0),
        ("dr-2", "2.2.7", 0),
    ]
    said = [(s["node"], s["said"], s["after"]) for s in told["virtual_routers"][0]["told"]]
    # dr-1.log: "(VI_1) Changing effective priority from 101 to 99".
    assert ("dr-1", "priority", 99) in said


def test_a_file_that_is_no_log_is_bad_input(capsys):
    assert_bad_input(*run(capsys, "diagnose", CAPTURE, "--log", f"dr-1={CASE / 'README.md'}"))


def test_why_answers_for_one_router_and_one_moment(capsys):
    ask = ("--why", "dr-2", "--at", "19:23:40", "--utc")
    code, out, _ = run(capsys, "diagnose", CAPTURE, *CONFIGS, *ask)
    assert code == 0
    assert out.startswith("Why dr-2 (172.31.23.23) did what it did at 2026-11-22 19:23:40.000 UTC")
    assert "5. Was it allowed to preempt? no" in out
    assert "told: dr-2.conf:16" in out


def test_why_in_json(capsys):
    ask = ("--why", "172.31.23.23", "--at", "2026-11-22T19:23:40Z", "--format", "json")
    _, out, _ = run(capsys, "diagnose", CAPTURE, *CONFIGS, *ask)
    (answer,) = json.loads(out)["why"]
    assert answer["virtual_router"] == "ipv4/60"
    assert answer["at_ns"] == 1795375420 * 10**9
    assert [d["answer"] for d in answer["decisions"]][-2:] == ["no", "Master_Down_Interval"]


@pytest.mark.parametrize(
    "typed",
    [
        ("--why", "dr-2"),
        ("--at", "19:23:40"),
        ("--why", "nobody", "--at", "19:23:40"),
        ("--why", "dr-2", "--at", "yesterday"),
        ("--why", "dr-2", "--at", "2020-01-01"),
    ],
)
def test_why_needs_a_router_that_is_known_and_a_time_that_was_watched(capsys, typed):
    assert_bad_input(*run(capsys, "diagnose", CAPTURE, *CONFIGS, *typed))


def test_explain_knows_causes_that_no_rule_finds(capsys):
    code, out, _ = run(capsys, "explain", "service-does-not-follow-vip")
    assert code == 0
    assert "There is no rule for it" in out
    assert "vip-unreachable" in out


# Tables -------------------------------------------------------------------------------------------


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_table_is_written_and_one_line_says_so(capsys, tmp_path):
    path = tmp_path / "adverts.jsonl"
    code, out, err = run(capsys, "export", CAPTURE, "-o", str(path))
    assert (code, out) == (0, "")
    assert err == f"vrrpscope: 34 rows of adverts written to {path}\n"
    assert [row["frame"] for row in rows_of(path)][:2] == [5, 11]
    assert run(capsys, "export", "-r", CAPTURE, "-o", str(path), "--quiet") == (0, "", "")


def test_a_damaged_capture_is_a_table_of_what_could_be_read_and_a_note(capsys, tmp_path):
    capture, path = tmp_path / "cut.pcap", tmp_path / "adverts.jsonl"
    capture.write_bytes(Path(CAPTURE).read_bytes()[:-5])  # the last frame, 48, is an advert
    code, out, err = run(capsys, "export", str(capture), "-o", str(path))
    assert (code, out) == (0, "")
    note, written = err.splitlines()
    assert note.startswith("vrrpscope: cut.pcap: ")
    assert written == f"vrrpscope: 33 rows of adverts written to {path}"
    assert len(rows_of(path)) == 33


def test_a_table_has_what_was_asked_for(capsys, tmp_path):
    path = tmp_path / "table.jsonl"
    typed = ["export", CAPTURE, "-q", "-o", str(path)]
    assert run(capsys, *typed, "--vrid", "61") == (0, "", "")
    assert rows_of(path) == []
    # Frames 23 and 24 by tshark: 1795375412.034081 with priority 101, ...413.034415 with 99.
    narrowed = ["--since", "1795375412.034081", "--until", "1795375413.034415"]
    assert run(capsys, *typed, *narrowed) == (0, "", "")
    assert [(row["frame"], row["priority"]) for row in rows_of(path)] == [(23, 101), (24, 99)]


def test_configurations_name_routers_and_decide_findings(capsys, tmp_path):
    path = tmp_path / "findings.jsonl"
    typed = ["export", CAPTURE, *CONFIGS, "-q", "-o", str(path)]
    assert run(capsys, *typed, "--table", "findings", "--fail-on", "error") == (1, "", "")
    verdicts = {row["rule"]: row["verdict"] for row in rows_of(path)}
    assert verdicts["nopreempt-weighted-check"] == "proven"
    assert run(capsys, *typed, "--table", "tenures") == (0, "", "")
    assert [row["node"] for row in rows_of(path)] == ["dr-1"]
    assert run(capsys, *typed, "--fail-on", "error") == (1, "", "")
    assert_bad_input(*run(capsys, *typed, "--config", "/nowhere/keepalived.conf"))


@pytest.mark.parametrize("table", ["adverts", "streaks", "tenures", "handovers", "findings"])
def test_a_redacted_table_has_the_addresses_of_a_redacted_report(capsys, tmp_path, table):
    typed = [CAPTURE, *CONFIGS, "--redact"]
    shown = json.loads(run(capsys, "diagnose", *typed, "--format", "json")[1])
    path = tmp_path / "table.jsonl"
    assert run(capsys, "export", *typed, "-q", "--table", table, "-o", str(path)) == (0, "", "")
    text = path.read_text()
    assert "172.31.23" not in text
    assert "52:54:00" not in text
    assert "dr-1" not in text.replace("dr-1.conf", "")
    sender = shown["virtual_routers"][0]["senders"][0]["address"]
    assert sender in text


def test_a_table_can_be_made_of_a_pipe(tmp_path):
    path = tmp_path / "adverts.csv"
    for more in ([], ["--redact"]):
        with Path(CAPTURE).open("rb") as capture:
            done = process("export", "-", "-o", str(path), *more, stdin=capture)
        assert (done.returncode, done.stdout) == (0, "")
        assert len(path.read_text().splitlines()) == 1 + 34


def test_a_wrong_ending_is_answered_without_the_libraries():
    program = (
        "import sys; from vrrpscope import cli; "
        f"code = cli.run(['export', {CAPTURE!r}, '-o', 'table.xls']); "
        "print(code, {'pandas', 'pyarrow', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    assert done.stdout == "2 set()\n"
    assert "type -o table.parquet" in done.stderr


def tailed(*arguments: str, **more):
    command = [sys.executable, "-m", "vrrpscope", "tail", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=ENVIRONMENT, **more
    )


def test_tail_tells_a_pipe_and_ends_with_the_report():
    with Path(CAPTURE).open("rb") as file:
        done = tailed("-", "--utc", stdin=file)
    assert (done.returncode, done.stderr) == (0, "vrrpscope: standard input\n")
    lines, _, report = done.stdout.partition("\n\n")
    assert "priority-changed   The priority of 172.31.23.22" in lines
    assert "What was looked at" in report


def test_tail_as_json_is_one_object_a_line_and_the_report_is_the_last():
    with Path(CAPTURE).open("rb") as file:
        done = tailed("-", "--format", "json", stdin=file)
    *events, report = map(json.loads, done.stdout.splitlines())
    assert {event["schema"] for event in events} == {"vrrpscope.event/1"}
    assert report["schema"] == "vrrpscope.diagnosis/1"
    assert [e["kind"] for e in events if e["kind"] != "finding"] == [
        "router-joined",
        "router-joined",
        "master-appeared",
        "priority-changed",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "one source is needed"),
        (("-i", "eth0", "x.pcap"), "one source is needed"),
        (("-i", "no-such-interface"), "there is no interface no-such-interface"),
        (("/no/such/folder/x.pcap",), "the folder /no/such/folder does not exist"),
        (("-", "--duration", "-1"), "-1.0 is not in the range"),
    ],
)
def test_what_cannot_be_followed_is_two_lines(arguments, message):
    done = tailed(*arguments, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert done.stdout == ""


def test_tail_ends_when_nobody_reads_it():
    shell = f"cat {CAPTURE} - | {sys.executable} -m vrrpscope tail - | head -1"
    done = subprocess.run(
        ["sh", "-c", shell], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert "router-joined" in done.stdout
    assert done.stderr == "vrrpscope: standard input\n"
