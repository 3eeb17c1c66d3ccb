"""Whole processes, timed: wall clock from start to end, and the most memory they held."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_S = 120
"""A run that takes longer is broken off."""


class TooLongError(Exception):
    """A command that was broken off."""

    def __init__(self) -> None:
        super().__init__(f"takes longer than {LONGEST_S} s")


class CommandError(Exception):
    """A command that did not do what it was asked: what it said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"exit code {status}: {said}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Command:
    """What is run; its output goes to /dev/null.

    Attributes:
        arguments: the program and its arguments.
        stdin: a file that is its standard input.
        piped: `stdin` comes through `cat` instead.
    """

    arguments: tuple[str, ...]
    stdin: Path | None = None
    piped: bool = False


@dataclass(slots=True)
class Measured:
    """What came of the runs of one command.

    Attributes:
        peak_bytes: the most memory of any run. Linux counts what this process held when it
            started the command as the command's own, so that less than that cannot be told.
    """

    seconds: list[float] = field(default_factory=list)
    peak_bytes: int = 0

    @property
    def median_s(self) -> float:
        """Seconds of the run in the middle."""
        return statistics.median(self.seconds)


def own_peak_bytes() -> int:
    """What this process held at most: the least that `peak_bytes` can show."""
    return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _bytes(maximum_resident_set: int) -> int:
    """Linux gives kilobytes, macOS bytes."""
    return maximum_resident_set * (1 if sys.platform == "darwin" else 1024)


def run(command: Command, into: Measured) -> None:
    """Runs a command once, start-up included.

    Raises:
        CommandError: it ended with an error: a program that breaks off must not count as fast.
        TooLongError: it took longer than `LONGEST_S`.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        status, usage = _run(command, said.fileno())
        seconds = time.perf_counter() - start
        if seconds >= LONGEST_S:
            raise TooLongError
        if status != 0:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise CommandError(status, _reason(lines))
    into.seconds.append(seconds)
    into.peak_bytes = max(into.peak_bytes, _bytes(usage.ru_maxrss))


def _reason(lines: list[str]) -> str:
    """The line that tells most: of a traceback the last one, otherwise the first."""
    if not lines:
        return "it says nothing"
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def _run(command: Command, said: int) -> tuple[int, resource.struct_rusage]:
    feeder = None
    source: int = os.open(command.stdin or os.devnull, os.O_RDONLY)
    try:
        if command.piped:
            feeder = subprocess.Popen(["cat"], stdin=source, stdout=subprocess.PIPE)
            assert feeder.stdout is not None
            os.dup2(feeder.stdout.fileno(), source)
            feeder.stdout.close()
        process = subprocess.Popen(
            command.arguments, stdin=source, stdout=subprocess.DEVNULL, stderr=said
        )
    finally:
        os.close(source)
    timer = threading.Timer(LONGEST_S, process.kill)
    timer.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        timer.cancel()
        for other in (process, feeder):
            if other is not None and other.returncode is None:
                other.kill()
                other.wait()
    return process.returncode, usage


def alternate(
    commands: Mapping[str, Command],
    runs: int,
    warm_up: bool,
    report: Callable[[str, Exception], None],
    growing: bool = False,
) -> dict[str, Measured]:
    """Runs all commands in turn, then all again, `runs` times.

    Args:
        commands: name -> what is run.
        runs: how often each counts.
        warm_up: whether each runs once before that without being counted.
        report: is told the name of a command that failed; it is left out from then on.
        growing: each takes longer than the one before it: none is tried after one that took too
            long.
    """
    left = dict(commands)
    measured = {name: Measured() for name in commands}
    for turn in range(runs + warm_up):
        for name in list(left):
            try:
                run(left[name], Measured() if warm_up and turn == 0 else measured[name])
            except (CommandError, TooLongError) as error:
                report(name, error)
                del left[name]
                if growing and isinstance(error, TooLongError):
                    names = list(commands)
                    left = {n: c for n, c in left.items() if names.index(n) < names.index(name)}
                    break
    return {name: measured[name] for name in left}
