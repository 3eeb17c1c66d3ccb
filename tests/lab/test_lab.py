"""The lab records what it says it records: facts on the wire, read by tshark."""

import os
import subprocess
from pathlib import Path

import pytest

from lab import Instance, Lab, case, keepalived_conf
from lab.capture import records, tagged
from lab.shell import LabError

DR_1, DR_2 = "172.31.23.22", "172.31.23.23"


def own_namespaces() -> list[str]:
    """The namespaces that recordings of this process have left."""
    found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if line.startswith(f"vs-{os.getpid()}-")]


def adverts(capture: Path) -> list[tuple[float, str, int, int]]:
    """Time (s), source, priority and IP identification of each advert, by tshark."""
    fields = ["frame.time_relative", "ip.src", "vrrp.prio", "ip.id"]
    command = ["tshark", "-n", "-r", str(capture), "-Y", "vrrp", "-T", "fields"]
    for name in fields:
        command += ["-e", name]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = (line.split("\t") for line in lines)
    return [(float(time), source, int(prio), int(ip_id, 0)) for time, source, prio, ip_id in rows]


def joins(capture: Path) -> set[str]:
    """Who joined 224.0.0.18, by tshark."""
    command = ["tshark", "-n", "-r", str(capture), "-Y", "igmp.maddr == 224.0.0.18"]
    done = subprocess.run(
        [*command, "-T", "fields", "-e", "ip.src"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.lab
@pytest.mark.tshark
def test_missed_failover_is_recorded(tmp_path: Path) -> None:
    case.record("article-2-nopreempt-weighted-check", tmp_path)
    seen = adverts(tmp_path / "incident.pcap")
    assert {source for _, source, _, _ in seen} == {DR_1}
    priorities = [priority for _, _, priority, _ in seen]
    drop = priorities.index(99)
    assert set(priorities[:drop]) == {101}
    assert set(priorities[drop:]) == {99}
    # RFC 3768 section 6.1: three intervals and dr-2's skew of 156/256 s, many times over.
    assert seen[-1][0] - seen[drop][0] > 5 * (3 + 156 / 256)
    ids = [ip_id for _, _, _, ip_id in seen]
    assert ids == list(range(1, len(ids) + 1))
    assert joins(tmp_path / "incident.pcap") == {DR_1, DR_2}
    assert "Changing effective priority from 101 to 99" in (tmp_path / "dr-1.log").read_text()
    assert "MASTER STATE" not in (tmp_path / "dr-2.log").read_text()
    assert "nopreempt" in (tmp_path / "dr-2.conf").read_text()
    assert own_namespaces() == []


@pytest.mark.lab
@pytest.mark.tshark
def test_failover_takes_one_master_down_interval(tmp_path: Path) -> None:
    case.record("ipv4-v3-failover", tmp_path)
    seen = adverts(tmp_path / "incident.pcap")
    sources = [source for _, source, _, _ in seen]
    change = sources.index(DR_2)
    assert set(sources[:change]) == {DR_1}
    # RFC 5798 section 6.1 with an interval of 0.5 s and priority 100: 1.5 s + 156/256 * 0.5 s.
    assert seen[change][0] - seen[change - 1][0] == pytest.approx(1.8047, abs=0.05)
    assert sources[-1] == DR_1
    for path in tmp_path.iterdir():
        assert path.suffix == ".pcap" or str(tmp_path.parent) not in path.read_text()


def test_tag_goes_behind_the_addresses() -> None:
    frame = bytes(range(12)) + b"\x08\x00payload"
    assert tagged(frame, 30) == bytes(range(12)) + b"\x81\x00\x00\x1e\x08\x00payload"


def test_conf_reads_like_an_administrators() -> None:
    text = keepalived_conf(Instance(101, nopreempt=True, version=3))
    assert "vrrp_instance VI_1 {\n    state BACKUP\n    nopreempt\n    interface eth0\n" in text
    assert "authentication" not in text


@pytest.mark.lab
def test_a_failing_recipe_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="in vain"), Lab(tmp_path) as lab:
        node = lab.keepalived("dr-1", DR_1, keepalived_conf(Instance(101)))
        lab.capture()
        node.start()
        pid = node.vrrp_pid
        node.wait_log("what keepalived never says", timeout_s=0.5)
    assert own_namespaces() == []
    assert not Path(f"/proc/{pid}").exists()


def test_every_recording_has_its_files() -> None:
    for name in case.names():
        folder = case.CASES / name
        captures = list(folder.glob("*.pcap"))
        assert captures, f"{name} has no capture: make record CASE={name}"
        assert case.STEPS_HEADING in (folder / "README.md").read_text()
        assert all(records(path) for path in captures)
