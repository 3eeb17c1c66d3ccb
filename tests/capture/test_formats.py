import json
import re
import shlex
import struct

import pytest
from capturebytes import reading

from vrrpscope.capture.formats import refusal
from vrrpscope.errors import CaptureError


def erf_record(seconds: int, payload: bytes = b"\0\0" + bytes(60)) -> bytes:
    length = 16 + len(payload)
    head = struct.pack("<QBB", seconds << 32, 2, 4)
    return head + struct.pack(">HHH", length, 0, len(payload) - 2) + payload


CONVERTED = {
    "snoop": b"snoop\0\0\0" + struct.pack(">II", 2, 4),
    "ERF": erf_record(1_700_000_000) + erf_record(1_700_000_001),
    "Network Monitor 2": b"GMBU\x00\x02\x01\x00" + bytes(100),
    "Network Monitor 1": b"RTSS\x01\x01" + bytes(100),
    "Sniffer (Windows)": b"XCP\x002.002\0" + bytes(100),
    "Sniffer (DOS)": b"TRSNIFF data    \x1a" + bytes(100),
    "OmniPeek": b"\x7fver\x00\x00" + bytes(100),
    "iptrace": b"iptrace 2.0" + bytes(100),
    "IXIA": struct.pack("<I", 0x1C0001AC) + bytes(100),
    "btsnoop": b"btsnoop\0" + bytes(100),
    "0xa1b234cd": struct.pack(">I", 0xA1B234CD) + bytes(100),
}


@pytest.mark.parametrize("name", CONVERTED)
def test_captures_of_other_formats_are_named_with_a_command(name):
    with pytest.raises(CaptureError, match=re.escape(name)) as caught:
        reading(CONVERTED[name])
    assert caught.value.hint == "convert it: tshark -r test.pcap -w out.pcapng"


NO_CAPTURES = {
    "JSON": (json.dumps([{"_index": "packets", "_source": {}}]).encode(), "JSON text"),
    "JSON with a byte order mark": (b"\xef\xbb\xbf{}", "JSON text"),
    "XML": (b'<?xml version="1.0"?><pdml>', "XML or HTML text"),
    "tcpdump": (b"12:00:01.123456 IP 10.0.0.1 > 224.0.0.18: VRRPv2", "text that tcpdump printed"),
    "tcpdump -tttt": (b"2024-01-01 12:00:01.123456 IP 10.0.0.1", "text that tcpdump printed"),
    "tcpdump -tt": (b"1700000000.123456 IP 10.0.0.1 > 224.0.0.18", "text that tcpdump printed"),
    "text": (b"vrrp_instance VI_1 {\n", "text that starts with 'vrrp_instance VI_1 {"),
    "text with escapes": (b"\x1b[31mred", r"text that starts with '\x1b[31mred'"),
    "zip": (b"PK\x03\x04" + bytes(40), "a zip archive"),
    "tar": (b"case/a.pcap".ljust(257, b"\0") + b"ustar\0" + bytes(300), "a tar archive"),
    "pcapng in text mode": (
        b"\r\n\r\r\r\n\x1c\0\0\0" + bytes(40),
        "a pcapng damaged by a transfer in text mode",
    ),
    "unknown": (
        bytes(range(16)) + bytes(100),
        "of an unknown format, its first bytes are 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
    ),
    "one byte": (b"\0", "of an unknown format, its first bytes are 00"),
    "pcapng without byte order": (
        b"\n\r\r\n" + bytes(60),
        "of an unknown format, its first bytes are 0a 0d 0d 0a 00",
    ),
}


@pytest.mark.parametrize("name", NO_CAPTURES)
def test_what_is_no_capture_is_named(name):
    content, found = NO_CAPTURES[name]
    with pytest.raises(CaptureError) as caught:
        reading(content)
    assert f"test.pcap is {found}" in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.hint.isprintable()
    assert "{" not in caught.value.hint


def test_file_names_are_quoted_for_the_shell():
    error = refusal(b"snoop\0\0\0", "my; file {0}", "my; file {0}")
    assert shlex.split(error.hint)[4:6] == ["my; file {0}", "-w"]


def test_one_erf_record_is_enough_where_it_is_the_whole_file():
    with pytest.raises(CaptureError, match="ERF"):
        reading(erf_record(1_700_000_000))
