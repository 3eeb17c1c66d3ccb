"""However a capture is read, its story is the same: plainly, by the loop, by its machine code."""

import importlib.util
import io
import random
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from captures_made import (
    SECOND,
    START_NS,
    Packet,
    Traffic,
    advert,
    as_pcap,
    as_pcapng,
    other,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from vrrpscope import reader as reading
from vrrpscope.advert_rows import ROW_WORDS, AdvertBatch, AdvertRows
from vrrpscope.capture.source import CaptureFile
from vrrpscope.cli import run
from vrrpscope.compiled import loop, machine
from vrrpscope.compiled.context import NUMBER
from vrrpscope.compiled.loop import Loop
from vrrpscope.reader import Reader, Scope
from vrrpscope.timeline.model import Timeline

PROJECT = Path(__file__).resolve().parents[2]
CAPTURES = sorted((PROJECT / "pcaps").glob("*/*.pcap*"))
EVERYTHING = Scope()
MANY = settings(max_examples=150, deadline=None)


@pytest.fixture(scope="session")
def machine_code() -> Loop:
    """The loop as machine code; compiled once."""
    if importlib.util.find_spec("numba") is None:
        pytest.skip("machine code: no compiler (numba) here")
    compiled = machine.load(compile_it=True)
    assert compiled is not None
    return compiled


def read(
    data: bytes,
    how: Loop | None = None,
    scope: Scope = EVERYTHING,
    chunk_size: int = 1 << 20,
    rows: AdvertRows | None = None,
) -> list[Timeline]:
    """The timelines of a capture's bytes; `how` is a loop that may take records."""
    stream = io.BytesIO(data)
    with CaptureFile(stream.read, "made.pcap", chunk_size=chunk_size) as capture:
        reader = Reader(capture, "made.pcap", scope, None, rows)
        if how is not None:
            reader.accelerate(how)
        return reader.read()


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_recorded_capture(path: Path, machine_code: Loop) -> None:
    data = path.read_bytes()
    plain = read(data)
    assert read(data, machine_code) == plain
    assert read(data, machine_code, chunk_size=997) == plain


@pytest.mark.parametrize("path", CAPTURES[::7], ids=lambda path: path.parent.name)
def test_the_loop_as_python_says_the_same(path: Path) -> None:
    data = path.read_bytes()
    assert read(data, loop.run) == read(data)


@pytest.mark.parametrize("path", CAPTURES[::5], ids=lambda path: f"{path.parent.name}/{path.name}")
@pytest.mark.usefixtures("machine_code")
def test_the_report_is_the_same_to_the_byte(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def report() -> str:
        assert run(["diagnose", "--format", "json", str(path)]) == 0
        return capsys.readouterr().out

    plain = report()
    monkeypatch.setattr(reading, "LARGE_FILE_BYTES", 0)
    loops = []
    accelerate = Reader.accelerate
    monkeypatch.setattr(
        Reader, "accelerate", lambda reader, how: loops.append(how) or accelerate(reader, how)
    )
    assert report() == plain
    assert len(loops) == 1


FILES = {
    "pcap": as_pcap,
    "pcap, big-endian": lambda packets: as_pcap(packets, ">"),
    "pcap, nanoseconds": lambda packets: as_pcap(packets, nanoseconds=True),
    "pcapng": as_pcapng,
    "pcapng, big-endian": lambda packets: as_pcapng(packets, ">"),
    "pcapng, with options": lambda packets: as_pcapng(packets, options=5),
}
SCOPES = (
    EVERYTHING,
    Scope(vrid=61),
    Scope(since_ns=START_NS + 20 * SECOND),
    Scope(since_ns=START_NS + 10 * SECOND, until_ns=START_NS + 30 * SECOND),
)


@MANY
@given(
    seed=st.integers(0, 2**32),
    file=st.sampled_from(sorted(FILES)),
    scope=st.sampled_from(SCOPES),
    chunk_size=st.sampled_from((1 << 20, 4000, 999, 37)),
)
def test_generated_incidents(
    seed: int, file: str, scope: Scope, chunk_size: int, machine_code: Loop
) -> None:
    data = FILES[file](Traffic(seed).run(60))
    plain = read(data, scope=scope)
    assert sum(t.frames for t in plain) > 0
    assert read(data, machine_code, scope, chunk_size) == plain


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), file=st.sampled_from(sorted(FILES)))
def test_generated_incidents_and_the_loop_as_python(seed: int, file: str) -> None:
    data = FILES[file](Traffic(seed).run(40))
    assert read(data, loop.run, chunk_size=4000) == read(data)


@MANY
@given(seed=st.integers(0, 2**32), file=st.sampled_from(sorted(FILES)))
def test_damaged_captures(seed: int, file: str, machine_code: Loop) -> None:
    chance = random.Random(seed)
    data = bytearray(FILES[file](Traffic(seed).run(20)))
    for _ in range(chance.randrange(1, 30)):
        at = chance.randrange(24, len(data))
        data[at] = chance.choice((0, 1, 2, 6, 0x70, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    data = data[: chance.randrange(24, len(data))] if chance.random() < 0.3 else data
    try:
        plain = read(bytes(data))
    except Exception as error:
        with pytest.raises(type(error)):
            read(bytes(data), machine_code)
        return
    assert read(bytes(data), machine_code) == plain
    assert read(bytes(data), machine_code, chunk_size=999) == plain


@pytest.mark.parametrize("begins", [1, 2, 17, 100])
def test_the_loop_may_begin_at_any_frame(
    begins: int, machine_code: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = as_pcap(Traffic(begins).run(120))
    plain = read(data)
    monkeypatch.setattr(reading, "_WHETHER_TO_COMPILE", {begins: False})
    monkeypatch.setattr(machine, "load", lambda compile_it: machine_code)
    assert read(data) == plain


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("chunk_size", [1 << 20, 4000])
def test_every_advert_as_a_row(seed: int, chunk_size: int, machine_code: Loop) -> None:
    def rows(how: Loop | None) -> list[tuple[int, ...]]:
        kept: list[tuple[int, ...]] = []

        def take(batch: AdvertBatch) -> None:
            words = batch.rows
            for at in range(0, len(words), ROW_WORDS):
                time_ns, frame, meaning, ip_id = words[at : at + ROW_WORDS]
                kept.append((time_ns, frame, batch.meanings[meaning], ip_id))

        advert_rows = AdvertRows(take)
        timelines = read(data, how, chunk_size=chunk_size, rows=advert_rows)
        advert_rows.finish()
        assert len(kept) == sum(t.counts["advert"] for t in timelines) > 100
        return kept

    data = as_pcapng(Traffic(seed).run(80))
    assert rows(machine_code) == rows(None)


@pytest.mark.parametrize("file", [as_pcap, as_pcapng])
def test_the_loop_takes_nearly_everything(file: Callable[..., bytes], machine_code: Loop) -> None:
    """Else all the tests above would hold for a loop that takes nothing."""
    taken = 0

    def counting(data: bytes, context: "array[int]", *arrays: "array[int]") -> int:
        nonlocal taken
        before = context[NUMBER]
        reason = machine_code(data, context, *arrays)
        taken += context[NUMBER] - before
        return reason

    packets = []
    for second in range(1000):
        time_ns = START_NS + second * SECOND
        packets.append(Packet(time_ns, advert(1, 60, 100, second + 1)))
        packets.append(Packet(time_ns + 1, other(0, host=7)))
        packets.append(Packet(time_ns + 2, other(2, host=7)))
    (timeline,) = read(file(packets), counting)
    assert timeline.frames == 3000
    # The usual way go an advert until it was repeated, and the first frame of a host.
    assert taken == 3000 - 2 - 1
    assert timeline.routers[0].streaks[0].count == 1000
