"""Many virtual routers that advertise once a second, and change their master now and then."""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from tools.benchmark import adverts
from tools.benchmark.adverts import Sender
from tools.benchmark.captures import SECOND_NS, START_NS, Bytes, Times, write_rows

PRIORITIES = (150, 100)
_JITTER_NS = 900_000
_BLOCK_FRAMES = 100_000
_MOST_VRIDS = 255
_MOST_VLANS = 4094
_HOUR_S = 3600
_MOST_ROUTERS = 65_536


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent.

    Attributes:
        frames: adverts in all, counted before any is lost.
        routers: virtual routers; a pair of physical ones each.
        incidents: masters that give up (priority 0), so that the other one of the pair takes over.
        vlans: tags that they are spread over; 0 sends without a tag.
        lost: the share of adverts that the capture lacks.
    """

    frames: int
    routers: int = 100
    incidents: int = 0
    vlans: int = 0
    lost: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / self.routers


def dense_plan(
    frames: int, routers: int = 100, incidents: int | None = None, vlans: int = 0
) -> Plan:
    """Adverts of which none is lost.

    Args:
        frames: adverts in all.
        routers: virtual routers.
        incidents: hand-overs; one an hour unless told otherwise.
        vlans: no tags unless told otherwise or there are more routers than VRIDs.

    Raises:
        ValueError: there are not as many VLANs, or not as many VRIDs in each.
    """
    if incidents is None:
        incidents = 1 + frames // routers // _HOUR_S
    if not vlans and routers > _MOST_VRIDS:
        vlans = -(-routers // _MOST_VRIDS)
    if not 0 <= vlans <= _MOST_VLANS:
        raise ValueError(f"{vlans} VLANs: there are only {_MOST_VLANS}")
    if routers > (vlans or 1) * _MOST_VRIDS or routers > _MOST_ROUTERS:
        raise ValueError(f"{routers} virtual routers: a network has only {_MOST_VRIDS} VRIDs")
    return Plan(frames, routers, incidents, vlans)


@dataclass(slots=True)
class Tenure:
    """One router's time as master: its first advert, and the one with which it gives up."""

    pair: int
    member: int
    start_ns: int
    end_ns: int | None = None

    def sent(self, begin_ns: int, end_ns: int) -> npt.NDArray[np.int64]:
        """Which of its adverts, counted from 0, fall due in a span of time."""
        if self.end_ns is not None:
            end_ns = min(end_ns, self.end_ns + 1)
        first = max(0, -(-(begin_ns - self.start_ns) // SECOND_NS))
        return np.arange(first, -(-(end_ns - self.start_ns) // SECOND_NS), dtype=np.int64)


def _sender(plan: Plan, pair: int, member: int) -> Sender:
    per_vlan = -(-plan.routers // plan.vlans) if plan.vlans else plan.routers
    high, low = divmod(pair, 256)
    return Sender(
        vrid=1 + pair % per_vlan,
        priority=PRIORITIES[member],
        mac=bytes((0x52, 0x54, 0x00, high, low, member + 1)),
        address=bytes((10, high, low, member + 2)),
        virtual_address=bytes((10, high, low, 1)),
        vlan=1 + pair // per_vlan if plan.vlans else None,
    )


def _tenures(plan: Plan) -> list[Tenure]:
    """Incidents at equal distances, each in another virtual router."""
    step_ns = SECOND_NS // plan.routers
    current = [Tenure(pair, 0, START_NS + pair * step_ns) for pair in range(plan.routers)]
    every = list(current)
    for incident in range(plan.incidents):
        due_ns = START_NS + int((incident + 0.5) * plan.seconds / plan.incidents * SECOND_NS)
        old = current[incident * 37 % plan.routers]
        beats = max(1, (due_ns - old.start_ns) // SECOND_NS)
        old.end_ns = old.start_ns + beats * SECOND_NS
        member = 1 - old.member
        # Skew_Time of VRRPv2 (RFC 3768 section 6.1): the better, the sooner.
        skew_ns = (256 - PRIORITIES[member]) * SECOND_NS // 256
        new = Tenure(old.pair, member, old.end_ns + skew_ns)
        current[old.pair] = new
        every.append(new)
    return every


def _due(
    tenures: list[Tenure], begin_ns: int, end_ns: int
) -> tuple[Times, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Times, tenures and numbers of the adverts of a span of time, unordered."""
    numbers = [tenure.sent(begin_ns, end_ns) for tenure in tenures]
    times = [
        tenure.start_ns + sent * SECOND_NS for tenure, sent in zip(tenures, numbers, strict=True)
    ]
    whose = np.repeat(np.arange(len(tenures)), [len(sent) for sent in numbers])
    return np.concatenate(times), whose, np.concatenate(numbers)


def write(plan: Plan, file: BinaryIO, random: np.random.Generator) -> None:
    """Appends the adverts as pcap records, in order of time."""
    tenures = _tenures(plan)
    frames = [_sender(plan, tenure.pair, tenure.member).frame() for tenure in tenures]
    templates = np.frombuffer(b"".join(frames), np.uint8).reshape(len(frames), -1)
    ends_ns = np.array([tenure.end_ns or 0 for tenure in tenures], np.int64)
    block_ns = _BLOCK_FRAMES * SECOND_NS // plan.routers
    begin_ns, left = START_NS, plan.frames
    while left > 0:
        times, whose, numbers = _due(tenures, begin_ns, begin_ns + block_ns)
        kept = random.random(len(times)) >= plan.lost
        times, whose, numbers = times[kept], whose[kept], numbers[kept]
        rows = _rows(templates, whose, numbers, times == ends_ns[whose], plan.vlans > 0)
        times += random.integers(0, _JITTER_NS, len(times))
        order = np.argsort(times)[:left]
        write_rows(file, times[order], rows[order])
        begin_ns += block_ns
        left -= len(order)


def _rows(
    templates: Bytes,
    whose: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int64],
    gives_up: npt.NDArray[np.bool_],
    tagged: bool,
) -> Bytes:
    rows = templates[whose]
    adverts.message_at(rows, tagged)[gives_up, adverts.PRIORITY_AT] = 0
    adverts.seal(rows, adverts.identifications(numbers), tagged)
    return rows
