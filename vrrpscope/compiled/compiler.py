"""Makes machine code of the loop, with numba, and keeps it in the user's cache.

    python -m vrrpscope.compiled.compiler FILE

It runs as a process of its own: the compiler takes seconds and 250 MB, once; what it makes is a
few kilobytes of object code (`machine` loads it) that depend on nothing.
"""

import hashlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
from numba import types

from vrrpscope.compiled import integers, known, loop, records
from vrrpscope.decode import essence
from vrrpscope.timeline import fold, streak

_njit: Any = numba.njit
_pointer: Any = types.CPointer
_BYTES = _pointer(types.uint8)
_WORDS = _pointer(types.int64)
_LOOP = types.int64(_BYTES, *[_WORDS] * 4, _BYTES, *[_WORDS] * 4)
_INTEGER = types.int64(_BYTES, types.int64)
SIGNATURES = {
    "run": _LOOP,
    "two": _INTEGER,
    "four": _INTEGER,
    "four_little": _INTEGER,
    "six": _INTEGER,
}
"""The others follow; an integer made of bytes would otherwise be an unsigned one."""

# Callees first.
COMPILED: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (streak, ("ip_id_distance",)),
    (fold, ("_follows", "advance", "see", "extend", "settle")),
    (
        essence,
        (
            "_udp",
            "_arp",
            "_llc",
            "_ipv4",
            "_ipv6",
            "_after_link",
            "classify",
            "mac_offset",
        ),
    ),
    (integers, ("two", "four", "four_little", "six")),
    (records, ("_integer", "_record", "_block", "next_record")),
    (known, ("_mix", "advert_hash", "_is_same", "find_advert", "find_host")),
    (loop, ("_count", "_answer", "_keep", "_fold", "_take", "run")),
)


def compiled() -> tuple[str, bytes]:
    """The name of the loop's machine code, and the object file that has it."""
    options: dict[str, Any] = {
        "error_model": "numpy",
        "_nrt": False,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
    }
    for module, names in COMPILED:
        for name in names:
            # In this process only: callers find the compiled function under the name they know.
            function = getattr(module, name)
            signature = SIGNATURES.get(name)
            jitted = _njit(*[signature] if signature else [], **options)(function)
            for other, _ in COMPILED:
                if getattr(other, name, None) is function:
                    setattr(other, name, jitted)
    result = loop.run.overloads[_LOOP.args]  # type: ignore[attr-defined]
    return result.fndesc.llvm_func_name, result.library._get_compiled_object()


def main() -> None:
    """Compiles, and writes three parts with line ends between: digest, name, object code."""
    (path,) = map(Path, sys.argv[1:])
    name, code = compiled()
    content = name.encode() + b"\n" + code
    # All or nothing: another process may be reading it, or making it as well.
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    new.replace(path)


if __name__ == "__main__":
    main()
