"""How the cost grows: `vrrpscope diagnose` on captures that differ in one thing."""

from dataclasses import dataclass

from tools.benchmark.catalogue import Sizes
from tools.benchmark.folder import Capture

GROWTH = "growth"
WORST = "worst"

_INCIDENTS_OF_ROUTERS = 10

HARD = {
    "senders": "65,536 senders in one virtual router",
    "priorities": "another priority in every advert",
    "md5": "another MD5 digest in every advert",
    "loss": "100 virtual routers, every fifth advert lost",
    "vlans": "4,000 VLANs with a virtual router each",
    "hosts": "TCP, another source address in every frame",
    "vxlan": "everyday traffic inside VXLAN",
}
"""Kind of `tools/traffic.py` -> what makes it hard."""


@dataclass(frozen=True, slots=True)
class Series:
    """Captures that differ in one thing.

    Attributes:
        table: `GROWTH` or `WORST`.
        title: what differs, or what is hard.
        points: how much of it -> the capture.
    """

    table: str
    title: str
    points: dict[int, Capture]


def growth(sizes: Sizes) -> list[Series]:
    """Frames, adverts, virtual routers and incidents."""
    other = sizes.growth_other
    frames = {n: Capture("mixed", n) for n in sizes.growth_frames}
    adverts = {n: Capture("dense", n) for n in sizes.growth_adverts}
    routers = {n: Capture("dense", other, n, _INCIDENTS_OF_ROUTERS) for n in sizes.routers}
    incidents = {n: Capture("dense", other, incidents=n) for n in sizes.incidents}
    return [
        Series(GROWTH, "frames of everyday traffic", frames),
        Series(GROWTH, "adverts of 100 virtual routers", adverts),
        Series(GROWTH, f"virtual routers, {other:,} adverts in all", routers),
        Series(GROWTH, f"hand-overs, {other:,} adverts in all", incidents),
    ]


def worst(sizes: Sizes) -> list[Series]:
    """Captures that are hard on a program that remembers what it has seen."""
    return [
        Series(WORST, title, {n: Capture(kind, n) for n in sizes.worst})
        for kind, title in HARD.items()
    ]
