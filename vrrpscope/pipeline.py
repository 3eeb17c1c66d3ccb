"""Where the stages meet: captures and configurations in, an analysis out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import PurePath

from vrrpscope.capture.source import CaptureFile, open_capture
from vrrpscope.decode.decoder import Decoder
from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.nodes import Given, Node
from vrrpscope.errors import UsageError
from vrrpscope.observation import Announcement, Carp, Frame, Sighting, Vantage
from vrrpscope.timeline.builder import TimelineBuilder
from vrrpscope.timeline.model import Timeline

Progress = Callable[[CaptureFile, int], None]
"""Called now and then with the capture and the number of frames read from it."""

_PROGRESS_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: one VRID, or a time span in nanoseconds since the epoch."""

    vrid: int | None = None
    since_ns: int | None = None
    until_ns: int | None = None

    def takes(self, time_ns: int | None) -> bool:
        """True for a time within the span; a frame without a time is always taken."""
        if time_ns is None:
            return True
        after = self.since_ns is None or time_ns >= self.since_ns
        return after and (self.until_ns is None or time_ns <= self.until_ns)


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found out: the case with its timelines, and the findings."""

    case: Case
    findings: tuple[Finding, ...]

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        """One timeline for each vantage."""
        return self.case.timelines

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The routers whose configuration was given."""
        return self.case.nodes


def analyze_files(
    captures: Sequence[str],
    configurations: Sequence[str] = (),
    logs: Sequence[str] = (),
    scope: Scope | None = None,
    progress: Progress | None = None,
    *,
    diagnosed: bool = True,
) -> Analysis:
    """Reads captures, configurations and logs and diagnoses them.

    Args:
        captures: paths; "-" is standard input.
        configurations: each `FILE` or `NODE=FILE`, NODE being a name, an address, or
            `NAME@ADDRESS`.
        logs: the same for the logs of keepalived or FRRouting.
        scope: what to look at; everything by default.
        progress: called while a capture is read.
        diagnosed: False tells the story alone and runs no rule.

    Raises:
        VrrpscopeError: for anything that the user can mend.
    """
    given = [_given(argument, "--config") for argument in configurations]
    given += [_given(argument, "--log") for argument in logs]
    timelines = read_timelines(captures, scope or Scope(), progress)
    case = Case(timelines, bind(timelines, given))
    return Analysis(case, diagnose(case) if diagnosed else ())


def read_timelines(
    captures: Sequence[str], scope: Scope, progress: Progress | None = None
) -> tuple[Timeline, ...]:
    """One timeline for each capture, and for each interface of a capture that has several."""
    timelines: list[Timeline] = []
    for path, name in zip(captures, _vantage_names(captures), strict=True):
        with open_capture(path) as capture:
            timelines.extend(_Reader(capture, name, scope, progress).read())
    return tuple(timelines)


def _vantage_names(captures: Sequence[str]) -> list[str]:
    """The file names, or the whole paths where two files have one name."""
    if captures.count("-") > 1:
        raise UsageError("standard input was named twice", "give '-' once, and files beside it")
    twice = next((path for path in captures if captures.count(path) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} was named twice", "give each capture once")
    names = [PurePath(path).name for path in captures]
    return [
        name if names.count(name) == 1 else path for name, path in zip(names, captures, strict=True)
    ]


class _Reader:
    """Reads one capture into the timelines of its interfaces."""

    def __init__(
        self, capture: CaptureFile, name: str, scope: Scope, progress: Progress | None
    ) -> None:
        self._capture = capture
        self._name = capture.file if name == "-" else name
        self._scope = scope
        self._progress = progress
        self._decoder = Decoder()
        self._builders: dict[object, TimelineBuilder] = {}
        self._by_interface: dict[int, TimelineBuilder] = {}

    def read(self) -> list[Timeline]:
        """Every frame once, then the story of each interface."""
        for frame in self._capture:
            if self._scope.takes(frame.time_ns):
                self._take(frame)
            if self._progress is not None and frame.number % _PROGRESS_EVERY == 0:
                self._progress(self._capture, frame.number)
        self._capture.close()
        if not self._builders:
            self._builder(0)
        timelines = [builder.finish() for builder in self._builders.values()]
        timelines[0].notes.extend(self._capture.notes)
        return timelines

    def _take(self, frame: Frame) -> None:
        """Decodes a frame and hands it to the builder of its interface."""
        builder = self._by_interface.get(frame.interface)
        if builder is None:
            builder = self._builder(frame.interface)
        decoded = self._decoder.decode(frame, builder.vantage.id)
        if isinstance(decoded, Sighting):
            if self._scope.vrid in (None, decoded.router.vrid):
                builder.push(decoded)
            else:
                builder.notice("other VRID", False, decoded.advertisement.source_mac, frame.time_ns)
        elif isinstance(decoded, Announcement):
            builder.announce(decoded)
        elif isinstance(decoded, Carp):
            builder.meet(decoded)
        else:
            builder.notice(decoded.name, decoded.refused, _source_mac(frame), frame.time_ns)

    def _builder(self, index: int) -> TimelineBuilder:
        """The builder of an interface; one that a later section names again is the same."""
        interfaces = self._capture.interfaces
        name = interfaces[index].name if index < len(interfaces) else None
        key = name or index
        if key not in self._builders:
            id_ = self._name if not self._builders else f"{self._name}#{name or index}"
            vantage = Vantage(id_, self._capture.file, name, self._capture.is_text)
            self._builders[key] = TimelineBuilder(vantage)
        self._by_interface[index] = self._builders[key]
        return self._builders[key]


_MAC_OFFSETS = {1: 6, 113: 6, 276: 12}
"""Where the sender's MAC stands: Ethernet, Linux cooked v1 and v2."""


def _source_mac(frame: Frame) -> str:
    """The sender's MAC of a frame that is no advert; "" where the link layer has none."""
    offset = _MAC_OFFSETS.get(frame.link_type)
    return "" if offset is None else frame.data[offset : offset + 6].hex(":")


def _given(argument: str, option: str) -> Given:
    """Parses `[NODE=]FILE` of `--config` or `--log` and reads the file."""
    node, separator, path = argument.partition("=")
    if not separator:
        node, path = "", argument
    name, _, address = node.partition("@")
    if name and not address and _is_address(name):
        name, address = "", name
    if address and not _is_address(address):
        raise UsageError(
            f"{address} in {option} {argument} is no IP address",
            f"type {option} NAME@ADDRESS=FILE",
        )
    given = Given(
        name or PurePath(path).stem,
        address=ip_address(address) if address else None,
        is_named=bool(name),
    )
    if option == "--log":
        from vrrpscope.evidence.logs import read_log

        return replace(given, log=read_log(path, name or None))
    from vrrpscope.evidence.intent import parse_configuration

    return replace(given, configuration=parse_configuration(path, name or None))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def sources(arguments: Iterable[str], options: Iterable[str]) -> list[str]:
    """Captures from the arguments and from `-r`, in that order.

    Raises:
        UsageError: where there is none.
    """
    captures = [*arguments, *options]
    if not captures:
        raise UsageError("no capture was named", "type vrrpscope diagnose FILE, or - for a pipe")
    return captures
