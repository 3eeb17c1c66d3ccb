"""Everyday traffic with the adverts of one pair of routers among it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import BinaryIO

import numpy as np

from tools.benchmark import adverts, background
from tools.benchmark.adverts import Sender
from tools.benchmark.captures import (
    RECORD_HEADER,
    SECOND_NS,
    START_NS,
    Bytes,
    join_records,
    record,
)

FRAMES_A_SECOND = 2000
_SOURCE_AT = RECORD_HEADER.size + 6
_ADDRESS = bytes((192, 168, 1, 1))
_PAIR = (
    Sender(51, 150, bytes.fromhex("525400000a01"), bytes((192, 168, 1, 2)), _ADDRESS),
    Sender(51, 100, bytes.fromhex("525400000a02"), bytes((192, 168, 1, 3)), _ADDRESS),
)
_GRATUITOUS_ARPS = 5


@dataclass(frozen=True, slots=True)
class Event:
    """A frame of the routers, and when it is sent."""

    time_ns: int
    frame: bytes


def _advert(sender: Sender, number: int, gives_up: bool) -> bytes:
    row = np.frombuffer(bytearray(sender.frame()), np.uint8).reshape(1, -1)
    if gives_up:
        adverts.message_at(row, False)[0, adverts.PRIORITY_AT] = 0
    adverts.seal(row, adverts.identifications(np.array([number])), False)
    return row.tobytes()


def _announcement(sender: Sender) -> bytes:
    everyone = b"\xff" * 6
    virtual = sender.virtual_address
    body = background.arp(1, sender.mac, virtual, everyone, virtual)
    return everyone + sender.mac + b"\x08\x06" + body


def _routers(count: int) -> list[Event]:
    """As many adverts, one a second; half-way the master gives up and the other one takes over."""
    master, backup = _PAIR
    last = count // 2
    events = [
        Event(START_NS + n * SECOND_NS, _advert(master, n, n == last)) for n in range(last + 1)
    ]
    # Skew_Time of VRRPv2 (RFC 3768 section 6.1).
    takeover_ns = START_NS + last * SECOND_NS + (256 - backup.priority) * SECOND_NS // 256
    for n in range(count - last - 1):
        events.append(Event(takeover_ns + n * SECOND_NS, _advert(backup, n, False)))
        if n == 0:
            times = (takeover_ns + 1000 * (gap + 1) for gap in range(_GRATUITOUS_ARPS))
            events += [Event(time_ns, _announcement(backup)) for time_ns in times]
    return events


def write(frames: int, file: BinaryIO, seed: int) -> None:
    """Appends traffic of 2,000 frames a second, one of them an advert."""
    _write(frames, file, seed, background.templates(Random(seed)), False)


def write_hosts(frames: int, file: BinaryIO, seed: int) -> None:
    """Appends TCP in which each frame has a source address never seen before, and the adverts."""
    _write(frames, file, seed, background.tcp_templates(Random(seed)), True)


def write_vxlan(frames: int, file: BinaryIO, seed: int) -> None:
    """Appends the traffic of `write`, but inside a VXLAN tunnel; the adverts are outside of it."""
    random = Random(seed)
    inside = [background.inside_vxlan(f, random) for f in background.templates(random)]
    _write(frames, file, seed, inside, False)


def _write(
    frames: int, file: BinaryIO, seed: int, templates: Sequence[bytes], new_hosts: bool
) -> None:
    random = np.random.default_rng(seed)
    # The last frame of each thing comes first, so that the next one can be popped.
    events = _routers(max(1, frames // FRAMES_A_SECOND))[:frames][::-1]
    records = np.array([record(frame) for frame in templates], object)
    begin_ns, left = START_NS, frames - len(events)
    while left > 0 or events:
        end_ns = begin_ns + SECOND_NS if left > FRAMES_A_SECOND else begin_ns + 1000 * SECOND_NS
        special = []
        while events and events[-1].time_ns < end_ns:
            special.append(events.pop())
        count = min(left, FRAMES_A_SECOND - len(special))
        file.write(_second(records, begin_ns, count, special, new_hosts, random).data)
        begin_ns, left = begin_ns + SECOND_NS, left - count


def _second(
    records: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    begin_ns: int,
    count: int,
    special: list[Event],
    new_hosts: bool,
    random: np.random.Generator,
) -> Bytes:
    """The records of one second: background at random times, and the routers' frames."""
    times = np.concatenate(
        (
            begin_ns + np.sort(random.integers(0, SECOND_NS, count)),
            np.array([event.time_ns for event in special], np.int64),
        )
    )
    chosen = records[random.integers(0, len(records), count)].tolist()
    every = chosen + [record(event.frame) for event in special]
    order = np.argsort(times, kind="stable")
    joined, begins = join_records([every[at] for at in order], times[order])
    if new_hosts:
        sources = begins[order < count] + _SOURCE_AT
        macs = random.integers(0, 256, (len(sources), 6), np.uint8)
        macs[:, 0] = macs[:, 0] & 0xFC | 0x02
        joined[sources[:, None] + np.arange(6)] = macs
    return joined
