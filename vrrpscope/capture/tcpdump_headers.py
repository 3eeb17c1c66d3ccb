"""The words that tcpdump prints about the link layer and the IP header of a packet."""

import re
from dataclasses import dataclass, field

from vrrpscope.capture.tcpdump_neighbours import mac_of
from vrrpscope.capture.tcpdump_payloads import Address, address_of

IPV4, IPV6, ARP = 0x0800, 0x86DD, 0x0806
"""EtherTypes."""

_WORD = r"[^\s,]{1,64}"
_LINK = re.compile(
    rf"(?P<source>{_WORD})(?: \(oui [^)]{{0,60}}\))? > (?P<destination>{_WORD})"
    r"(?: \(oui [^)]{0,60}\))?, (?:ethertype )?(?P<name>[^,(:]{1,40}?)"
    r"(?: \(0x(?P<type>[0-9a-f]{4})\))?, length (?P<length>\d{1,6}): ",
    re.ASCII,
)
_COOKED = re.compile(
    rf"(?:ifindex \d{{1,9}} )?(?P<source>{_WORD})(?: \(oui [^)]{{0,60}}\))? "
    r"ethertype (?P<name>[^,(]{1,40}?)(?: \(0x(?P<type>[0-9a-f]{4})\))?, "
    r"length (?P<length>\d{1,6}): ",
    re.ASCII,
)
_OLD_LINK = re.compile(
    r"(?P<source>[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}) (?P<destination>[0-9a-f]{1,2}"
    r"(?::[0-9a-f]{1,2}){5}) (?P<type>[0-9a-f]{4}) (?P<length>\d{1,6}): (?P<name>)",
    re.ASCII,
)
_VLAN = re.compile(
    r"vlan (?P<vlan>\d{1,4}), p (?P<priority>\d)[^,]{0,12}(?:, (?:DEI|CFI))?, "
    r"(?:ethertype (?P<name>[^,(]{1,40}?)(?: \(0x(?P<type>[0-9a-f]{4})\))?, )?",
    re.ASCII,
)
_TYPES = {"IPv4": IPV4, "IPv6": IPV6, "ARP": ARP, "802.1Q": 0x8100, "802.1Q-QinQ": 0x88A8}
_TAGS = frozenset({0x8100, 0x88A8, 0x9100, 0x9200})
_MOST_TAGS = 4

_ENDS = re.compile(r"(?P<source>\S{1,255}) > (?P<destination>[^\s,]{1,255}): (?P<content>.*)", re.S)
_IP_HEADER = re.compile(r"\((?:tos|class|flowlabel|hlim|pri|len)\b")
_BEHIND = re.compile(r"\(ttl (?P<ttl>\d{1,3}), id (?P<id>\d{1,5})\b", re.ASCII)
_AGAIN = re.compile(r"vrrp \S{1,255} > \S{1,255}: (?=VRRPv)")


@dataclass(slots=True)
class Link:
    """What is printed about the link layer.

    Attributes:
        header: an Ethernet header with its tags; b"" where the MACs are not printed.
        length: of the frame; None where it is not printed.
    """

    header: bytes = b""
    ethertype: int | None = None
    length: int | None = None

    @property
    def source(self) -> bytes | None:
        """The sender's MAC."""
        return self.header[6:12] or None

    @property
    def destination(self) -> bytes | None:
        """The receiver's MAC; None as well where only the sender's is printed."""
        mac = self.header[:6]
        return mac if any(mac) else None


@dataclass(slots=True)
class IpWords:
    """What is printed about the IP header, and the words about the content."""

    numbers: dict[str, int] = field(default_factory=dict)
    source: Address | None = None
    destination: Address | None = None
    content: str = ""


def link_of(text: str) -> tuple[Link, int]:
    """What `-e` printed, and where the network layer's words begin."""
    found = _LINK.match(text) or _COOKED.match(text) or _OLD_LINK.match(text)
    if found is None:
        link, at, kind = Link(), 0, None
        macs = None
    else:
        groups = found.groupdict()
        at, kind = found.end(), _type(found)
        source = mac_of(groups["source"])
        macs = (mac_of(groups.get("destination") or "") or bytes(6)) + source if source else None
        link = Link(length=int(groups["length"]))
    tags = b""
    for _ in range(_MOST_TAGS):
        tag = _VLAN.match(text, at)
        if tag is None:
            break
        tpid = kind if kind in _TAGS else 0x8100
        tci = int(tag["priority"]) << 13 & 0xE000 | int(tag["vlan"]) & 0x0FFF
        tags += tpid.to_bytes(2, "big") + tci.to_bytes(2, "big")
        at, kind = tag.end(), _type(tag)
    link.ethertype = kind
    if macs is not None:
        link.header = macs + tags
    return link, at


def _type(found: re.Match[str]) -> int | None:
    number = found["type"]
    return int(number, 16) if number else _TYPES.get(found["name"] or "")


def ip_words_of(text: str) -> IpWords:
    """The words about the IP header: in brackets in front (4.x), or behind (3.x)."""
    ip = IpWords()
    text = text.removeprefix("IP6 ").removeprefix("IP ").removeprefix("IP6, ").removeprefix("IP, ")
    if _IP_HEADER.match(text):
        end = _closing(text)
        ip.numbers = _numbers(text[:end])
        text = text[end:].lstrip()
    ends = _ENDS.match(text)
    if ends is None:
        return ip
    ip.source, ip.destination = _endpoint(ends["source"]), _endpoint(ends["destination"])
    ip.content = ends["content"]
    again = _AGAIN.match(ip.content)
    if again:
        ip.content = ip.content[again.end() :]
    behind = None if ip.numbers else _BEHIND.search(ip.content)
    if behind:
        ip.numbers = {"ttl": int(behind["ttl"]), "id": int(behind["id"])}
    return ip


def _closing(text: str) -> int:
    """Where the bracket that begins a text is closed; brackets nest (`bad cksum 0 (->1745)!`)."""
    depth = 0
    for at, character in enumerate(text[:1000]):
        depth += (character == "(") - (character == ")")
        if not depth:
            return at + 1
    return len(text)


_NUMBERS = re.compile(
    r"\b(?P<name>ttl|hlim|id|offset|length)[: ]{1,3}(?P<number>\d{1,6})\b|"
    r"(?:proto|next-header) [^(,]{0,40}\((?P<protocol>\d{1,3})\)|flags \[(?P<flags>[^\]]{0,20})\]",
    re.ASCII,
)


def _numbers(header: str) -> dict[str, int]:
    """The numbers of an IP header by their names; "more" stands for more fragments."""
    words: dict[str, int] = {}
    for found in _NUMBERS.finditer(header):
        if found["name"]:
            name = "ttl" if found["name"] == "hlim" else found["name"]
            words[name] = int(found["number"])
        elif found["protocol"]:
            words["protocol"] = int(found["protocol"])
        else:
            words["more"] = int("+" in (found["flags"] or ""))
    return words


def _endpoint(word: str) -> Address | None:
    """An address that may have a port behind it (`10.0.0.1.22`, `fe80::1.22`)."""
    return address_of(word) or address_of(word.rpartition(".")[0])
