"""What the commands do, once their options are known. Each returns the exit code.

Each imports what its format needs when it is needed: a small capture is read faster than all of
them are imported.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Severity
from vrrpscope.errors import UsageError, VrrpscopeError
from vrrpscope.pipeline import (
    Analysis,
    analyze_files,
    analyze_timelines,
    read_adverts,
    read_given,
    sources,
)
from vrrpscope.reader import Scope
from vrrpscope.render import fault
from vrrpscope.render.clock import Clock, clock
from vrrpscope.render.progress import ProgressBar
from vrrpscope.render.style import Screen, screen
from vrrpscope.render.values import count
from vrrpscope.render.view import View

if TYPE_CHECKING:
    from vrrpscope.advert_rows import AdvertBatch
    from vrrpscope.render.document import Block

DONE, FOUND = 0, 1

_GRAVE = {
    "never": (),
    "error": (Severity.ERROR,),
    "warning": (Severity.ERROR, Severity.WARNING),
}

_DEMO_FILES = ("incident.pcap", "dr-1.conf", "dr-2.conf")
_DEMO_SAYS = """\
A recorded incident: the check of dr-1 fails, and 172.31.23.6 does not move. The same by hand:
cd {folder} && vrrpscope diagnose {typed}

"""


class Options(Struct, frozen=True):
    """The options that commands with captures share, as they were typed."""

    captures: tuple[str, ...] = ()
    configurations: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    vrid: int | None = None
    since: str | None = None
    until: str | None = None
    at: str | None = None
    why: str | None = None
    format: str = "text"
    fail_on: str = "never"
    redact: bool = False
    utc: bool = False
    zone: str | None = None
    colour: str = "auto"
    quiet: bool = False
    verbose: bool = False


def diagnose(options: Options) -> int:
    """Tells the story of each virtual router, and explains what went wrong."""
    if (options.at is None) != (options.why is None):
        given, missing = ("--why", "--at") if options.why else ("--at", "--why")
        raise UsageError(
            f"{given} was given without {missing}", "type --why NODE --at TIME, both of them"
        )
    view = _view(options, _analysis(options))
    write(_answer(options, view) if options.why else _diagnosis(options, view))
    grave = _GRAVE[options.fail_on]
    return FOUND if any(f.severity in grave for f in view.analysis.findings) else DONE


def timeline(options: Options) -> int:
    """Tells the story alone; the rules run only where `--fail-on` asks for what they find."""
    analysis = _analysis(options, diagnosed=options.fail_on != "never")
    grave = _GRAVE[options.fail_on]
    found = any(f.severity in grave for f in analysis.findings)
    view = _view(options, Analysis(analysis.case, ()))
    if options.format == "json":
        from vrrpscope.render import json

        write(json.text_of(view, json.TIMELINE))
    else:
        from vrrpscope.render import report

        write(_laid_out(options, view, report.brief if options.quiet else report.story))
    return FOUND if found else DONE


def tail(options: Options, interfaces: tuple[str, ...], source: str, **more: Any) -> int:
    """Tells the story while it happens, and the whole report at the end."""
    from vrrpscope.render.tail import Watched, watch

    if len(options.captures) > 1:
        raise UsageError("one capture is followed at a time", "type vrrpscope tail FILE")
    watched = Watched(
        file=options.captures[0] if options.captures else None,
        interfaces=interfaces,
        source=source,
        configurations=options.configurations,
        logs=options.logs,
        vrid=options.vrid,
        format=options.format,
        utc=options.utc,
        zone=options.zone,
        colour=options.colour,
        **more,
    )
    view = _view(options, watch(watched))
    if options.format == "json":
        from vrrpscope.render import json

        write(json.line_of(view))
    elif not options.quiet:
        write("\n" + _diagnosis(options, view))
    grave = _GRAVE[options.fail_on]
    return FOUND if any(f.severity in grave for f in view.analysis.findings) else DONE


def export(options: Options, table: str, output: str) -> int:
    """Writes a table to a file, whose ending tells the format."""
    from vrrpscope.render.tables.formats import ending

    ending(output)
    sources(options.captures, ())
    # Both are answered before the libraries are imported, which takes half a second.
    from vrrpscope.render.tables.export import write_adverts, write_story
    from vrrpscope.render.tables.files import table_file

    with table_file(output, table) as file:
        if table == "adverts":
            analysis = write_adverts(file, partial(_read_adverts, options), redact=options.redact)
        else:
            wanted = table == "findings" or options.fail_on != "never"
            analysis = _analysis(options, diagnosed=wanted)
            write_story(file, table, analysis, redact=options.redact)
    if not options.quiet:
        _tell_notes(analysis)
        fault.tell(f"{count(file.rows, 'row')} of {table} written to {output}")
    grave = _GRAVE[options.fail_on]
    return FOUND if any(f.severity in grave for f in analysis.findings) else DONE


def _tell_notes(analysis: Analysis) -> None:
    """Says what a table cannot: that a capture is damaged, or was not read to its end."""
    for timeline in analysis.timelines:
        for note in timeline.notes:
            fault.tell(f"{timeline.vantage.id}: {note}")


def _read_adverts(options: Options, take: "Callable[[AdvertBatch], None]") -> Analysis:
    """Hands over every advert; the rules run only where `--fail-on` asks for what they find."""
    scope = _scope(options, clock(options.utc, options.zone))
    given = read_given(options.configurations, options.logs)
    with ProgressBar(not options.quiet) as progress:
        timelines = read_adverts(options.captures, take, scope, progress)
    return analyze_timelines(timelines, given, diagnosed=options.fail_on != "never")


def explain(rule: str | None, colour: str) -> int:
    """The manual page of one rule, or the list of all."""
    from vrrpscope.render import manual
    from vrrpscope.render.terminal import text_of

    blocks = manual.overview() if rule is None else manual.pages(rule)
    write(text_of(blocks, screen(sys.stdout, colour)))
    return DONE


def demo(options: Options) -> int:
    """Diagnoses the incident that comes with the package."""
    import shlex

    folder = demo_folder()
    shown = os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
    capture, *configurations = _DEMO_FILES
    typed = " ".join((capture, *(f"--config {name}" for name in configurations)))
    write(_DEMO_SAYS.format(folder=shlex.quote(shown), typed=typed))
    # Relative names keep the evidence short: "dr-2.conf:16".
    with contextlib.chdir(folder):
        return diagnose(replace(options, captures=(capture,), configurations=tuple(configurations)))


def demo_folder() -> Path:
    """Where the incident's files are."""
    from importlib.resources import files

    return Path(str(files("vrrpscope").joinpath("demo")))


def _analysis(options: Options, *, diagnosed: bool = True) -> Analysis:
    captures = sources(options.captures, ())
    scope = _scope(options, clock(options.utc, options.zone))
    with ProgressBar(not options.quiet) as progress:
        return analyze_files(
            captures, options.configurations, options.logs, scope, progress, diagnosed=diagnosed
        )


def _scope(options: Options, clock_: Clock) -> Scope:
    since_ns = clock_.parse(options.since, "--since") if options.since else None
    until_ns = clock_.parse(options.until, "--until") if options.until else None
    if since_ns is not None and until_ns is not None and since_ns > until_ns:
        raise UsageError(
            f"--since {options.since} is later than --until {options.until}",
            "give the earlier time to --since",
        )
    return Scope(options.vrid, since_ns, until_ns)


def _view(options: Options, analysis: Analysis) -> View:
    """The analysis as the options want it to be looked at."""
    shown = screen(sys.stdout, options.colour)
    if options.format == "markdown":
        shown = Screen()
    view = View(analysis, clock(options.utc, options.zone), shown, options.verbose)
    if options.redact:
        from vrrpscope.render.redact import redacted

        view.analysis, view.redactor = redacted(analysis)
    return view


def _diagnosis(options: Options, view: View) -> str:
    if options.format == "json":
        from vrrpscope.render import json

        return json.text_of(view)
    from vrrpscope.render import report

    return _laid_out(options, view, report.quiet if options.quiet else report.diagnosis)


def _answer(options: Options, view: View) -> str:
    """What `--why NODE --at TIME` asks for."""
    from vrrpscope.render import why

    found = why.answers(view, options.why or "", options.at or "")
    if options.format == "json":
        from vrrpscope.render import json

        return json.text_of(view, more={"why": why.as_json(found)})
    return _laid_out(options, view, lambda view: why.document(view, found))


def _laid_out(options: Options, view: View, told: "Callable[[View], Iterator[Block]]") -> str:
    """A document as text or Markdown."""
    from vrrpscope.render.document import mapped

    blocks = told(view)
    if view.redactor is not None:
        change = view.redactor.text
        blocks = (mapped(block, change) for block in blocks)
    if options.format == "markdown":
        from vrrpscope.render import markdown

        return markdown.text_of(blocks)
    from vrrpscope.render import terminal

    return terminal.text_of(blocks, view.screen)


def write(text: str, stream: TextIO | None = None) -> bool:
    """Writes to standard output; False where its reader went away, which is no error.

    Raises:
        VrrpscopeError: it cannot be written for another reason, such as a full disk.
    """
    stream = stream or sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _forget(stream)
        return False
    except OSError as error:
        _forget(stream)
        raise VrrpscopeError(
            f"the output cannot be written: {error.strerror or error}",
            "check the disk, or where the output is sent",
        ) from error
    return True


def _forget(stream: TextIO) -> None:
    """Sends what is still in the buffer nowhere, so that Python's own last flush is quiet."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
