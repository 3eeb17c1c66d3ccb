"""Errors as people read them: two lines for the user's input, one for a fault of ours."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from vrrpscope.render.values import printable

BAD_INPUT, FAULT, INTERRUPTED = 2, 3, 130


def bad_input(message: str, hint: str) -> int:
    """What was expected and found, and what to type."""
    print(f"vrrpscope: {_one_line(message)}\n  {_one_line(hint)}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT


def tell(message: str) -> None:
    """What was done, where standard output has nothing to show for it."""
    print(f"vrrpscope: {_one_line(message)}", file=sys.stderr)  # noqa: T201


def fault(error: BaseException, verbose: bool) -> int:
    """A fault of ours: one line, and where it happened only for those who ask."""
    if verbose:
        import traceback

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    where = "" if verbose else " (with -v: where it happened)"
    line = f"vrrpscope: a fault of vrrpscope itself, please report it: {_one_line(what)}{where}"
    print(line, file=sys.stderr)  # noqa: T201
    return FAULT


def usage(error: BaseException, arguments: Sequence[str], commands: Sequence[str]) -> int:
    """A command line that cannot be understood.

    Args:
        error: the parser's (click's `UsageError`, wherever typer has it from).
        arguments: what was typed.
        commands: the commands that there are.
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "vrrpscope"
    message = str(getattr(error, "format_message", error.__str__)()).strip().rstrip(".")
    message = message.replace("Value error, ", "")
    if not arguments:
        return bad_input("no command was named", "type vrrpscope diagnose FILE, or vrrpscope -h")
    unknown = re.match(r"No such command '(.*?)'", message, re.DOTALL)
    if unknown is None:
        return bad_input(message[:1].lower() + message[1:], f"type {path} --help")
    word = unknown[1]
    if Path(word).exists():
        return bad_input(f"{word} is no command", f"type vrrpscope diagnose {' '.join(arguments)}")
    from difflib import get_close_matches

    close = get_close_matches(word, commands, 1)
    hint = f"type vrrpscope {close[0]}" if close else f"there are: {', '.join(commands)}"
    return bad_input(f"there is no command {word}", hint)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
