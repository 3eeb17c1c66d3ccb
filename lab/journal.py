"""What was done when: the steps of a recording, for its README."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One thing that was done or measured.

    Attributes:
        time_ns: nanoseconds since the epoch, by the clock that the captures use too.
        text: one line of Markdown.
    """

    time_ns: int
    text: str


class Journal:
    """The steps in the order in which they were taken."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def note(self, text: str) -> None:
        """Write one step down with the present time."""
        self.steps.append(Step(time.time_ns(), text))

    def table(self, start_ns: int) -> str:
        """The steps as a Markdown table; times are relative to `start_ns`."""
        lines = ["| time (s) | step |", "|---:|---|"]
        for step in self.steps:
            seconds = (step.time_ns - start_ns) / 1e9
            lines.append(f"| {seconds:.3f} | {step.text.replace('|', chr(92) + '|')} |")
        return "\n".join(lines)
