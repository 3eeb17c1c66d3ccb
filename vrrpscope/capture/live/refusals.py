"""The errors of capturing: who may do it, and on what."""

import os
import shlex
import shutil
import socket

from vrrpscope.capture.ledger import printable
from vrrpscope.errors import CaptureError


class NotPermittedError(CaptureError):
    """This process may not capture; another way may be open."""


def not_permitted(interface: str, reason: str) -> NotPermittedError:
    """The error for a user who may not capture; its hint says what to type."""
    dumpcap = shutil.which("dumpcap")
    hint = "run it as root, with sudo in front"
    if dumpcap is not None:
        hint += f"; or let dumpcap capture for you: {_permission_for(dumpcap)}"
    shown = printable(interface)
    return NotPermittedError(f"this user may not capture on {shown}: {printable(reason)}", hint)


def dumpcap_not_permitted(interface: str, reason: str) -> CaptureError:
    """The error for a dumpcap that this user may not run, or that may not capture itself."""
    dumpcap = shutil.which("dumpcap") or "/usr/bin/dumpcap"
    shown = printable(interface)
    return CaptureError(
        f"dumpcap may not capture on {shown} for this user: {printable(reason)}",
        f"run it as root, with sudo in front; or once: {_permission_for(dumpcap)}",
    )


def _permission_for(dumpcap: str) -> str:
    """What to type so that dumpcap may capture, and this user may run it."""
    program = shlex.quote(dumpcap)
    capabilities = f"sudo setcap cap_net_raw,cap_net_admin=eip {program}"
    if os.access(dumpcap, os.X_OK):
        return capabilities
    return f"{capabilities}, sudo usermod -aG wireshark $USER, and log in again"


def no_such_interface(interface: str) -> CaptureError:
    """The error for an interface that is not there; its hint lists those that are."""
    there = ", ".join(printable(name) for _, name in socket.if_nameindex())
    return CaptureError(
        f"there is no interface {printable(interface)}",
        f"name one of these: {there or 'none is there'}",
    )
