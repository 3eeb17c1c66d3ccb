"""A `vrrp_instance` block, keyword by keyword, in the order in which they are written.

The order matters: the first address decides the family, the first `version` the version. What
keepalived makes of the whole afterwards is in `effective`.
Source: keepalived 2.2.7, vrrp/vrrp_parser.c and vrrp/vrrp_data.c.
"""

from dataclasses import dataclass, field

from vrrpscope.evidence.keepalived_conf import Node
from vrrpscope.evidence.keywords import AUTHENTICATION, INSTANCE
from vrrpscope.evidence.model import Family, TrackedItem
from vrrpscope.evidence.settings import GARP_NUMBERS, Number, read_number
from vrrpscope.evidence.told import Notes, SourceLine, Told
from vrrpscope.evidence.tracking import Definitions, is_track_keyword, read_tracked
from vrrpscope.evidence.values import (
    address_of,
    check_keywords,
    read_address,
    read_ns,
    switch_of,
    value_of,
)
from vrrpscope.protocol.advertisement import Address, AuthenticationType

PASSWORD_BYTES = 8
"""Length of the authentication data (RFC 2338 section 5.3.10)."""

DEFAULT_PRIORITY = 100
_TIMER_MAX_US = 4_293_000_000
"""Greatest `preempt_delay` (keepalived: TIMER_MAX_SEC)."""

_NUMBERS = GARP_NUMBERS | {
    "virtual_router_id": Number(1, 255, lenient=False),
    "unicast_ttl": Number(0, 255, lenient=False),
}
_FLAGS = {
    "nopreempt": ("nopreempt", True),
    "preempt": ("nopreempt", False),
    "dont_track_primary": ("dont_track_primary", True),
    "check_unicast_src": ("check_unicast_src", True),
    "accept": ("accept", True),
    "no_accept": ("accept", False),
    "use_vmac": ("use_vmac", True),
    "vmac_xmit_base": ("vmac_xmit_base", True),
    "unicast_fault_no_peer": ("unicast_fault_no_peer", True),
}
_SWITCHES = frozenset({"lower_prio_no_advert", "higher_prio_send_advert", "strict_mode"})
_UNICAST_KEYWORDS = frozenset(
    {
        "unicast_peer",
        "unicast_src_ip",
        "unicast_fault_no_peer",
        "check_unicast_src",
        "old_unicast_checksum",
    }
)
_ADDRESS_OPTIONS_WITH_VALUE = frozenset(
    {"dev", "scope", "broadcast", "brd", "label", "peer", "preferred_lft"}
)
_AUTHENTICATION_TYPES = {"PASS": AuthenticationType.PASS, "AH": AuthenticationType.AH}


@dataclass(slots=True)
class Draft:
    """What one `vrrp_instance` block says; what it does not say is missing here."""

    name: str
    line: SourceLine
    notes: Notes = field(default_factory=Notes)
    numbers: dict[str, Told[int]] = field(default_factory=dict)
    flags: dict[str, Told[bool]] = field(default_factory=dict)
    words: dict[str, Told[str]] = field(default_factory=dict)
    family: Told[Family] | None = None
    version: Told[int] | None = None
    source: Told[Address] | None = None
    group: Told[Address] | None = None
    unicast: SourceLine | None = None
    peers: list[Told[Address]] = field(default_factory=list)
    addresses: list[Told[Address]] = field(default_factory=list)
    excluded: list[Told[Address]] = field(default_factory=list)
    password: Told[bytes] | None = field(default=None, repr=False)
    auth_type: Told[AuthenticationType] | None = None
    tracked: list[TrackedItem] = field(default_factory=list)


class InstanceReader:
    """Reads one block into a draft."""

    def __init__(self, node: Node, known: Definitions, encodings: dict[str, str]) -> None:
        self.draft = Draft(node.values[0], node.line)
        self._notes = self.draft.notes
        self._known = known
        self._encodings = encodings
        check_keywords(node, INSTANCE, self._notes)
        for child in node.children:
            self._read(child)

    def _read(self, node: Node) -> None:
        keyword = node.keyword
        if keyword in _UNICAST_KEYWORDS:
            self.draft.unicast = self.draft.unicast or node.line
        if keyword in _NUMBERS:
            self._number(node)
        elif keyword in _FLAGS:
            name, value = _FLAGS[keyword]
            self.draft.flags[name] = Told(value, node.line)
        elif keyword in _SWITCHES:
            self._switch(node)
        elif is_track_keyword(keyword):
            read_tracked(node, self.draft.name, self._known, self.draft.tracked, self._notes)
        else:
            self._special(node)

    def _special(self, node: Node) -> None:
        match node.keyword:
            case "state":
                self._state(node)
            case "interface":
                self.draft.words["interface"] = Told(value_of(node, self._notes), node.line)
            case "priority":
                self._priority(node)
            case "version":
                self._version(node)
            case "native_ipv6":
                self._native_ipv6(node)
            case "advert_int" | "preempt_delay":
                self._time(node)
            case "mcast_src_ip" | "unicast_src_ip":
                self._source(node)
            case "mcast_dst_ip":
                self._group(node)
            case "unicast_peer":
                self._peers(node)
            case "virtual_ipaddress" | "virtual_ipaddress_excluded":
                self._addresses(node)
            case "authentication":
                self._authentication(node)
            case "skip_check_adv_addr":
                self._skip_check(node)
            case "old_unicast_checksum":
                told = node.values[0] if node.values else "always"
                self.draft.words["old_unicast_checksum"] = Told(told, node.line)

    def _number(self, node: Node) -> None:
        number = read_number(node, _NUMBERS[node.keyword], self._notes)
        if number is not None:
            self.draft.numbers[node.keyword] = number

    def _switch(self, node: Node) -> None:
        value = switch_of(node, self._notes)
        if value is not None:
            self.draft.flags[node.keyword] = Told(value, node.line)

    def _skip_check(self, node: Node) -> None:
        """2.2.7 switches it on for every valid value, "off" included."""
        value = switch_of(node, self._notes)
        if value is None:
            return
        self.draft.flags[node.keyword] = Told(True, node.line)
        if not value:
            text = "keepalived 2.2.7 takes 'skip_check_adv_addr off' for on"
            self._notes.add("flag-with-value", text, node.line)

    def _state(self, node: Node) -> None:
        word = value_of(node, self._notes)
        before = self.draft.words.get("state")
        if word == "BACKUP" and before and before.value == "MASTER":
            text = "state BACKUP after state MASTER: ignored"
            self._notes.add("state-twice", text, node.line)
            return
        if word not in ("MASTER", "BACKUP"):
            text = f"state {word}: unknown, keepalived takes BACKUP"
            self._notes.add("state-unknown", text, node.line)
        self.draft.words["state"] = Told("MASTER" if word == "MASTER" else "BACKUP", node.line)

    def _priority(self, node: Node) -> None:
        number = Number(1, 255, lenient=False).read(value_of(node, self._notes))
        if number is None:
            text = f"priority is not between 1 and 255: keepalived takes {DEFAULT_PRIORITY}"
            self._notes.add("priority-invalid", text, node.line)
            number = DEFAULT_PRIORITY
        self.draft.numbers["priority"] = Told(number, node.line)

    def _version(self, node: Node) -> None:
        version = read_number(node, Number(2, 3), self._notes)
        before = self.draft.version
        is_ipv6 = self.draft.family is not None and self.draft.family.value == "ipv6"
        if version is None:
            return
        if (before and before.value != version.value) or (version.value == 2 and is_ipv6):
            text = f"version {version.value} conflicts with what is said above: ignored"
            self._notes.add("version-conflict", text, node.line)
        else:
            self.draft.version = version

    def _native_ipv6(self, node: Node) -> None:
        if self.draft.family and self.draft.family.value == "ipv4":
            text = "native_ipv6 in an instance with IPv4 addresses: ignored"
            self._notes.add("family-conflict", text, node.line)
            return
        self.draft.family = Told("ipv6", node.line)
        self.draft.version = Told(3, node.line)

    def _time(self, node: Node) -> None:
        if node.keyword == "advert_int":
            value = read_ns(value_of(node, self._notes), 10_000, 255_000_000)
        else:
            value = read_ns(value_of(node, self._notes), 0, _TIMER_MAX_US)
        if value is None:
            text = f"{node.keyword}: not a time that keepalived takes, ignored"
            self._notes.add("value-invalid", text, node.line)
        else:
            self.draft.numbers[node.keyword] = Told(value, node.line)

    def _fits(self, address: Address, node: Node) -> bool:
        """True where the address is of the instance's family, which the first one decides."""
        family: Family = "ipv6" if address.version == 6 else "ipv4"
        if self.draft.family is None:
            self.draft.family = Told(family, node.line)
        if self.draft.family.value != family:
            text = f"{address} is not of the instance's family: ignored"
            self._notes.add("family-conflict", text, node.line)
            return False
        return True

    def _source(self, node: Node) -> None:
        address = address_of(node, self._notes)
        if address is not None:
            fits = self._fits(address, node)
            self.draft.source = Told(address, node.line) if fits else None

    def _group(self, node: Node) -> None:
        address = address_of(node, self._notes)
        if address is None or not self._fits(address, node):
            return
        link_local = address.packed[0] == 0xFF and address.packed[1] & 0x0F == 2
        if address.is_multicast and (address.version == 4 or link_local):
            self.draft.group = Told(address, node.line)
        else:
            text = f"mcast_dst_ip {address}: no such multicast group, ignored"
            self._notes.add("address-invalid", text, node.line)

    def _peers(self, node: Node) -> None:
        for child in node.children:
            address = read_address(child.keyword, cut="-/")
            if address is None:
                text = f"unicast_peer {child.keyword}: no address, ignored"
                self._notes.add("address-invalid", text, child.line)
            elif self._fits(address, child):
                self.draft.peers.append(Told(address, child.line))
                self._peer_options(child)

    def _peer_options(self, node: Node) -> None:
        """min_ttl and max_ttl switch the check of the source on; anything else is an error."""
        if node.values[:1] in (("min_ttl",), ("max_ttl",)) and len(node.values) > 1:
            self.draft.flags["check_unicast_src"] = Told(True, node.line)
        elif node.values:
            text = f"only the first word of the line is a peer: {' '.join(node.values)} ignored"
            self._notes.add("list-on-one-line", text, node.line)

    def _addresses(self, node: Node) -> None:
        advertised = node.keyword == "virtual_ipaddress"
        target = self.draft.addresses if advertised else self.draft.excluded
        for child in node.children:
            address = read_address(child.keyword)
            if address is None:
                text = f"{node.keyword} {child.keyword}: no address, ignored"
                self._notes.add("address-invalid", text, child.line)
            elif self._options_fit(child) and (not advertised or self._fits(address, child)):
                target.append(Told(address, child.line))

    def _options_fit(self, node: Node) -> bool:
        """False where an option lacks its value: keepalived then drops the address."""
        words = list(node.values)
        while words:
            word = words.pop(0)
            if word in _ADDRESS_OPTIONS_WITH_VALUE:
                if not words:
                    text = f"{node.keyword}: {word} needs a value, address ignored"
                    self._notes.add("address-invalid", text, node.line)
                    return False
                words.pop(0)
            elif read_address(word) is not None:
                text = f"only the first word of the line is an address: {word} ignored"
                self._notes.add("list-on-one-line", text, node.line)
        return True

    def _authentication(self, node: Node) -> None:
        check_keywords(node, AUTHENTICATION, self._notes, secret=True)
        for child in node.all("auth_type"):
            auth_type = _AUTHENTICATION_TYPES.get(value_of(child, self._notes))
            if auth_type is None:
                text = "auth_type is neither PASS nor AH: ignored"
                self._notes.add("value-invalid", text, child.line)
            else:
                self.draft.auth_type = Told(auth_type, child.line)
        for child in node.all("auth_pass"):
            self._password(child)

    def _password(self, node: Node) -> None:
        word = value_of(node, self._notes)
        secret = word.encode(self._encodings.get(node.line.file, "utf-8"), "replace")
        if len(secret) > PASSWORD_BYTES:
            text = f"auth_pass has {len(secret)} bytes: only the first {PASSWORD_BYTES} count"
            self._notes.add("auth-pass-truncated", text, node.line)
        secret = secret[:PASSWORD_BYTES].ljust(PASSWORD_BYTES, b"\0")
        self.draft.password = Told(secret, node.line)
