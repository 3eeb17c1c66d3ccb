"""`vrrpscope tail` during a failover drill with real daemons."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import Check, Instance, Lab, keepalived_conf
from lab.network import Namespace
from lab.shell import wait_for
from vrrpscope.pipeline import analyze_files


class Tail:
    """A running `vrrpscope tail` on the switch."""

    def __init__(self, namespace: Namespace, source: str, folder: Path) -> None:
        self.kept = folder / f"{source}.pcapng"
        self.lines = folder / f"{source}.jsonl"
        self.messages = folder / f"{source}.err"
        command = ["ip", "netns", "exec", namespace.path_name, sys.executable, "-m", "vrrpscope"]
        command += ["tail", "-i", "br0", "--source", source, "--format", "json"]
        command += ["--write", str(self.kept)]
        with self.lines.open("wb") as out, self.messages.open("wb") as err:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, start_new_session=True
            )
        wait_for(lambda: b"br0" in self.messages.read_bytes(), f"tail through {source}")

    def objects(self) -> Iterator[dict[str, Any]]:
        """The whole lines so far."""
        for line in self.lines.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)

    def has(self, **wanted: str) -> bool:
        """True once an event with these values was written."""
        return any(wanted.items() <= told.items() for told in self.objects())

    def end(self) -> list[dict[str, Any]]:
        """All that it wrote, after Ctrl-C."""
        os.kill(self.process.pid, signal.SIGINT)
        assert self.process.wait(20) == 0, self.messages.read_text()
        return list(self.objects())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)


@pytest.mark.lab
def test_a_drill_is_told_while_it_happens(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    with Lab(work) as lab:
        switch = lab.segment().namespace
        check = Check(weight=-2)
        dr1, dr2 = lab.pair(
            keepalived_conf(Instance(101, nopreempt=True), check=check),
            keepalived_conf(Instance(100, nopreempt=True), check=check),
        )
        tails = [Tail(switch, source, tmp_path) for source in ("socket", "pyshark")]
        try:
            dr1.start()
            lab.sleep(0.3)
            dr2.start()
            dr1.wait_log("Entering MASTER STATE")
            lab.sleep(4)
            dr1.service_down()
            for tail in tails:
                wait_for(lambda t=tail: t.has(rule="nopreempt-weighted-check"), "the finding", 15)
                wait_for(lambda t=tail: t.has(rule="missed-failover"), "the symptom", 15)
            dr1.kill()
            for tail in tails:
                wait_for(lambda t=tail: t.has(kind="master-changed"), "the take-over", 15)
            lab.sleep(3)
            told = [tail.end() for tail in tails]
        finally:
            for tail in tails:
                tail.close()
    for tail, lines in zip(tails, told, strict=True):
        *events, report = lines
        assert {event["schema"] for event in events} == {"vrrpscope.event/1"}
        kinds = Counter(event["kind"] for event in events)
        assert kinds["master-appeared"] == kinds["master-changed"] == 1
        assert kinds["priority-changed"] == 1
        # What stands at the end is what diagnose says of the frames that were kept.
        analysis = analyze_files([str(tail.kept)])
        found = Counter((f.rule, str(f.verdict)) for f in analysis.findings)
        assert found == Counter((f["rule"], f["verdict"]) for f in report["findings"])
        assert found == standing(events)
        assert report["vantages"][0]["frames"] == analysis.timelines[0].frames
    assert kinds_of(told[0]) == kinds_of(told[1])


def standing(events: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """The findings that were told and not withdrawn, with their latest verdict."""
    latest: dict[str, tuple[str, str]] = {}
    for event in events:
        if event["kind"] == "finding":
            if event["change"] == "withdrawn":
                latest.pop(event["key"], None)
            else:
                latest[event["key"]] = (event["rule"], event["verdict"])
    return Counter(latest.values())


def kinds_of(lines: list[dict[str, Any]]) -> Counter[str]:
    """How often each kind of event was told, findings aside: their verdicts may change."""
    return Counter(e["kind"] for e in lines[:-1] if e["kind"] != "finding")
