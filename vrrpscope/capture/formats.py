"""What a file is when it is no capture, or one of a format that is not read: for messages."""

import re
import shlex
import struct

from vrrpscope.capture.compression import codec_of
from vrrpscope.errors import CaptureError

HEAD_LENGTH = 1024
"""How many bytes of a file's start are looked at."""

_CONVERT = "convert it: tshark -r {file} -w out.pcapng"
_EXTRACT = "unpack it and name the captures inside: {command}"
_BINARY = "transfer the original again in binary mode"
_CAPTURE = "record the frames themselves: tcpdump -i INTERFACE -w out.pcap"

# (offset, first bytes, name, hint)
_MAGICS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"snoop\0\0\0", "a snoop capture (RFC 1761)", _CONVERT),
    (0, b"btsnoop\0", "a Bluetooth HCI capture (btsnoop)", _CONVERT),
    (0, b"GMBU", "a Microsoft Network Monitor 2 capture", _CONVERT),
    (0, b"RTSS", "a Microsoft Network Monitor 1 capture", _CONVERT),
    (0, b"XCP\0", "a NetXRay or Sniffer (Windows) capture", _CONVERT),
    (0, b"TRSNIFF data", "a Sniffer (DOS) capture", _CONVERT),
    (0, b"\x7fver", "an OmniPeek capture", _CONVERT),
    (0, b"iptrace 1.0", "an AIX iptrace capture", _CONVERT),
    (0, b"iptrace 2.0", "an AIX iptrace capture", _CONVERT),
    (0, b"ObserverPktBuffe", "a Network Instruments Observer capture", _CONVERT),
    (0, b"\x42\xd2\x00\x34\x12\x66\x22\x88", "a RADCOM capture", _CONVERT),
    (0, b"\x05VNF", "a Visual Networks capture", _CONVERT),
    (0, b"\xaa\xaa\xaa\xaa", "a 5Views capture", _CONVERT),
    (0, b"\x00\x00\x02\x00\x12\x05\x00\x10", "a Tektronix K12 capture", _CONVERT),
    (0, b"TR\0d\0", "an HP-UX nettl capture", _CONVERT),
    (0, b"\x01\x10\x4c\0", "a Novell LANalyzer capture", _CONVERT),
    (0, b"+---------+------", "a K12 text capture", _CONVERT),
    (0, b"\xac\x01\x00\x1c", "an IXIA capture (lcap)", _CONVERT),
    (0, b"\xab\x01\x00\x1c", "an IXIA capture (lcap)", _CONVERT),
    (0, b"\x1c\x00\x01\xac", "an IXIA capture (lcap)", _CONVERT),
    (0, b"\x1c\x00\x01\xab", "an IXIA capture (lcap)", _CONVERT),
    (0, b"\xcd\x34\xb2\xa1", "a pcap of a rare dialect (0xa1b234cd)", _CONVERT),
    (0, b"\xa1\xb2\x34\xcd", "a pcap of a rare dialect (0xa1b234cd)", _CONVERT),
    (0, b"\r\n\r\r\r\n", "a pcapng damaged by a transfer in text mode", _BINARY),
    (0, b"\n\r\n", "a pcapng damaged by a transfer in text mode", _BINARY),
    (0, b"PK\x03\x04", "a zip archive", _EXTRACT.format(command="unzip {file}")),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _EXTRACT.format(command="7z x {file}")),
    (0, b"Rar!\x1a\x07", "a RAR archive", _EXTRACT.format(command="unrar x {file}")),
    (257, b"ustar", "a tar archive", _EXTRACT.format(command="tar -xf {file}")),
)

EXPECTED = "a pcap or pcapng capture, or tcpdump's text"

_TCPDUMP_LINE = re.compile(rb"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ |\d{9,}\.\d+ (IP|ARP)")
_ERF_TYPES = frozenset(range(1, 49))
_ERF_HEADER = struct.Struct("<Q2B")
_ERF_LENGTHS = struct.Struct(">HHH")


def refusal(head: bytes, file: str, shell_name: str) -> CaptureError:
    """The error for a file that cannot be read as a capture.

    Args:
        head: its first bytes, HEAD_LENGTH where it is that long; not empty.
        file: its name for the message.
        shell_name: its name in a command line, unquoted.
    """
    found, hint = _describe(head)
    return CaptureError(
        f"{file} is {found}; expected {EXPECTED}",
        hint.format(file=shlex.quote(shell_name)),
    )


def convert_hint(shell_name: str) -> str:
    """What to type for a capture of a format that only others read."""
    return _CONVERT.format(file=shlex.quote(shell_name))


def _describe(head: bytes) -> tuple[str, str]:
    """What the bytes are, and the hint, with {file} to be filled in."""
    for offset, magic, name, hint in _MAGICS:
        if head.startswith(magic, offset):
            return name, hint
    if codec := codec_of(head):
        return f"compressed twice ({codec.name} inside)", "decompress it once more"
    if _is_erf(head):
        return "an ERF capture (Endace)", _CONVERT
    return _describe_text(head) or (
        f"of an unknown format, its first bytes are {head[:16].hex(' ')}",
        f"{_CAPTURE}, or {_CONVERT}".replace("convert it:", "convert the file:"),
    )


def is_text(head: bytes) -> bool:
    """True where the bytes hold no control characters but those of texts and terminals."""
    return not any(byte < 0x20 and byte not in b"\t\n\r\x0c\x1b" for byte in head)


def _describe_text(head: bytes) -> tuple[str, str] | None:
    """The same for text; None where the bytes are not text."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not is_text(text):
        return None
    if _TCPDUMP_LINE.match(text):
        found = "text that tcpdump printed, and no VRRP advert can be read in it"
        return found, "record the frames instead: tcpdump -w out.pcap ..."
    if text.startswith((b"{", b"[")):
        return "JSON text", _CAPTURE
    if text.startswith(b"<"):
        return "XML or HTML text", _CAPTURE
    start = ascii(text[:32].decode(errors="replace"))
    return f"text that starts with {start}", _CAPTURE


def _is_erf(head: bytes) -> bool:
    """Whether two records of the Extensible Record Format follow each other; it has no magic."""
    position, last_time = 0, 0
    for _ in range(2):
        if position + 16 > len(head):
            return position > 0 and position == len(head)
        time, kind, _flags = _ERF_HEADER.unpack_from(head, position)
        length, _lost, wire_length = _ERF_LENGTHS.unpack_from(head, position + 10)
        known = kind & 0x7F in _ERF_TYPES and length >= 16 and wire_length > 0
        if not known or time < last_time or time >> 32 < 631_152_000:  # 1990
            return False
        position, last_time = position + length, time
    return True
