"""Where it was measured."""

import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

_PACKAGES = ("vrrpscope", "dpkt", "numpy", "numba", "pandas")
_PROGRAMS = ("tcpdump", "tshark", "gzip")


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _package(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _program(name: str) -> str:
    if shutil.which(name) is None:
        return "not installed"
    done = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    said = (done.stdout or done.stderr).splitlines()
    return said[0] if said else "unknown version"


def description() -> list[tuple[str, str]]:
    """Processor, memory, system, versions, and the date in UTC."""
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return [
        ("processor", f"{_cpu()}, {os.cpu_count()} cores"),
        ("memory", f"{memory_bytes / 1e9:.0f} GB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        *((name, _package(name)) for name in _PACKAGES),
        *((name, _program(name)) for name in _PROGRAMS),
        ("measured on", datetime.datetime.now(datetime.UTC).date().isoformat()),
    ]
