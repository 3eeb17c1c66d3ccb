"""Sends VRRP adverts that no daemon of the lab can be made to send; runs on a node, by itself.

It is a stranger's router as far as the wire shows it: it joins the group, sends an advert once in
an interval, and accepts nothing. IPv4, multicast, the standard library alone.
"""

import argparse
import socket
import struct
import time
from collections.abc import Sequence

GROUP = "224.0.0.18"
PROTOCOL = 112


def internet_checksum(data: bytes) -> int:
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def message(options: argparse.Namespace) -> bytes:
    """The advert; what `--trailing` adds belongs to the packet, and to no field of VRRP."""
    vips = b"".join(map(socket.inet_aton, options.vip))
    head = bytes((options.version << 4 | 1, options.vrid, options.priority, len(options.vip)))
    if options.version == 3:
        middle = struct.pack("!H", options.interval_ms // 10)
        body = vips
    else:
        middle = bytes((0, options.interval_ms // 1000))
        body = vips + bytes(8)
    covered = b""
    if options.version == 3 and options.checksum == "with-pseudo-header":
        length = 8 + len(body)
        covered = socket.inet_aton(options.source) + socket.inet_aton(GROUP)
        covered += struct.pack("!BBH", 0, PROTOCOL, length)
    checksum = internet_checksum(covered + head + middle + b"\0\0" + body)
    return head + middle + struct.pack("!H", checksum) + body + bytes(options.trailing)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--vrid", type=int, required=True)
    parser.add_argument("--priority", type=int, default=100)
    parser.add_argument("--version", type=int, default=3, choices=(2, 3))
    parser.add_argument("--interval-ms", type=int, default=1000)
    parser.add_argument("--vip", action="append", required=True)
    forms = ("with-pseudo-header", "without-pseudo-header")
    parser.add_argument("--checksum", choices=forms, default=forms[0])
    parser.add_argument("--trailing", type=int, default=0)
    return parser.parse_args(arguments)


def main() -> None:
    """Send until ended."""
    options = parse()
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    sender.bind((options.source, 0))
    here = socket.inet_aton(options.source)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + here)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    due = time.monotonic()
    while True:
        sender.sendto(message(options), (GROUP, 0))
        due += options.interval_ms / 1000
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
