"""Whole processes on one small capture, alternately: vrrpscope, tshark, tcpdump.

    python tools/bench.py [--runs N] [CAPTURE]

Prints the median and the spread of the wall-clock times. A benchmark, not a test: the figures are
this machine's.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SMALL = PROJECT / "pcaps" / "article-2-nopreempt-weighted-check" / "incident.pcap"


def commands(capture: str) -> dict[str, list[str]]:
    """What is measured, as far as it is installed; vrrpscope is the one of this Python."""
    vrrpscope = str(Path(sys.executable).with_name("vrrpscope"))
    wanted = {
        "vrrpscope diagnose": [vrrpscope, "diagnose", capture],
        "vrrpscope diagnose --format json": [vrrpscope, "diagnose", "--format", "json", capture],
        "tshark -r": ["tshark", "-r", capture],
        "tcpdump -r": ["tcpdump", "-n", "-r", capture],
    }
    return {name: command for name, command in wanted.items() if shutil.which(command[0])}


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run, start-up included."""
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Runs everything once to warm up, then alternately."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("capture", nargs="?", default=str(SMALL))
    parser.add_argument("--runs", type=int, default=15)
    told = parser.parse_args()
    measured = commands(told.capture)
    times: dict[str, list[float]] = {name: [] for name in measured}
    for command in measured.values():
        seconds(command)
    for _ in range(told.runs):
        for name, command in measured.items():
            times[name].append(seconds(command))
    print(f"{Path(told.capture).name}, {told.runs} runs each, alternately")
    for name, values in times.items():
        median, low, high = statistics.median(values), min(values), max(values)
        print(f"{name:34} median {median:.3f} s   ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
