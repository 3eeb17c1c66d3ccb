"""The bytes of a VRRP message: RFC 2338, 3768, 5798 and 9568, and what vendors add.

0                   1                   2                   3
+-------+-------+---------------+---------------+---------------+
|Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
+-------+-------+---------------+---------------+---------------+
| v2: Auth Type | v2: Adver Int |           Checksum            |
| v3: rsvd, 12 bits Max Adver Int                               |
+-------------------------------+-------------------------------+
| addresses: 4 or 16 bytes each; v2: 8 bytes of authentication; trailer |
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from vrrpscope.protocol.advertisement import (
    Address,
    Advertisement,
    Authentication,
    AuthenticationType,
    ChecksumForm,
    Defect,
)
from vrrpscope.protocol.checksum import checksum_form

IDENTITY_LENGTH = 4
"""Bytes with version, VRID, priority and address count: less than that says nothing."""

HEADER_LENGTH = 8
AUTHENTICATION_LENGTH = 8

CISCO_MD5_LENGTH = 30
"""Type-length-value after the authentication data of auth type 254."""

KEEPALIVED_HMAC_LENGTH = 28
"""keepalived 2.4: type, key id, 2 reserved, 8 of time and counter, 16 of HMAC (vrrp_auth_ext_t)."""

_ADVERTISEMENT_TYPE = 1
_GROUPS = frozenset({IPv4Address("224.0.0.18"), IPv6Address("ff02::12")})

_CARP_LENGTH = 36
_CARP_AUTHENTICATION_WORDS = 7


class Unreadable(StrEnum):
    """Why bytes of IP protocol 112 are no VRRP advert, however damaged."""

    CARP = "carp"
    TRUNCATED = "truncated"
    """The capture cut the frame before version, VRID, priority and count."""
    TOO_SHORT = "too-short"
    """The packet itself ends before them."""


class _Message(NamedTuple):
    """A message and its layout.

    Attributes:
        data: the bytes that are there.
        length: the bytes that the packet had.
        version: of VRRP; everything but 3 is laid out as 2.
        addresses_end: where the addresses end by the packet's count.
        body_end: where the message ends by the packet's count and version.
    """

    data: bytes
    length: int
    version: int
    address_size: int
    addresses_end: int
    body_end: int


def parse_message(
    payload: bytes,
    *,
    source: Address,
    destination: Address,
    source_mac: str,
    ttl: int,
    length: int | None = None,
    defects: tuple[Defect, ...] = (),
) -> Advertisement | Unreadable:
    """Read a VRRP message.

    Args:
        payload: the bytes after the IP (and AH) header, as far as they were captured.
        source: address of the IP header; its family decides the size of the addresses.
        destination: address of the IP header.
        source_mac: lower-case, colon-separated; "" where the link layer has none.
        ttl: TTL or hop limit of the IP header.
        length: of the message in bytes by the IP header; None where the payload is all of it.
        defects: what is already known to be wrong with the packet.
    """
    length = len(payload) if length is None else length
    data = payload[:length]
    if is_carp(data, length):
        return Unreadable.CARP
    if len(data) < IDENTITY_LENGTH:
        return Unreadable.TRUNCATED if len(data) < length else Unreadable.TOO_SHORT
    message = _lay_out(data, length, source)
    auth = _authentication(message)
    checksum = _checksum(message, source, destination)
    found = (
        *defects,
        *_header_defects(message, source, destination, ttl),
        *_length_defects(message, auth),
        *((Defect.CHECKSUM,) if checksum is ChecksumForm.WRONG else ()),
    )
    return Advertisement(
        version=message.version,
        vrid=data[1],
        priority=data[2],
        advert_interval_ns=_advert_interval_ns(message),
        addresses=_addresses(message),
        source=source,
        destination=destination,
        source_mac=source_mac,
        ttl=ttl,
        address_count=data[3],
        auth=auth,
        checksum=checksum,
        defects=found,
    )


def is_carp(data: bytes, length: int) -> bool:
    """Tell a CARP advert, which shares VRRP's protocol number, group and virtual MAC.

    OpenBSD's `struct carp_header`: version and type as in VRRPv2, authlen 7 in the place of the
    address count, 36 bytes in all. A VRRPv2 advert of 7 addresses has 44. One that left out its
    authentication data has 36 too: addresses then agree in their first byte, whereas a counter
    and a SHA-1 digest do not.
    """
    if length != _CARP_LENGTH or data[:1] != b"\x21":
        return False
    if data[3:4] != bytes((_CARP_AUTHENTICATION_WORDS,)):
        return False
    first_bytes = data[HEADER_LENGTH::4]
    return len(first_bytes) < 2 or len(set(first_bytes)) > 1


def _lay_out(data: bytes, length: int, source: Address) -> _Message:
    version = data[0] >> 4
    address_size = len(source.packed)
    addresses_end = HEADER_LENGTH + data[3] * address_size
    body_end = addresses_end + (0 if version == 3 else AUTHENTICATION_LENGTH)
    return _Message(data, length, version, address_size, addresses_end, body_end)


def _advert_interval_ns(message: _Message) -> int | None:
    """Seconds in v2 (RFC 3768 section 5.3.7), 12 bits of centiseconds in v3 (RFC 9568 5.2.7)."""
    data = message.data
    if len(data) < 6:
        return None
    if message.version == 3:
        return (int.from_bytes(data[4:6], "big") & 0x0FFF) * 10_000_000
    return data[5] * 1_000_000_000


def _addresses(message: _Message) -> tuple[Address, ...]:
    """Return the addresses that are there in full."""
    data, size = message.data, message.address_size
    family = IPv4Address if size == 4 else IPv6Address
    end = min(message.addresses_end, len(data))
    return tuple(family(data[at : at + size]) for at in range(HEADER_LENGTH, end - size + 1, size))


def _authentication(message: _Message) -> Authentication:
    """Read the authentication; a secret that was cut is no secret to compare."""
    data = message.data
    if message.version == 3 or len(data) <= 4:
        return Authentication(trailer=_trailer(message, None))
    kind = data[4]
    secret = b""
    if kind == AuthenticationType.PASS and len(data) >= message.body_end:
        secret = data[message.addresses_end : message.body_end]
    return Authentication(kind, secret, _trailer(message, kind))


def _trailer(message: _Message, kind: int | None) -> str | None:
    """Name what follows the message; where its bytes were cut, its length has to do."""
    extra = message.length - message.body_end
    start = message.data[message.body_end : message.body_end + 4]
    if extra == CISCO_MD5_LENGTH and kind == AuthenticationType.MD5 and start[:1] in (b"", b"\xfe"):
        return "cisco-md5"
    # vrrp_auth_hmac_check: the type is 1, the reserved bytes are 0.
    if extra == KEEPALIVED_HMAC_LENGTH and start[:1] in (b"", b"\1") and not any(start[2:]):
        return "keepalived-hmac"
    return None


def _checksum(message: _Message, source: Address, destination: Address) -> ChecksumForm:
    data = message.data
    if len(data) < max(message.length, HEADER_LENGTH):
        return ChecksumForm.UNCHECKED
    extents = (data,) if len(data) <= message.body_end else (data, data[: message.body_end])
    return checksum_form(message.version, extents, source, destination)


def _header_defects(
    message: _Message, source: Address, destination: Address, ttl: int
) -> list[Defect]:
    defects = []
    if message.version not in (2, 3):
        defects.append(Defect.UNKNOWN_VERSION)
    if message.data[0] & 0x0F != _ADVERTISEMENT_TYPE:
        defects.append(Defect.UNKNOWN_TYPE)
    # RFC 9568 section 7.1; unicast adverts may be routed (keepalived's unicast_ttl).
    if ttl != 255 and destination.is_multicast:
        defects.append(Defect.TTL_NOT_255)
    # Huawei sends its release from 0.0.0.0.
    if source.is_multicast or _is_class_e(source):
        defects.append(Defect.SOURCE)
    if destination not in _GROUPS and (
        destination.is_multicast or destination.is_unspecified or _is_class_e(destination)
    ):
        defects.append(Defect.DESTINATION)
    return defects


def _is_class_e(address: Address) -> bool:
    """Tell 240.0.0.0/4 (RFC 1112 section 4), the broadcast address included."""
    return isinstance(address, IPv4Address) and address.is_reserved


def _length_defects(message: _Message, auth: Authentication) -> list[Defect]:
    defects = []
    if len(message.data) < message.length:
        defects.append(Defect.TRUNCATED)
    if message.length < message.body_end:
        defects.append(Defect.TOO_SHORT)
    elif message.length > message.body_end and auth.trailer is None:
        defects.append(Defect.TRAILING_BYTES)
    return defects
