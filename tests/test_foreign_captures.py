"""Captures of other projects: a sensible answer or a clear refusal for each, never a fault."""

from pathlib import Path

import pytest

from vrrpscope.pipeline import Analysis, analyze_files

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "captures"
CAPTURES = sorted(p.name for p in FOLDER.glob("*.pcap*"))

WITHOUT_VRRP = [
    "libpcap__filter_carp.pcap",
    "nDPI__fuzz-2020-02-16-11740.pcap",
    "nDPI__hsrp2_ipv6.pcapng",
    "tcpdump__HSRP_failover.pcap",
    "tcpdump__erspan-type-ii-2.pcap",
    "tcpdump__icmp-icmp_print-oobr-1.pcap",
    "tcpdump__icmp-icmp_print-oobr-2.pcap",
    "tcpdump__vrrp-vrrp_print-oobr-2.pcap",
    "tcpdump__vrrp-vrrp_print-oobr.pcap",
]
"""CARP, HSRP and debris."""


def analysis(folder: Path, name: str) -> Analysis:
    return analyze_files([str(folder / name)])


@pytest.mark.parametrize("name", CAPTURES)
def test_every_frame_is_counted_and_nothing_is_found_wrong(
    name: str, shared_captures: Path
) -> None:
    """Nothing in these captures is a fault: routers preempt, and one owner comes back."""
    found = analysis(shared_captures, name)
    for timeline in found.timelines:
        assert sum(timeline.counts.values()) == timeline.frames
    assert found.timelines[0].frames > 0
    assert [f.rule for f in found.findings] == []


@pytest.mark.parametrize("name", WITHOUT_VRRP)
def test_what_is_no_vrrp_gives_no_virtual_router(name: str, shared_captures: Path) -> None:
    assert [s.router.id for t in analysis(shared_captures, name).timelines for s in t.routers] == []


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("libpcap__filter_carp.pcap", "carp", 5),
        ("nDPI__hsrp2_ipv6.pcapng", "hsrp", 36),
        ("tcpdump__HSRP_failover.pcap", "hsrp", 39),
        ("tcpdump__erspan-type-ii-2.pcap", "hsrp", 16),
    ],
)
def test_the_relatives_of_vrrp_are_named(
    name: str, kind: str, count: int, shared_captures: Path
) -> None:
    (timeline,) = analysis(shared_captures, name).timelines
    assert timeline.counts[kind] == count


def test_a_virtual_router_inside_a_provider_backbone(shared_captures: Path) -> None:
    (timeline,) = analysis(shared_captures, "zeek__pbb.pcap").timelines
    assert [s.router.id for s in timeline.routers] == ["ipv4/51%pbb:2014011"]
