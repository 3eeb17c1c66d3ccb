"""What tcpdump prints about a packet's content, back to the bytes that it stood for.

This is no second decoder: whatever the bytes mean, the decoder finds out. Bytes that the text does
not tell are not invented; the packet ends before the first of them, as a short snapshot length
leaves it.

Sources: tcpdump's print-vrrp.c, print-igmp.c, print-icmp6.c and print-arp.c, from 3.6 to 4.99.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from vrrpscope.protocol.checksum import VRRP_PROTOCOL, pseudo_header
from vrrpscope.protocol.wire import CISCO_MD5_LENGTH, KEEPALIVED_HMAC_LENGTH

Address = IPv4Address | IPv6Address

ICMP, IGMP, AH, ICMPV6 = 1, 2, 51, 58

WITHOUT_ADDRESSES = (
    "adverts without virtual addresses, IP identification and checksum, which tcpdump prints with "
    "-v: {count}, the first is frame {first}"
)
NAMED_ADDRESSES = (
    "adverts whose virtual addresses are printed as names, which are unknown then (tcpdump -n "
    "prints numbers): {count}, the first is frame {first}"
)
WITHOUT_GROUPS = (
    "reports of multicast groups without the groups, which tcpdump prints with -v: {count}, the "
    "first is frame {first}"
)
WITHOUT_FLAGS = (
    "neighbor advertisements without flags and MAC, which tcpdump prints with -v: {count}, the "
    "first is frame {first}"
)

NO_CONTENT = (
    "packets of IP protocol 112 whose content is not printed, refused: {count}, the first is frame "
    "{first}; tcpdump -x prints the bytes"
)
BROKEN_OFF = (
    "adverts whose text breaks off before their length, refused: {count}, the first is frame "
    "{first}"
)
OUT_OF_RANGE = (
    "adverts with numbers that do not fit into their fields, refused: {count}, the first is frame "
    "{first}"
)
CARP_OR_VRRP = (
    "adverts that are either CARP or VRRP with five addresses, refused: {count}, the first is "
    "frame {first}; tcpdump -v tells which"
)

_TRAILERS = (CISCO_MD5_LENGTH, KEEPALIVED_HMAC_LENGTH)

_CARP_LENGTH = 36
_CARP_WORDS = 7

_KNOWN_NAMES = {
    "vrrp.mcast.net": "224.0.0.18",
    "igmp.mcast.net": "224.0.0.22",
    "all-systems.mcast.net": "224.0.0.1",
    "all-routers.mcast.net": "224.0.0.2",
    "ip6-allnodes": "ff02::1",
    "ip6-allrouters": "ff02::2",
}
"""Names of groups (RFC 1112, the IANA registry, Debian's /etc/hosts), the same everywhere."""

_ADVERT = re.compile(
    r"VRRPv(?P<version>\d), Advertisement(?:, \(ttl (?P<ttl>\d{1,3})\))?, "
    r"vrid (?P<vrid>\d{1,5}), prio (?P<priority>\d{1,5})"
    r"(?:, authtype (?P<auth>#?\w{1,12}))?, intvl (?P<interval>\d{1,5})(?P<unit>c?s), "
    r"length (?P<length>\d{1,6})(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_OLD_ADVERT = re.compile(
    r"VRRPv(?P<version>2)-advertisement (?P<length>\d{1,6}): (?:\[ttl=(?P<ttl>\d{1,3})!\] )?"
    r"vrid=(?P<vrid>\d{1,5}) prio=(?P<priority>\d{1,5}) authtype=(?P<auth>#?\w{1,12}) "
    r"intvl=(?P<interval>\d{1,5})(?P<unit>)(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_REST = re.compile(
    r"(?:,? \(bad vrrp cksum (?P<bad>[0-9a-f]{1,4})!?\))?,? addrs(?:\((?P<count>\d{1,3})\))?:"
    r'(?P<addresses>(?! auth ")(?: [^\s,"\[]{1,64}(?:, ?[^\s,"\[]{1,64})*)?)'
    r'(?: auth "(?P<secret>.{0,40})")?',
    re.ASCII,
)
_AUTHENTICATIONS = {"none": 0, "simple": 1, "ah": 2}
_CARP = re.compile(r"CARPv2-advertise (?P<length>\d{1,5}): .*?vhid=(?P<vhid>\d{1,3}) ", re.ASCII)


class Payload(NamedTuple):
    """The bytes after the IP header.

    Attributes:
        protocol: of IP.
        data: as far as the text tells them.
        length: how many the packet had.
        ttl: where the content tells it, None elsewhere.
        lacks: templates of notes about what the text does not tell.
    """

    protocol: int
    data: bytes
    length: int
    ttl: int | None = None
    lacks: tuple[str, ...] = ()


class UnusableError(Exception):
    """An advert that cannot be read; the message is the template of the note that says why."""


@lru_cache(maxsize=1024)
def address_of(word: str) -> Address | None:
    """The address that a word is; None for a name that means different things elsewhere."""
    try:
        return ip_address(_KNOWN_NAMES.get(word.lower(), word).partition("%")[0])
    except ValueError:
        return None


def advert(text: str, source: Address, destination: Address) -> Payload:
    """The VRRP message that is printed at the beginning of a text.

    Raises:
        UnusableError: it does not tell enough.
    """
    if carp := _CARP.match(text):
        known = bytes((0x21, int(carp["vhid"]) & 0xFF, 0, _CARP_WORDS))
        return Payload(VRRP_PROTOCOL, known, int(carp["length"]))
    found = _ADVERT.match(text) or _OLD_ADVERT.match(text)
    if found is None:
        content = BROKEN_OFF if text.startswith("VRRPv") else NO_CONTENT
        raise UnusableError(content)
    known = _known_fields(found)
    version, length = int(found["version"]), int(found["length"])
    ttl = int(found["ttl"]) if found["ttl"] else 255  # printed where it is another one
    rest = _REST.match(found["rest"])
    size = len(source.packed)
    if rest is None or (version == 2 and size == 16):
        head = _without_addresses(known, version, length, size)
        return Payload(VRRP_PROTOCOL, head, length, ttl, (WITHOUT_ADDRESSES,))
    data, lacks = _with_addresses(known, rest, version, length, size)
    if len(data) == length >= 8:
        prefix = pseudo_header(source, destination, length) if version == 3 else b""
        data = _with_checksum(data, prefix, rest["bad"])
    return Payload(VRRP_PROTOCOL, data, length, ttl, lacks)


def _known_fields(found: re.Match[str]) -> bytes:
    """The first six bytes, with an address count of 0."""
    version, interval = int(found["version"]), int(found["interval"])
    if version == 3:
        fields, fits = interval.to_bytes(3, "big")[1:], interval < 1 << 12
        fits = fits and found["unit"] == "cs" and found["auth"] is None
    else:
        kind = _authentication(found["auth"])
        fields = bytes((kind & 0xFF, interval & 0xFF))
        fits = interval < 1 << 8 and found["unit"] != "cs" and kind < 1 << 8
    numbers = (int(found["vrid"]), int(found["priority"]))
    if not (fits and max(numbers) < 1 << 8 and 4 <= int(found["length"]) < 1 << 16):
        raise UnusableError(OUT_OF_RANGE)
    return bytes((version << 4 | 1, *numbers, 0)) + fields


def _authentication(word: str | None) -> int:
    """The number of an authentication type; tcpdump prints `#254` for one without a name."""
    if word is not None and word[:1] == "#" and word[1:].isdigit():
        return int(word[1:])
    return _AUTHENTICATIONS.get(word or "", 1 << 8)


def _without_addresses(known: bytes, version: int, length: int, size: int) -> bytes:
    """Where only the length tells how many addresses there were."""
    if version == 2 and length == _CARP_LENGTH and not known[4]:
        raise UnusableError(CARP_OR_VRRP)
    body = length - 8 - (8 if version == 2 else 0)
    count = max(0, min(255, body // size))
    return (known[:3] + bytes((count,)) + known[4:])[:length]


def _with_addresses(
    known: bytes, rest: re.Match[str], version: int, length: int, size: int
) -> tuple[bytes, tuple[str, ...]]:
    """The message up to the first byte that is unknown, its checksum 0; and what it lacks."""
    words = rest["addresses"].replace(",", " ").split()
    # Without a number there is one address, or none (print-vrrp.c).
    count = int(rest["count"]) if rest["count"] else min(1, len(words))
    head = known[:3] + bytes((count & 0xFF,)) + known[4:] + bytes(2)
    addresses = b""
    for word in words[:count]:
        address = address_of(word)
        if address is None or len(address.packed) != size:
            return (head + addresses)[:length], (NAMED_ADDRESSES,)
        addresses += address.packed
    data = head + addresses
    if len(words) < count:
        return data[:length], ()  # the capture had cut it: [|vrrp]
    if version == 2:
        secret = _secret(known[4], rest["secret"])
        data += secret
        if not secret:
            return data[:length], ()
    extra = length - len(data)
    # What follows is padding, whatever is in it; only trailers of a known length have a meaning.
    return (data if extra in _TRAILERS else data + bytes(max(0, extra)))[:length], ()


def _secret(kind: int, printed: str | None) -> bytes:
    """Eight bytes of authentication; b"" where they are not known."""
    if kind in (_AUTHENTICATIONS["none"], _AUTHENTICATIONS["ah"]):
        return bytes(8)  # RFC 2338 section 5.3.10
    if kind != _AUTHENTICATIONS["simple"] or printed is None:
        return b""
    meant = _unescaped(printed)
    # Before 4.9 all eight bytes are printed, NULs as ^@; later ones stop at the first NUL.
    secret = meant if len(meant) == 8 or len(printed) > 8 else printed.encode("latin-1", "replace")
    return secret.ljust(8, b"\0") if len(secret) <= 8 else b""


def _unescaped(text: str) -> bytes:
    """What tcpdump's fn_print_char made of bytes that cannot be printed."""
    meant, at = bytearray(), 0
    while at < len(text):
        high = 0x80 if text.startswith("M-", at) else 0
        at += 2 if high else 0
        flip = 0x40 if text.startswith("^", at) and at + 1 < len(text) else 0
        at += 1 if flip else 0
        meant.append((ord(text[at : at + 1] or "\0") & 0x7F) ^ flip | high)
        at += 1
    return bytes(meant)


def _with_checksum(data: bytes, prefix: bytes, bad: str | None) -> bytes:
    """Puts the checksum in: the one that was printed as bad, else the one that fits."""
    if bad is not None:
        checksum = int(bad, 16)
    else:
        padded = prefix + data + bytes(len(data) % 2)
        checksum = -int.from_bytes(padded, "big") % 0xFFFF or 0xFFFF
    return data[:6] + checksum.to_bytes(2, "big") + data[8:]
