"""The captures that are measured: made once, kept in a folder."""

import hashlib
import multiprocessing
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_BYTES_A_FRAME = {"dense": 70, "mixed": 570, "hosts": 640, "vxlan": 620, "md5": 100}
_SMALL_FRAME_BYTES = 74
_PCAPNG_FACTOR, _GZIP_FACTOR = 1.3, 0.2
_STAMP = "made-by"


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture that `tools/traffic.py` can make.

    Attributes:
        routers, incidents: of the kind "dense" alone; None leaves what is usual.
        suffix: ".pcap", ".pcapng" or ".pcap.gz".
    """

    kind: str
    frames: int
    routers: int | None = None
    incidents: int | None = None
    suffix: str = ".pcap"

    @property
    def name(self) -> str:
        """The file's name."""
        routers = f"-{self.routers}-routers" if self.routers is not None else ""
        incidents = f"-{self.incidents}-incidents" if self.incidents is not None else ""
        return f"{self.kind}-{self.frames}{routers}{incidents}{self.suffix}"

    @property
    def size_bytes(self) -> int:
        """About how long the file is."""
        size = self.frames * _BYTES_A_FRAME.get(self.kind, _SMALL_FRAME_BYTES)
        factors = {".pcapng": _PCAPNG_FACTOR, ".pcap.gz": _GZIP_FACTOR}
        return int(size * factors.get(self.suffix, 1))

    def plain(self) -> "Capture":
        """The pcap that this is another container of."""
        return Capture(self.kind, self.frames, self.routers, self.incidents)


def _generator() -> str:
    """Tells whether captures were made by what would make them now."""
    folder = Path(__file__).parent
    names = ("adverts", "background", "captures", "mixed", "schedule", "worst")
    sources = [folder / f"{name}.py" for name in names] + [folder.parent / "traffic.py"]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def missing(captures: Iterable[Capture], folder: Path) -> list[Capture]:
    """The captures that are still to be made, plain ones before their other containers."""
    stamp = folder / _STAMP
    current = stamp.exists() and stamp.read_text(encoding="ascii") == _generator()
    wanted = dict.fromkeys(captures)
    wanted = dict.fromkeys(c.plain() for c in wanted) | wanted
    return [c for c in wanted if not current or not (folder / c.name).exists()]


def free_bytes(folder: Path) -> int:
    """What the folder's disk still holds."""
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def make(captures: list[Capture], folder: Path) -> None:
    """Makes captures, in a process of its own: what numpy holds must not count as a program's."""
    process = multiprocessing.get_context("spawn").Process(target=_make, args=(captures, folder))
    process.start()
    process.join()
    if process.exitcode != 0:
        raise OSError(f"the captures in {folder} could not be made")


def _make(captures: list[Capture], folder: Path) -> None:
    stamp = folder / _STAMP
    # Without a stamp the folder is someone's own, and so are its captures.
    if stamp.exists() and stamp.read_text(encoding="ascii") != _generator():
        for stale in folder.glob("*.pcap*"):
            stale.unlink()
    for capture in captures:
        _make_one(capture, folder)
    stamp.write_text(_generator(), encoding="ascii")


def _make_one(capture: Capture, folder: Path) -> None:
    # Here, because numpy must not be held by the process that measures.
    from tools import traffic
    from tools.benchmark.schedule import dense_plan

    path = folder / capture.name
    if capture.suffix != ".pcap":
        traffic.convert(folder / capture.plain().name, path)
    elif capture.kind == "dense":
        plan = dense_plan(capture.frames, capture.routers or 100, capture.incidents)
        traffic.make_dense(path, plan)
    else:
        traffic.make_kind(path, capture.kind, capture.frames)
