"""`python -m lab record CASE... | record --all | describe CASE... | list`."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from lab import case
from lab.shell import LabError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab", description="Record cases.")
    parser.add_argument("action", choices=["record", "describe", "list"])
    parser.add_argument("cases", nargs="*", metavar="CASE", help="folder names in pcaps/")
    parser.add_argument("--all", action="store_true", help="every case that has a recipe")
    parser.add_argument("--jobs", type=int, default=6, help="how many to record side by side")
    options = parser.parse_args(arguments)
    chosen = case.names() if options.all or options.action == "list" else options.cases
    if not chosen:
        parser.error("name a case, or say --all")
    try:
        return _act(options.action, chosen, options.jobs)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2


def _act(action: str, chosen: list[str], jobs: int) -> int:
    if action == "list":
        print("\n".join(chosen))
    elif action == "describe":
        for name in chosen:
            case.describe(name)
    elif len(chosen) > 1:
        return _record_many(chosen, jobs)
    else:
        if os.geteuid() != 0:
            raise LabError("network namespaces need root: run it with sudo")
        print(case.record(chosen[0]))
    return 0


def _record_many(chosen: list[str], jobs: int) -> int:
    """Record each case in a process of its own: most of the time they sleep."""

    def one(name: str) -> int:
        done = subprocess.run([sys.executable, "-m", "lab", "record", name], check=False)
        if done.returncode:
            print(f"lab: {name} was not recorded", file=sys.stderr)
        return done.returncode

    with ThreadPoolExecutor(jobs) as pool:
        return max(pool.map(one, chosen))


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    # A terminated recording still takes its namespaces and daemons down.
    signal.signal(signal.SIGTERM, _leave)
    sys.exit(main())
