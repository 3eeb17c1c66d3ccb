"""The section header that starts each part of a pcapng file (draft-ietf-opsawg-pcapng, 4.1)."""

import struct

from vrrpscope.capture.window import Window
from vrrpscope.errors import CaptureError

SECTION_MAGIC = b"\x0a\x0d\x0d\x0a"
SECTION_HEADER_LENGTH = 28
BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}


def byte_order(window: Window) -> str | None:
    """The byte order, "<" or ">", of the section header that the window stands at."""
    return BYTE_ORDERS.get(window.data[window.position + 8 : window.position + 12])


def is_pcapng(window: Window) -> bool:
    """Whether the window stands at a section header, as every pcapng file starts with."""
    return (
        window.require(12)
        and window.data.startswith(SECTION_MAGIC, window.position)
        and byte_order(window) is not None
    )


def check_header(window: Window, file: str, hint: str) -> None:
    """Checks the first section header; a later one that is damaged only ends the reading.

    Raises:
        CaptureError: it is cut short, or of a version with other blocks.
    """
    if not window.require(SECTION_HEADER_LENGTH):
        raise CaptureError(
            f"{file} has only {window.available} of the {SECTION_HEADER_LENGTH} bytes "
            "of a pcapng section header",
            "capture again: nothing was recorded in it",
        )
    major, minor = struct.unpack_from(f"{byte_order(window)}12x2H", window.data, window.position)
    if major != 1:
        raise CaptureError(
            f"{file} is pcapng version {major}.{minor}, and only 1.x can be read", hint
        )
