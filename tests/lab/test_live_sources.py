"""Live sources on a real wire: the kernel's filter, its times and tags, and other programs."""

import subprocess
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from capturebytes import ADVERT
from wire import Wire, new_wire, taken

from lab.shell import end, wait_for
from vrrpscope.capture.live.following import Following
from vrrpscope.capture.live.packet_socket import PacketSocket
from vrrpscope.capture.live.pyshark_live import PysharkLive
from vrrpscope.capture.live.ring import RingWriter
from vrrpscope.capture.source import open_capture
from vrrpscope.errors import CaptureError

pytestmark = pytest.mark.lab

# With full snapshots tcpdump's queue would hold some thirty frames only.
PROMPT = ("-U", "--immediate-mode", "-s", "2000", "-B", "16384")
ONE_TAG = bytes.fromhex("8100e01e")  # class of service 7, VLAN 30
TWO_TAGS = bytes.fromhex("88a80064") + bytes.fromhex("8100001e")
TCP = (
    bytes.fromhex("02000000000b02000000000a0800" "4500002800010000400600000a0000010a000002")
    + bytes.fromhex("c00000160000000100000001" "5010ffff00000000")
)  # fmt: skip


def tagged(tags: bytes, data: bytes = ADVERT) -> bytes:
    return data[:12] + tags + data[12:]


def numbered(number: int, length: int = 60) -> bytes:
    """An advert with a number as its IPv4 identification; frames of the same length."""
    return (ADVERT[:18] + number.to_bytes(2, "big") + ADVERT[20:]).ljust(length, b"\0")


@pytest.fixture
def wire() -> Iterator[Wire]:
    with new_wire() as made:
        yield made


def test_frames_come_as_they_are_on_the_wire(wire: Wire) -> None:
    """The kernel takes the outer tag out and tells of it; the filter sees the rest."""
    sent = [ADVERT, tagged(ONE_TAG), tagged(TWO_TAGS)]
    with wire.inside(lambda: PacketSocket(["w1"])) as source:
        assert source.name == "packet socket on w1, kernel filter"
        before_ns = time.time_ns()
        wire.send(sent[0], TCP, sent[1], tagged(ONE_TAG, TCP), sent[2])
        frames = taken(source, 3)
        assert source.next(0.1) is None
        assert not source.ended
        assert source.dropped == 0
    assert [frame.data for frame in frames] == sent
    assert [frame.original_length for frame in frames] == [60, 64, 68]
    assert [frame.number for frame in frames] == [1, 2, 3]
    times = [frame.time_ns or 0 for frame in frames]
    assert before_ns <= times[0] <= times[1] <= times[2] <= time.time_ns()
    assert [(known.name, known.link_type) for known in source.interfaces] == [("w1", 1)]
    assert source.interfaces[0].received == 3


def test_what_goes_out_is_seen_too(wire: Wire) -> None:
    with wire.inside(lambda: PacketSocket(["w0"])) as source:
        wire.send(ADVERT, TCP, tagged(ONE_TAG))
        assert [frame.data for frame in taken(source, 2)] == [ADVERT, tagged(ONE_TAG)]
        assert source.next(0.05) is None


def test_several_interfaces_and_all_of_them(wire: Wire) -> None:
    both = wire.inside(lambda: PacketSocket(["w0", "w1"]))
    every = wire.inside(lambda: PacketSocket(["any"]))
    with both, every:
        wire.send(ADVERT)
        for source in (both, every):
            frames = taken(source, 2)
            assert [frame.data for frame in frames] == [ADVERT, ADVERT]
            assert {source.interfaces[f.interface].name for f in frames} == {"w0", "w1"}
        wire.namespace.run("ip link add w2 type veth peer name w3")
        wire.namespace.run("ip link set w2 up")
        wire.namespace.run("ip link set w3 up")
        wire.send(ADVERT)
        taken(every, 2)
        assert every.next(0.05) is None


def test_the_loopback_shows_a_frame_once(wire: Wire) -> None:
    """A ping to 127.0.0.1 does not pass; a raw socket of protocol 112 does."""
    send = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112);"
        "s.sendto(bytes.fromhex('2133640100000000') + bytes(12), ('127.0.0.1', 0))"
    )
    with wire.inside(lambda: PacketSocket(["lo"])) as source:
        wire.inside(lambda: subprocess.run(["python3", "-c", send], check=True))
        frames = taken(source, 2, timeout_s=0.5)
    assert [(frame.link_type, frame.data[23]) for frame in frames] == [(1, 112)]


def test_interfaces_without_a_link_layer(wire: Wire) -> None:
    """Bare IP of a tun interface becomes LINKTYPE_RAW."""
    wire.namespace.run("ip tuntap add dev t0 mode tun")
    wire.namespace.run("ip address add 10.9.9.1/24 dev t0")
    wire.namespace.run("ip link set t0 up")
    opened = wire.inside(lambda: PacketSocket(["t0"]))
    with opened as source:
        assert source.interfaces[0].link_type == 101


def test_drops_are_counted(wire: Wire) -> None:
    with wire.inside(lambda: PacketSocket(["w1"], buffer_bytes=8192)) as source:
        wire.send(*[ADVERT] * 500)
        frames = taken(source, 500, timeout_s=0.5)
        assert 0 < len(frames) < 500
        assert len(frames) + source.dropped == 500
        wire.send(*[ADVERT] * 500)
        assert len(frames) + len(taken(source, 500, timeout_s=0.5)) + source.dropped == 1000
        assert source.interfaces[0].received == 1000
        assert source.interfaces[0].dropped_by_system == source.dropped


def test_an_interface_goes_down_and_up_and_away(wire: Wire) -> None:
    with wire.inside(lambda: PacketSocket(["w1"])) as source:
        wire.namespace.run("ip link set w1 down")
        assert source.next(0.1) is None
        wire.namespace.run("ip link set w1 up")
        wait_for(lambda: "state UP" in wire.namespace.run("ip link show w1"), "w1 to be up")
        wire.send(ADVERT)
        assert taken(source, 1)[0].data == ADVERT
        wire.namespace.run("ip link del w1")
        assert source.next(None) is None
        assert source.ended
        assert source.notes == [
            "interface w1 went down while it was captured on",
            "interface w1, which was captured on, was deleted",
        ]


@pytest.mark.parametrize("kind", [PacketSocket, PysharkLive])
def test_an_interface_that_does_not_exist(wire: Wire, kind: type[PacketSocket]) -> None:
    with pytest.raises(CaptureError) as caught:
        wire.inside(lambda: kind(["eth7"]))
    assert caught.value.message == "there is no interface eth7"
    assert sorted(caught.value.hint.removeprefix("name one of these: ").split(", ")) == [
        "lo", "w0", "w1"
    ]  # fmt: skip


@pytest.mark.tshark
def test_dumpcap(wire: Wire) -> None:
    sent = [ADVERT, tagged(ONE_TAG), tagged(TWO_TAGS)]
    with wire.inside(lambda: PysharkLive(["w1"])) as source:
        before_ns = time.time_ns()
        wire.send(sent[0], TCP, sent[1], tagged(ONE_TAG, TCP), sent[2])
        frames = taken(source, 3)
        assert source.next(0.3) is None
    assert [frame.data for frame in frames] == sent
    times = [frame.time_ns or 0 for frame in frames]
    assert before_ns <= times[0] <= times[1] <= times[2] <= time.time_ns()
    assert [known.name for known in source.interfaces] == ["w1"]
    assert source.interfaces[0].received == 3
    assert source.dropped == 0


@pytest.mark.tshark
def test_dumpcap_says_why_it_ends(wire: Wire) -> None:
    with wire.inside(lambda: PysharkLive(["w1"])) as source:
        wire.namespace.run("ip link del w1")
        assert source.next(10) is None
        assert source.ended
        assert ["no longer attached" in note for note in source.notes] == [True]


def test_following_tcpdump(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    with Following(path) as source:
        writer = spawned(wire, *PROMPT, "-w", str(path))
        try:
            wait_for(path.exists, "tcpdump to capture")
            time.sleep(0.3)
            for number in range(3):
                wire.send(numbered(number))
                assert [frame.data for frame in taken(source, 1)] == [numbered(number)]
        finally:
            end(writer)


def test_following_the_ring_of_tcpdump(wire: Wire, tmp_path: Path) -> None:
    """4,000 frames of 1,000 bytes fill four files of 10^6 bytes; the fourth is the first again."""
    path = tmp_path / "ring.pcap"
    with Following(path) as source:
        writer = spawned(wire, *PROMPT, "-C", "1", "-W", "3", "-w", str(path))
        try:
            wait_for((tmp_path / "ring.pcap0").exists, "tcpdump to capture")
            time.sleep(0.3)
            frames = []
            for start in range(0, 4000, 100):
                wire.send(*(numbered(start + number, 1000) for number in range(100)))
                frames += taken(source, 100)
        finally:
            end(writer)
        assert [frame.data for frame in frames] == [numbered(n, 1000) for n in range(4000)]
        assert [frame.number for frame in frames] == list(range(1, 4001))
        assert source.rotated == 4  # with record headers of 16 bytes 985 frames fit into a file
        assert source.file == str(tmp_path / "ring.pcap1")


@pytest.mark.tshark
def test_following_the_ring_of_dumpcap(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "ring.pcapng"
    with Following(path) as source:
        command = ["dumpcap", "-q", "-i", "w1", "-b", "packets:50", "-b", "files:3"]
        writer = wire.inside(
            lambda: subprocess.Popen(
                [*command, "-w", str(path)],
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        try:
            wait_for(lambda: any(tmp_path.iterdir()), "dumpcap to capture")
            time.sleep(0.5)
            frames = []
            for start in range(0, 180, 30):
                wire.send(*(numbered(start + number) for number in range(30)))
                frames += taken(source, 30)
        finally:
            end(writer)
        assert [frame.data for frame in frames] == [numbered(number) for number in range(180)]
        assert source.rotated >= 3


def spawned(wire: Wire, *options: str) -> "subprocess.Popen[bytes]":
    command = ["tcpdump", "-Z", "root", "-n", "-i", "w1", *options]
    return wire.inside(
        lambda: subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def test_what_was_seen_can_be_kept(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "kept.pcapng"
    source = wire.inside(lambda: PacketSocket(["w1"]))
    with source, RingWriter(path, source.interfaces) as writer:
        wire.send(ADVERT, tagged(ONE_TAG))
        frames = taken(source, 2)
        for frame in frames:
            writer.write(frame)
        assert source.dropped == 0  # asks the kernel, which fills the statistics
    with open_capture(path) as capture:
        assert list(capture) == frames
        assert capture.interfaces[0].received == 2


def test_a_tap_beside_a_bridge_hears_unicast_too(wire: Wire) -> None:
    """Promiscuous mode: adverts to another router's address, as keepalived's unicast_peer."""
    unicast = bytes.fromhex("02000000000b") + ADVERT[6:30] + ip_address("192.0.2.9").packed
    unicast += ADVERT[34:]
    with wire.inside(lambda: PacketSocket(["w1"])) as source:
        assert "promiscuity 1" in wire.namespace.run("ip -details link show w1")
        wire.send(unicast)
        assert [frame.data for frame in taken(source, 1)] == [unicast]
    assert "promiscuity 0" in wire.namespace.run("ip -details link show w1")
    with wire.inside(lambda: PacketSocket(["w1"], promiscuous=False)):
        shown = wire.namespace.run("ip -details link show w1")
        assert "promiscuity 0" in shown
        assert "allmulti 1" in shown
