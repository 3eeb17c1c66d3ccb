"""The internet checksum, and the ways in which VRRP senders apply it.

RFC 1071 defines the sum. What it covers is less settled: RFC 5798 section 5.2.8 was read with and
without a pseudo-header for IPv4, and RFC 9568 section 5.2.8 settled on none; IPv6 always has one.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

from vrrpscope.protocol.advertisement import Address, ChecksumForm

VRRP_PROTOCOL = 112

_GROUP_IPV4 = IPv4Address("224.0.0.18")


def checksum_fits(data: bytes) -> bool:
    """Tell whether data that includes its checksum field sums up to all ones (RFC 1071).

    The ones' complement sum of 16-bit words is the number that the bytes form, modulo 65535,
    because 65536 leaves 1. An odd last byte counts as the high half of a word.
    """
    if len(data) % 2:
        data += b"\0"
    number = int.from_bytes(data, "big")
    return number != 0 and number % 0xFFFF == 0


def pseudo_header(source: Address, destination: Address, length: int) -> bytes:
    """Return the pseudo-header of the family (RFC 9293 section 3.1, RFC 8200 section 8.1).

    Args:
        source: address of the IP header.
        destination: address of the IP header.
        length: of the VRRP message in bytes.
    """
    addresses = source.packed + destination.packed
    if isinstance(source, IPv6Address):
        return addresses + length.to_bytes(4, "big") + bytes((0, 0, 0, VRRP_PROTOCOL))
    return addresses + bytes((0, VRRP_PROTOCOL)) + length.to_bytes(2, "big")


def checksum_form(
    version: int, extents: Iterable[bytes], source: Address, destination: Address
) -> ChecksumForm:
    """Find the form of checksum that fits a message.

    Args:
        version: of VRRP.
        extents: what the sender may have summed up: the message, and the message with what
            follows it. keepalived leaves its HMAC trailer out over IPv4; over IPv6 the kernel
            sums up everything.
        source: address of the IP header.
        destination: address of the IP header.

    Returns:
        The first form that fits any of the extents, else `ChecksumForm.WRONG`.
    """
    extents = tuple(extents)
    if source.version == 4 and version != 3:
        fits = any(checksum_fits(extent) for extent in extents)
        return ChecksumForm.V2 if fits else ChecksumForm.WRONG
    if _fits_with_pseudo_header(extents, source, destination):
        return ChecksumForm.WITH_PSEUDO_HEADER
    if source.version == 6:
        return ChecksumForm.WRONG
    if any(checksum_fits(extent) for extent in extents):
        return ChecksumForm.WITHOUT_PSEUDO_HEADER
    # keepalived before 1.3.7, and later with old_unicast_checksum.
    if not destination.is_multicast and _fits_with_pseudo_header(extents, source, _GROUP_IPV4):
        return ChecksumForm.MULTICAST_PSEUDO_HEADER
    return ChecksumForm.WRONG


def _fits_with_pseudo_header(
    extents: tuple[bytes, ...], source: Address, destination: Address
) -> bool:
    lengths = {len(extent) for extent in extents}
    headers = [pseudo_header(source, destination, length) for length in lengths]
    return any(checksum_fits(header + extent) for extent in extents for header in headers)
