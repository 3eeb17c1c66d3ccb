"""Twice as much of anything costs twice as much: lines that run are counted, time is not measured.

Each function is looked at by itself. A quadratic one of four times the lines is soon found among
others that take most of the time.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from types import CodeType, FrameType
from typing import Any

import pytest
from sightings import MS, ROUTER, VANTAGE, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.observation import Announcement, AnnouncementKind, FrameRef, Sighting
from vrrpscope.pipeline import Analysis
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.render import json, report, terminal
from vrrpscope.render.clock import Clock
from vrrpscope.render.style import Screen
from vrrpscope.render.view import View
from vrrpscope.timeline.builder import TimelineBuilder

MOST_TIMES = 2.75
"""Linear is 2, and a bisection adds a fifteenth; quadratic is 4."""

LAYERS = ("vrrpscope/timeline/", "vrrpscope/diagnosis/", "vrrpscope/render/")

Said = tuple[int, Advertisement, int]
"""Milliseconds, the advert, its VLAN."""


def _sender(number: int, priority: int = 100, **changes: object) -> Advertisement:
    source = ip_address(f"10.1.{number // 200}.{number % 200 + 1}")
    mac = f"02:00:00:00:{number // 256:02x}:{number % 256:02x}"
    return replace(advert("10.0.0.1", priority), source=source, source_mac=mac, **changes)


def _holding(number: int) -> dict[str, object]:
    """The virtual address of a virtual router."""
    return {"addresses": (ip_address(f"10.2.{number // 200}.{number % 200 + 1}"),)}


def virtual_routers(count: int) -> Iterator[Said]:
    """One healthy pair each: a release, and the other one takes over."""
    for number in range(count):
        master, backup = (_sender(2 * number + i, **_holding(number)) for i in (0, 1))
        for second in range(4):
            yield second * 1000 + number, master, number
        yield 3500 + number, replace(master, priority=0), number
        for second in range(4):
            yield 4110 + second * 1000 + number, backup, number


def two_masters_each(count: int) -> Iterator[Said]:
    """Virtual routers, each with two masters at once: as many findings."""
    for number in range(count):
        for second in range(9):
            for member in (0, 1):
                said = _sender(2 * number + member, 100 + member, **_holding(number))
                yield second * 1000 + member * 300 + number, said, number


def senders(count: int) -> Iterator[Said]:
    """Senders of one virtual router, one after the other."""
    for number in range(count):
        for second in range(3):
            yield number * 6000 + second * 1000, _sender(number), 0


def fading_senders(count: int) -> Iterator[Said]:
    """Senders of one virtual router, all at once, each with a lower address than the one before."""
    for second in range(2):
        for number in range(count):
            yield second * 1000 + number * 5, _sender(count - number), 0
    for second in range(2, 12):
        yield second * 1000, _sender(0), 0


def strangers(count: int) -> Iterator[Said]:
    """Senders of one VRID that have nothing in common."""
    for second in range(3):
        for number in range(count):
            said = _sender(number, advert_interval_ns=(number + 1) * 1000 * MS, **_holding(number))
            yield second * 1000 + number * 5, said, 0


def late_handovers(count: int) -> Iterator[Said]:
    """Two that fall silent in turn, each time for too long: a finding each."""
    for number in range(count):
        for second in range(3):
            yield number * 9000 + second * 1000, _sender(number % 2, 100 + number % 2), 0


def priorities(count: int) -> Iterator[Said]:
    """One sender that says another priority each time, and a backup that was heard before."""
    yield 0, _sender(1, 120), 0
    yield 500, _sender(1, 0), 0
    for number in range(count):
        for second in range(5):
            yield 1500 + (number * 5 + second) * 1000, _sender(0, (150, 90)[number % 2]), 0


def gaps(count: int) -> Iterator[Said]:
    """One sender that pauses again and again."""
    for number in range(count):
        for second in range(3):
            yield number * 5000 + second * 1000, _sender(0), 0


def _timeline(said: Iterator[Said], count: int) -> TimelineBuilder:
    """The builder that has seen it all, with gratuitous ARPs of two hosts all the time."""
    builder = TimelineBuilder(VANTAGE)
    counts: Counter[object] = Counter()
    number = 0
    for at_ms, advertisement, vlan in sorted(said, key=lambda one: one[0]):
        number += 1
        counts[advertisement.source, vlan] += 1
        router = replace(ROUTER, vlans=(vlan,) if vlan else ())
        ref = FrameRef(VANTAGE.id, number)
        ip_id = counts[advertisement.source, vlan]
        builder.push(Sighting(at_ms * MS, ip_id, router, advertisement, ref))
    for host in range(count):
        kind, mac = AnnouncementKind.GRATUITOUS_ARP, f"02:00:00:00:00:{host % 2:02x}"
        subject, ref = ip_address("10.0.0.100"), FrameRef(VANTAGE.id, number + 1 + host)
        builder.announce(Announcement(at_ms * MS + host, kind, subject, mac, (), "", ref))
    return builder


def _lines(kind: Callable[[int], Iterator[Said]], count: int) -> Counter[CodeType]:
    """How many lines of each function run until everything is told."""
    builder = _timeline(kind(count), count)
    lines: Counter[CodeType] = Counter()

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines[frame.f_code] += 1
        return line

    def call(frame: FrameType, _event: str, _: Any) -> Any:
        ours = any(layer in frame.f_code.co_filename for layer in LAYERS)
        return line if ours else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        _tell(builder)
    finally:
        sys.settrace(before)
    return lines


def _tell(builder: TimelineBuilder) -> None:
    timelines = (builder.finish(),)
    case = Case(timelines, bind(timelines, []))
    view = View(Analysis(case, diagnose(case)), Clock(), Screen())
    json.text_of(view)
    terminal.text_of(report.diagnosis(view), view.screen)


# Where senders are compared, more than every limit below which pairs are (8, 16, 32).
@pytest.mark.parametrize(
    ("kind", "few"),
    [
        (virtual_routers, 40),
        (two_masters_each, 20),
        (senders, 40),
        (fading_senders, 64),
        (strangers, 64),
        (late_handovers, 24),
        (priorities, 24),
        (gaps, 96),
    ],
)
def test_each_function_takes_time_in_proportion(
    kind: Callable[[int], Iterator[Said]], few: int
) -> None:
    all_rules()
    once, twice = _lines(kind, few), _lines(kind, 2 * few)
    # Less than a line for every fourth pair is no quadratic cost.
    fewest = (2 * few) ** 2 // 4
    steep = {
        f"{code.co_filename}:{code.co_firstlineno} {code.co_name}": (once[code], lines)
        for code, lines in twice.items()
        if lines > fewest and lines > MOST_TIMES * once[code]
    }
    assert not steep
