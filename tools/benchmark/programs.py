"""The programs that are measured."""

import sys
from pathlib import Path

from tools.benchmark.measure import Command

VRRPSCOPE = str(Path(sys.executable).with_name("vrrpscope"))
"""The one that belongs to this Python."""

_DPKT_LOOP = str(Path(__file__).with_name("dpkt_loop.py"))
FILTER = "proto 112"
"""VRRP, for tcpdump."""


def diagnose(path: Path) -> Command:
    """What the targets are for."""
    return Command((VRRPSCOPE, "diagnose", str(path), "--format", "json"))


def tshark(path: Path, *filters: str) -> Command:
    """One line a frame, of those that pass the display filter."""
    return Command(("tshark", "-r", str(path), *filters))


def tcpdump_print(path: Path, *filters: str) -> Command:
    """What it prints with -v, without asking for names."""
    return Command(("tcpdump", "-n", "-v", "-r", str(path), *filters))


def tcpdump_write(path: Path) -> Command:
    """The frames of VRRP, copied without a look at their meaning."""
    return Command(("tcpdump", "-r", str(path), "-w", "/dev/null", FILTER))


def dpkt(path: Path) -> Command:
    """The first script that one would write."""
    return Command((sys.executable, _DPKT_LOOP, str(path)))


def dd(path: Path) -> Command:
    """Reading alone: no program can be faster."""
    return Command(("dd", f"if={path}", "of=/dev/null", "bs=1M"))


def export(path: Path, target: Path) -> Command:
    """A table of all adverts as Parquet."""
    arguments = ("export", str(path), "--table", "adverts", "-o", str(target))
    return Command((VRRPSCOPE, *arguments))


def unpack(path: Path) -> Command:
    """Decompression alone."""
    return Command(("gzip", "-dc", str(path)))
