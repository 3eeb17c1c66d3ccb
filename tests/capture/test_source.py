import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import subprocess
import sys
import threading

import pytest
from capturebytes import (
    ADVERT,
    KUZNETZOV,
    Seen,
    block,
    interface,
    obsolete_packet,
    option,
    packet,
    pcap_header,
    reading,
    record,
    section,
    seen,
    simple_packet,
    tshark_says,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vrrpscope.capture.source import CaptureFile, open_capture
from vrrpscope.errors import CaptureError

PCAP = pcap_header() + b"".join(record(n, n, ADVERT[: 20 + n]) for n in range(40))
PCAPNG = (
    section()
    + interface(options=option(2, b"eth0") + option(9, b"\x09"))
    + b"".join(packet(n, ADVERT[: 20 + n]) for n in range(20))
    + simple_packet()
    + obsolete_packet(30, drops=3)
    + packet(7, options=option(1, b"late") + option(4, bytes(8)))
    + block(5, bytes(12) + option(5, bytes(8)))
    + block(0x0BAD, bytes(8))
    + section(">")
    + interface(options=option(13, b"\x04", ">"), order=">")
    + packet(5, order=">")
)
VALID = {
    "pcap": PCAP,
    "pcap, Kuznetzov": pcap_header(">", KUZNETZOV)
    + b"".join(record(n, n, order=">", extra=bytes(8)) for n in range(40)),
    "pcapng": PCAPNG,
    "pcap in gzip": gzip.compress(PCAP),
    "pcapng in gzip": gzip.compress(PCAPNG[:200]) + gzip.compress(PCAPNG[200:]),
    "pcap in xz": lzma.compress(PCAP),
    "pcapng in bzip2": bz2.compress(PCAPNG),
}


@pytest.mark.parametrize("name", VALID)
@pytest.mark.parametrize("piece", [1, 3, 61, 1000])
def test_chunks_of_any_size_give_the_same(name, piece):
    whole, whole_capture = reading(VALID[name])
    frames, capture = reading(VALID[name], piece)
    assert frames == whole
    assert len(frames) >= 24
    assert capture.notes == whole_capture.notes
    assert capture.interfaces == whole_capture.interfaces


def test_a_file_is_read_by_its_content_not_its_name(tmp_path):
    path = tmp_path / "capture.txt"
    path.write_bytes(VALID["pcap in xz"])
    with open_capture(path) as capture:
        assert capture.file == str(path)
        assert len(list(capture)) == 40


def test_frames_are_given_once(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(PCAP)
    with open_capture(str(path)) as capture:
        first = next(iter(capture))
        rest = list(capture)
        assert (first.number, rest[0].number, len(rest)) == (1, 2, 39)
        assert list(capture) == []


def test_notes_are_complete_when_a_capture_is_closed_early(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap_header() + record(5, 0) + record(4, 0) + record(9, 0))
    with open_capture(path) as capture:
        numbers = [frame.number for frame, _ in zip(capture, range(2), strict=False)]
    assert numbers == [1, 2]
    assert capture.notes == [
        "time runs backwards; steps back: 1, the first at frame 2, the largest 1 s"
    ]


def test_progress(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(PCAP)
    with open_capture(path, chunk_size=100) as capture:
        seen_progress = [capture.progress() for _ in capture]
    assert seen_progress == sorted(seen_progress)
    assert 0 < seen_progress[0] < 0.1
    assert seen_progress[-1] == 1.0
    assert CaptureFile(io.BytesIO(PCAP).read, "pipe").progress() is None


def standard_input(monkeypatch, stream):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))


@pytest.mark.parametrize("name", VALID)
def test_standard_input_may_be_a_pipe(name, monkeypatch):
    reader, writer = os.pipe()

    def write():
        with open(writer, "wb") as pipe:  # noqa: PTH123 - a file descriptor has no path
            pipe.write(VALID[name])

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reader, "rb") as stream:
        standard_input(monkeypatch, stream)
        with open_capture("-") as capture:
            assert capture.file == "standard input"
            assert list(capture) == reading(VALID[name])[0]
        assert not stream.closed
    thread.join()


def test_a_terminal_is_no_capture(monkeypatch):
    terminal = io.BytesIO()
    terminal.isatty = lambda: True
    standard_input(monkeypatch, terminal)
    with pytest.raises(CaptureError, match="standard input is a terminal") as caught:
        open_capture("-")
    assert "tcpdump -U -w - |" in caught.value.hint


def test_a_closed_standard_input_is_an_input_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CaptureError):
        open_capture("-")


def test_an_empty_file_is_an_input_error(tmp_path):
    path = tmp_path / "empty.pcap"
    path.touch()
    with pytest.raises(CaptureError, match=r"empty\.pcap is empty") as caught:
        open_capture(path)
    assert "tcpdump" in caught.value.hint


def test_an_empty_gzip_is_an_input_error(tmp_path):
    path = tmp_path / "empty.pcap.gz"
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(CaptureError, match="is empty"):
        open_capture(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(CaptureError, match=r"nothing\.pcap does not exist") as caught:
        open_capture(tmp_path / "nothing.pcap")
    assert caught.value.hint == f"see what is there: ls {tmp_path}"


def test_a_directory(tmp_path):
    with pytest.raises(CaptureError, match="is a directory") as caught:
        open_capture(tmp_path)
    assert f"{tmp_path}/*.pcap*" in caught.value.hint


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied"), "a.pcap may not be read by this user"),
        (OSError(40, "Too many levels"), "a.pcap cannot be read: Too many levels"),
    ],
)
def test_what_the_system_refuses(error, message, monkeypatch):
    def refuse(*_args, **_options):
        raise error

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(CaptureError) as caught:
        open_capture("a.pcap")
    assert caught.value.message == message
    assert "a.pcap" in caught.value.hint


def test_a_name_that_is_no_path():
    with pytest.raises(CaptureError, match="null byte"):
        open_capture("a\0b")


def test_an_error_while_reading_ends_it_with_a_note():
    pieces = iter([PCAP[:500]])

    def read(_count):
        for piece in pieces:
            return piece
        raise OSError(5, "Input/output error")

    capture = CaptureFile(read, "disk")
    assert len(list(capture)) == len(reading(PCAP[:500])[0])
    assert capture.notes == ["reading stopped: Input/output error"]


def test_an_error_at_the_start_is_an_input_error():
    def read(_count):
        raise OSError(5, "Input/output error")

    with pytest.raises(CaptureError, match="cannot be read: Input/output error"):
        CaptureFile(read, "disk")


def assert_survives(content: bytes) -> None:
    """Reads whatever it is, and checks what must hold for any content."""
    try:
        frames, capture = reading(content)
    except CaptureError as error:
        assert error.message
        assert error.hint
        return
    numbers = [frame.number for frame in frames]
    assert numbers == sorted(set(numbers))
    assert all(frame.interface < len(capture.interfaces) for frame in frames)
    assert all(f.time_ns is None or -(2**63) <= f.time_ns < 2**63 for f in frames)
    assert len(capture.notes) < 40
    if content[:1] not in (b"\x1f", b"\xfd", b"B", b"\x28", b"\x04"):
        assert sum(len(frame.data) for frame in frames) <= len(content)


quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(st.binary(max_size=400))
@example(b"\x1f\x8b\x08")
@example(b"\n\r\r\n\0\0\0\0\x4d\x3c\x2b\x1a" + bytes(40))
def test_no_bytes_are_too_bad(content):
    assert_survives(content)


@quickly
@given(
    head=st.sampled_from([pcap_header(), pcap_header(">", KUZNETZOV), section() + interface()]),
    tail=st.binary(max_size=400),
)
def test_no_bytes_after_a_good_header_are_too_bad(head, tail):
    assert_survives(head + tail)


@quickly
@given(
    name=st.sampled_from(sorted(VALID)),
    seed=st.integers(0, 2**32),
    changes=st.integers(1, 12),
    nasty=st.sampled_from([b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x80", bytes(4), b"\x7f", b"\1"]),
)
def test_no_damage_is_too_bad(name, seed, changes, nasty):
    dice = random.Random(seed)
    content = bytearray(VALID[name])
    for _ in range(changes):
        at = dice.randrange(len(content))
        match dice.randrange(4):
            case 0:
                content[at] = dice.randrange(256)
            case 1:
                content[at : at + len(nasty)] = nasty
            case 2:
                del content[at : at + dice.randrange(1, 9)]
            case _:
                content[at:at] = content[max(0, at - dice.randrange(60)) : at]
    assert_survives(bytes(content[: dice.randrange(1, len(content) + 400)]))


@pytest.mark.parametrize("name", ["pcap", "pcapng"])
def test_every_cut_gives_what_comes_before_it(name):
    whole = reading(VALID[name])[0]
    for length in range(28, len(VALID[name])):
        frames = reading(VALID[name][:length])[0]
        assert frames == whole[: len(frames)]


@pytest.mark.tshark
def test_tshark_agrees_on_the_valid_files(tmp_path):
    # The second section announces a frame check sequence, which tshark counts as data.
    path = tmp_path / "test.pcapng"
    path.write_bytes(PCAPNG)
    *most, last = tshark_says(path)
    numbered = [frame for frame in most if frame.number != 24]  # the custom block
    *ours, ours_last = seen(reading(PCAPNG)[0])
    assert ours == numbered
    assert last == Seen(25, 5000, 60, 60)
    assert ours_last == Seen(25, 5000, 56, 56)


def converted(kind, tmp_path):
    """PCAP as Wireshark's editcap writes it in another format."""
    if shutil.which("editcap") is None:
        pytest.skip("editcap is not installed")
    plain, other = tmp_path / "plain.pcap", tmp_path / "other"
    plain.write_bytes(PCAP)
    subprocess.run(["editcap", "-F", kind, plain, other], check=True, timeout=60)
    return other


@pytest.mark.tshark
@pytest.mark.parametrize(
    "kind", ["nsecpcap", "modpcap", "nokiapcap", "rh6_1pcap", "suse6_3pcap", "pcapng"]
)
def test_dialects_that_editcap_writes(kind, tmp_path):
    with open_capture(converted(kind, tmp_path)) as capture:
        assert list(capture) == reading(PCAP)[0]


@pytest.mark.tshark
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("snoop", "snoop"),
        ("netmon1", "Network Monitor 1"),
        ("netmon2", "Network Monitor 2"),
        ("ngsniffer", "Sniffer"),
        ("ngwsniffer_2_0", "Sniffer"),
        ("observer", "Observer"),
        ("visual", "Visual Networks"),
        ("5views", "5Views"),
        ("lanalyzer", "LANalyzer"),
        ("k12text", "K12"),
    ],
)
def test_formats_that_editcap_writes_are_named(kind, name, tmp_path):
    path = converted(kind, tmp_path)
    with pytest.raises(CaptureError, match=name) as caught:
        open_capture(path)
    assert caught.value.hint == f"convert it: tshark -r {path} -w out.pcapng"


@pytest.mark.tshark
def test_tshark_agrees_on_the_captures_of_other_projects(shared_captures):
    paths = sorted(path for path in shared_captures.iterdir() if ".pcap" in path.name)
    assert paths
    for path in paths:
        with open_capture(path) as capture:
            assert seen(capture) == tshark_says(path), path.name


def test_a_redirected_file_has_a_size_and_a_pipe_has_none(tmp_path):
    """Standard input may be either; for a file the progress is known."""
    path = tmp_path / "made.pcap"
    path.write_bytes(pcap_header() + record(0, 0) * 9)
    program = (
        "from vrrpscope.capture.source import open_capture\n"
        "with open_capture('-') as capture:\n"
        "    frames = len(list(capture))\n"
        "    print(frames, capture.size, capture.progress())\n"
    )
    command = [sys.executable, "-c", program]
    with path.open("rb") as file:
        told = subprocess.run(command, stdin=file, capture_output=True, check=True, text=True)
    assert told.stdout.split() == ["9", str(24 + 9 * 76), "1.0"]
    told = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=True)
    assert told.stdout.split() == [b"9", b"None", b"None"]
