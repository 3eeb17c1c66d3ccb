"""Where the time of a diagnosis goes, stage by stage, inside one process.

    python -m tools.benchmark.stages CAPTURE

prints the seconds of each stage as JSON. What a stage takes does not count again in the one that
calls it.
"""

import contextlib
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

NAMES = (
    "imports",
    "loading the machine code",
    "reading the file",
    "the compiled loop",
    "frames the usual way",
    "the story",
    "the diagnosis",
    "writing JSON, and the rest",
)
PROJECT = Path(__file__).resolve().parents[2]


def measured(captures: Sequence[Path], runs: int) -> Iterator[tuple[str, ...]]:
    """A row for each stage: its name, and its median for each capture."""
    seconds = [[json.loads(_stages_of(capture)) for _ in range(runs)] for capture in captures]
    for name in NAMES:
        medians = (statistics.median(run[name] for run in own) for own in seconds)
        yield (name, *(f"{median:.3f} s" for median in medians))
    totals = (statistics.median(sum(run.values()) for run in own) for own in seconds)
    yield ("all", *(f"{total:.3f} s" for total in totals))


def _stages_of(capture: Path) -> str:
    command = [sys.executable, "-m", "tools.benchmark.stages", str(capture)]
    return subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout


class _Stages:
    """A stack of clocks, of which one runs."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(NAMES, 0.0)
        self._stack = [NAMES[-1]]
        self._since = time.perf_counter()

    def _switch(self) -> None:
        now = time.perf_counter()
        self.seconds[self._stack[-1]] += now - self._since
        self._since = now

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What is done inside counts for this stage."""
        self._switch()
        self._stack.append(name)
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def watch(self, owner: Any, attribute: str, name: str) -> None:
        """Counts every call of a function for a stage."""
        function: Callable[..., Any] = getattr(owner, attribute)

        def watched(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*arguments, **named)

        setattr(owner, attribute, watched)


def _run(capture: str) -> dict[str, float]:
    """Diagnoses a capture under the clocks."""
    stages = _Stages()
    with stages.stage("imports"):
        from vrrpscope import cli, pipeline, reader
        from vrrpscope.capture import source, window
        from vrrpscope.compiled import machine
        from vrrpscope.render import command, json  # noqa: F401 - imported to be counted here
        from vrrpscope.timeline.builder import TimelineBuilder
    load = machine.load

    def load_watched(*, compile_it: bool) -> Any:
        with stages.stage("loading the machine code"):
            loop = load(compile_it=compile_it)
        if loop is None:
            return None

        def run(*arrays: Any) -> int:
            with stages.stage("the compiled loop"):
                return loop(*arrays)

        return run

    machine.load = load_watched
    chunks_of = window.chunks_of

    def chunks_watched(read: Any, size: int) -> Iterator[bytes]:
        def timed(count: int) -> bytes:
            with stages.stage("reading the file"):
                return bytes(read(count))

        return chunks_of(timed, size)

    vars(source)["chunks_of"] = chunks_watched
    stages.watch(TimelineBuilder, "finish", "the story")
    stages.watch(reader.Reader, "read", "frames the usual way")
    stages.watch(pipeline, "diagnose", "the diagnosis")
    with contextlib.redirect_stdout(io.StringIO()):
        cli.run(["diagnose", "--format", "json", capture])
    with stages.stage(NAMES[-1]):
        pass
    return stages.seconds


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1])))
