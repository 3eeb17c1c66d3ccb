"""What tests share: where captures of other projects are, and which tests this machine can run.

Tests marked `tshark`, `tcpdump` or `lab` are left out, with the reason, where they cannot run. In
CI, root has no such excuse: a missing program then is a failure.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHARED_CAPTURES = PROJECT.parent / "shared" / "captures"

LAB_PROGRAMS = ("ip", "sysctl", "iptables", "tcpdump", "keepalived")

_SEARCH_PATH = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"]  # not in every user's PATH
)


@pytest.fixture(scope="session")
def shared_captures() -> Path:
    """Captures of public projects, which are not part of this one."""
    if not SHARED_CAPTURES.is_dir():
        pytest.skip("captures of public projects: no folder ../shared/captures beside the project")
    return SHARED_CAPTURES


def missing_programs(*names: str) -> list[str]:
    """Those of the programs that are not installed."""
    return [name for name in names if shutil.which(name, path=_SEARCH_PATH) is None]


def missing_for_tshark() -> str:
    """Why tests with tshark cannot run; empty where they can. `TSHARK` names another one."""
    program = os.environ.get("TSHARK", "tshark")
    return f"{program} is not installed" if missing_programs(program) else ""


@functools.cache
def lab_privileges() -> str:
    """Why this process cannot make network namespaces; empty where it can."""
    if sys.platform != "linux":
        return "the live lab needs Linux"
    if os.geteuid() != 0:
        return "the live lab needs root"
    # Root in a container may still be forbidden to.
    done = subprocess.run(
        ["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False
    )
    return f"no network namespaces here: {done.stderr.strip()}" if done.returncode else ""


def must_run() -> bool:
    """True where a missing program is a failure: root in CI could have installed it."""
    return os.environ.get("CI") == "true" and hasattr(os, "geteuid") and os.geteuid() == 0


def leave_out(reason: str) -> None:
    """Skip the test, or fail it where there is no excuse for the missing program."""
    if must_run():
        pytest.fail(f"{reason}, and in CI root does not skip it", pytrace=False)
    pytest.skip(reason)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what cannot run on this machine."""
    if item.get_closest_marker("tshark") and (reason := missing_for_tshark()):
        leave_out(reason)
    if item.get_closest_marker("tcpdump") and missing_programs("tcpdump"):
        leave_out("tcpdump is not installed")
    if item.get_closest_marker("lab"):
        if reason := lab_privileges():
            pytest.skip(reason)
        if missing := missing_programs(*LAB_PROGRAMS):
            leave_out(f"not installed: {', '.join(missing)}")
