import struct
import tracemalloc

import pytest
from capturebytes import (
    ADVERT,
    KUZNETZOV,
    MICROSECONDS,
    NANOSECONDS,
    Seen,
    pcap_header,
    reading,
    record,
    seen,
    tshark_says,
)

from vrrpscope.capture.pcap import without_fcs
from vrrpscope.errors import CaptureError

T1 = 1_700_000_001
THREE = (
    Seen(1, 1_700_000_001_000_001_000, 60, 60),
    Seen(2, 1_700_000_002_999_999_000, 60, 60),
    Seen(3, 1_700_000_003_000_000_000, 42, 60),
)
CONTENT = (ADVERT, ADVERT, ADVERT[:42])


def three_records(order: str, unit: int = 1, extra: bytes = b"") -> bytes:
    return (
        record(T1, 1 * unit, CONTENT[0], order, extra=extra)
        + record(T1 + 1, 999_999 * unit, CONTENT[1], order, extra=extra)
        + record(T1 + 2, 0, CONTENT[2], order, original=60, extra=extra)
    )


FILES = {
    "µs, little-endian": pcap_header("<") + three_records("<"),
    "µs, big-endian": pcap_header(">") + three_records(">"),
    "ns, little-endian": pcap_header("<", NANOSECONDS) + three_records("<", 1000),
    "ns, big-endian": pcap_header(">", NANOSECONDS) + three_records(">", 1000),
    "Kuznetzov, little-endian": pcap_header("<", KUZNETZOV)
    + three_records("<", extra=b"\2\0\0\0\x08\0\4\0"),
    "Kuznetzov, big-endian": pcap_header(">", KUZNETZOV)
    + three_records(">", extra=b"\0\0\0\2\0\x08\4\0"),
    "Red Hat 6.1": pcap_header("<") + three_records("<", extra=b"\2\0\0\0\x08\0\4\0"),
    "Nokia": pcap_header("<") + three_records("<", extra=b"\1\2\3\4"),
    "SuSE 6.3": pcap_header("<", KUZNETZOV)
    + three_records("<", extra=b"\2\0\0\0\x08\0\4\0\0\0\0\0"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_dialect_gives_the_same_frames(name):
    frames, capture = reading(FILES[name])
    assert tuple(seen(frames)) == THREE
    assert tuple(frame.data for frame in frames) == CONTENT
    assert {(frame.link_type, frame.interface) for frame in frames} == {(1, 0)}
    assert [(i.name, i.link_type) for i in capture.interfaces] == [(None, 1)]


@pytest.mark.tshark
@pytest.mark.parametrize("name", FILES)
def test_tshark_sees_the_same_frames(name, tmp_path):
    path = tmp_path / "test.pcap"
    path.write_bytes(FILES[name])
    assert tuple(tshark_says(path)) == THREE


@pytest.mark.parametrize("name", ["Red Hat 6.1", "Nokia", "SuSE 6.3"])
def test_a_dialect_that_is_guessed_is_noted(name):
    _, capture = reading(FILES[name])
    (note,) = capture.notes
    assert name in note.replace("'s libpcap", "")


@pytest.mark.parametrize("name", [n for n in FILES if "endian" in n])
def test_a_dialect_that_is_declared_needs_no_note(name):
    _, capture = reading(FILES[name])
    assert capture.notes == []


def test_a_header_alone_is_no_error():
    frames, capture = reading(pcap_header())
    assert (frames, capture.notes) == ([], [])


def test_nanoseconds_are_exact():
    frames, _ = reading(pcap_header("<", NANOSECONDS) + record(T1, 123_456_789))
    assert frames[0].time_ns == 1_700_000_001_123_456_789


def test_seconds_are_unsigned_and_reach_2106():
    frames, _ = reading(pcap_header() + record(0xFFFFFFFF, 0))
    assert frames[0].time_ns == 4_294_967_295_000_000_000


# 603979777 is 0x24000001: present, two 16-bit words, Ethernet.
def test_the_announced_frame_check_sequence_is_left_out():
    content = record(T1, 0, ADVERT + b"\xde\xad\xbe\xef") + record(
        T1, 1, (ADVERT + b"\xde\xad\xbe\xef")[:62], original=64
    )
    frames, capture = reading(
        pcap_header(link=603979777) + content + record(T1, 2, ADVERT[:38], original=64)
    )
    assert [(f.data, f.original_length) for f in frames] == [
        (ADVERT, 60),
        (ADVERT, 60),
        (ADVERT[:38], 60),
    ]
    assert {f.link_type for f in frames} == {1}
    assert capture.interfaces[0].link_type == 1


def test_a_frame_check_sequence_that_is_not_announced_stays():
    frames, _ = reading(pcap_header(link=0x20000001) + record(T1, 0))
    assert (frames[0].link_type, len(frames[0].data)) == (1, 60)


@pytest.mark.parametrize(
    ("captured", "original", "expected"),
    [(64, 64, (60, 60)), (60, 64, (60, 60)), (20, 64, (20, 60)), (3, 3, (0, 0)), (64, 10, (60, 6))],
)
def test_without_fcs(captured, original, expected):
    stop, wire = without_fcs(1000, 1000 + captured, original, 4)
    assert (stop - 1000, wire) == expected


CUT = FILES["µs, little-endian"]
SECOND_RECORD = 24 + 76


@pytest.mark.parametrize(
    ("length", "count", "note"),
    [
        (SECOND_RECORD, 1, None),
        (SECOND_RECORD + 1, 1, "after frame 1: the last record, at byte 100, has 1 of 16 bytes"),
        (SECOND_RECORD + 15, 1, "after frame 1: the last record, at byte 100, has 15 of 16 bytes"),
        (SECOND_RECORD + 16, 1, "after frame 1: the last record, at byte 100, has 16 of 76 bytes"),
        (SECOND_RECORD + 75, 1, "after frame 1: the last record, at byte 100, has 75 of 76 bytes"),
        (SECOND_RECORD + 76, 2, None),
        (len(CUT) - 1, 2, "after frame 2: the last record, at byte 176, has 57 of 58 bytes"),
    ],
)
def test_what_comes_before_a_cut_is_given(length, count, note):
    frames, capture = reading(CUT[:length])
    assert tuple(seen(frames)) == THREE[:count]
    assert capture.notes == ([f"cut short {note}"] if note else [])


@pytest.mark.tshark
@pytest.mark.parametrize("length", [SECOND_RECORD + 10, SECOND_RECORD + 50])
def test_tshark_gives_as_much_before_a_cut(length, tmp_path):
    path = tmp_path / "cut.pcap"
    path.write_bytes(CUT[:length])
    assert tshark_says(path) == seen(reading(CUT[:length])[0]) == list(THREE[:1])


def test_a_cut_file_header_is_an_input_error():
    with pytest.raises(CaptureError, match="only 23 of the 24 bytes") as caught:
        reading(pcap_header()[:23])
    assert caught.value.hint


@pytest.mark.parametrize("version", [(1, 2), (2, 2), (2, 3), (543, 0)])
def test_versions_with_other_records_are_refused(version):
    with pytest.raises(CaptureError, match=f"pcap version {version[0]}.{version[1]}") as caught:
        reading(pcap_header(version=version) + record(T1, 0))
    assert "tshark -r test.pcap -w out.pcapng" in caught.value.hint


def test_a_length_of_4_gigabytes_ends_the_reading_and_costs_no_memory():
    hostile = struct.pack("<4I", T1, 0, 0xFFFFFFF0, 0xFFFFFFF0) + bytes(1000)
    tracemalloc.start()
    frames, capture = reading(pcap_header(snaplen=0xFFFFFFFF) + record(T1, 0) + hostile)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(frames) == 1
    assert capture.notes == [
        "damaged at byte 100, after frame 1: the next record claims 4294967280 captured bytes; "
        "the rest is not read"
    ]
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize(
    ("snaplen", "length", "count"),
    [(65535, 262_144, 1), (65535, 262_145, 0), (400_000, 400_000, 1), (400_000, 400_001, 0)],
)
def test_the_snaplen_of_the_file_raises_the_usual_bound(snaplen, length, count):
    frames, capture = reading(pcap_header(snaplen=snaplen) + record(T1, 0, bytes(length)))
    assert len(frames) == count
    assert len(capture.notes) == 1 - count


def test_time_that_runs_backwards_is_noted_and_the_order_kept():
    times = [(10, 0), (9, 999_000), (9, 999_500), (7, 0), (8, 0)]
    frames, capture = reading(pcap_header() + b"".join(record(s, us) for s, us in times))
    assert [f.time_ns for f in frames] == [s * 10**9 + us * 1000 for s, us in times]
    assert capture.notes == [
        "time runs backwards; steps back: 2, the first at frame 2, the largest 2.9995 s"
    ]


def test_a_record_longer_than_the_wire_is_kept_as_it_is():
    frames, capture = reading(pcap_header() + record(T1, 0, original=20))
    assert seen(frames) == [Seen(1, T1 * 10**9, 60, 20)]
    assert capture.notes == []


@pytest.mark.parametrize("magic", [MICROSECONDS, NANOSECONDS, KUZNETZOV])
def test_one_frame_is_given_before_the_next_one_is_waited_for(magic):
    extra = bytes(8) if magic == KUZNETZOV else b""
    pieces = [pcap_header(magic=magic), *(record(n, 0, extra=extra) for n in range(3))]
    given: list[int] = []

    def read(_count):
        given.append(len(given))
        return pieces[given[-1]] if given[-1] < len(pieces) else b""

    from vrrpscope.capture.source import CaptureFile

    reads_at_frame = [(frame.number, len(given)) for frame in CaptureFile(read, "pipe")]
    assert reads_at_frame == [(1, 2), (2, 3), (3, 4)]
