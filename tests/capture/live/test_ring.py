import re
import subprocess
from pathlib import Path

import pytest
from capturebytes import ADVERT, tshark_says

from vrrpscope.capture.ledger import Interface
from vrrpscope.capture.live.ring import RingWriter
from vrrpscope.capture.source import open_capture
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Frame

START_NS = 1_700_000_000_123_456_789  # 2023-11-14 22:13:20 UTC


def frame(number: int, time_ns: int | None, data: bytes = ADVERT, interface: int = 0) -> Frame:
    return Frame(number, time_ns, 1, data, len(data), interface)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kept.pcapng"
    interfaces = [Interface("eth0", 1)]
    cut = Frame(2, START_NS + 1, 1, ADVERT[:41], 60, 0)
    with RingWriter(path, interfaces) as writer:
        writer.write(frame(1, START_NS))
        writer.write(cut)
        interfaces.append(Interface("tun0", 101))
        writer.write(Frame(3, START_NS + 2, 101, ADVERT[14:], 46, 1))
        interfaces[0].received, interfaces[0].dropped_by_system = 7, 3
    with open_capture(path) as capture:
        assert list(capture) == [
            frame(1, START_NS), cut, Frame(3, START_NS + 2, 101, ADVERT[14:], 46, 1)
        ]  # fmt: skip
        first, second = capture.interfaces
        assert first == Interface("eth0", 1, received=7, dropped_by_system=3)
        assert second == Interface("tun0", 101)
        assert capture.notes == ["interface eth0 dropped frames: 3 by the system"]


@pytest.mark.tshark
def test_tshark_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "kept.pcapng"
    with RingWriter(path, [Interface("eth0", 1), Interface("räuber", 1)]) as writer:
        for number in range(5):
            writer.write(frame(number + 1, START_NS + number, ADVERT[: 56 + number], number & 1))
    assert tshark_says(path) == [
        (number + 1, START_NS + number, 56 + number, 56 + number) for number in range(5)
    ]
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-e", "frame.interface_name"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["eth0", "räuber", "eth0", "räuber", "eth0"]


def test_each_frame_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "kept.pcapng"
    with RingWriter(path, [Interface("eth0", 1)]) as writer:
        for count in range(1, 4):
            writer.write(frame(count, START_NS))
            with open_capture(path) as capture:
                assert len(list(capture)) == count
                assert capture.notes == []


def test_a_ring(tmp_path: Path) -> None:
    """Nine blocks of 92 bytes fit into 900 with 28 of section header and 40 of description."""
    with RingWriter(
        tmp_path / "ring.pcapng", [Interface("eth0", 1)], files=3, megabytes=0.0009
    ) as writer:
        for number in range(50):
            writer.write(frame(number + 1, START_NS + number * 10**9))
        assert writer.written == 50
        paths = list(writer.paths)
    assert sorted(tmp_path.iterdir()) == paths
    # 50 frames are five full files of nine, and one of five; the fourth begins after 27 s.
    names = [path.name for path in paths]
    assert names[0] == "ring_00004_20231114221347.pcapng"
    assert all(re.fullmatch(r"ring_0000[456]_20231114\d{6}\.pcapng", name) for name in names)
    kept = []
    for path in paths:
        with open_capture(path) as capture:
            kept += [(one.time_ns or 0) - START_NS for one in capture]
            assert capture.notes == []
        assert path.stat().st_size <= 900 + 100  # the statistics come on top
    assert kept == [number * 10**9 for number in range(27, 50)]


def test_a_frame_without_a_time_gets_that_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "kept.pcapng"
    with RingWriter(path, [Interface(None, 1)]) as writer:
        writer.write(frame(1, START_NS))
        writer.write(frame(2, None))
    with open_capture(path) as capture:
        assert [one.time_ns for one in capture] == [START_NS, START_NS]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="cannot be written: No such file or directory"):
        RingWriter(tmp_path / "nowhere" / "kept.pcapng", [])
    if Path("/dev/full").exists():
        with pytest.raises(CaptureError, match="cannot be written: No space left on device"):
            RingWriter("/dev/full", [])
