"""Cases: find a recipe, run it, and write its folder."""

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from lab.capture import records
from lab.laboratory import Lab
from lab.shell import LabError, run

CASES = Path(__file__).parents[1] / "pcaps"
KEPT = (".pcap", ".conf", ".log", ".sh")
STEPS_HEADING = "## What was done"


@dataclass(frozen=True)
class Recipe:
    """How a case is recorded: `pcaps/<name>/recipe.py`.

    Attributes:
        name: the name of the case's folder.
        title: the first line of the module's docstring.
        story: the rest of it, in Markdown.
        record: the recipe's function; it is given a `Lab`.
    """

    name: str
    title: str
    story: str
    record: Callable[[Lab], None]


def names() -> list[str]:
    """The cases that have a recipe."""
    return sorted(path.parent.name for path in CASES.glob("*/recipe.py"))


def load(name: str) -> Recipe:
    """Read the recipe of a case.

    Raises:
        LabError: there is no such recipe, or it says nothing of itself.
    """
    path = CASES / name / "recipe.py"
    if not path.is_file():
        raise LabError(f"no recipe pcaps/{name}/recipe.py; there are: {', '.join(names())}")
    spec = importlib.util.spec_from_file_location(f"recipe_{name.replace('-', '_')}", path)
    if spec is None or spec.loader is None:
        raise LabError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    title, _, story = (module.__doc__ or "").strip().partition("\n")
    if not title:
        raise LabError(f"pcaps/{name}/recipe.py needs a docstring: it becomes the README")
    return Recipe(name, title, story.strip(), cast("Callable[[Lab], None]", module.record))


def record(name: str, into: Path | None = None) -> Path:
    """Record a case and write its files; returns the folder.

    Args:
        name: the case.
        into: the folder to write; the case's own where None. What an earlier recording left
            in it is replaced, but only after everything went well.
    """
    recipe = load(name)
    folder = into or CASES / name
    with tempfile.TemporaryDirectory(prefix="vs-lab-") as place:
        work = Path(place)
        work.chmod(0o755)
        with Lab(work) as lab:
            lab.segment()
            recipe.record(lab)
            lab.end_captures()
            # Before the daemons are ended: the logs end where the captures end.
            _replace(folder, work)
    start_ns = min(records(path)[0][0] for path in folder.glob("*.pcap"))
    steps = lab.journal.table(start_ns)
    (folder / "README.md").write_text(readme(recipe, steps, versions(lab)))
    return folder


def _replace(folder: Path, work: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.suffix in KEPT:
            old.unlink()
    for new in sorted(work.iterdir()):
        if new.is_file() and new.suffix in KEPT and new.stat().st_size:
            shutil.copyfile(new, folder / new.name)


def versions(lab: Lab) -> str:
    """The daemons that ran and the kernel below them, as one line."""
    kinds = {type(node).__name__ for node in lab.nodes}
    found = []
    if "Keepalived" in kinds:
        found.append(f"keepalived {_version(['keepalived', '--version'])}")
    if "Frr" in kinds:
        found.append(f"FRRouting {_version(['/usr/lib/frr/vrrpd', '--version'])}")
    if "Ucarp" in kinds:
        found.append(f"ucarp {_version(['ucarp', '--help'])}")
    release = _version(["uname", "-r"])
    return f"{', '.join(found)}, tcpdump {_version(['tcpdump', '--version'])}, Linux {release}"


def _version(command: list[str]) -> str:
    # keepalived and tcpdump print their version on standard error.
    text = run(["sh", "-c", '"$@" 2>&1', "sh", *command])
    match = re.search(r"\d+\.\d+(\.\d+)?", text)
    return match.group() if match else "(version unknown)"


def readme(recipe: Recipe, steps: str, daemons: str) -> str:
    """The README of a case: title, story, steps, provenance."""
    return (
        f"# {recipe.title}\n\n{recipe.story}\n\n{STEPS_HEADING}\n\n"
        f"Times are relative to the first frame of the capture.\n\n{steps}\n\n"
        f"## Provenance\n\nRecorded with `lab/` (`make record CASE={recipe.name}`): {daemons}.\n"
        "Network namespaces and veth pairs on one bridge; nothing in the capture was edited"
        f"{_edited(steps)}.\n"
    )


def _edited(steps: str) -> str:
    """What was changed in the captures afterwards, by the journal."""
    if "tagged and merged" in steps:
        return ", except for the VLAN tags"
    return ", except for the times where that is said" if "clock changed" in steps else ""


def describe(name: str) -> None:
    """Write the title and the story of a recipe into the README again; the steps stay."""
    recipe = load(name)
    path = CASES / name / "README.md"
    _, heading, steps = path.read_text().partition(STEPS_HEADING)
    if not heading:
        raise LabError(f"{path} has no heading {STEPS_HEADING!r}: record the case again")
    path.write_text(f"# {recipe.title}\n\n{recipe.story}\n\n{heading}{steps}")
