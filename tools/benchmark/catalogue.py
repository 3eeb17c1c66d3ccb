"""What is measured: captures, the programs that read them, and what is to be reached."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.benchmark import programs
from tools.benchmark.folder import Capture
from tools.benchmark.measure import Command

PROJECT = Path(__file__).resolve().parents[2]
SMALL_CAPTURE = PROJECT / "pcaps" / "article-2-nopreempt-weighted-check" / "incident.pcap"
DIAGNOSE = "vrrpscope diagnose"
EXPORT = "vrrpscope export"
TSHARK = "tshark -Y vrrp"


@dataclass(frozen=True, slots=True)
class Target:
    """What the median of a program may be at most.

    Attributes:
        factor: seconds, or how many times the median of `of`.
        of: the names of a group and a program; None for seconds.
    """

    program: str
    factor: float
    of: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """How a program is run on a capture.

    Attributes:
        start: where the whole would take minutes, `command` reads a part of it; this is then what
            reads a single frame, so that start-up is not multiplied.
        scale: what the time for the part, without start-up, is multiplied with.
    """

    command: Command
    start: Command | None = None
    scale: float = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Programs beside each other.

    Attributes:
        name: as `--only` takes it.
        title: what they read.
        captures: what has to be made first.
        entries: program -> how it is run.
    """

    name: str
    title: str
    captures: tuple[Capture, ...]
    entries: dict[str, Entry]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many frames the captures have, and what else is varied."""

    dense: int = 5_000_000
    mixed: int = 3_000_000
    sample: int = 200_000
    huge_dense: int = 10_000_000
    huge_mixed: int = 17_800_000
    growth_frames: tuple[int, ...] = (200_000, 400_000, 800_000, 1_600_000)
    growth_adverts: tuple[int, ...] = (625_000, 1_250_000, 2_500_000, 5_000_000)
    growth_other: int = 1_000_000
    routers: tuple[int, ...] = (1, 10, 100, 1000)
    incidents: tuple[int, ...] = (1, 10, 100, 1000)
    worst: tuple[int, ...] = (100_000, 200_000, 300_000)


TINY = Sizes(
    dense=10_000,
    mixed=6_000,
    sample=2_000,
    huge_dense=20_000,
    huge_mixed=12_000,
    growth_frames=(2_000, 4_000),
    growth_adverts=(5_000, 10_000),
    growth_other=10_000,
    routers=(10, 100),
    incidents=(1, 10),
    worst=(500,),
)
"""For a look whether it all works: the figures are start-up and hardly anything else."""


def _title(capture: Capture, what: str) -> str:
    return f"{capture.frames:,} {what} ({capture.size_bytes / 1e6:,.0f} MB)"


def _dense_title(capture: Capture) -> str:
    return _title(capture, "adverts of 100 virtual routers")


def _mixed_title(capture: Capture) -> str:
    return _title(capture, "frames of everyday traffic, one in 2,000 an advert")


def _sampled(whole: Capture, sizes: Sizes, folder: Path) -> dict[str, Entry]:
    """The programs that would take minutes."""
    scale = whole.frames / sizes.sample
    part, single = folder / _part(whole, sizes).name, folder / _SINGLE.name
    return {
        TSHARK: Entry(
            programs.tshark(part, "-Y", "vrrp"), programs.tshark(single, "-Y", "vrrp"), scale
        ),
        "tshark -V -Y vrrp": Entry(
            programs.tshark(part, "-V", "-Y", "vrrp"),
            programs.tshark(single, "-V", "-Y", "vrrp"),
            scale,
        ),
        "dpkt loop": Entry(programs.dpkt(part), programs.dpkt(single), scale),
    }


_SINGLE = Capture("dense", 1)


def _part(whole: Capture, sizes: Sizes) -> Capture:
    return Capture(whole.kind, sizes.sample)


def _small(_sizes: Sizes, _folder: Path) -> Group:
    path = SMALL_CAPTURE
    return Group(
        "small",
        f"pcaps/{path.parent.name}/{path.name} ({path.stat().st_size / 1000:.0f} kB)",
        (),
        {
            DIAGNOSE: Entry(programs.diagnose(path)),
            "tshark -r": Entry(programs.tshark(path)),
            "tcpdump -v": Entry(programs.tcpdump_print(path)),
            "dpkt loop": Entry(programs.dpkt(path)),
        },
        (Target(DIAGNOSE, 0.25), Target(DIAGNOSE, 1, ("small", "tshark -r"))),
    )


def _dense(sizes: Sizes, folder: Path) -> Group:
    capture = Capture("dense", sizes.dense)
    path = folder / capture.name
    return Group(
        "dense",
        _dense_title(capture),
        (capture, _part(capture, sizes), _SINGLE),
        {
            DIAGNOSE: Entry(programs.diagnose(path)),
            "tcpdump -v": Entry(programs.tcpdump_print(path)),
            "tcpdump -w": Entry(programs.tcpdump_write(path)),
            **_sampled(capture, sizes, folder),
            "dd": Entry(programs.dd(path)),
            EXPORT: Entry(programs.export(path, folder / "out.parquet")),
        },
        (
            Target(DIAGNOSE, 2),
            Target(DIAGNOSE, 1 / 7, ("dense", "tcpdump -v")),
            Target(DIAGNOSE, 1 / 35, ("dense", TSHARK)),
            Target(EXPORT, 6),
        ),
    )


def _mixed(sizes: Sizes, folder: Path) -> Group:
    capture = Capture("mixed", sizes.mixed)
    path = folder / capture.name
    return Group(
        "mixed",
        _mixed_title(capture),
        (capture, _part(capture, sizes), _SINGLE),
        {
            DIAGNOSE: Entry(programs.diagnose(path)),
            "tcpdump -v": Entry(programs.tcpdump_print(path, programs.FILTER)),
            "tcpdump -w": Entry(programs.tcpdump_write(path)),
            **_sampled(capture, sizes, folder),
            "dd": Entry(programs.dd(path)),
        },
        (Target(DIAGNOSE, 1.5, ("mixed", "tcpdump -w")),),
    )


def _containers(sizes: Sizes, folder: Path) -> Group:
    pcap = Capture("dense", sizes.dense)
    pcapng = Capture("dense", sizes.dense, suffix=".pcapng")
    packed = Capture("dense", sizes.dense, suffix=".pcap.gz")
    plain, stdin = folder / pcap.name, programs.diagnose(Path("-")).arguments
    return Group(
        "containers",
        f"{pcap.frames:,} adverts as dense, in other containers and on standard input",
        (pcap, pcapng, packed),
        {
            "vrrpscope pcap": Entry(programs.diagnose(plain)),
            "vrrpscope pcapng": Entry(programs.diagnose(folder / pcapng.name)),
            "vrrpscope pcap.gz": Entry(programs.diagnose(folder / packed.name)),
            "gzip -dc": Entry(programs.unpack(folder / packed.name)),
            "vrrpscope - < pcap": Entry(Command(stdin, plain)),
            "cat pcap | vrrpscope -": Entry(Command(stdin, plain, piped=True)),
        },
        (
            Target("vrrpscope pcapng", 1.5, ("containers", "vrrpscope pcap")),
            Target("vrrpscope pcap.gz", 1.5, ("containers", "gzip -dc")),
            Target("vrrpscope - < pcap", 1.1, ("containers", "vrrpscope pcap")),
            Target("cat pcap | vrrpscope -", 1.1, ("containers", "vrrpscope pcap")),
        ),
    )


def _huge_dense(sizes: Sizes, folder: Path) -> Group:
    capture = Capture("dense", sizes.huge_dense)
    path = folder / capture.name
    return Group(
        "huge-dense",
        _dense_title(capture),
        (capture,),
        {DIAGNOSE: Entry(programs.diagnose(path)), "dd": Entry(programs.dd(path))},
        (Target(DIAGNOSE, 2, ("dense", DIAGNOSE)),),
    )


def _huge_mixed(sizes: Sizes, folder: Path) -> Group:
    capture = Capture("mixed", sizes.huge_mixed)
    path = folder / capture.name
    return Group(
        "huge-mixed",
        _mixed_title(capture),
        (capture,),
        {
            DIAGNOSE: Entry(programs.diagnose(path)),
            "tcpdump -w": Entry(programs.tcpdump_write(path)),
            "dd": Entry(programs.dd(path)),
        },
        (Target(DIAGNOSE, 1, ("huge-mixed", "tcpdump -w")),),
    )


GROUPS: dict[str, Callable[[Sizes, Path], Group]] = {
    "small": _small,
    "dense": _dense,
    "mixed": _mixed,
    "containers": _containers,
    "huge-dense": _huge_dense,
    "huge-mixed": _huge_mixed,
}
"""By name, in the order of the table."""
