"""The way from a frame's first byte to its meaning: one layer, one step.

A layer is a function that reads its header and answers with the next layer and the bytes left for
it, or with a `Decoded`. The steps are made in a loop (`decoder.dissect`), not by recursion, so a
frame that nests tunnels without end cannot exhaust the stack.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from vrrpscope.decode.fragments import Fragments
from vrrpscope.observation import Decoded, Frame, FrameRef, Other
from vrrpscope.protocol.advertisement import Address

# One object each: they are compared by identity and counted by the million.
OTHER = Other("other")
CARP = Other("carp")
HSRP = Other("hsrp")
GLBP = Other("glbp")
RARP = Other("rarp")
FRAGMENT = Other("fragment")
TRUNCATED = Other("truncated", refused=True)
MALFORMED = Other("malformed", refused=True)
UNSUPPORTED_LINK = Other("unsupported-link-type")


class Space(StrEnum):
    """The number spaces in which headers name what follows."""

    LINK = "link"
    ETHERTYPE = "ethertype"
    IP = "ip"
    UDP = "udp"


class Next(NamedTuple):
    """The layer to go on with, and its bytes."""

    space: Space
    number: int
    data: bytes


@dataclass(slots=True)
class IpHeader:
    """What an IP header says about the packet.

    Attributes:
        source, destination: packed.
        ttl: TTL or hop limit.
        identification: of IPv4; None for IPv6.
        identification_at: offset of it in the frame.
        length: bytes that the packet has after this header by its length field; what was captured
            may be less.
    """

    source: bytes
    destination: bytes
    ttl: int
    identification: int | None
    identification_at: int | None
    length: int


@dataclass(slots=True)
class Walk:
    """Where a frame's dissection has got to.

    Attributes:
        frame: what is dissected.
        vantage_id: where it was captured.
        fragments: datagrams that wait for the rest of their fragments.
        source_mac: six bytes of the Ethernet header that the current packet came in; empty where
            there is none.
        vlans: VLAN ids of the current wire, from the outer to the inner.
        segment: the tunnel that the current packet was in; "" for the wire itself.
        ip: the innermost IP header so far.
        repeatable: True as long as equal bytes always mean the same.
    """

    frame: Frame
    vantage_id: str
    fragments: Fragments
    source_mac: bytes = b""
    vlans: tuple[int, ...] = ()
    segment: str = ""
    ip: IpHeader | None = None
    repeatable: bool = True

    @property
    def ref(self) -> FrameRef:
        """Where the frame is found."""
        return FrameRef(self.vantage_id, self.frame.number)

    @property
    def mac(self) -> str:
        """The source MAC in lower case with colons; "" where there is none."""
        return self.source_mac.hex(":")

    @property
    def is_cut(self) -> bool:
        """True where the capture's snapshot length cut the frame."""
        return self.frame.original_length > len(self.frame.data)

    def enter(self, tunnel: str) -> None:
        """Go into a tunnel: nothing of the outer wire's names belongs to the inner one."""
        self.segment = f"{self.segment}/{tunnel}" if self.segment else tunnel
        self.vlans = ()
        self.source_mac = b""
        self.ip = None

    def add_vlan(self, vlan: int) -> None:
        """Note a VLAN tag; VID 0 carries a priority only (IEEE 802.1Q section 9.6)."""
        if vlan:
            self.vlans += (vlan,)


Step = Next | Decoded
Layer = Callable[[Walk, bytes], Step]
Layers = Mapping[tuple[Space, int], Layer]


def address(packed: bytes) -> Address:
    """Make an address of 4 or 16 bytes."""
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)
