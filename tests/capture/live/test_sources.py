"""Live sources where no wire is needed: refusals, pipes, and what the kernel says of a frame."""

import errno
import io
import os
import struct
import sys
import threading
import time
from pathlib import Path

import pytest
from capturebytes import ADVERT, interface, option, packet, section

from vrrpscope.capture.live import packet_socket, refusals, socket_options
from vrrpscope.capture.live.packet_socket import PacketSocket
from vrrpscope.capture.live.pumped import StandardInput
from vrrpscope.capture.live.pyshark_live import PysharkLive
from vrrpscope.errors import CaptureError

linux = pytest.mark.skipif(sys.platform != "linux", reason="packet sockets are Linux's")
PCAPNG = section() + interface(options=option(2, b"eth0"))
SETCAP = "sudo setcap cap_net_raw,cap_net_admin=eip "


def dumpcap(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Puts a dumpcap in front of all others."""
    program = folder / "dumpcap"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return program


@linux
def test_who_may_not_open_a_packet_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    program = dumpcap(tmp_path, monkeypatch, "")
    monkeypatch.setattr(socket_options, "opened", refuse)
    with pytest.raises(CaptureError) as caught:
        PacketSocket(["lo"])
    assert caught.value.message == (
        "this user may not capture on lo: packet socket: Operation not permitted"
    )
    assert caught.value.hint == (
        f"run it as root, with sudo in front; or let dumpcap capture for you: {SETCAP}{program}"
    )


def test_who_may_not_even_run_dumpcap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dumpcap"
    monkeypatch.setattr(refusals.shutil, "which", lambda name: str(program))
    error = refusals.dumpcap_not_permitted("eth0", "Permission denied")
    assert error.hint == (
        f"run it as root, with sudo in front; or once: {SETCAP}{program}, "
        "sudo usermod -aG wireshark $USER, and log in again"
    )


@linux
def test_dumpcap_may_not_capture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The words of dumpcap 4.0 without capabilities."""
    script = """echo "Capturing on 'Loopback: lo'" >&2
    echo 'dumpcap: You do not have permission to capture on device "lo".' >&2
    echo '(socket: Operation not permitted)' >&2
    exit 2"""
    program = dumpcap(tmp_path, monkeypatch, script)
    with pytest.raises(CaptureError) as caught:
        PysharkLive(["lo"])
    assert caught.value.message == (
        "dumpcap may not capture on lo for this user: (socket: Operation not permitted)"
    )
    assert caught.value.hint.endswith(f"; or once: {SETCAP}{program}")


@linux
def test_dumpcap_fails_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(PCAPNG + packet(1))
    script = f"cat {tmp_path}/data; echo 'dumpcap: It is broken.' >&2; exit 3"
    dumpcap(tmp_path, monkeypatch, script)
    with PysharkLive(["lo"]) as source:
        frame = source.next(5)
        assert frame is not None
        assert frame.data == ADVERT
        with pytest.raises(CaptureError, match=r"dumpcap failed on lo: It is broken\."):
            source.next(5)
        assert source.ended


@linux
def test_a_dumpcap_that_does_not_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").write_bytes(PCAPNG + packet(1))
    dumpcap(tmp_path, monkeypatch, f"trap '' TERM; cat {tmp_path}/data; exec sleep 60")
    monkeypatch.setattr("vrrpscope.capture.live.pyshark_live._END_S", 0.2)
    before = threading.active_count()
    with PysharkLive(["lo"]) as source:
        assert source.next(5) is not None
        assert source.next(0.05) is None
    assert source.ended
    assert threading.active_count() == before


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(stream.raw)))  # type: ignore[arg-type]
        with StandardInput() as source:
            os.write(writer, PCAPNG)
            assert source.next(0.05) is None
            os.write(writer, packet(7) + packet(8)[:30])
            frame = source.next(5)
            assert frame is not None
            assert (frame.number, frame.time_ns) == (1, 7000)
            os.write(writer, packet(8)[30:])
            assert source.next(5) is not None
            os.close(writer)
            assert source.next(5) is None
            assert source.ended


def test_standard_input_that_says_nothing_can_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(stream.raw)))  # type: ignore[arg-type]
        began_s = time.monotonic()
        StandardInput().close()
        assert time.monotonic() - began_s < 2
    os.close(writer)


@linux
def test_what_the_kernel_says_of_a_frame() -> None:
    """struct tpacket_auxdata and struct timespec as linux/if_packet.h and time.h have them."""
    told = [
        (1, 35, struct.pack("@ll", 1_700_000_000, 5)),
        (263, 8, struct.pack("=IIIHHHH", 0x51, 60, 60, 0, 14, 0xE01E, 0x88A8)),
    ]
    assert socket_options.extra(told) == (
        1_700_000_000_000_000_005, 60, bytes.fromhex("88a8e01e")
    )  # fmt: skip
    no_protocol = struct.pack("=IIIHHHH", 0x11, 60, 60, 0, 14, 30, 0)
    assert socket_options.extra([(263, 8, no_protocol)]) == (None, 60, bytes.fromhex("8100001e"))
    untagged = struct.pack("=IIIHHHH", 0x01, 60, 60, 0, 14, 0, 0)
    assert socket_options.extra([(263, 8, untagged)]) == (None, 60, b"")
    assert socket_options.extra([]) == (None, None, b"")


@linux
def test_an_interface_of_an_unknown_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs a packet socket")
    monkeypatch.setattr(packet_socket.socket_options, "hardware_type", lambda *_: 778)
    with pytest.raises(CaptureError, match=r"neither Ethernet nor bare IP \(hardware type 778\)"):
        PacketSocket(["lo"])
