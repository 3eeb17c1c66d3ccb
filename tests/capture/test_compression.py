import bz2
import gzip
import io
import lzma
import random
import tracemalloc
import zlib
from functools import partial

import lz4.frame
import pytest
import zstandard
from capturebytes import ADVERT, pcap_header, reading, record, seen, tshark_says

from vrrpscope.capture.compression import codec_of
from vrrpscope.capture.source import CaptureFile
from vrrpscope.errors import CaptureError

PLAIN = pcap_header() + b"".join(record(1_700_000_000 + n, n, ADVERT) for n in range(50))
COMPRESS = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    "lz4": partial(lz4.frame.compress, content_checksum=True),
}
# xz has a dictionary of 8 MiB here. What 1 KiB of zstd can become, 32 MiB, is joined once.
PEAK = dict.fromkeys(COMPRESS, 8_000_000) | {"xz": 20_000_000, "zstd": 70_000_000}
WHOLE = seen(reading(PLAIN)[0])

every_format = pytest.mark.parametrize("name", COMPRESS)


@every_format
def test_the_content_is_that_of_the_plain_file(name):
    frames, capture = reading(COMPRESS[name](PLAIN))
    assert len(frames) == 50
    assert seen(frames) == WHOLE
    assert capture.notes == []


@every_format
@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_it_may_come_in_any_pieces(name, piece):
    assert seen(reading(COMPRESS[name](PLAIN), piece)[0]) == WHOLE


@every_format
def test_several_members_are_one_file(name):
    compress = COMPRESS[name]
    cut = 1234
    members = compress(PLAIN[:cut]) + compress(b"") + compress(PLAIN[cut:])
    frames, capture = reading(members)
    assert seen(frames) == WHOLE
    assert capture.notes == []


NOISE = random.Random(1).randbytes(1500)
LARGE = pcap_header() + b"".join(
    record(n, 0, NOISE[n % 500 :] + NOISE[: n % 500])
    + record(n, 1, random.Random(n).randbytes(999))
    for n in range(800)
)


@every_format
def test_it_may_be_cut_short(name):
    compressed = COMPRESS[name](LARGE)
    assert len(compressed) > 790_000
    frames, capture = reading(compressed[:-20])
    # bzip2, xz and lz4 pack blocks; the last one, of up to 900 kB, needs all of its bytes.
    assert len(frames) > 600
    assert frames == reading(LARGE)[0][: len(frames)]
    assert any(f"the {name} data is cut short at byte" in note for note in capture.notes)


@every_format
def test_it_may_be_damaged(name):
    compressed = bytearray(COMPRESS[name](LARGE))
    compressed[-3000:-2990] = b"\xff" * 10
    frames, capture = reading(bytes(compressed))
    assert len(frames) > 600
    good = reading(LARGE)[0]
    assert frames[:600] == good[:600]
    # gzip learns only at its end that the check sum is wrong; a record makes no sense before.
    assert any(
        "cannot be decompressed further" in note or "damaged at byte" in note
        for note in capture.notes
    )


def test_gzip_that_is_cut_gives_the_frames_before_the_cut():
    frames, capture = reading(gzip.compress(PLAIN, compresslevel=0)[:-100])
    # 100 bytes less: 8 of them the trailer, so the last two records of 76 bytes are incomplete.
    assert seen(frames) == WHOLE[:48]
    assert [note.split(" after ")[0].split(" at ")[0] for note in capture.notes] == [
        "the gzip data is cut short",
        "cut short",
    ]


@pytest.mark.tshark
def test_tshark_reads_the_same_from_gzip_that_is_cut(tmp_path):
    content = gzip.compress(PLAIN, compresslevel=0)[:-100]
    path = tmp_path / "cut.pcap.gz"
    path.write_bytes(content)
    assert tshark_says(path) == WHOLE[:48]


def test_a_wrong_check_sum_is_noted_and_the_content_given():
    compressed = bytearray(gzip.compress(PLAIN))
    compressed[-8] ^= 0xFF
    frames, capture = reading(bytes(compressed))
    assert seen(frames) == WHOLE
    assert "the gzip data cannot be decompressed further" in capture.notes[0]
    assert "incorrect data check" in capture.notes[0]


@every_format
def test_padding_and_foreign_bytes_after_the_data(name):
    compressed = COMPRESS[name](PLAIN)
    frames, capture = reading(compressed + bytes(1000))
    assert (seen(frames), capture.notes) == (WHOLE, [])
    frames, capture = reading(compressed + b"something else")
    assert seen(frames) == WHOLE
    assert capture.notes == [
        f"after the {name} data, at byte {len(compressed)} of the file, "
        "comes something else; it is not read"
    ]


def test_zstd_may_start_with_a_skippable_frame():
    skippable = b"\x53\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"pzst"
    assert seen(reading(skippable + COMPRESS["zstd"](PLAIN))[0]) == WHOLE


@every_format
def test_data_that_is_damaged_from_the_start_is_an_input_error(name):
    head = COMPRESS[name](PLAIN)[:6]
    with pytest.raises(CaptureError, match=f"the {name} data ") as caught:
        reading(head + b"\xff" * 100)
    assert caught.value.hint


@every_format
def test_a_bomb_is_refused_after_its_first_bytes(name):
    bomb = COMPRESS[name](bytes(PEAK[name] + 10_000_000))
    tracemalloc.start()
    with pytest.raises(CaptureError, match="unknown format"):
        reading(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < PEAK[name]


def test_xz_may_not_ask_for_gigabytes():
    content = bytearray(lzma.compress(PLAIN))
    # The block header: its size, flags, LZMA2 (0x21) with 1 byte of properties, the dictionary.
    assert content[12:16] == b"\x02\x00\x21\x01"
    content[16] = 40  # 4 GiB - 1
    content[20:24] = zlib.crc32(content[12:20]).to_bytes(4, "little")
    with pytest.raises(CaptureError, match=r"the xz data .* \(Memory usage limit exceeded\)"):
        reading(bytes(content))


@every_format
def test_memory_is_bounded_while_reading(name):
    count = PEAK[name] // 50_000
    compressed = COMPRESS[name](pcap_header() + record(1, 0, bytes(60_000)) * count)
    tracemalloc.start()
    capture = CaptureFile(io.BytesIO(compressed).read, "large")
    complete = sum(len(frame.data) == 60_000 for frame in capture)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert complete == count
    assert peak < PEAK[name]


@pytest.mark.parametrize("head", [b"", b"\x1f\x8b", b"\x1f\x8b\x07", b"BZh0", b"BZip", PLAIN[:24]])
def test_what_is_not_compressed(head):
    assert codec_of(head) is None


def test_compressed_twice_is_refused_by_name():
    with pytest.raises(CaptureError, match=r"compressed twice \(gzip inside\)"):
        reading(COMPRESS["xz"](COMPRESS["gzip"](PLAIN)))
