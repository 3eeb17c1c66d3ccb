"""What holds for the project as a whole, whatever its modules do."""

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import vrrpscope

ROOT = Path(__file__).resolve().parents[1]

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

MACHINE_PATHS = re.compile(rb"(?<![\w.:/<-])/(?:root|home|work|Users|tmp/v)/[\w.]+")
LEFTOVERS = re.compile(rb"\b(?:TODO|FIXME|XXX|HACK)\b|^(?:<<<<<<<|>>>>>>>) ", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")
MAKE_COMMAND = re.compile(r"`(?:sudo )?make ([a-z]+)|^ *(?:sudo )?make ([a-z]+)", re.MULTILINE)


def project_files() -> list[Path]:
    """What is in version control, or would be with the next `git add`."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout: which files belong to the project is not known")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    # Another user's checkout, for example of root, is not trusted by git without being told.
    command[1:1] = ["-c", f"safe.directory={ROOT}"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def markdown_files() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def matches(pattern: re.Pattern[bytes]) -> list[str]:
    return [
        f"{name_of(path)}: {match.group().decode(errors='replace')}"
        for path in project_files()
        for match in pattern.finditer(path.read_bytes())
    ]


# What the patterns find ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [b"see /home/" + b"me/x.pcap", b'"/root' + b'/a"', b"/work" + b"/b"]
)
def test_a_machine_path_would_be_found(text):
    assert MACHINE_PATHS.search(text)


@pytest.mark.parametrize(
    "text", [b"https://example.net/home/x", b"a/root/b", b"<https://x/work/y>"]
)
def test_an_address_is_no_machine_path(text):
    assert not MACHINE_PATHS.search(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def test_x():\n    f()", False),
        ("def test_x():\n    assert f()", True),
        ("def test_x():\n    with pytest.raises(E):\n        f()", True),
        ("def test_x():\n    pd.testing.assert_frame_equal(a, b)", True),
        ("def test_x():\n    def inner():\n        assert True\n    inner()", True),
    ],
)
def test_a_function_without_a_check_would_be_found(text, found):
    assert has_check(ast.parse(text).body[0]) == found


# Files --------------------------------------------------------------------------------------------


def test_no_file_names_a_path_of_one_machine():
    assert matches(MACHINE_PATHS) == []


def test_nothing_is_left_for_later_in_a_comment():
    this = name_of(Path(__file__).resolve())
    assert [match for match in matches(LEFTOVERS) if not match.startswith(this)] == []


def test_no_file_is_too_long():
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("vrrpscope", "lab", "tools")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long():
    too_long = [
        f"{name_of(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in python_files("vrrpscope", "lab", "tools", "tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"raises", "warns"} or name.startswith("assert_")


def has_check(function: ast.AST) -> bool:
    return any(is_check(node) for node in ast.walk(function))


def test_every_test_can_fail():
    without = [
        f"{name_of(path)}: {node.name}"
        for path in python_files("tests")
        if path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not has_check(node)
    ]
    assert without == []


# Documentation ------------------------------------------------------------------------------------


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{name_of(path)}: {target}"
        for path in markdown_files()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_links_stay_inside_the_project():
    outside = [
        f"{name_of(path)}: {target}"
        for path in markdown_files()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).resolve().is_relative_to(ROOT)
    ]
    assert outside == []


def test_every_make_command_of_the_documentation_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    mentioned = {
        (name_of(path), target)
        for path in markdown_files()
        for match in MAKE_COMMAND.findall(path.read_text(encoding="utf-8"))
        for target in match
        if target
    }
    assert {"demo", "test", "record"} <= {target for _path, target in mentioned}
    assert [pair for pair in sorted(mentioned) if pair[1] not in targets] == []


def test_the_version_has_its_entry_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = [line for line in changelog.splitlines() if line.startswith("## ")]
    assert any(vrrpscope.__version__ in heading for heading in headings)


def test_the_licence_is_there_and_is_the_one_that_is_declared():
    assert PYPROJECT["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


# Installing and checking --------------------------------------------------------------------------


def test_ci_runs_what_everybody_runs():
    script = ROOT / ".ci" / "run"
    commands = [
        line for line in script.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
    ]
    assert script.stat().st_mode & 0o111
    assert commands[-1] == "exec make test"


@pytest.mark.parametrize("script", ["apt.sh", "check.sh", "system_packages.sh", "venv.sh"])
def test_shell_scripts_parse(script):
    command = ["sh", "-n", str(ROOT / "tools" / script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_layers_have_no_exceptions():
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    layers = [contract for contract in contracts if contract["type"] == "layers"]
    assert [contract["containers"] for contract in layers] == [
        ["vrrpscope"],
        ["vrrpscope.diagnosis"],
    ]
    assert all(contract["exhaustive"] is True for contract in layers)
    assert [contract["name"] for contract in contracts if "ignore_imports" in contract] == []
    assert [contract["name"] for contract in layers if "exhaustive_ignores" in contract] == []


def imported_modules(path: Path) -> set[str]:
    """Top-level names that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def distribution_names(requirements: list[str]) -> set[str]:
    return {
        re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement).group()).lower()
        for requirement in requirements
    }


def test_every_library_that_is_imported_is_declared():
    """What a fresh machine would miss, and a developer's would not."""
    project = PYPROJECT["project"]
    requirements = list(project["dependencies"])
    for extra, more in project["optional-dependencies"].items():
        requirements += more if extra != "dev" else []
    declared = distribution_names(requirements)
    providers = importlib.metadata.packages_distributions()
    imported = set().union(*map(imported_modules, python_files("vrrpscope")))
    foreign = imported - set(sys.stdlib_module_names) - {"vrrpscope"}
    undeclared = {
        name for name in foreign if not distribution_names(providers.get(name, [name])) & declared
    }
    assert undeclared == set()


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory) -> set[str]:
    """The files of the wheel that users install."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder))
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_types_and_licence(wheel_names):
    assert "vrrpscope/py.typed" in wheel_names
    assert f"vrrpscope-{vrrpscope.__version__}.dist-info/licenses/LICENSE" in wheel_names


def test_the_wheel_has_every_file_of_the_package_and_nothing_else(wheel_names):
    package = {name_of(path) for path in project_files()}
    expected = {name for name in package if name.startswith("vrrpscope/")}
    shipped = {name for name in wheel_names if ".dist-info/" not in name}
    assert shipped == expected


# What is left out ---------------------------------------------------------------------------------


@pytest.fixture
def conftest(pytestconfig):
    """The module tests/conftest.py, which cannot be imported by name: there may be others."""
    return pytestconfig.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))


@pytest.mark.parametrize(
    ("ci", "user", "outcome"),
    [
        ("true", 0, pytest.fail.Exception),
        ("true", 1000, pytest.skip.Exception),
        ("", 0, pytest.skip.Exception),
    ],
)
def test_only_root_in_ci_has_no_excuse_for_a_missing_program(
    ci, user, outcome, conftest, monkeypatch
):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("os.geteuid", lambda: user)
    with pytest.raises(outcome, match="tshark is not installed"):
        conftest.leave_out("tshark is not installed")


def test_a_missing_tshark_is_named(conftest, monkeypatch):
    monkeypatch.setenv("TSHARK", "no-such-tshark")
    assert conftest.missing_for_tshark() == "no-such-tshark is not installed"
    monkeypatch.setenv("TSHARK", "sh")
    assert conftest.missing_for_tshark() == ""
