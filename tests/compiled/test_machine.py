"""Where the machine code is kept, and what happens where it cannot be had."""

import ast
import importlib.util
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from vrrpscope.compiled import machine

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="no compiler (numba) here"
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What the cache has after the first large capture."""
    with pytest.MonkeyPatch.context() as patch:
        cache = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(cache))
        assert machine.load(compile_it=False) is None
        assert machine.load(compile_it=True) is not None
        (file,) = cache.glob("vrrpscope/*")
        return file.read_bytes()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the code is kept, in an empty cache, where no compiler will run."""

    def no_compiler(*_arguments: object, **_options: object) -> None:
        raise subprocess.SubprocessError

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", no_compiler)
    file = machine._cache()
    file.parent.mkdir()
    return file


def test_what_is_kept_is_loaded_and_not_made_again(cache: Path, kept: bytes) -> None:
    cache.write_bytes(kept)
    assert machine.load(compile_it=False) is not None


def test_it_depends_on_nothing_outside(kept: bytes, tmp_path: Path) -> None:
    """Code that calls into numba's runtime would crash where numba is not imported."""
    code = tmp_path / "loop.o"
    code.write_bytes(kept.split(b"\n", 2)[2])
    try:
        told = subprocess.run(["nm", "-u", str(code)], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        pytest.skip("nm is not installed")
    assert told.stdout == ""


@pytest.mark.parametrize("at", [0, 70, -1])
def test_what_is_damaged_is_not_run(cache: Path, kept: bytes, at: int) -> None:
    damaged = bytearray(kept)
    damaged[at] ^= 1
    cache.write_bytes(damaged)
    assert machine.load(compile_it=False) is None
    assert machine.load(compile_it=True) is None


def test_no_compiler_is_no_error(cache: Path) -> None:
    assert machine.load(compile_it=True) is None
    assert not cache.exists()


def test_it_can_be_switched_off(cache: Path, kept: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_bytes(kept)
    monkeypatch.setenv(machine.SWITCH, "no")
    assert machine.load(compile_it=True) is None


def test_the_code_is_named_by_all_that_it_is_made_of() -> None:
    """A constant that changes in a file that is not counted would leave old code in use."""
    package = Path(machine.__file__).parents[1]
    found: set[str] = set()
    missing = {"compiled/machine.py", "compiled/compiler.py"}
    while missing:
        found |= missing
        trees = [ast.parse((package / source).read_text()) for source in missing]
        missing = {s for t in trees for s in uses(package, t)} - found
    # They import these for annotations, and for objects that no compiled function knows.
    others = {"__init__.py", "observation.py"} | {s for s in found if s.startswith("protocol/")}
    assert found - others == set(machine.SOURCES)


def uses(package: Path, tree: ast.Module) -> Iterator[str]:
    """The files of the package that a module imports from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vrrpscope"):
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                stem = "/".join(str(name).split(".")[1:])
                if stem and (package / f"{stem}.py").is_file():
                    yield f"{stem}.py"


def test_another_version_has_code_of_its_own(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "__version__", "99")
    assert machine._cache() != cache


def test_without_a_cache_it_is_made_for_this_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(no_folder))
    assert machine.load(compile_it=True) is not None
    assert no_folder.read_text() == ""
