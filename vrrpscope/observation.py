"""What was seen, from where and when: the values that pass between the stages.

Time is an `int` of nanoseconds since the epoch, in names that end in `_ns`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from vrrpscope.protocol.advertisement import Address, Advertisement


class FrameRef(NamedTuple):
    """Where a frame is found: the vantage's id and the number that Wireshark gives it."""

    vantage: str
    number: int


class Frame(NamedTuple):
    """One captured frame.

    Attributes:
        number: 1-based and per file, as Wireshark counts.
        time_ns: nanoseconds since the epoch; None where the record has no time (pcapng SPB).
        link_type: LINKTYPE_ value without the FCS bits.
        data: the captured bytes, without the frame check sequence where the file announces one.
        original_length: length on the wire in bytes, the frame check sequence not counted.
        interface: index into `CaptureFile.interfaces`, counted over all sections.
    """

    number: int
    time_ns: int | None
    link_type: int
    data: bytes
    original_length: int
    interface: int


@dataclass(frozen=True, slots=True)
class Vantage:
    """A place from which was captured: a file and, where it has several, one interface of it.

    `is_text`: the file is what tcpdump printed; frame N is its Nth packet, and no other program
    knows it by that number.
    """

    id: str
    file: str
    interface: str | None = None
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class VirtualRouter:
    """The key of a virtual router: families, VLANs and segments never mix (RFC 9568 section 1).

    Attributes:
        family: "ipv4" or "ipv6".
        vrid: 1 to 255.
        vlans: VLAN ids from the outer to the inner; priority tags (VID 0) are left out.
        segment: "" for the wire itself, else the tunnel that the frame was in, such as "vxlan:100".
    """

    family: str
    vrid: int
    vlans: tuple[int, ...] = ()
    segment: str = ""

    @property
    def vlan(self) -> int | None:
        """The inner VLAN id; None where the frames are untagged."""
        return self.vlans[-1] if self.vlans else None

    @property
    def id(self) -> str:
        """For example `ipv4/60`, `ipv4/60@30`, `ipv4/60@100.30`, `ipv4/60%vxlan:100`."""
        tags = "@" + ".".join(map(str, self.vlans)) if self.vlans else ""
        tunnel = f"%{self.segment}" if self.segment else ""
        return f"{self.family}/{self.vrid}{tags}{tunnel}"


class Sighting(NamedTuple):
    """One advert at one moment: what changes from packet to packet, and what does not.

    `ip_id` is the identification of the IPv4 header; None for IPv6.
    """

    time_ns: int | None
    ip_id: int | None
    router: VirtualRouter
    advertisement: Advertisement
    ref: FrameRef


class AnnouncementKind(StrEnum):
    """What a neighbour said that matters to VRRP."""

    GRATUITOUS_ARP = "gratuitous-arp"
    ARP_REPLY = "arp-reply"
    UNSOLICITED_NA = "unsolicited-na"
    IGMP_JOIN = "igmp-join"
    MLD_JOIN = "mld-join"
    IGMP_LEAVE = "igmp-leave"
    MLD_LEAVE = "mld-leave"
    PROTOCOL_UNREACHABLE = "protocol-unreachable"


JOINS = (AnnouncementKind.IGMP_JOIN, AnnouncementKind.MLD_JOIN)
"""Somebody listens to the VRRP group."""

LEAVES = (AnnouncementKind.IGMP_LEAVE, AnnouncementKind.MLD_LEAVE)
"""Somebody listens no more."""


class Announcement(NamedTuple):
    """A neighbour's word: gratuitous ARP, unsolicited NA, a join of the VRRP group, ICMP.

    Attributes:
        subject: the address that is announced (ARP, NA), the reporter's own address (joins), or
            the host that answers that it knows no VRRP (protocol unreachable).
        mac: the MAC that is announced for it, or the reporter's.
        vlans, segment: as in `VirtualRouter`.
        to: the host that is answered (ARP replies); None where all are told, where that host has
            no address yet, or where it is not known.
    """

    time_ns: int | None
    kind: AnnouncementKind
    subject: Address
    mac: str
    vlans: tuple[int, ...]
    segment: str
    ref: FrameRef
    to: Address | None = None


class Other(NamedTuple):
    """A frame that is no advert and no announcement.

    `refused` is True where the frame looked like VRRP and could not be used; `name` says what it
    is or why: "carp", "hsrp", "glbp", "fragment", "truncated", "malformed", "other", and the like.
    `advertisement` is kept where one could be decoded and was not credible.
    """

    name: str
    refused: bool = False
    advertisement: Advertisement | None = None


class Carp(NamedTuple):
    """A CARP advert: VRRP's protocol number, multicast group and virtual MAC, and not VRRP.

    Attributes:
        router: the virtual router whose VRID is its virtual host id (VHID).
        source, mac: who sends it.
        interval_ns: the time between two of its adverts, advbase and advskew together.
    """

    time_ns: int | None
    router: VirtualRouter
    source: Address
    mac: str
    interval_ns: int
    ref: FrameRef

    @property
    def name(self) -> str:
        """What it is called where frames are counted."""
        return "carp"

    @property
    def refused(self) -> bool:
        """False: it is no VRRP advert that could not be used."""
        return False


Decoded = Sighting | Announcement | Carp | Other


class Basis(StrEnum):
    """What kind of fact a statement is."""

    SEEN = "seen"
    """It is in a frame."""
    TOLD = "told"
    """A configuration or a log says so."""
    INFERRED = "inferred"
    """It follows from what was seen or told, by the rules of the protocol."""
