"""The VRRP advertisement as a value: what one router says about one virtual router."""

import os
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address

PRIORITY_RELEASE = 0
"""The master gives up its role (RFC 5798 section 5.2.4)."""

PRIORITY_OWNER = 255
"""The router owns the addresses (RFC 5798 section 5.2.4)."""

_FINGERPRINT_KEY = os.urandom(16)


class AuthenticationType(IntEnum):
    """Authentication type of a VRRPv2 advert (RFC 2338 section 5.3.6; 254 is Cisco's)."""

    NONE = 0
    PASS = 1
    AH = 2
    MD5 = 254


class ChecksumForm(StrEnum):
    """Which way of computing the checksum fits the advert.

    RFC 5798 section 5.2.8 was read both ways for IPv4; RFC 9568 section 5.2.8 settled on no
    pseudo-header. keepalived before 1.3.7 put 224.0.0.18 into the pseudo-header of unicast adverts.
    """

    V2 = "v2"
    WITH_PSEUDO_HEADER = "with-pseudo-header"
    WITHOUT_PSEUDO_HEADER = "without-pseudo-header"
    MULTICAST_PSEUDO_HEADER = "multicast-pseudo-header"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


class Defect(StrEnum):
    """What is wrong with an advert. Bad packets are data, not errors."""

    UNKNOWN_VERSION = "unknown-version"
    UNKNOWN_TYPE = "unknown-type"
    TTL_NOT_255 = "ttl-not-255"
    CHECKSUM = "checksum"
    TRUNCATED = "truncated"
    """The capture cut the frame (snaplen): fields past the cut are missing."""
    TOO_SHORT = "too-short"
    """The packet itself is shorter than its address count says."""
    TRAILING_BYTES = "trailing-bytes"
    """The packet is longer than its address count says, and no known trailer explains it."""
    FRAME_LENGTH = "frame-length"
    """The record claims more captured than original bytes, or the like."""
    DESTINATION = "destination"
    """Neither the VRRP group nor a unicast address."""
    SOURCE = "source"
    """A multicast or reserved address, which no router has (0.0.0.0 is seen: Huawei)."""


_GRAVE_DEFECTS = frozenset(
    {
        Defect.CHECKSUM,
        Defect.TTL_NOT_255,
        Defect.TOO_SHORT,
        Defect.FRAME_LENGTH,
        Defect.DESTINATION,
        Defect.SOURCE,
    }
)
"""A router that is merely misconfigured shows one of these; debris shows several."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """Authentication of an advert.

    `type` is None for VRRPv3, which has none. `secret` holds the eight bytes of a PASS
    authentication (RFC 2338 section 5.3.10); it is compared, never shown: see `fingerprint`.
    `trailer` names what follows the message: "cisco-md5" or "keepalived-hmac"; its bytes change
    with every packet and are no part of the identity of an advert.
    """

    type: int | None = None
    secret: bytes = field(default=b"", repr=False)
    trailer: str | None = None

    @property
    def fingerprint(self) -> str:
        """First four hex digits of a keyed hash of the secret; empty where there is none.

        The key is new in every process: the digits tell two secrets of one report apart and are
        of no use for looking a password up.
        """
        if not self.secret:
            return ""
        import hmac  # takes 8 ms that only captures with passwords need

        return hmac.new(_FINGERPRINT_KEY, self.secret, "sha256").hexdigest()[:4]


@dataclass(frozen=True, slots=True)
class Advertisement:
    """One advert. Equal adverts mean the same, byte for byte or not.

    Attributes:
        version: 2 or 3 (other values only together with `Defect.UNKNOWN_VERSION`).
        vrid: virtual router identifier, 1 to 255 (0 is seen in damaged packets).
        priority: the *effective* priority on the wire, 0 to 255.
        advert_interval_ns: the advertised interval in nanoseconds; None where cut off.
        addresses: the virtual addresses in the order of the packet.
        source, destination: addresses of the IP header.
        source_mac: lower-case, colon-separated; "" where the link layer has none.
        ttl: TTL or hop limit.
        address_count: the count that the packet claims; len(addresses) may differ when damaged.
    """

    version: int
    vrid: int
    priority: int
    advert_interval_ns: int | None
    addresses: tuple[Address, ...]
    source: Address
    destination: Address
    source_mac: str
    ttl: int
    address_count: int
    auth: Authentication = Authentication()
    checksum: ChecksumForm = ChecksumForm.UNCHECKED
    defects: tuple[Defect, ...] = ()

    @property
    def is_release(self) -> bool:
        """True where the master gives up its role (priority 0)."""
        return self.priority == PRIORITY_RELEASE

    @property
    def is_unicast(self) -> bool:
        """True where the advert goes to one peer instead of the VRRP group."""
        return not self.destination.is_multicast

    @property
    def is_credible(self) -> bool:
        """False for what shares the protocol number but cannot be a router's advert.

        A real router may send a wrong checksum, or a wrong TTL; a packet with several of these
        is debris (fuzzed or damaged), and must not become a virtual router.
        """
        if Defect.UNKNOWN_VERSION in self.defects or Defect.UNKNOWN_TYPE in self.defects:
            return False
        if self.vrid == 0:
            return False
        return len(_GRAVE_DEFECTS.intersection(self.defects)) < 2
