"""Makes captures to measure with: the same bytes for the same arguments, as long as you want.

    python tools/traffic.py dense --frames 5000000 -o dense.pcap
    python tools/traffic.py mixed --frames 3000000 -o mixed.pcap
    python tools/traffic.py convert dense.pcap -o dense.pcapng

Times start at 2026-01-01 00:00 UTC, checksums of IP and VRRP are right.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tools.benchmark import mixed, schedule, worst
from tools.benchmark.captures import FILE_HEADER, to_gzip, to_pcapng
from tools.benchmark.schedule import Plan, dense_plan
from tools.benchmark.series import HARD

_WORST_FRAMES = 300_000


def _write_plan(plan: Plan, file: BinaryIO, seed: int) -> None:
    schedule.write(plan, file, np.random.default_rng(seed))


def _loss(frames: int, file: BinaryIO, seed: int) -> None:
    _write_plan(Plan(frames, lost=0.2), file, seed)


def _vlans(frames: int, file: BinaryIO, seed: int) -> None:
    _write_plan(Plan(frames, routers=4000, vlans=4000), file, seed)


KINDS: dict[str, tuple[str, int, Callable[[int, BinaryIO, int], None]]] = {
    "mixed": ("everyday traffic, 1 advert in 2,000 frames", 3_000_000, mixed.write),
    "senders": (HARD["senders"], _WORST_FRAMES, worst.write_senders),
    "priorities": (HARD["priorities"], _WORST_FRAMES, worst.write_priorities),
    "md5": (HARD["md5"], _WORST_FRAMES, worst.write_md5),
    "loss": (HARD["loss"], _WORST_FRAMES, _loss),
    "vlans": (HARD["vlans"], _WORST_FRAMES, _vlans),
    "hosts": (HARD["hosts"], _WORST_FRAMES, mixed.write_hosts),
    "vxlan": (HARD["vxlan"], _WORST_FRAMES, mixed.write_vxlan),
}
"""Name -> what it is, how many frames unless told, and what writes it; beside "dense"."""


def make(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Writes a pcap; the file appears under its name only when it is complete."""
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(FILE_HEADER)
        write(file)
    unfinished.replace(path)


def make_dense(path: Path, plan: Plan, seed: int = 1) -> None:
    """A pcap of adverts and nothing else."""
    make(path, lambda file: _write_plan(plan, file, seed))


def make_kind(path: Path, kind: str, frames: int, seed: int = 1) -> None:
    """A pcap of a kind of `KINDS`."""
    make(path, lambda file: KINDS[kind][2](frames, file, seed))


def convert(source: Path, target: Path) -> None:
    """The frames of a made pcap in another container; the target's name says in which.

    Raises:
        ValueError: the name ends neither in .pcapng nor in .gz.
    """
    writers = {".pcapng": to_pcapng, ".gz": to_gzip}
    if target.suffix not in writers:
        raise ValueError(f"{target}: the name has to end in .pcapng or .gz")
    unfinished = target.with_name(target.name + ".part")
    writers[target.suffix](source, unfinished)
    unfinished.replace(target)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    help_text = "adverts alone: pairs of routers, one advert a second each, some hand-overs"
    dense = kinds.add_parser("dense", help=help_text)
    dense.add_argument("--routers", type=_positive, default=100, help="virtual routers (100)")
    dense.add_argument("--vlans", type=int, default=0, help="VLAN tags to spread them over (none)")
    dense.add_argument("--incidents", type=int, help="hand-overs (one an hour)")
    for name, (text, _, _) in KINDS.items():
        kinds.add_parser(name, help=text)
    for name, kind in kinds.choices.items():
        frames = KINDS[name][1] if name in KINDS else 5_000_000
        kind.add_argument("--frames", type=_positive, default=frames, help=f"({frames:,})")
        kind.add_argument("--seed", type=int, default=1, help="(1)")
    other = kinds.add_parser("convert", help="a made pcap as .pcapng or .gz")
    other.add_argument("source", type=Path, metavar="PCAP")
    for kind in kinds.choices.values():
        kind.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    return parser


def main() -> None:
    """Does what the command line says."""
    parser = _parser()
    told = parser.parse_args()
    try:
        if told.kind == "convert":
            convert(told.source, told.output)
        elif told.kind == "dense":
            plan = dense_plan(told.frames, told.routers, told.incidents, told.vlans)
            make_dense(told.output, plan, told.seed)
        else:
            make_kind(told.output, told.kind, told.frames, told.seed)
    except (OSError, ValueError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
