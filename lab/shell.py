"""Commands and processes: started by us, and ended by their own process id."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


class LabError(Exception):
    """The lab could not do what a recipe asked for."""


def run(command: Sequence[str]) -> str:
    """Run a command to its end and return what it printed.

    Raises:
        LabError: the command failed; the message holds the command and what it complained about.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = 10.0) -> None:
    """Wait until the condition holds.

    Raises:
        LabError: it did not within `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"waited {timeout_s} s in vain for: {what}")
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Process ids of the children of a process; empty where it is gone."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def send(pid: int, number: signal.Signals) -> None:
    """Signal one process; one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def end(process: "subprocess.Popen[bytes]", timeout_s: float = 3.0) -> None:
    """End a process that we started: politely first, then by force."""
    if process.poll() is not None:
        return
    send(process.pid, signal.SIGCONT)
    process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
