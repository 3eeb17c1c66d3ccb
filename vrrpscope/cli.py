"""The command line: names and help of the commands and options, and nothing else."""

import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from vrrpscope import __version__
from vrrpscope.errors import VrrpscopeError
from vrrpscope.render import fault

# typer has click inside or beside it, depending on its version; this is the class that it raises.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="vrrpscope",
    help="Reads captures of VRRP and explains why the virtual address did, or did not, move.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class Table(StrEnum):
    """Which rows an export has."""

    ADVERTS = "adverts"
    STREAKS = "streaks"
    TENURES = "tenures"
    HANDOVERS = "handovers"
    FINDINGS = "findings"


class Lines(StrEnum):
    """What events are written as."""

    TEXT = "text"
    JSON = "json"


class Source(StrEnum):
    """How `tail` captures from interfaces."""

    AUTO = "auto"
    SOCKET = "socket"
    PYSHARK = "pyshark"


class FailOn(StrEnum):
    """Findings from which severity on make the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


class Colour(StrEnum):
    """When text is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


Captures = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CAPTURE...",
        help="pcap, pcapng or text that tcpdump printed, also compressed; - reads a pipe.",
    ),
]
Read = Annotated[
    list[str] | None,
    typer.Option("-r", metavar="FILE", help="A capture, as tshark and tcpdump take it."),
]
Config = Annotated[
    list[str] | None,
    typer.Option("--config", metavar="[NODE=]FILE", help="A router's keepalived.conf; repeatable."),
]
Log = Annotated[
    list[str] | None,
    typer.Option("--log", metavar="[NODE=]FILE", help="A router's log; repeatable."),
]
Vrid = Annotated[int | None, typer.Option(min=1, max=255, metavar="N", help="Only this VRID.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Only from here on: ISO 8601, or seconds of the epoch."),
]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Only up to here.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="With --why: the moment, as the report prints it."),
]
Why = Annotated[
    str | None,
    typer.Option("--why", metavar="NODE", help="Why this router did not take over at --at TIME."),
]
Output = Annotated[Format, typer.Option("--format", help="What to write.")]
Fail = Annotated[
    FailOn, typer.Option("--fail-on", help="Exit code 1 for findings of this severity or worse.")
]
Redact = Annotated[
    bool, typer.Option("--redact", help="Replace addresses, MACs and names, always alike.")
]
Utc = Annotated[bool, typer.Option("--utc", help="Times in UTC instead of the local zone.")]
Zone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help="Times in this zone.")]
Paint = Annotated[Colour, typer.Option("--color", help="Colours; NO_COLOR is heeded as well.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the headlines, no progress bar.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also what is rarely needed.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vrrpscope {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Options without a command."""


def _named(typed: dict[str, Any]) -> dict[str, Any]:
    """The options under the names that `command.Options` has for them."""
    captures = (*(typed.pop("captures") or ()), *(typed.pop("read", None) or ()))
    given = {
        "configurations": tuple(typed.pop("config") or ()),
        "logs": tuple(typed.pop("log") or ()),
    }
    return typed | {"captures": captures} | given


@app.command(short_help="Explain what went wrong, with the evidence.")
def diagnose(
    captures: Captures = None,
    read: Read = None,
    config: Config = None,
    log: Log = None,
    vrid: Vrid = None,
    since: Since = None,
    until: Until = None,
    at: At = None,
    why: Why = None,
    format: Output = Format.TEXT,
    fail_on: Fail = FailOn.NEVER,
    redact: Redact = False,
    utc: Utc = False,
    zone: Zone = None,
    colour: Paint = Colour.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell the story of each virtual router, and explain what went wrong."""
    typed = locals()
    from vrrpscope.render import command

    raise typer.Exit(command.diagnose(command.Options(**_named(typed))))


@app.command(short_help="Tell who was master when.")
def timeline(
    captures: Captures = None,
    read: Read = None,
    config: Config = None,
    log: Log = None,
    vrid: Vrid = None,
    since: Since = None,
    until: Until = None,
    format: Output = Format.TEXT,
    fail_on: Fail = FailOn.NEVER,
    redact: Redact = False,
    utc: Utc = False,
    zone: Zone = None,
    colour: Paint = Colour.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell the story alone: who was master from when to when, priorities, gaps, hand-overs."""
    typed = locals()
    from vrrpscope.render import command

    raise typer.Exit(command.timeline(command.Options(**_named(typed))))


@app.command(short_help="Tell the story while it happens.")
def tail(
    capture: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="A capture that is still written; - reads a pipe."),
    ] = None,
    interface: Annotated[
        list[str] | None,
        typer.Option("--interface", "-i", metavar="NAME", help="Capture here; repeatable; any."),
    ] = None,
    source: Annotated[
        Source, typer.Option(help="How to capture: a packet socket, or dumpcap by pyshark.")
    ] = Source.AUTO,
    write: Annotated[
        str | None, typer.Option("--write", metavar="FILE", help="Keep what is seen, as pcapng.")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(min=0, metavar="SECONDS", help="End after so long.")
    ] = None,
    config: Config = None,
    log: Log = None,
    vrid: Vrid = None,
    format: Annotated[Lines, typer.Option("--format", help="What to write.")] = Lines.TEXT,
    fail_on: Fail = FailOn.NEVER,
    utc: Utc = False,
    zone: Zone = None,
    colour: Paint = Colour.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Print each event when it happens; at the end, or with Ctrl-C, the report of diagnose."""
    typed = locals()
    from vrrpscope.render import command

    typed["captures"] = [name for name in (typed.pop("capture"),) if name]
    more = {"write": typed.pop("write"), "duration_s": typed.pop("duration")}
    interfaces, kind = tuple(typed.pop("interface") or ()), typed.pop("source")
    options = command.Options(**_named(typed))
    raise typer.Exit(command.tail(options, interfaces, kind, **more))


@app.command(short_help="Write a table for pandas and other programs.")
def export(
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Its ending tells: .csv, .parquet or .jsonl."
        ),
    ],
    captures: Captures = None,
    read: Read = None,
    table: Annotated[Table, typer.Option(help="Which rows it has.")] = Table.ADVERTS,
    config: Config = None,
    log: Log = None,
    vrid: Vrid = None,
    since: Since = None,
    until: Until = None,
    fail_on: Fail = FailOn.NEVER,
    redact: Redact = False,
    utc: Utc = False,
    zone: Zone = None,
    colour: Paint = Colour.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write every advert, or what became of them, as a table; its times are in UTC."""
    typed = locals()
    from vrrpscope.render import command

    output, table = typed.pop("output"), typed.pop("table")
    raise typer.Exit(command.export(command.Options(**_named(typed)), table, output))


@app.command(short_help="Show the manual page of a rule.")
def explain(
    rule: Annotated[str | None, typer.Argument(help="The id of a rule; without: the list.")] = None,
    colour: Paint = Colour.AUTO,
    verbose: Verbose = False,  # noqa: ARG001 - so that -v is understood everywhere
) -> None:
    """Show the manual page of one rule, or the list of all."""
    from vrrpscope.render import command

    raise typer.Exit(command.explain(rule, colour))


@app.command(short_help="Explain a recorded incident.")
def demo(
    utc: Utc = False,
    zone: Zone = None,
    colour: Paint = Colour.AUTO,
    verbose: Verbose = False,
) -> None:
    """Explain a recorded incident: a failover that did not happen."""
    from vrrpscope.render import command

    options = command.Options(utc=utc, zone=zone, colour=colour, verbose=verbose)
    raise typer.Exit(command.demo(options))


def run(arguments: list[str]) -> int:
    """Runs a command line; returns the exit code."""
    commands = typer.main.get_command(app)
    try:
        done = commands.main(arguments, prog_name="vrrpscope", standalone_mode=False)
    except _UsageError as error:
        return fault.usage(error, arguments, list(getattr(commands, "commands", ())))
    except VrrpscopeError as error:
        return fault.bad_input(error.message, error.hint)
    except (KeyboardInterrupt, typer.Abort) as error:
        if not isinstance(error.__cause__, EOFError):
            return fault.INTERRUPTED
        # The parser takes it for the end of a dialogue, and we have none.
        return fault.fault(error.__cause__, bool({"-v", "--verbose"}.intersection(arguments)))
    except Exception as error:  # a fault of ours, whatever it is
        return fault.fault(error, bool({"-v", "--verbose"}.intersection(arguments)))
    return done if isinstance(done, int) else 0


def main() -> None:
    """The program `vrrpscope`."""
    sys.exit(run(sys.argv[1:]))
