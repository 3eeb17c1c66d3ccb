"""Reading a capture is bounded, and says where a bound was reached."""

import io
from pathlib import Path

import pytest
from capturebytes import ADVERT, pcap_header, record
from sightings import A, Wire, advert

from vrrpscope import reader as reading
from vrrpscope.capture.source import CaptureFile
from vrrpscope.reader import Reader, Scope
from vrrpscope.timeline import hosts
from vrrpscope.timeline.model import Timeline

PROJECT = Path(__file__).resolve().parents[1]


def read(frames: list[bytes]) -> Timeline:
    """The timeline of a capture that has one of these frames a second."""
    records = [record(second, 0, data) for second, data in enumerate(frames)]
    data = pcap_header() + b"".join(records)
    with CaptureFile(io.BytesIO(data).read, "made.pcap") as capture:
        (timeline,) = Reader(capture, "made.pcap", Scope(), None).read()
    return timeline


def with_priority(priority: int) -> bytes:
    return ADVERT[:36] + bytes((priority,)) + ADVERT[37:]


def from_host(number: int) -> bytes:
    return ADVERT[:29] + bytes((number,)) + ADVERT[30:]


def test_more_runs_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_RUNS", 20)
    timeline = read([with_priority(1 + second % 200) for second in range(100)])
    assert (timeline.frames, len(timeline.routers[0].streaks)) == (21, 21)
    (note,) = timeline.notes
    assert note.startswith("reading stopped after frame 21: more than ")


def test_more_senders_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_VOICES", 20)
    timeline = read([from_host(1 + second % 200) for second in range(100)])
    assert (timeline.frames, len(timeline.routers[0].streaks)) == (21, 21)
    assert "senders; narrow it with --vrid, --since or --until" in timeline.notes[0]


def test_as_many_as_are_kept_are_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_RUNS", 20)
    timeline = read([with_priority(1 + second) for second in range(20)] + [with_priority(20)] * 80)
    assert (timeline.frames, timeline.notes) == (100, [])


def test_more_hosts_than_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "MOST_HOSTS", 5)
    wire = Wire()
    for host in range(9):
        wire.other(host, f"02:00:00:00:01:{host:02x}")
    wire.other(10, "02:00:00:00:01:00")
    wire.repeat(1000, 3, advert(A, 100))
    timeline = wire.builder.finish()
    told_apart = {f"02:00:00:00:01:0{n}": 1 for n in range(1, 5)}
    # Who advertises is always told apart.
    always = {"02:00:00:00:01:00": 2, "02:00:00:00:00:10": 3}
    assert timeline.frames_by_mac == told_apart | always
    assert timeline.notes == ["more than 5 hosts; frames not counted by host: 4"]


def test_the_page_on_performance_names_the_bounds() -> None:
    page = (PROJECT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert f"{reading.MOST_RUNS:,} runs" in page
    assert f"{reading.MOST_VOICES:,} senders" in page
    assert f"{hosts.MOST_HOSTS:,} hosts" in page
