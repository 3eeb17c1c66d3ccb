"""Files that grow while they are read: here copied piece by piece; by tcpdump in tests/lab."""

import os
import threading
import time
from pathlib import Path

import pytest
from capturebytes import ADVERT, interface, option, packet, pcap_header, record, section

from vrrpscope.capture.live.following import Following
from vrrpscope.capture.live.siblings import family
from vrrpscope.errors import CaptureError

PCAPNG = section() + interface(options=option(2, b"eth0"))


def pcap(*seconds: int) -> bytes:
    return pcap_header() + b"".join(record(second, 0) for second in seconds)


def taken(source: Following, count: int, timeout_s: float = 10.0) -> list[int]:
    """The seconds of the next frames."""
    found = []
    for _ in range(count):
        frame = source.next(timeout_s)
        assert frame is not None
        found.append((frame.time_ns or 0) // 10**9)
    return found


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def later(path: Path, data: bytes, seconds: int) -> None:
    """Writes a file whole; then it was written to so many seconds after now."""
    path.write_bytes(data)
    when_ns = time.time_ns() + seconds * 10**9
    os.utime(path, ns=(when_ns, when_ns))


@pytest.mark.parametrize("start", [pcap_header(), PCAPNG])
def test_each_frame_is_given_as_soon_as_it_is_complete(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "live.pcap"
    one = packet if start == PCAPNG else record
    path.write_bytes(start)
    with Following(path) as source:
        assert source.next(0.1) is None
        for number in range(1, 4):
            data = one(number) if one is packet else record(number, 0)
            append(path, data[:21])
            assert source.next(0.06) is None
            append(path, data[21:])
            frame = source.next(5)
            assert frame is not None
            assert (frame.number, frame.data) == (number, ADVERT)
        assert not source.ended
        assert source.rotated == 0
    assert source.ended
    assert source.next(None) is None


def test_interfaces_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "live.pcapng"
    path.write_bytes(
        PCAPNG + packet(1) + interface(options=option(2, b"eth1")) + packet(2, index=1)
    )
    with Following(path) as source:
        frames = [source.next(5), source.next(5)]
    assert [frame.interface for frame in frames if frame] == [0, 1]
    assert [known.name for known in source.interfaces] == ["eth0", "eth1"]


def test_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    with Following(path) as source:
        assert source.next(0.1) is None
        path.touch()
        assert source.next(0.1) is None
        append(path, pcap(5))
        assert taken(source, 1) == [5]


def test_truncated_in_place(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    path.write_bytes(pcap(1, 2, 3))
    with Following(path) as source:
        assert taken(source, 3) == [1, 2, 3]
        path.write_bytes(pcap(4))
        assert taken(source, 1) == [4]
        assert source.rotated == 1
        frame = source.next(0.1)
        assert frame is None
        append(path, record(5, 0))
        assert taken(source, 1) == [5]


def test_replaced_by_another_file(tmp_path: Path) -> None:
    """As logrotate does it; what is written to the old one until then is not lost."""
    path = tmp_path / "live.pcap"
    path.write_bytes(pcap(1))
    with Following(path) as source:
        assert taken(source, 1) == [1]
        path.rename(tmp_path / "live.pcap.1")
        append(tmp_path / "live.pcap.1", record(2, 0))
        assert taken(source, 1) == [2]
        append(tmp_path / "live.pcap.1", record(3, 0) + record(4, 0)[:30])
        (tmp_path / "new").write_bytes(pcap(5))
        (tmp_path / "new").rename(path)
        assert taken(source, 2) == [3, 5]
        assert source.rotated == 1
        assert source.notes == [
            f"{path}: cut short after frame 3: the last record, at byte 252, has 30 of 76 bytes"
        ]


def test_numbers_go_on_over_all_files(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    path.write_bytes(pcap(1, 2))
    with Following(path) as source:
        taken(source, 2)
        later(tmp_path / "live.pcap1", pcap(3), 5)
        frame = source.next(5)
        assert frame is not None
        assert (frame.number, frame.time_ns) == (3, 3 * 10**9)
        assert source.interfaces[1:] == []


def test_the_files_of_tcpdump_with_c_and_w(tmp_path: Path) -> None:
    """Four files follow each other in a ring of three; the fourth takes the first one's name."""
    with Following(tmp_path / "ring.pcap") as source:
        for turn, seconds in enumerate(((1, 2), (3,), (4, 5), (6,))):
            later(tmp_path / f"ring.pcap{turn % 3}", pcap(*seconds), 2 * turn)
            assert taken(source, len(seconds)) == list(seconds)
        assert source.rotated == 3
        assert source.file == str(tmp_path / "ring.pcap0")


def test_who_lags_behind_reads_every_file(tmp_path: Path) -> None:
    for turn in range(5):
        later(tmp_path / f"ring.pcap{turn}", pcap(turn), turn - 10)
    with Following(tmp_path / "ring.pcap1") as source:
        assert taken(source, 4) == [1, 2, 3, 4]


def test_another_recording_beside_it_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "router1.pcap"
    path.write_bytes(pcap(1))
    with Following(path) as source:
        assert taken(source, 1) == [1]
        later(tmp_path / "router2.pcap", pcap(2), 5)
        later(tmp_path / "router1.pcapng", pcap(2), 5)
        later(tmp_path / "other.pcap1", pcap(2), 5)
        assert source.next(0.6) is None


def test_files_with_times_follow_when_the_old_one_is_quiet(tmp_path: Path) -> None:
    path = tmp_path / "trace-120000.pcap"
    path.write_bytes(pcap(1))
    with Following(path) as source:
        assert taken(source, 1) == [1]
        later(tmp_path / "trace-120100.pcap", pcap(2), 60)
        began_s = time.monotonic()
        assert taken(source, 1) == [2]
        assert time.monotonic() - began_s > 2.5


def test_a_damaged_file_is_left_when_the_next_one_comes(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    path.write_bytes(pcap(1) + b"\xff" * 100)
    with Following(path) as source:
        assert taken(source, 1) == [1]
        assert source.next(0.2) is None
        later(tmp_path / "live.pcap1", b"no capture", 5)
        later(tmp_path / "live.pcap2", pcap(2), 9)
        assert taken(source, 1) == [2]
        assert len(source.notes) == 2


def test_what_is_no_capture(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    path.write_bytes(b"vrrp_instance VI_1 {\n" * 9)
    with Following(path) as source:
        with pytest.raises(CaptureError):
            source.next(5)
        assert source.ended
    with pytest.raises(CaptureError, match="does not exist, so no capture can appear in it"):
        Following(tmp_path / "nowhere" / "live.pcap")
    with pytest.raises(CaptureError, match="is a directory"):
        Following(tmp_path)


def test_closing_while_more_frames_wait_than_anybody_takes(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    path.write_bytes(pcap_header() + record(1, 0) * 12_000)
    before = threading.active_count()
    with Following(path) as source:
        assert taken(source, 1) == [1]
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("name", "member", "is_member"),
    [
        ("a.pcap", "a.pcap", True),
        ("a.pcap", "a.pcap17", True),
        ("a.pcap03", "a.pcap11", True),
        ("a.pcap", "a_00001_20260102030405.pcap", True),
        ("a.pcap", "a.pcap.1", False),
        ("a.pcap", "ab.pcap", False),
        ("a.pcap1", "a.pcapng", False),
        ("a_00001_20260102030405.pcapng", "a_00002_20260102030505.pcapng", True),
        ("a_00001_20260102030405.pcapng", "b_00002_20260102030505.pcapng", False),
        ("t-%H%M.pcap", "t-1201.pcap", True),
        ("t-%H%M.pcap", "t-1201.pcap2", True),
        ("t-%H%M.pcap", "u-1201.pcap", False),
        ("t-1200.pcap", "t-1201.pcap", True),
        ("t-1200.pcap", "t-x.pcap", False),
        ("vm1.pcap", "vm2.pcap", False),
    ],
)
def test_families(name: str, member: str, is_member: bool) -> None:
    assert bool(family(name).pattern.match(member)) == is_member
