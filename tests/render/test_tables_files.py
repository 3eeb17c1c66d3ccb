"""Tables as files, read back by pandas and by Python's own json."""

import json
import os
import stat
import struct
import subprocess
import sys

import pandas
import pytest
import rendercases

from vrrpscope.errors import VrrpscopeError
from vrrpscope.pipeline import read_adverts
from vrrpscope.render.tables.adverts import tables_of_batch
from vrrpscope.render.tables.columns import FLAG, TABLES, TEXT, TIME
from vrrpscope.render.tables.files import table_file
from vrrpscope.render.tables.frames import frame_of, table_of, tables_of

ENDINGS = ("csv", "parquet", "jsonl")
# A pcap file without a frame: magic number, version 2.4, no offset, snaplen, Ethernet.
NO_FRAMES = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)


def pieces(table, case):
    if table != "adverts":
        return list(tables_of(table, rendercases.analysis(case)))
    found = []
    capture = str(rendercases.CASES / case / "incident.pcap")
    read_adverts([capture], lambda batch: found.extend(tables_of_batch(batch)))
    return found


def written(path, table, found):
    with table_file(str(path), table) as file:
        file.write_all(found)
    return file.rows


def read_csv(path, table):
    types = {c.name: c.dtype for c in TABLES[table] if c.dtype != TIME}
    times = [c.name for c in TABLES[table] if c.dtype == TIME]
    found = pandas.read_csv(path, dtype=types)
    for name in times:
        found[name] = pandas.to_datetime(found[name], utc=True).astype(TIME)
    return found


def read_json_lines(path, table):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    types = {column.name: column.dtype for column in TABLES[table]}
    assert all(list(row) == list(types) for row in rows)
    made = {
        name: pandas.to_datetime(pandas.Series([row[name] for row in rows], dtype="str"), utc=True)
        if dtype == TIME
        else pandas.Series([row[name] for row in rows], dtype=dtype)
        for name, dtype in types.items()
    }
    return pandas.DataFrame(made).astype(types)


def names(folder):
    return [path.name for path in folder.iterdir()]


READ = {
    "csv": read_csv,
    "parquet": lambda path, table: pandas.read_parquet(path),
    "jsonl": read_json_lines,
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("case", [rendercases.PREEMPTED, rendercases.MISSED, "ipv6-failover"])
def test_what_is_written_reads_back_equal(tmp_path, case, table, ending):
    found = pieces(table, case)
    if not found:
        pytest.skip("the case has no row of this table")
    path = tmp_path / f"table.{ending}"
    wanted = frame_of(found, table)
    assert written(path, table, [*found, *found]) == 2 * len(wanted)
    twice = pandas.concat([wanted, wanted], ignore_index=True)
    pandas.testing.assert_frame_equal(READ[ending](path, table), twice, check_categorical=False)


def test_odd_texts_survive_every_format(tmp_path):
    odd = 'a,"b"\n\\/ \t\x1bé\u2028😀\udcff'
    row = {c.name: odd if c.dtype in ("category", TEXT) else None for c in TABLES["findings"]}
    row |= {"vrid": 7, "at": 2**70, "until": -5}
    for ending in ENDINGS:
        path = tmp_path / f"odd.{ending}"
        written(path, "findings", [table_of("findings", [row])])
        back = READ[ending](path, "findings").iloc[0]
        kept = odd.replace("\udcff", r"\udcff")
        assert (back["says"], back["vantage"]) == (kept, kept)
        assert (back["at"].value, back["until"].value) == (2**63 - 1, -5)  # as late as there is


def test_flags_and_missing_values_in_json_lines(tmp_path):
    path = tmp_path / "handovers.jsonl"
    written(path, "handovers", pieces("handovers", rendercases.PREEMPTED))
    first, second, _ = map(json.loads, path.read_text().splitlines())
    assert first["took_ns"] is None
    assert first["counted_from"] is None
    assert first["at"] == "2026-11-22T19:23:24.066333000Z"
    assert second["on_time"] is True
    assert {c.name for c in TABLES["handovers"] if c.dtype == FLAG} == {"on_time"}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("table", TABLES)
def test_no_rows_are_a_file_with_the_same_columns(tmp_path, table, ending):
    path = tmp_path / f"empty.{ending}"
    assert written(path, table, []) == 0
    if ending == "jsonl":
        assert path.read_bytes() == b""
        return
    found = READ[ending](path, table)
    assert [(n, str(t)) for n, t in found.dtypes.items()] == [
        (c.name, c.dtype) for c in TABLES[table]
    ]
    assert len(found) == 0


def test_the_ending_may_be_in_capitals(tmp_path):
    written(tmp_path / "T.CSV", "tenures", [])
    assert (tmp_path / "T.CSV").read_text().startswith('"vantage",')


# What becomes of the file -------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path, ending):
    path = tmp_path / f"table.{ending}"
    path.write_text("older")
    with pytest.raises(ZeroDivisionError), table_file(str(path), "tenures") as file:
        file.write_all(pieces("tenures", rendercases.PREEMPTED))
        assert path.read_text() == "older"
        raise ZeroDivisionError
    assert path.read_text() == "older"
    assert names(tmp_path) == [path.name]
    written(path, "tenures", [])
    assert path.read_bytes() != b"older"
    assert names(tmp_path) == [path.name]


def test_a_link_stays_a_link_and_the_umask_is_heeded(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "table.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    umask = os.umask(0o027)
    try:
        written(link, "tenures", [])
    finally:
        os.umask(umask)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("table.xlsx", "does not end in"),
        ("table", "does not end in"),
        ("-", "does not end in"),
        ("nowhere/table.csv", "No such file or directory"),
        ("folder.csv", "Is a directory"),
        ("f" * 300 + ".csv", "File name too long"),
    ],
)
def test_what_cannot_be_written_is_bad_input(tmp_path, monkeypatch, name, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(VrrpscopeError, match=says), table_file(name, "tenures"):
        pass
    assert names(tmp_path) == ["folder.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the size of files")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_bad_input_and_leaves_nothing(tmp_path, ending):
    program = (
        "import resource, signal, sys; from vrrpscope import cli; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
        "sys.exit(cli.run(sys.argv[1:]))"
    )
    capture = str(rendercases.CASES / rendercases.PREEMPTED / "incident.pcap")
    path = tmp_path / f"table.{ending}"
    # -B: else what Python keeps of a module would be cut short as well, for every later run.
    command = [sys.executable, "-B", "-c", program, "export", capture, "-o", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 2, done.stderr
    assert names(tmp_path) == []


def test_a_capture_without_frames_is_an_empty_table(tmp_path):
    capture, path = tmp_path / "empty.pcap", tmp_path / "adverts.parquet"
    capture.write_bytes(NO_FRAMES)
    found = []
    read_adverts([str(capture)], lambda batch: found.extend(tables_of_batch(batch)))
    assert written(path, "adverts", found) == 0
    assert pandas.read_parquet(path).columns.tolist() == [c.name for c in TABLES["adverts"]]
