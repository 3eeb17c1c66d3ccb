"""Loads the loop's machine code, and has it made where it is not there yet.

The code is an object file of some kilobytes in the user's cache, named by everything that it
depends on: its sources, the compiler and the processor. LLVM (llvmlite) loads it in 50 ms; numba,
whose import alone takes 300 ms, is needed only to make it (`compiler`).
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from vrrpscope import __version__
from vrrpscope.compiled.loop import Loop

SWITCH = "VRRPSCOPE_COMPILED"
"""Set it to "no", and nothing is compiled or loaded: the answers are the same."""

SOURCES = (
    "advert_rows.py",
    "compiled/compiler.py",
    "compiled/context.py",
    "compiled/integers.py",
    "compiled/known.py",
    "compiled/loop.py",
    "compiled/machine.py",
    "compiled/records.py",
    "decode/essence.py",
    "timeline/answers.py",
    "timeline/fold.py",
    "timeline/registers.py",
    "timeline/streak.py",
)
"""What the code is made of: functions, and the constants that they use."""

_COMPILING_TAKES_AT_MOST_S = 120


def is_available() -> bool:
    """True where machine code could be had, as far as can be told without trying."""
    wanted = os.environ.get(SWITCH, "").lower() not in ("no", "never", "0")
    return wanted and importlib.util.find_spec("llvmlite") is not None


def load(*, compile_it: bool) -> Loop | None:
    """The loop as machine code.

    Args:
        compile_it: have it made where the cache has none; that takes some seconds, once.

    Returns:
        None where there is none, for whatever reason: Python can do the same, slowly.
    """
    if not is_available():
        return None
    try:
        kept = _cache()
        code = _sound(kept) or (_made(kept) if compile_it else None)
        return _linked(code) if code else None
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError):
        return None


def _cache() -> Path:
    """Where the code is kept."""
    from llvmlite import __version__ as llvm_version
    from llvmlite import binding

    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update((package / source).read_bytes())
    for part in (__version__, llvm_version, sys.platform, binding.get_host_cpu_name()):
        digest.update(f"\n{part}".encode())
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "vrrpscope" / f"loop-{digest.hexdigest()[:24]}.o"


def _sound(path: Path) -> bytes | None:
    """What the compiler wrote; None where that is not there, or is something else now."""
    if not path.is_file():
        return None
    kept = path.read_bytes()
    digest, _, content = kept.partition(b"\n")
    return kept if digest == hashlib.sha256(content).hexdigest().encode() else None


def _made(path: Path) -> bytes:
    """Has the code made by a process of its own; in a folder that goes where it cannot be kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.access(path.parent, os.W_OK):
            return _compile(path)
    except OSError:
        pass
    with TemporaryDirectory(prefix="vrrpscope-") as folder:
        return _compile(Path(folder) / path.name)


def _compile(path: Path) -> bytes:
    command = [sys.executable, "-m", "vrrpscope.compiled.compiler", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=_COMPILING_TAKES_AT_MOST_S)
    made = _sound(path)
    if made is None:
        raise ValueError(f"{path} is not what the compiler wrote")
    return made


def _linked(kept: bytes) -> Loop:
    """The function in an object file, as numba's calling convention has it.

    It gives its result through the first pointer, would report an exception through the second,
    and returns a status; the loop raises none.
    """
    import ctypes

    from llvmlite import binding as llvm

    _, name, code = kept.split(b"\n", 2)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    pointer = ctypes.c_void_p
    kind = ctypes.CFUNCTYPE(ctypes.c_int32, pointer, pointer, ctypes.c_char_p, *[pointer] * 9)
    function: Any = kind(engine.get_function_address(name.decode()))
    result, raised = ctypes.c_int64(), ctypes.c_void_p()
    to_result, to_raised = ctypes.addressof(result), ctypes.addressof(raised)

    def run(data: bytes, *arrays: "array[int]") -> int:
        function(to_result, to_raised, data, *(words.buffer_info()[0] for words in arrays))
        return result.value

    run.engine = engine  # type: ignore[attr-defined]  # it owns the code
    return run
