"""Where the stages meet: captures and configurations in, an analysis out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import PurePath

from vrrpscope.advert_rows import AdvertBatch, AdvertRows
from vrrpscope.capture.source import open_capture
from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.nodes import Given, Node
from vrrpscope.errors import UsageError
from vrrpscope.reader import Progress, Reader, Scope
from vrrpscope.timeline.model import Timeline


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
    given = read_given(configurations, logs)
    timelines = read_timelines(captures, scope or Scope(), progress)
    return analyze_timelines(timelines, given, diagnosed=diagnosed)


def read_given(configurations: Sequence[str], logs: Sequence[str]) -> list[Given]:
    """Reads configurations and logs, each named as `analyze_files` takes it.

    Raises:
        VrrpscopeError: for anything that the user can mend.
    """
    given = [_given(argument, "--config") for argument in configurations]
    return given + [_given(argument, "--log") for argument in logs]


def analyze_timelines(
    timelines: tuple[Timeline, ...], given: Sequence[Given], *, diagnosed: bool
) -> Analysis:
    """Ties what was told to what was seen, and diagnoses it.

    Raises:
        VrrpscopeError: a configuration or log that cannot be tied to a router.
    """
    case = Case(timelines, bind(timelines, given))
    return Analysis(case, diagnose(case) if diagnosed else ())


def read_timelines(
    captures: Sequence[str], scope: Scope, progress: Progress | None = None
) -> tuple[Timeline, ...]:
    """One timeline for each capture, and for each interface of a capture that has several."""
    timelines: list[Timeline] = []
    for path, name in zip(captures, _vantage_names(captures), strict=True):
        with open_capture(path) as capture:
            timelines.extend(Reader(capture, name, scope, progress).read())
    return tuple(timelines)


def read_adverts(
    captures: Sequence[str],
    take: Callable[[AdvertBatch], None],
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> tuple[Timeline, ...]:
    """Hands over every advert of the captures, in batches, and returns the timelines.

    Args:
        captures: paths; "-" is standard input.
        take: called with each batch, in the order of each capture.
        scope: what to look at; everything by default.
        progress: called while a capture is read.

    Raises:
        VrrpscopeError: for anything that the user can mend.
    """
    rows = AdvertRows(take)
    timelines: list[Timeline] = []
    for path, name in zip(captures, _vantage_names(captures), strict=True):
        with open_capture(path) as capture:
            timelines.extend(Reader(capture, name, scope or Scope(), progress, rows).read())
    rows.finish()
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
