"""Addresses, MACs and names replaced by others, the same one always by the same one.

Replacements come from ranges that are kept for documentation: RFC 5737 and RFC 2544 (IPv4),
RFC 3849 (IPv6), RFC 7042 section 2.1.2 (MAC). What belongs to the protocol stays as it is: groups,
virtual MACs, 0.0.0.0, loopback.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import PurePath

from msgspec.structs import replace

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.pipeline import Analysis
from vrrpscope.protocol.advertisement import Address

_IPV4_RANGES = tuple(
    IPv4Network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15")
)
_IPV6_RANGE = IPv6Network("2001:db8::/32")

_MAC = (
    r"(?<![0-9A-Fa-f:.-])[0-9A-Fa-f]{2}(?P<sep>[:-])[0-9A-Fa-f]{2}(?:(?P=sep)[0-9A-Fa-f]{2}){4}"
    r"(?![0-9A-Fa-f]|[:-][0-9A-Fa-f])"
)
_CISCO_MAC = r"(?<![0-9A-Fa-f.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Fa-f.])"
_IPV6 = (
    r"(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]+"
    r"(?:\.\d{1,3}){0,3}(?![0-9A-Za-z])"
)
_IPV4 = r"(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)"
_ANY = re.compile(f"(?P<mac>{_MAC})|(?P<cisco>{_CISCO_MAC})|(?P<v6>{_IPV6})|(?P<v4>{_IPV4})")

_PROTOCOL_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:", "01:00:5e:00:00:", "33:33:00:00:00:")
_MAC_PREFIX = "00:00:5e:00:53:"


class Redactor:
    """Replaces what would tell whose network it is; `text` may be used twice on one text."""

    def __init__(self) -> None:
        self._new: dict[str, str] = {}
        self._given: set[str] = set()
        self._known: set[str] = set()
        self._paths: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._ipv4 = _hosts(_IPV4_RANGES)
        self._ipv6 = (str(IPv6Address(int(_IPV6_RANGE[0]) + i)) for i in range(1, 1 << 32))
        self._macs = _mac_addresses()

    def learn(self, addresses: Iterable[Address]) -> None:
        """Makes sure that these are never taken as replacements, and replaces them in order."""
        wanted = list(dict.fromkeys(addresses))
        self._known.update(map(str, wanted))
        for address in wanted:
            self._address(address)

    def learn_path(self, path: str) -> None:
        """From now on only the last part of the path is shown; two alike are told apart."""
        if path in self._paths or "/" not in path:
            return
        name = PurePath(path).name or path
        taken = set(self._paths.values())
        number, shown = 1, name
        while shown in taken:
            number += 1
            shown = f"{name}~{number}"
        self._paths[path] = shown

    def learn_name(self, name: str, shown: str) -> None:
        """From now on `name` stands as `shown` in quoted configurations."""
        self._names[name] = shown

    def text(self, text: str) -> str:
        """The text with paths shortened, addresses and MACs replaced."""
        for path in sorted(self._paths, key=len, reverse=True):
            text = text.replace(path, self._paths[path])
        return _ANY.sub(self._replacement, text)

    def quotation(self, text: str) -> str:
        """A quoted line of a configuration: routers' names are replaced as well."""
        for name in sorted(self._names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self._names[name], text)
        return self.text(text)

    def _replacement(self, match: re.Match[str]) -> str:
        found = match[0]
        if match["mac"] or match["cisco"]:
            return self._mac(found)
        bare = found.rstrip(":")
        try:
            address = ip_address(bare)
        except ValueError:
            return found
        return self._address(address) + found[len(bare) :]

    def _address(self, address: Address) -> str:
        text = str(address)
        if address.is_multicast or address.is_unspecified or address.is_loopback:
            return text
        if text == "255.255.255.255" or text in self._given:
            return text
        if text not in self._new:
            source = self._ipv4 if address.version == 4 else self._ipv6
            self._new[text] = next(a for a in source if a not in self._known)
            self._given.add(self._new[text])
        return self._new[text]

    def _mac(self, text: str) -> str:
        digits = re.sub(r"[^0-9a-f]", "", text.lower())
        mac = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
        if mac.startswith(_PROTOCOL_MACS) or mac == "ff:ff:ff:ff:ff:ff" or mac in self._given:
            return text
        if mac not in self._new:
            self._new[mac] = next(self._macs)
            self._given.add(self._new[mac])
        return self._new[mac]


def _hosts(networks: Iterable[IPv4Network]) -> Iterator[str]:
    for network in networks:
        yield from map(str, network.hosts())


def _mac_addresses() -> Iterator[str]:
    """RFC 7042 keeps 256 of them for documentation; then locally administered ones."""
    for number in range(1, 256):
        yield f"{_MAC_PREFIX}{number:02x}"
    for number in range(1 << 32):
        yield "02:00:" + ":".join(f"{number:08x}"[i : i + 2] for i in range(0, 8, 2))


def redacted(analysis: Analysis) -> tuple[Analysis, Redactor]:
    """The analysis with other names for its routers, and what replaces the rest.

    Names are replaced before the rules speak, since a name can be any word.
    """
    redactor = Redactor()
    redactor.learn(_addresses(analysis))
    nodes = tuple(
        _renamed(node, f"router-{number}", redactor)
        for number, node in enumerate(analysis.nodes, 1)
    )
    for timeline in analysis.timelines:
        redactor.learn_path(timeline.vantage.file)
        redactor.learn_path(timeline.vantage.id)
    for node in nodes:
        for path in node.files:
            redactor.learn_path(path)
    if not nodes:
        return analysis, redactor
    case = Case(analysis.timelines, nodes)
    return Analysis(case, diagnose(case) if analysis.findings else ()), redactor


def _renamed(node: Node, name: str, redactor: Redactor) -> Node:
    redactor.learn_name(node.name, name)
    if node.log is not None and node.log.host:
        redactor.learn_name(node.log.host, name)
    if node.configuration is None:
        return replace(node, name=name)
    intents = tuple(replace(intent, node=name) for intent in node.configuration.intents)
    configuration = dataclasses.replace(node.configuration, node=name, intents=intents)
    return replace(node, name=name, configuration=configuration)


def _addresses(analysis: Analysis) -> Iterator[Address]:
    """All that is known, virtual addresses first."""
    stories = [story for _, story in analysis.case.stories()]
    for story in stories:
        yield from story.addresses
    for story in stories:
        yield from (sender.address for sender in story.senders)
    for node in analysis.nodes:
        yield from sorted(node.addresses, key=lambda a: (a.version, int(a)))
    for story in stories:
        yield from (announced.subject for announced in story.announcements)
