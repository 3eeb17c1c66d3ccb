"""What tcpdump prints about ARP, group reports and the like, back to bytes."""

import re
from functools import lru_cache

from vrrpscope.capture.tcpdump_payloads import (
    ICMP,
    ICMPV6,
    IGMP,
    WITHOUT_FLAGS,
    WITHOUT_GROUPS,
    Payload,
    address_of,
)
from vrrpscope.protocol.checksum import VRRP_PROTOCOL

BROADCAST = b"\xff" * 6
ARP_BEGINS = bytes.fromhex("000108000604")
"""Hardware Ethernet, protocol IPv4, and their lengths (RFC 826)."""

_MOST_ASKERS = 4096

_MAC = r"(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}"
_ARP_REQUEST = re.compile(
    r"(?:Request |arp )?who-has (?P<target>\S{1,255})(?: \((?P<mac>[^)]{1,60})\)?\))? "
    r"tell (?P<sender>[^\s,]{1,255})"
)
_ARP_REPLY = re.compile(rf"(?:Reply|arp reply) (?P<sender>\S{{1,255}}) is-at (?P<mac>{_MAC})")

_V3_RECORD = re.compile(
    r"\[gaddr (?P<group>\S{1,255}) (?P<kind>is_in|is_ex|to_in|to_ex|allow|block)"
    r"(?:, (?P<count>\d{1,5}) source\(s\)| \{(?P<sources>[^}]*)\})",
    re.ASCII,
)
_V3_KINDS = {"is_in": 1, "is_ex": 2, "to_in": 3, "to_ex": 4, "allow": 5, "block": 6}
"""RFC 3376 section 4.2.12 and RFC 3810 section 5.2.12, in tcpdump's words."""
_MOST_RECORDS = 64
_MOST_SOURCES = 366

_IGMP = re.compile(r"igmp (?P<kind>v1 report|v2 report|leave) (?P<group>\S{1,255})")
_IGMP_TYPES = {"v1 report": 0x12, "v2 report": 0x16, "leave": 0x17}
_IGMP_V3_REPORT, _MLD_V2_REPORT = 0x22, 143
_MLD_V1 = re.compile(
    r"multicast listener (?P<kind>report|done)\s?max resp delay: \d+ addr: (?P<group>[^\s,]{1,64})"
)
_MLD_V1_TYPES = {"report": 131, "done": 132}

_NEIGHBOR = re.compile(
    r"neighbor advertisement, length \d+, tgt is (?P<target>[^\s,]{1,255}), "
    r"Flags \[(?P<flags>[^\]]{0,60})\]"
)
_NEIGHBOR_FLAGS = {"router": 0x80, "solicited": 0x40, "override": 0x20}
_TARGET_OPTION = re.compile(rf"destination link-address option \(2\), length 8 \(1\): ({_MAC})")
_IN_FRONT_OF_ICMPV6 = re.compile(r"(?:HBH (?:\([^)]{0,60}\) ?){0,8})?(?:\[[^\]]{0,60}\] )?ICMP6, ")
_UNREACHABLE = re.compile(r"ICMP \S{1,255} protocol 112 (?:port )?unreachable")


@lru_cache(maxsize=1024)
def mac_of(word: str) -> bytes | None:
    """The six bytes of a MAC address, also without leading zeros (tcpdump 3.7)."""
    word = word.partition(" ")[0]
    if word in ("Broadcast", "broadcast"):
        return BROADCAST
    parts = word.split(":")
    if len(parts) != 6 or not all(re.fullmatch("[0-9a-fA-F]{1,2}", part) for part in parts):
        return None
    return bytes(int(part, 16) for part in parts)


class Askers:
    """Who asked for an address: replies are printed without the one who is answered."""

    def __init__(self) -> None:
        self._by_question: dict[tuple[bytes, bytes | None], bytes] = {}

    def note(self, wanted: bytes, mac: bytes | None, asker: bytes) -> None:
        """Remembers a question, the last one for each address and asking MAC."""
        if len(self._by_question) >= _MOST_ASKERS:
            self._by_question.clear()
        self._by_question[wanted, mac] = asker

    def of(self, wanted: bytes, mac: bytes | None) -> bytes:
        """The address that asked from a MAC (None: from anywhere); 0.0.0.0 where nobody did."""
        return self._by_question.get((wanted, mac), bytes(4))


def arp(
    text: str, source_mac: bytes | None, destination_mac: bytes | None, askers: Askers
) -> bytes | None:
    """An ARP packet; None where the text does not tell one, or whose MAC it announces.

    Requests are printed without the sender's hardware address: that of the Ethernet header stands
    for it. Replies are printed without the target: one to all, or to the sender itself (keepalived
    with `use_vmac`), is about the sender, any other is to the one who asked.
    """
    if reply := _ARP_REPLY.search(text):
        sender, mac = address_of(reply["sender"]), mac_of(reply["mac"])
        if sender is None or sender.version != 4 or mac is None:
            return None
        to_one = destination_mac is None or not (destination_mac[0] & 1 or destination_mac == mac)
        target = askers.of(sender.packed, destination_mac) if to_one else sender.packed
        return _arp(2, mac, sender.packed, destination_mac or bytes(6), target)
    request = _ARP_REQUEST.search(text)
    if request is None:
        return None
    sender, wanted = address_of(request["sender"]), address_of(request["target"])
    if sender is None or wanted is None or sender.version != 4 or wanted.version != 4:
        return None
    askers.note(wanted.packed, source_mac, sender.packed)
    if source_mac is None:
        return None
    asked = mac_of(request["mac"] or "") or bytes(6)
    return _arp(1, source_mac, sender.packed, asked, wanted.packed)


def _arp(operation: int, mac: bytes, sender: bytes, asked: bytes, target: bytes) -> bytes:
    head = ARP_BEGINS + operation.to_bytes(2, "big")
    return head + mac + sender + asked + target


def announces_itself(text: str) -> bool:
    """True for an ARP request about the sender's own address."""
    request = _ARP_REQUEST.search(text)
    return request is not None and request["sender"] == request["target"]


def neighbour(text: str) -> Payload | None:
    """The group report, neighbor advertisement or refusal that is printed; None for the rest."""
    if text.startswith("igmp v3 report"):
        return _v3_report(IGMP, _IGMP_V3_REPORT, text, 4)
    if igmp := _IGMP.match(text):
        group = address_of(igmp["group"])
        if group is None or group.version != 4:
            return None
        data = bytes((_IGMP_TYPES[igmp["kind"]], 0, 0, 0)) + group.packed
        return Payload(IGMP, data, len(data))
    if _UNREACHABLE.match(text):
        cited = bytes(9) + bytes((VRRP_PROTOCOL,)) + bytes(10)
        return Payload(ICMP, b"\x03\x02" + bytes(6) + cited, 28)
    front = _IN_FRONT_OF_ICMPV6.match(text)
    return _icmpv6(text[front.end() :]) if front else None


def _icmpv6(text: str) -> Payload | None:
    if text.startswith("multicast listener report v2"):
        return _v3_report(ICMPV6, _MLD_V2_REPORT, text, 16)
    if mld := _MLD_V1.match(text):
        group = address_of(mld["group"])
        if group is None or group.version != 6:
            return None
        data = bytes((_MLD_V1_TYPES[mld["kind"]],)) + bytes(7) + group.packed
        return Payload(ICMPV6, data, len(data))
    if text.startswith("neighbor advertisement"):
        return _neighbor_advertisement(text)
    return None


def _v3_report(protocol: int, kind: int, text: str, size: int) -> Payload:
    """IGMPv3 (RFC 3376 section 4.2) and MLDv2 (RFC 3810 section 5.2) are built alike."""
    records: list[bytes] = []
    for found in _V3_RECORD.finditer(text):
        group = address_of(found["group"])
        if group is None or len(group.packed) != size or len(records) == _MOST_RECORDS:
            continue
        count = int(found["count"] or len((found["sources"] or "").split()))
        count = min(count, _MOST_SOURCES)
        # Which sources they are does not matter, and -v does not tell.
        head = bytes((_V3_KINDS[found["kind"]], 0)) + count.to_bytes(2, "big")
        records.append(head + group.packed + bytes(count * size))
    data = bytes((kind,)) + bytes(5) + len(records).to_bytes(2, "big") + b"".join(records)
    return Payload(protocol, data, len(data), lacks=() if records else (WITHOUT_GROUPS,))


def _neighbor_advertisement(text: str) -> Payload:
    """RFC 4861 section 4.4."""
    found = _NEIGHBOR.match(text)
    target = address_of(found["target"]) if found else None
    if found is None or target is None or target.version != 6:
        return Payload(ICMPV6, b"", 24, lacks=(WITHOUT_FLAGS,))
    flags = sum(bit for flag, bit in _NEIGHBOR_FLAGS.items() if flag in found["flags"])
    option = _TARGET_OPTION.search(text)
    mac = mac_of(option[1]) if option else None
    data = b"\x88\0\0\0" + bytes((flags, 0, 0, 0)) + target.packed
    data += b"\x02\x01" + mac if mac else b""
    return Payload(ICMPV6, data, len(data))
