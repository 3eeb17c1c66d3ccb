import struct

import pytest
from capturebytes import (
    ADVERT,
    Seen,
    block,
    interface,
    obsolete_packet,
    option,
    packet,
    reading,
    section,
    seen,
    simple_packet,
    tshark_says,
)
from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.errors import CaptureError

SECOND = 1_000_000
T = 1_700_000_001 * SECOND + 123_456  # ticks of a microsecond
T_NS = 1_700_000_001_123_456_000
SIGNED_8 = struct.Struct("<q")


def resolution(value: int) -> bytes:
    return option(9, bytes([value]))


# name: (content, number and time and lengths of each frame, interface and link type of each)
FILES = {
    "plain": (
        section() + interface() + packet(T) + packet(T + 1, ADVERT[:41], original=60),
        [Seen(1, T_NS, 60, 60), Seen(2, T_NS + 1000, 41, 60)],
        [(0, 1), (0, 1)],
    ),
    "big-endian": (
        section(">") + interface(order=">") + packet(T, order=">"),
        [Seen(1, T_NS, 60, 60)],
        [(0, 1)],
    ),
    "nanoseconds": (
        section() + interface(options=resolution(9)) + packet(T_NS + 1),
        [Seen(1, T_NS + 1, 60, 60)],
        [(0, 1)],
    ),
    "whole seconds": (
        section() + interface(options=resolution(0)) + packet(1_700_000_001),
        [Seen(1, 1_700_000_001_000_000_000, 60, 60)],
        [(0, 1)],
    ),
    "picoseconds are cut": (
        section() + interface(options=resolution(12)) + packet(1_999),
        [Seen(1, 1, 60, 60)],
        [(0, 1)],
    ),
    # 2^-20 s is 953.67 ns.
    "powers of two": (
        section()
        + interface(options=resolution(0x80 | 20))
        + packet((5 << 20) + 1)
        + packet((5 << 20) + (1 << 19)),
        [Seen(1, 5_000_000_953, 60, 60), Seen(2, 5_500_000_000, 60, 60)],
        [(0, 1), (0, 1)],
    ),
    "time offset": (
        section() + interface(options=option(14, SIGNED_8.pack(1_700_000_000))) + packet(1_500_000),
        [Seen(1, 1_700_000_001_500_000_000, 60, 60)],
        [(0, 1)],
    ),
    "interface described late, with another unit": (
        section()
        + interface()
        + packet(T)
        + interface(options=resolution(9))
        + packet(T_NS + 5, index=1)
        + packet(T + 1),
        [Seen(1, T_NS, 60, 60), Seen(2, T_NS + 5, 60, 60), Seen(3, T_NS + 1000, 60, 60)],
        [(0, 1), (1, 1), (0, 1)],
    ),
    "interfaces of several link types": (
        section()
        + interface()
        + interface(link=101, snaplen=96)
        + interface(link=276)
        + packet(T, ADVERT[14:], index=1)
        + packet(T)
        + packet(T, index=2),
        [Seen(1, T_NS, 46, 46), Seen(2, T_NS, 60, 60), Seen(3, T_NS, 60, 60)],
        [(1, 101), (0, 1), (2, 276)],
    ),
    "two sections of different byte order": (
        section()
        + interface()
        + packet(T)
        + section(">")
        + interface(link=101, options=option(9, b"\x09", ">"), order=">")
        + packet(T_NS, ADVERT[14:], order=">"),
        [Seen(1, T_NS, 60, 60), Seen(2, T_NS, 46, 46)],
        [(0, 1), (1, 101)],
    ),
    "simple packets have no time": (
        section()
        + interface(snaplen=40)
        + packet(T)
        + simple_packet(ADVERT[:40], original=60)
        + simple_packet(ADVERT[:33]),
        [Seen(1, T_NS, 60, 60), Seen(2, None, 40, 60), Seen(3, None, 33, 33)],
        [(0, 1), (0, 1), (0, 1)],
    ),
    "obsolete packets": (
        section() + interface() + obsolete_packet(T) + obsolete_packet(T + 2, ADVERT[:59]),
        [Seen(1, T_NS, 60, 60), Seen(2, T_NS + 2000, 59, 59)],
        [(0, 1), (0, 1)],
    ),
    "blocks without packets": (
        section()
        + block(4, struct.pack("<HH4s4sHH", 1, 8, b"\x0a\0\0\1", b"rtr\0", 0, 0))
        + interface()
        + packet(T)
        + block(5, struct.pack("<III", 0, 0, 0))
        + block(10, struct.pack("<II", 0x544C534B, 4) + b"#key")
        + block(0x0BADF00D, b"whatever")
        + packet(T + 1),
        [Seen(1, T_NS, 60, 60), Seen(2, T_NS + 1000, 60, 60)],
        [(0, 1), (0, 1)],
    ),
    "comment, direction and other options": (
        section()
        + interface(options=option(2, b"eth0"))
        + packet(T, options=option(1, b"look here") + option(2, b"\1\0\0\0") + bytes(4)),
        [Seen(1, T_NS, 60, 60)],
        [(0, 1)],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_frames(name):
    content, expected, places = FILES[name]
    frames, _ = reading(content)
    assert seen(frames) == expected
    assert [(frame.interface, frame.link_type) for frame in frames] == places


@pytest.mark.tshark
@pytest.mark.parametrize("name", FILES)
def test_tshark_sees_the_same_frames(name, tmp_path):
    content, expected, _ = FILES[name]
    path = tmp_path / "test.pcapng"
    path.write_bytes(content)
    assert tshark_says(path) == expected


# No case for tshark: 4.0 prints the seconds -5 and the nanoseconds 300000000 of it as -5.3.
def test_a_time_before_1970():
    described = interface(options=option(14, SIGNED_8.pack(-5)))
    frames, _ = reading(section() + described + packet(300_000))
    assert frames[0].time_ns == -4_700_000_000


NUMBERED = (
    section()
    + interface()
    + packet(T)
    + block(0x0BAD, struct.pack("<I", 32473) + b"abcd")
    + packet(T + 1)
    + block(9, b"__REALTIME_TIMESTAMP=1700000001000000\nMESSAGE=x\n")
    + packet(T + 2)
)


def test_records_that_wireshark_numbers_take_a_number():
    frames, capture = reading(NUMBERED)
    assert [frame.number for frame in frames] == [1, 3, 5]
    (note,) = capture.notes
    assert "skipped: 2" in note
    assert "the first is 2" in note


@pytest.mark.tshark
def test_tshark_numbers_them_too(tmp_path):
    path = tmp_path / "numbered.pcapng"
    path.write_bytes(NUMBERED)
    numbers = [frame.number for frame in tshark_says(path) if frame.captured == len(ADVERT)]
    assert numbers == [1, 3, 5]


def test_blocks_of_netflix_are_noted_for_wireshark_numbers_only_some_of_them():
    custom = block(0x40000BAD, struct.pack("<II", 10949, 77))
    frames, capture = reading(section() + interface() + packet(T) + custom + packet(T))
    assert [frame.number for frame in frames] == [1, 2]
    assert "Netflix" in capture.notes[0]


def test_frames_without_a_time_are_noted():
    _, capture = reading(FILES["simple packets have no time"][0])
    assert capture.notes == [
        "frames without a time (simple packet blocks): 2, the first is frame 2"
    ]


def test_unknown_blocks_are_noted_and_known_ones_are_not():
    _, capture = reading(FILES["blocks without packets"][0])
    (note,) = capture.notes
    assert note.startswith("blocks of an unknown type, skipped: 1, the first is 0x0badf00d at byte")


def test_names_of_interfaces():
    options = option(3, b"the uplink") + option(2, b"eth0")
    _, capture = reading(
        section()
        + interface(options=options)
        + interface(options=option(3, b"the uplink"))
        + interface()
        + interface(options=option(2, b"\xff\x1b[31m" + b"x" * 60_000))
    )
    names = [i.name for i in capture.interfaces]
    assert names[:3] == ["eth0", "the uplink", None]
    assert len(names[3]) == 255


def test_drop_counters_of_the_last_statistics_block_count():
    def statistics(received: int, dropped: int, dropped_by_system: int) -> bytes:
        counters = ((4, received), (5, dropped), (7, dropped_by_system))
        options = b"".join(option(code, struct.pack("<Q", n)) for code, n in counters)
        return block(5, struct.pack("<III", 0, 0, 0) + options + bytes(4))

    content = section() + interface(options=option(2, b"e\x1b0")) + interface()
    _, capture = reading(content + statistics(10, 1, 0) + statistics(99, 12, 3))
    first, second = capture.interfaces
    assert (first.received, first.dropped_by_interface, first.dropped_by_system) == (99, 12, 3)
    assert (second.received, second.dropped_by_interface) == (None, None)
    assert capture.notes == [
        "interface e\\x1b0 dropped frames: 12 by the interface, 3 by the system"
    ]


def test_drops_that_packets_announce_are_summed_up():
    dropped = option(4, struct.pack("<Q", 7)) + bytes(4)
    _, capture = reading(
        section()
        + interface()
        + packet(T, options=dropped)
        + obsolete_packet(T, drops=5)
        + obsolete_packet(T)
    )
    assert capture.interfaces[0].dropped_between == 12
    assert capture.notes == ["interface unnamed dropped frames: 12 between recorded frames"]


def test_statistics_of_an_unknown_interface_are_noted():
    stray = block(5, struct.pack("<III", 3, 0, 0))
    frames, capture = reading(section() + interface() + stray + packet(T))
    assert len(frames) == 1
    assert "for interface 3" in capture.notes[0]


@pytest.mark.parametrize("if_fcslen", [4, 32])
def test_the_frame_check_sequence_of_an_interface_is_left_out(if_fcslen):
    described = interface(options=option(13, bytes([if_fcslen])))
    with_fcs = ADVERT + b"\xde\xad\xbe\xef"
    frames, _ = reading(
        section() + described + packet(T, with_fcs) + packet(T, ADVERT[:42], original=64)
    )
    assert [(f.data, f.original_length) for f in frames] == [(ADVERT, 60), (ADVERT[:42], 60)]


def test_the_flags_of_a_packet_give_its_own_frame_check_sequence():
    flags = option(2, struct.pack("<I", 2 << 5)) + bytes(4)
    frames, _ = reading(
        section() + interface() + packet(T, ADVERT + b"\xbe\xef", options=flags) + packet(T)
    )
    assert [(f.data, f.original_length) for f in frames] == [(ADVERT, 60), (ADVERT, 60)]


def test_a_time_that_no_calendar_holds_becomes_none():
    described = interface(options=resolution(0))
    frames, capture = reading(section() + described + packet(2**63) + packet(1))
    assert [f.time_ns for f in frames] == [None, 1_000_000_000]
    assert capture.notes[0].endswith("taken as without a time: 1, the first is frame 1")


@given(ticks=st.lists(st.integers(0, 2**64 - 1) | st.integers(T - 5, T + 5), max_size=9))
def test_packets_with_and_without_options_are_read_alike(ticks):
    head = section() + interface()
    frames, capture = reading(head + b"".join(map(packet, ticks)))
    slowly, slow_capture = reading(head + b"".join(packet(t, options=bytes(4)) for t in ticks))
    assert frames == slowly
    assert capture.notes == slow_capture.notes
    fitting = [t * 1000 if t * 1000 < 2**63 else None for t in ticks]
    assert [frame.time_ns for frame in frames] == fitting


def test_time_that_runs_backwards_is_noted():
    frames, capture = reading(
        section() + interface() + packet(T) + simple_packet() + packet(T - 4) + packet(T - 2)
    )
    assert [f.time_ns for f in frames] == [T_NS, None, T_NS - 4000, T_NS - 2000]
    assert (
        "time runs backwards; steps back: 1, the first at frame 3, the largest 0.000004 s"
        in capture.notes
    )


HEAD = section() + interface() + packet(T)  # 28 + 20 + 92 bytes


def damaged_packet(**changes: int) -> bytes:
    """A packet block with other values in the fields of the same name."""
    names = ("kind", "length", "index", "high", "low", "captured", "original")
    fields = dict(zip(names, struct.unpack("<7I", packet(T)[:28]), strict=True)) | changes
    return struct.pack("<7I", *(fields[name] for name in names)) + packet(T)[28:]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (damaged_packet(length=0), "a block claims a length of 0 bytes"),
        (damaged_packet(length=8), "a block claims a length of 8 bytes"),
        (damaged_packet(length=90), "a block claims a length of 90 bytes"),
        (damaged_packet(length=0xFFFFFFFC), "a block claims a length of 4294967292 bytes"),
        (damaged_packet(length=88), "a block gives its length as 88 and as 0 bytes"),
        (damaged_packet(index=1), "a packet is of interface 1, which is not described"),
        (damaged_packet(captured=0xFFFFFFFF), "a packet block claims 4294967295 captured bytes"),
        (damaged_packet(captured=61), "a packet block claims 61 captured bytes"),
        (block(6, bytes(16)), "a packet block is too short"),
        (block(2, bytes(16)), "a packet block is too short"),
        (block(3, b""), "a packet block is too short"),
        (block(3, struct.pack("<I", 9) + bytes(8)), "a packet block claims 9 captured bytes"),
        (block(1, bytes(4)), "an interface description is too short"),
        (block(5, bytes(8)), "a statistics block is too short"),
        (block(0x0BAD, b""), "a custom block is too short"),
        (block(0x0A0D0D0A, bytes(16)), "a section header has no byte-order magic"),
        (section(version=(2, 0)), "a section is of pcapng version 2.0"),
    ],
)
def test_damage_ends_the_reading_with_a_note(bad, what):
    frames, capture = reading(HEAD + bad + packet(T + 1))
    assert seen(frames) == [Seen(1, T_NS, 60, 60)]
    assert capture.notes == [f"damaged at byte 140, after frame 1: {what}; the rest is not read"]


@pytest.mark.tshark
@pytest.mark.parametrize(
    "bad", [damaged_packet(length=0), damaged_packet(index=1), damaged_packet(captured=2**32 - 1)]
)
def test_tshark_stops_there_too(bad, tmp_path):
    path = tmp_path / "damaged.pcapng"
    path.write_bytes(HEAD + bad + packet(T + 1))
    assert tshark_says(path) == [Seen(1, T_NS, 60, 60)]


def test_a_packet_before_any_interface_is_damage():
    frames, capture = reading(section() + simple_packet())
    assert frames == []
    assert "interface 0, which is not described" in capture.notes[0]


def test_interfaces_are_forgotten_at_the_next_section():
    frames, capture = reading(HEAD + section() + packet(T))
    assert len(frames) == 1
    assert "interface 0, which is not described" in capture.notes[0]


@pytest.mark.parametrize(("more", "want"), [(1, 12), (11, 12), (12, 92), (91, 92)])
def test_what_comes_before_a_cut_is_given(more, want):
    frames, capture = reading(HEAD + packet(T)[:more])
    assert len(frames) == 1
    assert capture.notes == [
        f"cut short after frame 1: the last record, at byte 140, has {more} of {want} bytes"
    ]


def test_a_section_alone_is_no_error():
    frames, capture = reading(section())
    assert (frames, capture.notes, capture.interfaces) == ([], [], [])


def test_a_cut_section_header_is_an_input_error():
    with pytest.raises(CaptureError, match="only 20 of the 28 bytes"):
        reading(section()[:20])


def test_another_major_version_is_refused():
    with pytest.raises(CaptureError, match=r"pcapng version 2\.1") as caught:
        reading(section(version=(2, 1)))
    assert "tshark -r test.pcap -w" in caught.value.hint


def test_options_that_do_not_fit_are_left_alone():
    broken = struct.pack("<HH", 2, 400) + b"eth0"
    frames, capture = reading(section() + interface(options=broken) + packet(T, options=broken))
    assert len(frames) == 1
    assert capture.interfaces[0].name is None


def test_interfaces_are_bounded():
    frames, capture = reading(section() + interface() * 65_537 + packet(T))
    assert frames == []
    assert len(capture.interfaces) == 65_536
    assert "more than 65536 interfaces" in capture.notes[0]
