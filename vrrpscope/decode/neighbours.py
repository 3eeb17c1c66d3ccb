"""What neighbours say that matters to VRRP: who has an address, and who listens to the group."""

from vrrpscope.decode.network import VRRP
from vrrpscope.decode.walk import OTHER, RARP, Layers, Space, Step, Walk, address
from vrrpscope.observation import Announcement, AnnouncementKind

GROUP_IPV4 = bytes((224, 0, 0, 18))
GROUP_IPV6 = bytes.fromhex("ff020000000000000000000000000012")

_ETHERNET_IPV4 = bytes.fromhex("000108000604")
_ARP_REPLY = 2
_GROUP_BIT = 0x01

_IGMP_V1_REPORT, _IGMP_V2_REPORT, _IGMP_V2_LEAVE, _IGMP_V3_REPORT = 0x12, 0x16, 0x17, 0x22
_MLD_V1_REPORT, _MLD_V1_DONE, _MLD_V2_REPORT = 131, 132, 143
_NEIGHBOR_ADVERTISEMENT = 136
_NA_SOLICITED = 0x40
_NA_TARGET_LINK_LAYER_ADDRESS = 2

# Record types of RFC 3376 section 4.2.12: an exclude mode means that the group is joined, an
# include mode does so only for the sources that it lists; a change to "include nothing" leaves.
_EXCLUDES = frozenset({2, 4})
_INCLUDES = frozenset({1, 3, 5})
_CHANGE_TO_INCLUDE = 3


def _announce(
    walk: Walk,
    kind: AnnouncementKind,
    subject: bytes,
    mac: bytes | None = None,
    to: bytes | None = None,
) -> Announcement:
    return Announcement(
        walk.frame.time_ns,
        kind,
        address(subject),
        walk.mac if mac is None else mac.hex(":"),
        walk.vlans,
        walk.segment,
        walk.ref,
        None if to is None else address(to),
    )


def arp(walk: Walk, data: bytes) -> Step:
    """ARP (RFC 826): replies, and whatever announces the sender's own address (RFC 5227).

    A reply to one host alone announces nothing to the others, even where sender and target are
    the same: Linux answers a rival's gratuitous ARP in this way. Cisco repeats its announcement
    to a group of its own (01:00:0c:cd:cd:cd).
    """
    if len(data) < 28 or not data.startswith(_ETHERNET_IPV4):
        return OTHER
    operation = int.from_bytes(data[6:8], "big")
    mac, sender, target = data[8:14], data[14:18], data[24:28]
    if operation not in (1, _ARP_REPLY) or not any(sender):
        return OTHER
    to_one = data[18:24] not in (mac, bytes(6)) and not data[18] & _GROUP_BIT
    if sender == target and not (operation == _ARP_REPLY and to_one):
        return _announce(walk, AnnouncementKind.GRATUITOUS_ARP, sender, mac)
    if operation == _ARP_REPLY:
        # 0.0.0.0 asks as one that has no address yet (RFC 5227 section 2.1.1).
        host = target if target != sender and any(target) else None
        return _announce(walk, AnnouncementKind.ARP_REPLY, sender, mac, host)
    return OTHER


def rarp(_walk: Walk, _data: bytes) -> Step:
    """RARP (RFC 903): a hypervisor sends it in the name of a machine that it has just moved."""
    return RARP


def icmp(walk: Walk, data: bytes) -> Step:
    """ICMP protocol unreachable (RFC 792) that cites VRRP."""
    if data[:2] == b"\x03\x02" and data[17:18] == bytes((VRRP,)) and walk.ip is not None:
        return _announce(walk, AnnouncementKind.PROTOCOL_UNREACHABLE, walk.ip.source)
    return OTHER


def igmp(walk: Walk, data: bytes) -> Step:
    """IGMP: reports of the VRRP group, and leaves (RFC 2236 sections 2 and 3, RFC 3376 4.2)."""
    if len(data) < 8 or walk.ip is None:
        return OTHER
    if data[0] == _IGMP_V3_REPORT:
        joins = _joins(data, GROUP_IPV4)
    elif data[4:8] == GROUP_IPV4:
        kinds = {_IGMP_V1_REPORT: True, _IGMP_V2_REPORT: True, _IGMP_V2_LEAVE: False}
        joins = kinds.get(data[0])
    else:
        joins = None
    if joins is None:
        return OTHER
    kind = AnnouncementKind.IGMP_JOIN if joins else AnnouncementKind.IGMP_LEAVE
    return _announce(walk, kind, walk.ip.source)


def icmpv6(walk: Walk, data: bytes) -> Step:
    """MLD reports, unsolicited neighbour advertisements and refusals of protocol 112."""
    if len(data) < 8 or walk.ip is None or len(walk.ip.source) != 16:
        return OTHER
    kind = data[0]
    if kind == _NEIGHBOR_ADVERTISEMENT:
        return _neighbor_advertisement(walk, data)
    joins = _mld_joins(data)
    if joins is not None:
        report = AnnouncementKind.MLD_JOIN if joins else AnnouncementKind.MLD_LEAVE
        return _announce(walk, report, walk.ip.source)
    # RFC 4443 section 3.4: parameter problem, unrecognized next header; ICMPv6 has no other.
    if data[:2] == b"\x04\x01" and data[14:15] == bytes((VRRP,)):
        return _announce(walk, AnnouncementKind.PROTOCOL_UNREACHABLE, walk.ip.source)
    return OTHER


def _mld_joins(data: bytes) -> bool | None:
    """True for an MLD report of the VRRP group, False for its end, None for anything else."""
    if data[0] == _MLD_V2_REPORT:
        return _joins(data, GROUP_IPV6)
    if data[8:24] != GROUP_IPV6:
        return None
    return {_MLD_V1_REPORT: True, _MLD_V1_DONE: False}.get(data[0])


def _joins(data: bytes, group: bytes) -> bool | None:
    """Find the group in an IGMPv3 (RFC 3376 4.2) or MLDv2 report (RFC 3810 5.2).

    Returns True where it is joined, False where it is left, None where the report is of others.
    """
    at, size, found = 8, len(group), None
    for _ in range(int.from_bytes(data[6:8], "big")):
        if at + 4 + size > len(data):
            break
        kind, sources = data[at], int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 4 : at + 4 + size] == group:
            if kind in _EXCLUDES or (kind in _INCLUDES and sources):
                return True
            if kind == _CHANGE_TO_INCLUDE:
                found = False
        at += 4 + size + sources * size + data[at + 1] * 4
    return found


def _neighbor_advertisement(walk: Walk, data: bytes) -> Step:
    """RFC 4861 section 4.4; receivers ignore one whose hop limit is not 255 (section 7.1.2)."""
    if len(data) < 24 or data[4] & _NA_SOLICITED or walk.ip is None or walk.ip.ttl != 255:
        return OTHER
    mac = _link_layer_address(data[24:])
    return _announce(walk, AnnouncementKind.UNSOLICITED_NA, data[8:24], mac)


def _link_layer_address(options: bytes) -> bytes | None:
    """Find the target link-layer address among the options (RFC 4861 section 4.6)."""
    at = 0
    while at + 8 <= len(options) and options[at + 1]:
        if options[at] == _NA_TARGET_LINK_LAYER_ADDRESS:
            return options[at + 2 : at + 8]
        at += options[at + 1] * 8
    return None


LAYERS: Layers = {
    (Space.ETHERTYPE, 0x0806): arp,
    (Space.ETHERTYPE, 0x8035): rarp,
    (Space.IP, 1): icmp,
    (Space.IP, 2): igmp,
    (Space.IP, 58): icmpv6,
}
