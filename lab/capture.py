"""tcpdump at a chosen place, and the little that must be known of a pcap file."""

import signal
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lab.network import Namespace
from lab.shell import LabError, send, wait_for

FILTER = "ip proto 112 or ip proto 51 or arp or igmp or icmp or ip6"
"""VRRP, AH, and what shows silent or confused routers. IPv6 only runs where a case needs it."""


class Capture:
    """A running tcpdump."""

    def __init__(self, namespace: Namespace, interface: str, path: Path) -> None:
        """Start tcpdump and wait until it captures."""
        self.path = path
        self.messages = path.with_suffix(".tcpdump")
        command = ["ip", "netns", "exec", namespace.path_name, "tcpdump", "-Z", "root", "-n"]
        # A buffer of 16 MiB: hundreds of virtual addresses are announced within milliseconds.
        command += ["-i", interface, "-U", "--immediate-mode", "-B", "16384"]
        command += ["-w", str(path), FILTER]
        with self.messages.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        wait_for(lambda: b"listening on" in self.messages.read_bytes(), "tcpdump to capture")

    def close(self) -> None:
        """End tcpdump; it writes what it has.

        Raises:
            LabError: the kernel dropped packets; the recording is not worth keeping.
        """
        if self.process.poll() is None:
            send(self.process.pid, signal.SIGINT)
            self.process.wait(10)
            said = self.messages.read_text()
            if "\n0 packets dropped by kernel" not in said:
                raise LabError(f"{self.path.name}: {said.splitlines()[-1:]}")


def records(path: Path) -> list[tuple[int, bytes]]:
    """Time (ns since the epoch) and bytes of each frame of a pcap file that tcpdump wrote here.

    Raises:
        LabError: another kind of file.
    """
    data = path.read_bytes()
    if data[:4] != b"\xd4\xc3\xb2\xa1":
        raise LabError(f"{path.name}: not a little-endian pcap file with microseconds")
    found, offset = [], 24
    while offset + 16 <= len(data):
        seconds, micros, length, _ = struct.unpack_from("<IIII", data, offset)
        offset += 16
        found.append((seconds * 10**9 + micros * 1000, data[offset : offset + length]))
        offset += length
    return found


def write(path: Path, frames: list[tuple[int, bytes]]) -> None:
    """Write frames of Ethernet as a pcap file with microseconds."""
    with path.open("wb") as out:
        out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for time_ns, data in frames:
            micros = time_ns // 1000
            out.write(struct.pack("<IIII", *divmod(micros, 10**6), len(data), len(data)))
            out.write(data)


def tagged(data: bytes, vlan: int) -> bytes:
    """The Ethernet frame with an 802.1Q tag put behind its addresses."""
    return data[:12] + struct.pack(">HH", 0x8100, vlan) + data[12:]


def merge_tagged(parts: dict[Path, int], out: Path) -> None:
    """Merge captures of several segments into one, as a trunk port shows them.

    Args:
        parts: capture and the VLAN id that its frames get.
        out: the capture to write, ordered by time.
    """
    frames = [
        (when, tagged(data, vlan)) for path, vlan in parts.items() for when, data in records(path)
    ]
    write(out, sorted(frames, key=lambda frame: frame[0]))


def merge(parts: Iterable[Path], out: Path) -> None:
    """Merge captures into one, as mergecap does: by the times that each of them has."""
    frames = [frame for path in parts for frame in records(path)]
    write(out, sorted(frames, key=lambda frame: frame[0]))


def set_clock(path: Path, seconds: float, drift_ppm: float) -> None:
    """Rewrite the times of a pcap file with microseconds: later by `seconds`, and gaining."""
    data = bytearray(path.read_bytes())
    start_us, offset = None, 24
    while offset + 16 <= len(data):
        whole, micros, length = struct.unpack_from("<III", data, offset)
        time_us = whole * 10**6 + micros
        start_us = time_us if start_us is None else start_us
        gained_us = (time_us - start_us) * drift_ppm / 1e6
        later_us = time_us + round(seconds * 1e6 + gained_us)
        struct.pack_into("<II", data, offset, *divmod(later_us, 10**6))
        offset += 16 + length
    path.write_bytes(data)
