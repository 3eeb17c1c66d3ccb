"""What the tests of the renderers share: recorded cases, and small stories made by hand."""

import functools
from ipaddress import ip_address
from pathlib import Path

from vrrpscope.diagnosis.case import Case
from vrrpscope.observation import FrameRef, Sighting, Vantage, VirtualRouter
from vrrpscope.pipeline import Analysis, analyze_files
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.protocol.timers import NS
from vrrpscope.render.clock import Clock
from vrrpscope.render.document import mapped
from vrrpscope.render.redact import redacted
from vrrpscope.render.style import Screen
from vrrpscope.render.terminal import text_of
from vrrpscope.render.view import View
from vrrpscope.timeline.builder import TimelineBuilder

CASES = Path(__file__).resolve().parents[2] / "pcaps"
MISSED = "article-2-nopreempt-weighted-check"
PREEMPTED = "article-3-preempt-works"
START_NS = 1_700_000_000 * NS  # 2023-11-14 22:13:20 UTC


@functools.cache
def analysis(case: str, told: bool = True) -> Analysis:
    """A recorded case: `incident.pcap`, and the configurations where `told`."""
    folder = CASES / case
    files = [f"{p.stem}={p}" for p in sorted(folder.glob("*.conf"))] if told else []
    return analyze_files([str(folder / "incident.pcap")], files)


def view(case: str, told: bool = True, **options: object) -> View:
    """A recorded case in UTC, 100 columns wide unless `width` says otherwise."""
    screen = Screen(
        width=options.pop("width", 100),
        colour=options.pop("colour", False),
        unicode=options.pop("unicode", True),
    )
    return View(analysis(case, told), Clock(), screen, **options)


def redacted_view(case: str) -> View:
    """The same with other addresses and names."""
    shown = view(case)
    shown.analysis, shown.redactor = redacted(shown.analysis)
    return shown


def text(shown: View, told) -> str:
    """A report as text, redacted where the view says so."""
    blocks = told(shown)
    if shown.redactor:
        blocks = (mapped(block, shown.redactor.text) for block in blocks)
    return text_of(blocks, shown.screen)


def story_view(*adverts: tuple[float, str, int], width: int = 80) -> View:
    """A story made by hand of adverts: (seconds since the start, last octet, priority)."""
    router = VirtualRouter("ipv4", 7)
    builder = TimelineBuilder(Vantage("made.pcap", "made.pcap"))
    for number, (seconds, octet, priority) in enumerate(sorted(adverts), 1):
        advertisement = Advertisement(
            version=2,
            vrid=7,
            priority=priority,
            advert_interval_ns=NS,
            addresses=(ip_address("10.1.0.254"),),
            source=ip_address(f"10.1.0.{octet}"),
            destination=ip_address("224.0.0.18"),
            source_mac=f"02:00:00:00:00:{int(octet):02x}",
            ttl=255,
            address_count=1,
        )
        time_ns = START_NS + round(seconds * NS)
        builder.push(Sighting(time_ns, None, router, advertisement, FrameRef("made.pcap", number)))
    case = Case((builder.finish(),))
    return View(Analysis(case, ()), Clock(), Screen(width))
