"""Lines of a text to the packets that tcpdump printed in it.

A packet begins on a line with a time, goes on in indented lines (`-v`), and may end with its bytes
(`-x`). Around it stands what people and mail programs put there: prompts, prose, log lines,
quote marks, code fences, folded lines.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vrrpscope.capture.ledger import Ledger

LONGEST_LINE = 16 * 1024
"""Bytes; an advert with 255 IPv6 addresses takes 10,500."""

LONGEST_TEXT = 20_000
LONGEST_DUMP = 65_536
MOST_FOLDS = 6
"""Lines without an indent that a packet may go on in: mail programs fold one into three."""

LONG_LINES = "lines of more than 16 KiB, their ends not read: {count}, the first is line {first}"
PROSE = (
    "lines that are no output of tcpdump, passed over: {count}, the first is line {first} of the "
    "text"
)

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_QUOTE = re.compile(r"(?:[ \t]*(?:>|\||#|\*|//)(?=[ \t]|$))+ ?")
_FENCE = re.compile(r"\s*(?:```|~~~)\w*\s*$")
_NUMBER = r"(?:\s*\d{1,9}  )?"  # tcpdump --number

_MAC = r"(?:[0-9a-fA-FxX]{1,2}:){4,5}[0-9a-fA-FxX]{1,2}"
_BODY = (
    rf"(?:IP6?[ ,]|ARP,|arp |rarp |{_MAC} |vlan \d|\S{{1,255}} > \S{{1,255}}[:,]|ifindex \d"
    r"|(?:STP|LLDP|CDPv\d|LACPv\d|EAPOL|IS-IS|MPLS|PPPoE|Loopback|LOOP|802\.\d\w*)\b)"
)
_WAY = r"(?:(?P<interface>[\w.:@?-]{1,64})[ ]{1,16})?(?P<way>In|Out|M|B|P)[ ]{1,4}"
_STAMP = re.compile(
    r"(?P<stamp>(?:\d{4}-\d\d-\d\d[ T])?-?\d\d:\d\d:\d\d\.\d{1,9}|\d{1,12}\.\d{6,9})"
    rf"[ \t]+(?:{_WAY})?(?P<text>{_BODY}.*)$",
    re.ASCII,
)
_UNTIMED = re.compile(
    rf"{_NUMBER}(?:{_WAY})?(?P<text>(?:IP6? (?:\(|\S{{1,255}} > )|ARP, |arp |"
    rf"{_MAC}[^>]{{0,40}} > [^,]{{1,80}}, ).*)$",
    re.ASCII,
)
_BARE_ADVERT = re.compile(r"\s*(?P<text>\S{1,255} > \S{1,255}: (?:vrrp .{1,255}: )?VRRPv\d.*)$")
_DUMP = re.compile(
    r"\s*0x(?P<offset>[0-9a-fA-F]{4,5}):?\s+"
    r"(?P<bytes>(?:[0-9a-fA-F]{4} ){0,7}[0-9a-fA-F]{2}(?:[0-9a-fA-F]{2})?)(?:\s{2}.*|\s*)$"
)
_LOOKS_LIKE_DUMP = re.compile(r"\s*0x[0-9a-fA-F]{4,5}:?\s")
_IP_HEADER = re.compile(r"\((?:tos|class|flowlabel|hlim|pri)\b")
_LENGTH = re.compile(r", length \d|intvl=\d")

_LISTENING = re.compile(r"listening on (?P<interface>\S{1,64}), link-type ")
_COUNTED = re.compile(
    r"(?:\^C)?(?P<count>\d{1,12}) packets? "
    r"(?P<what>received by filter|dropped by kernel|dropped by interface|captured)"
)
_CHATTER = re.compile(r"tcpdump: |reading from file |dropped privs to |\^C|data link type ")


@dataclass(slots=True)
class Printed:
    """One packet as it stands in the text.

    Attributes:
        line: where it begins, counted from 1.
        stamp: its time as printed; "" without.
        interface: the one that `tcpdump -i any` printed; "" without.
        text: all that was printed about it, on one line.
        dump: the bytes that `-x` and its like printed; empty without.
    """

    line: int
    stamp: str
    interface: str
    text: str
    dump: bytearray = field(default_factory=bytearray)
    dump_is_broken: bool = False
    folds: int = 0

    @property
    def is_complete(self) -> bool:
        """False where the rest of it must stand on the next line."""
        if "VRRPv" in self.text:
            return _LENGTH.search(self.text) is not None and not self.text.endswith((",", "):"))
        header = _IP_HEADER.search(self.text)
        return header is None or " > " in self.text[header.start() :]

    def add(self, more: str) -> None:
        """Takes what the next line says about it."""
        if len(self.text) + len(more) < LONGEST_TEXT:
            self.text = f"{self.text} {more}"

    def add_dump(self, offset: int, data: bytes) -> None:
        """Takes a line of bytes; a dump with a hole ends before it."""
        if offset == 0:
            # An option of ICMPv6 is dumped before the packet itself (-vv).
            self.dump, self.dump_is_broken = bytearray(), False
        self.dump_is_broken |= offset != len(self.dump) or offset > LONGEST_DUMP
        if not self.dump_is_broken:
            self.dump += data


@dataclass(frozen=True, slots=True)
class Said:
    """What tcpdump said about itself: `what` is "interface" or one of its counters."""

    what: str
    value: str


class Assembler:
    """Puts the lines of a text together to packets, in order, one behind the text."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._current: Printed | None = None
        self._timed = False
        self._line = 0

    def packets(self, lines: Iterable[str]) -> Iterator[Printed | Said]:
        """Yields each packet when the line after it, or the end, shows that it is whole."""
        for raw in lines:
            self._line += 1
            yield from self._take(_cleaned(raw))
        yield from self._flush()

    def _take(self, line: str) -> Iterator[Printed | Said]:
        begun = self._begun(line)
        if begun is not None:
            yield from self._flush()
            self._current = begun
        elif not self._continues(line):
            yield from self._flush()
            yield from self._aside(line)

    def _flush(self) -> Iterator[Printed]:
        if self._current is not None:
            yield self._current
            self._current = None

    def _begun(self, line: str) -> Printed | None:
        """The packet that begins on this line, if one does."""
        found = _STAMP.search(line)
        if found is not None and _stands_free(line, found.start()):
            self._timed = True
            return self._printed(found, found["stamp"])
        if not self._timed and not line.startswith("\t"):
            found = _UNTIMED.match(line.lstrip())
            if found is not None:
                return self._printed(found, "")
        if self._may_begin_bare(line) and (found := _BARE_ADVERT.match(line)):
            return Printed(self._line, "", "", found["text"].rstrip())
        return None

    def _may_begin_bare(self, line: str) -> bool:
        """True where a packet may begin without its first line, which was cut off or filtered.

        ICMP errors cite the packet that they are about, indented.
        """
        current = self._current
        if current is None:
            return True
        return current.is_complete and (line[:1] not in " \t" or "VRRPv" in current.text)

    def _printed(self, found: re.Match[str], stamp: str) -> Printed:
        return Printed(self._line, stamp, found["interface"] or "", found["text"].rstrip())

    def _continues(self, line: str) -> bool:
        """True where the line belongs to the current packet."""
        current = self._current
        if current is None or not line.strip():
            return False
        if dump := _DUMP.match(line):
            current.add_dump(int(dump["offset"], 16), bytes.fromhex(dump["bytes"]))
            return True
        if _LOOKS_LIKE_DUMP.match(line):
            current.dump_is_broken = True
            return True
        if _FENCE.match(line) or _is_aside(line):
            return False
        if line[0] in " \t" and "VRRPv" not in current.text:
            current.add(line.strip())
            return True
        if current.is_complete or current.folds >= MOST_FOLDS:
            return False
        current.folds += 1
        current.add(line.strip())
        return True

    def _aside(self, line: str) -> Iterator[Said]:
        """What stands between the packets: tcpdump's own words, or somebody else's."""
        if listening := _LISTENING.search(line):
            yield Said("interface", listening["interface"])
        elif counted := _COUNTED.search(line):
            yield Said(counted["what"], counted["count"])
        elif line.strip() and not _FENCE.match(line) and not _CHATTER.search(line):
            self._ledger.tally(PROSE, self._line)


def lines_of(chunks: Iterable[bytes], ledger: Ledger) -> Iterator[str]:
    """Yields the lines of a byte stream, without their ends; a long one is cut."""
    rest, number = b"", 0
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            number += 1
            if len(line) > LONGEST_LINE:
                ledger.tally(LONG_LINES, number)
            yield line[:LONGEST_LINE].decode(errors="replace")
        # One byte more than is used shows that the line was cut.
        rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield rest[:LONGEST_LINE].decode(errors="replace")


def _cleaned(line: str) -> str:
    """The line without what terminals, mail programs and web pages put around it."""
    line = line.rstrip("\r").removeprefix("\ufeff")
    if "\x1b" in line:
        line = _ANSI.sub("", line)
    if "&" in line:
        line = html.unescape(line)
    quote = _QUOTE.match(line)
    return line[quote.end() :] if quote else line


def _stands_free(line: str, start: int) -> bool:
    """True where no digit or word runs into the time."""
    return start == 0 or line[start - 1] in " \t-|>\"'`"


def _is_aside(line: str) -> bool:
    return any(aside.search(line) for aside in (_LISTENING, _COUNTED, _CHATTER))
