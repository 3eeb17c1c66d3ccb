"""The captures that are measured: what tshark and dpkt find in them is what was to be made."""

import gzip
import itertools
import subprocess
import sys
from pathlib import Path

import dpkt
import numpy as np
import pytest

from tools import traffic
from tools.benchmark.adverts import checksums, identifications
from tools.benchmark.captures import read_records
from tools.benchmark.schedule import Plan, dense_plan

PROGRAM = Path(traffic.__file__)


def run(*arguments) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def tshark(path: Path, *fields: str, only: str = "") -> list[list[str]]:
    command = ["tshark", "-r", str(path), "-o", "ip.check_checksum:TRUE", "-T", "fields"]
    command += [word for name in fields for word in ("-e", name)]
    done = subprocess.run(
        [*command, "-Y", only] if only else command, capture_output=True, text=True, check=True
    )
    return [line.split("\t") for line in done.stdout.splitlines()]


def adverts(path: Path):
    """Time, source, VRID and priority of each advert: dpkt's reading, not ours."""
    with path.open("rb") as file:
        for time_s, data in dpkt.pcap.Reader(file):
            packet = dpkt.ethernet.Ethernet(data).data
            yield time_s, packet.src, packet.data.vrid, packet.data.priority


def test_the_checksum_of_the_example_in_rfc_1071():
    # Section 3: the words 0001 f203 f4f5 f6f7 add up to ddf2, whose complement is 220d.
    row = np.frombuffer(bytes.fromhex("0001f203f4f5f6f7"), np.uint8).reshape(1, -1)
    assert checksums(row).tobytes().hex() == "220d"


def test_the_identification_wraps_to_1_and_is_never_0():
    assert identifications(np.array([0, 1, 65_534, 65_535])).tolist() == [1, 2, 65_535, 1]


def test_the_same_arguments_make_the_same_bytes(tmp_path):
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        traffic.make_kind(path, "mixed", 3000, seed)
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again
    assert first != other
    assert not list(tmp_path.glob("*.part"))


def test_a_hand_over_takes_the_skew_time_of_the_new_master(tmp_path):
    path = tmp_path / "dense.pcap"
    traffic.make_dense(path, dense_plan(200, routers=10, incidents=1))
    found = list(adverts(path))
    assert len(found) == 200
    assert [time_s for time_s, *_ in found] == sorted(time_s for time_s, *_ in found)
    router = [advert for advert in found if advert[2] == 1]
    (at,) = [n for n, advert in enumerate(router) if advert[3] == 0]
    assert {advert[1:] for advert in router[:at]} == {(bytes((10, 0, 0, 2)), 1, 150)}
    assert {advert[1:] for advert in router[at + 1 :]} == {(bytes((10, 0, 0, 3)), 1, 100)}
    # (256 - 100) / 256 of a second; each advert is up to 0.9 ms late.
    assert router[at + 1][0] - router[at][0] == pytest.approx(0.609375, abs=0.001)
    assert router[1][0] - router[0][0] == pytest.approx(1, abs=0.001)


def test_blocks_join_without_a_gap(tmp_path, monkeypatch):
    whole, pieces = tmp_path / "whole.pcap", tmp_path / "pieces.pcap"
    plan = dense_plan(3000, routers=7, incidents=20)
    traffic.make_dense(whole, plan)
    monkeypatch.setattr("tools.benchmark.schedule._BLOCK_FRAMES", 100)
    traffic.make_dense(pieces, plan)
    read = [[advert[1:] for advert in adverts(path)] for path in (whole, pieces)]
    assert read[0] == read[1]


def test_more_routers_than_vrids_get_vlans():
    # 256 do not fit into one network of 255 VRIDs.
    assert dense_plan(1000, routers=255, incidents=1) == Plan(1000, 255, 1, 0)
    assert dense_plan(1000, routers=256, incidents=1) == Plan(1000, 256, 1, 2)


@pytest.mark.parametrize("options", [("--routers", 70_000), ("--vlans", 5000), ("--frames", 0)])
def test_what_cannot_be_made_is_a_usage_error(tmp_path, options):
    done = run("dense", *options, "-o", tmp_path / "out.pcap")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_another_container_has_another_name(tmp_path):
    done = run("convert", tmp_path / "in.pcap", "-o", tmp_path / "out.txt")
    assert done.returncode == 2
    assert ".pcapng or .gz" in done.stderr


@pytest.mark.tshark
@pytest.mark.parametrize("kind", ["senders", "priorities", "md5", "loss", "vlans"])
def test_every_advert_of_a_hard_capture_is_sound(tmp_path, kind):
    path = tmp_path / "hard.pcap"
    assert run(kind, "--frames", 500, "-o", path).returncode == 0
    good = tshark(path, "frame.number", only="vrrp.checksum.status == 1 && ip.checksum.status == 1")
    assert len(good) == 500


@pytest.mark.tshark
def test_hard_captures_are_what_they_are_called(tmp_path):
    def made(kind: str, *fields: str) -> list[list[str]]:
        path = tmp_path / f"{kind}.pcap"
        traffic.make_kind(path, kind, 600)
        return tshark(path, *fields)

    senders = made("senders", "ip.src", "eth.src")
    assert len({tuple(sender) for sender in senders}) == 600
    priorities = [priority for (priority,) in made("priorities", "vrrp.prio")]
    assert all(a != b for a, b in itertools.pairwise(priorities))
    assert len({vlan for (vlan,) in made("vlans", "vlan.id")}) == 600
    assert len({source for (source,) in made("hosts", "eth.src")}) == 600
    assert {auth for (auth,) in made("md5", "vrrp.auth_type")} == {"254"}
    assert sum("vxlan" in protocols for (protocols,) in made("vxlan", "frame.protocols")) == 599


@pytest.mark.tshark
def test_a_fifth_of_the_adverts_is_lost(tmp_path):
    path = tmp_path / "loss.pcap"
    traffic.make_kind(path, "loss", 20_000)
    counted = [int(number, 16) for (number,) in tshark(path, "ip.id", only="vrrp.virt_rtr_id==1")]
    # What was sent is what the identifications count to; 200 arrive, give or take.
    assert counted == sorted(set(counted))
    assert 0.7 < len(counted) / counted[-1] < 0.9


@pytest.mark.tshark
def test_mixed_traffic_has_an_advert_in_2000_frames(tmp_path):
    path = tmp_path / "mixed.pcap"
    traffic.make_kind(path, "mixed", 20_000)
    frames = tshark(path, "frame.protocols", "frame.time_epoch", "frame.len")
    assert len(frames) == 20_000
    assert sum("vrrp" in protocols for protocols, _, _ in frames) == 10
    assert [time for _, time, _ in frames] == sorted(time for _, time, _ in frames)
    assert 500 < sum(int(length) for _, _, length in frames) / 20_000 < 600
    every = " ".join(protocols for protocols, _, _ in frames)
    for protocol in ("tcp", "udp", "dns", "arp", "icmp", "icmpv6", "ipv6", "stp", "lldp", "vlan"):
        assert protocol in every
    assert not tshark(path, "frame.number", only="ip.checksum.status == 0")
    priorities = tshark(path, "vrrp.prio", "ip.src", only="vrrp")
    assert priorities[5:7] == [["0", "192.168.1.2"], ["100", "192.168.1.3"]]


@pytest.mark.tshark
def test_other_containers_hold_the_same(tmp_path):
    path = tmp_path / "mixed.pcap"
    traffic.make_kind(path, "mixed", 5000)
    for name in ("mixed.pcapng", "mixed.pcap.gz"):
        assert run("convert", path, "-o", tmp_path / name).returncode == 0
    assert gzip.decompress((tmp_path / "mixed.pcap.gz").read_bytes()) == path.read_bytes()
    fields = ("frame.time_epoch", "frame.len", "frame.protocols", "ip.src", "tcp.seq_raw")
    assert tshark(tmp_path / "mixed.pcapng", *fields) == tshark(path, *fields)


def test_records_are_read_over_the_edges_of_pieces(tmp_path, monkeypatch):
    path = tmp_path / "mixed.pcap"
    traffic.make_kind(path, "mixed", 1000)
    whole = list(read_records(path))
    monkeypatch.setattr("tools.benchmark.captures._PIECE_BYTES", 700)
    assert list(read_records(path)) == whole
    assert len(whole) == 1000
