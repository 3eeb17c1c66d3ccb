"""Writes the generated parts of the documentation, or checks that they are up to date.

Two kinds of text are generated:

- whole pages, made by a function of the package: see `PAGES`;
- the output of a command, shown in a fenced block below a comment that names the command:

      <!-- output of: vrrpscope explain | head -5 -->
      ```text
      ...
      ```

  The command runs in the project's folder, in UTC, 100 columns wide and without colour. It is
  no shell command: only `vrrpscope`, its arguments and `| head -N`. Where it is meant to fail,
  `(exit 2)` behind it says so, and what it prints on standard error is shown as well.

Usage: generate_docs.py [--check]    With --check nothing is written; exit code 1 on a difference.
"""

import difflib
import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PAGES = {
    "docs/causes.md": "vrrpscope.render.manual:causes_page",
    "docs/rules.md": "vrrpscope.render.manual:rules_page",
    "docs/scoreboard.md": "tools.scoreboard:page",
    "docs/tables.md": "vrrpscope.render.tables.page:page",
}
"""Page -> "module:function". The function takes nothing and returns the text of the page."""

DOCUMENTS = ("*.md", "docs/**/*.md")
"""Where blocks with command output may stand."""

_COMMENT = "<!-- output of:"

_BLOCK = re.compile(
    r"(?P<head><!-- output of: (?P<command>[^\n]+?)(?: \(exit (?P<status>\d)\))? -->\n"
    r"(?P<fence>```+)[^\n`]*\n)"
    r"(?P<body>.*?)"
    r"(?P<tail>^(?P=fence)[ \t]*$)",
    re.DOTALL | re.MULTILINE,
)

_HEAD = re.compile(r"^(?P<command>.*?)\s*\|\s*head -(?P<lines>\d+)$")

_TIMEOUT_S = 120

Runner = Callable[[str, int], str]


class DocsError(Exception):
    """A generated part that cannot be generated: what is wrong, and where."""


def run_command(command: str, status: int = 0) -> str:
    """The output of a `vrrpscope` command line; with standard error where it is meant to fail.

    Args:
        command: as a user would type it, optionally with `| head -N`.
        status: the exit code that is expected.

    Raises:
        DocsError: another program, another exit code, or no end within `_TIMEOUT_S`.
    """
    limited = _HEAD.match(command)
    lines = int(limited["lines"]) if limited else None
    words = shlex.split(limited["command"] if limited else command)
    if not words or words[0] != "vrrpscope":
        raise DocsError(f"`{command}`: only vrrpscope itself can be run")
    program = Path(sys.executable).with_name("vrrpscope")
    try:
        done = subprocess.run(
            [str(program), *words[1:]],
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DocsError(f"`{command}`: {error}") from error
    if done.returncode != status:
        raise DocsError(
            f"`{command}`: exit code {done.returncode} instead of {status}\n{done.stderr}"
        )
    output = done.stdout + (done.stderr if status else "")
    return "".join(output.splitlines(keepends=True)[:lines])


def _environment() -> dict[str, str]:
    """The same on every machine: time zone, language, width, no colour."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"TZ": "UTC", "LC_ALL": "C.UTF-8", "COLUMNS": "100", "NO_COLOR": "1"}


def refresh_blocks(text: str, run: Runner) -> str:
    """The text with the output of every announced command in its place.

    Raises:
        DocsError: a comment announces output, and no fenced block follows it.
    """

    def replace(match: re.Match[str]) -> str:
        output = run(match["command"], int(match["status"] or 0))
        body = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
        if match["fence"] in body:
            raise DocsError(f"`{match['command']}`: its output holds the fence of its own block")
        return match["head"] + body + match["tail"]

    refreshed, count = _BLOCK.subn(replace, text)
    announced = sum(line.startswith(_COMMENT) for line in text.splitlines())
    if count != announced:
        raise DocsError(f"{announced} comments `{_COMMENT} ... -->`, {count} fenced blocks below")
    return refreshed


def page_text(source: str) -> str | None:
    """What the function "module:function" returns; None where the module does not exist.

    Raises:
        DocsError: the module has no such function.
    """
    module_name, function_name = source.split(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if not f"{module_name}.".startswith(f"{error.name}."):
            raise
        return None
    function = getattr(module, function_name, None)
    if function is None:
        raise DocsError(f"{module_name} has no function {function_name}")
    return str(function())


def wanted_texts(root: Path, run: Runner) -> Iterator[tuple[Path, str]]:
    """Every file with generated parts, and the text that it should have.

    Raises:
        DocsError: see `refresh_blocks` and `page_text`; or a page is there and its source is not.
    """
    for name, source in PAGES.items():
        text = page_text(source)
        if text is not None:
            yield root / name, text.rstrip("\n") + "\n"
        elif (root / name).exists():
            raise DocsError(f"{name} is there, and {source}, which generates it, is not")
    for pattern in DOCUMENTS:
        for path in sorted(root.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            if path.relative_to(root).as_posix() not in PAGES and _COMMENT in text:
                yield path, refresh_blocks(text, run)


def difference(path: Path, wanted: str, root: Path) -> str:
    """A unified diff from the file as it is to the text that is wanted; empty where equal."""
    current = path.read_text(encoding="utf-8") if path.exists() else ""
    name = path.relative_to(root).as_posix()
    lines = difflib.unified_diff(
        current.splitlines(),
        wanted.splitlines(),
        f"{name} (as it is)",
        f"{name} (wanted)",
        lineterm="",
    )
    return "\n".join(lines)


def refresh(root: Path, run: Runner, check: bool) -> int:
    """Write what is out of date, or with `check` show it; the number of such files.

    Raises:
        DocsError: see `wanted_texts`.
    """
    stale = 0
    for path, wanted in wanted_texts(root, run):
        changes = difference(path, wanted, root)
        if not changes:
            continue
        stale += 1
        if check:
            print(changes)
        else:
            path.write_text(wanted, encoding="utf-8")
            print(f"wrote {path.relative_to(root)}")
    return stale


def main(arguments: list[str]) -> int:
    """0 where all is up to date or written, 1 where it is not, 2 for wrong arguments."""
    if arguments not in ([], ["--check"]):
        print("usage: generate_docs.py [--check]", file=sys.stderr)
        return 2
    check = bool(arguments)
    try:
        stale = refresh(ROOT, run_command, check)
    except DocsError as error:
        print(error, file=sys.stderr)
        return 1
    if check and stale:
        print(f"out of date: {stale} files; type: make docs", file=sys.stderr)
        return 1
    print("Generated parts are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
