"""A node that sends adverts as no daemon of the lab does: see `advertise`."""

import subprocess
import sys
from pathlib import Path

from lab.journal import Journal
from lab.network import Host
from lab.node import Node
from lab.shell import end

_SCRIPT = Path(__file__).with_name("advertise.py")


class Stranger(Node):
    """Another vendor's router, played by a few lines of Python; it accepts nothing."""

    def __init__(self, host: Host, work: Path, journal: Journal, options: tuple[str, ...]) -> None:
        """Nothing runs yet; `options` are those of `lab/advertise.py`."""
        super().__init__(host, work, journal)
        self.process: subprocess.Popen[bytes] | None = None
        self._options = options

    def start(self) -> None:
        """Begin to advertise."""
        self.note(f"begins to advertise: `{' '.join(self._options)}`")
        command = [sys.executable, str(_SCRIPT), "--source", self.address, *self._options]
        with self.log_path.open("ab") as log:
            self.process = self.spawn(command, log)

    def stop(self) -> None:
        """Falls silent, without a priority 0."""
        self.note("falls silent")
        self.close()

    def close(self) -> None:
        """End it."""
        if self.process is not None:
            end(self.process)
            self.process = None
