"""What stands in the tables; how they are written is in test_tables_files.py."""

import subprocess
import tracemalloc
from array import array
from ipaddress import ip_address

import pandas
import pytest
import rendercases

from vrrpscope.advert_rows import NO_TIME, ROWS_PER_BATCH, AdvertBatch, Meaning
from vrrpscope.observation import VirtualRouter
from vrrpscope.pipeline import read_adverts
from vrrpscope.protocol.advertisement import Advertisement, Authentication, Defect
from vrrpscope.protocol.timers import NS
from vrrpscope.render.redact import Redactor
from vrrpscope.render.tables.adverts import Spool, tables_of_batch
from vrrpscope.render.tables.columns import MEANINGS, TABLES
from vrrpscope.render.tables.frames import frame_of, tables_of
from vrrpscope.render.tables.page import page

ARTICLE_3_NS = 1_795_375_404_066_333_000  # tshark: frame 5, the first advert

SAID = Advertisement(
    version=2,
    vrid=7,
    priority=101,
    advert_interval_ns=NS,
    addresses=(ip_address("10.1.0.254"), ip_address("10.1.0.253")),
    source=ip_address("10.1.0.1"),
    destination=ip_address("224.0.0.18"),
    source_mac="02:00:00:00:00:01",
    ttl=254,
    address_count=2,
    auth=Authentication(1, b"sesame\0\0"),
    defects=(Defect.TTL_NOT_255, Defect.CHECKSUM),
)
BARE = Advertisement(
    version=3,
    vrid=7,
    priority=0,
    advert_interval_ns=None,
    addresses=(),
    source=ip_address("fe80::1"),
    destination=ip_address("ff02::12"),
    source_mac="",
    ttl=255,
    address_count=0,
)
MEANINGS_MADE = [
    Meaning("made.pcap", VirtualRouter("ipv4", 7, (100, 30), "vxlan:5"), SAID),
    Meaning("made\udcff.pcap", VirtualRouter("ipv6", 7), BARE),
]


def adverts(case, **given):
    pieces = []
    capture = str(rendercases.CASES / case / "incident.pcap")
    read_adverts([capture], lambda batch: pieces.extend(tables_of_batch(batch, **given)))
    return frame_of(pieces, "adverts")


def frame(table, case, told=True):
    return frame_of(tables_of(table, rendercases.analysis(case, told)), table)


def made(*rows):
    """A table of rows: (time, frame, meaning, IP identification)."""
    words = array("q", [word for row in rows for word in row])
    return frame_of(tables_of_batch(AdvertBatch(words, MEANINGS_MADE)), "adverts")


def nanoseconds(column):
    """Times as integers, as they are in memory."""
    return column.astype("int64").tolist()


# Adverts ------------------------------------------------------------------------------------------


@pytest.mark.tshark
@pytest.mark.parametrize(
    ("case", "source"),
    [
        (rendercases.PREEMPTED, "ip.src"),
        ("same-vrid-on-two-vlans", "ip.src"),
        ("ipv6-failover", "ipv6.src"),
    ],
)
def test_adverts_are_what_tshark_says(case, source):
    ip_id = ["-e", "ip.id"] if source == "ip.src" else []
    names = ("frame.number", "frame.time_epoch", "vrrp.virt_rtr_id", "vrrp.prio", source)
    fields = [word for name in names for word in ("-e", name)] + ip_id
    capture = str(rendercases.CASES / case / "incident.pcap")
    command = ["tshark", "-r", capture, "-Y", "vrrp", "-T", "fields", *fields]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wanted = [line.split("\t") for line in said.splitlines()]
    found = adverts(case)
    assert len(wanted) == len(found) > 5
    assert found["frame"].tolist() == [int(row[0]) for row in wanted]
    assert nanoseconds(found["time"]) == [int(row[1].replace(".", "")) for row in wanted]
    assert found["vrid"].tolist() == [int(row[2]) for row in wanted]
    assert found["priority"].tolist() == [int(row[3]) for row in wanted]
    assert found["sender"].tolist() == [row[4] for row in wanted]
    if ip_id:
        assert found["ip_id"].tolist() == [int(row[5], 16) for row in wanted]
    else:
        assert found["ip_id"].isna().all()


def test_every_field_of_an_advert_has_its_cell():
    row = made((1, 2, 0, 3)).iloc[0].to_dict()
    assert row.pop("time") == pandas.Timestamp(1, tz="UTC")
    assert len(row.pop("auth_fingerprint")) == 4
    assert {name: None if pandas.isna(cell) else cell for name, cell in row.items()} == {
        "frame": 2,
        "ip_id": 3,
        "vantage": "made.pcap",
        "virtual_router": "ipv4/7@100.30%vxlan:5",
        "family": "ipv4",
        "vrid": 7,
        "vlan": 30,
        "segment": "vxlan:5",
        "sender": "10.1.0.1",
        "mac": "02:00:00:00:00:01",
        "destination": "224.0.0.18",
        "version": 2,
        "priority": 101,
        "advert_interval_ns": 1_000_000_000,
        "addresses": "10.1.0.254 10.1.0.253",
        "address_count": 2,
        "ttl": 254,
        "auth_type": 1,
        "auth_trailer": None,
        "checksum": "unchecked",
        "defects": "ttl-not-255 checksum",
    }


def test_what_an_advert_does_not_have_is_missing():
    found = made((NO_TIME, 9, 1, -1))
    missing = set(found.columns[found.isna().iloc[0]])
    assert missing == {
        *("time", "ip_id", "vlan", "segment", "mac", "advert_interval_ns", "addresses"),
        *("auth_type", "auth_fingerprint", "auth_trailer", "defects"),
    }
    # A file name that is no UTF-8 can be written all the same.
    assert found["vantage"].tolist() == [r"made\udcff.pcap"]


def test_rows_keep_their_order_and_every_nanosecond():
    times = [2**63 - 1, 0, 1_795_375_404_066_333_001, -(2**63) + 1, 5]
    found = made(*((t, n, n % 2, 65_535) for n, t in enumerate(times, 1)))
    assert nanoseconds(found["time"]) == times
    assert found["frame"].tolist() == [1, 2, 3, 4, 5]
    assert found["version"].tolist() == [3, 2, 3, 2, 3]
    assert found["ip_id"].tolist() == [65_535] * 5


def test_memory_does_not_grow_with_an_object_for_each_advert():
    words = array("q", [5, 1, 0, 1]) * ROWS_PER_BATCH
    list(tables_of_batch(AdvertBatch(words, MEANINGS_MADE)))
    tracemalloc.start()
    list(tables_of_batch(AdvertBatch(words, MEANINGS_MADE)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Some arrays of eight bytes a row are made on the way; an object takes 28 bytes and more.
    assert peak < 5 * 8 * ROWS_PER_BATCH


def test_a_spool_gives_back_what_it_took():
    spool = Spool()
    some, more = array("q", range(400_000)), array("q", range(4, 1_200_004))
    spool.take(AdvertBatch(some, MEANINGS_MADE))
    spool.take(AdvertBatch(more, MEANINGS_MADE))
    back = list(spool.batches())
    assert all(len(batch.rows) <= 4 * ROWS_PER_BATCH for batch in back)
    assert sum((batch.rows for batch in back), array("q")) == some + more
    assert {id(batch.meanings) for batch in back} == {id(MEANINGS_MADE)}


def test_a_password_is_in_no_table():
    case = rendercases.PREEMPTED  # its configurations have `auth_pass`
    conf = (rendercases.CASES / case / "dr-1.conf").read_text()
    password = conf.split("auth_pass")[1].split()[0]
    frames = [adverts(case), *(frame(t, case) for t in TABLES if t != "adverts")]
    for found in frames:
        assert password not in found.to_csv()
    assert frames[0]["auth_fingerprint"].str.fullmatch("[0-9a-f]{4}").all()


def test_texts_can_be_replaced():
    found = adverts(rendercases.PREEMPTED, change=Redactor().text)
    assert not found["sender"].str.startswith("172.").any()
    assert found["destination"].unique().tolist() == ["224.0.0.18"]
    assert found["sender"].nunique() == found["mac"].nunique() == 2


# The small tables ---------------------------------------------------------------------------------


def test_tenures_of_a_recorded_case():
    found = frame("tenures", rendercases.PREEMPTED)
    assert found["sender"].tolist() == ["172.31.23.22", "172.31.23.23", "172.31.23.22"]
    assert found["node"].tolist() == ["dr-1", "dr-2", "dr-1"]
    assert found["priorities"].tolist() == ["101 99", "100", "101"]
    assert found["from_frame"].tolist() == [5, 27, 53]
    assert found["until_frame"].tolist() == [26, 52, 71]
    assert nanoseconds(found["from"])[0] == ARTICLE_3_NS
    assert nanoseconds(found["until"])[2] == 1_795_375_438_289_261_000
    assert found["duration_ns"].tolist()[1] == 14_007_295_000  # 429.685619 - 415.678324
    assert found["ended_by"].tolist() == ["yielded", "yielded", "capture-ended"]
    assert found["adverts"].tolist() == [12, 15, 9]


def test_handovers_of_a_recorded_case():
    found = frame("handovers", rendercases.PREEMPTED)
    assert found["kind"].tolist() == ["first", "preemption", "preemption"]
    assert found["from_node"].isna().tolist() == [True, False, False]
    assert found["to_node"].tolist() == ["dr-1", "dr-2", "dr-1"]
    second = found.iloc[1]
    # dr-2 (priority 100) counts from frame 23, the last 101: 3 s + (256 - 100)/256 s.
    assert (second["counted_from_frame"], second["frame"]) == (23, 27)
    assert second["took_ns"] == 3_609_629_000  # 415.678324 - 412.068695
    assert second["expected_low_ns"] == second["expected_high_ns"] == 3_609_375_000
    assert bool(second["on_time"])
    assert second["discarded"] == 3
    first = found.iloc[0]
    assert first[["took_ns", "on_time", "counted_from", "counted_from_frame"]].isna().all()


def test_streaks_of_a_recorded_case():
    found = frame("streaks", rendercases.PREEMPTED, told=False)
    assert found["priority"].tolist() == [101, 99, 100, 101]
    assert found["adverts"].tolist() == [9, 3, 15, 9]
    assert found["first_frame"].tolist() == [5, 24, 27, 53]
    assert found["first_ip_id"].tolist() == [1, 10, 1, 13]
    assert found["last_ip_id"].tolist() == [9, 12, 15, 21]
    assert found["ip_id_counts"].tolist() == [True] * 4
    assert found["node"].isna().all()
    assert found["gap_before_ns"].isna().tolist() == [True, False, True, False]
    assert found["gap_before_ns"].tolist()[3] == 15_217_322_000  # 430.286580 - 415.069258


def test_findings_of_a_recorded_case():
    found = frame("findings", rendercases.MISSED).set_index("rule")
    missed = found.loc["missed-failover"]
    assert (missed["kind"], missed["severity"]) == ("symptom", "error")
    cause = found.loc["nopreempt-weighted-check"]
    assert cause["verdict"] == "proven"
    assert cause["explains"] == "missed-failover"
    assert nanoseconds(found["at"]).count(1_795_375_413_034_415_000) >= 2  # frame 24 says 99
    assert "24" in cause["frames"].split()
    assert cause["display_filter"] == f"frame.number in {{{cause['frames'].replace(' ', ', ')}}}"


def test_an_ipv6_case_has_all_tables():
    found = {table: frame(table, "ipv6-failover") for table in TABLES if table != "adverts"}
    found["adverts"] = adverts("ipv6-failover")
    for table in ("adverts", "streaks", "tenures", "handovers"):
        assert set(found[table]["family"]) == {"ipv6"}
    assert found["adverts"]["sender"][0] == "fe80::5054:ff:fe00:22"
    assert found["streaks"]["first_ip_id"].isna().all()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows_has_the_same_columns_and_types(table):
    empty = frame_of([], table)
    full = adverts("ipv6-failover") if table == "adverts" else frame(table, rendercases.MISSED)
    promised = [(column.name, column.dtype) for column in TABLES[table]]
    assert len(empty) == 0 < len(full)
    for found in (empty, full):
        assert [(name, str(dtype)) for name, dtype in found.dtypes.items()] == promised


def test_every_table_and_column_is_in_the_page():
    shown = page()
    for table, columns in TABLES.items():
        assert f"## `{table}`\n\n{MEANINGS[table]}" in shown
        for column in columns:
            assert f"| `{column.name}` | `{column.dtype}` |" in shown
    assert list(TABLES) == list(MEANINGS)
