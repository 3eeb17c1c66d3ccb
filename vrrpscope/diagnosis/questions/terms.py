"""On which terms a router speaks, and listens: as its adverts show it, or a configuration tells."""

from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, enumerated
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.told import SourceLine
from vrrpscope.protocol.advertisement import (
    Address,
    Advertisement,
    Authentication,
    AuthenticationType,
    ChecksumForm,
    Defect,
)

_CUT = {Defect.TRUNCATED, Defect.TOO_SHORT}
_OTHER_LENGTH = {Defect.TRAILING_BYTES, Defect.TOO_SHORT}
_AUTHENTICATIONS: dict[int, str] = {
    AuthenticationType.NONE: "no authentication",
    AuthenticationType.PASS: "a simple password",
    AuthenticationType.AH: "IPSEC-AH",
    AuthenticationType.MD5: "MD5",
}
_TRAILERS = {"keepalived-hmac": "an HMAC trailer", "cisco-md5": "MD5"}
_CHECKSUMS = {
    ChecksumForm.WITH_PSEUDO_HEADER: "with the IP addresses (pseudo-header)",
    ChecksumForm.WITHOUT_PSEUDO_HEADER: "without the IP addresses",
    ChecksumForm.MULTICAST_PSEUDO_HEADER: "as if sent to 224.0.0.18",
}
PROPER_TTL = 255
"""RFC 5798 section 5.1.1.3: a router MUST discard what has another one."""


class Field(StrEnum):
    """What two speakers can differ in; each value is the id of the rule about it."""

    VERSION = "version-mismatch"
    AUTH_TYPE = "auth-type-mismatch"
    PASSWORD = "auth-password-mismatch"
    INTERVAL = "advert-interval-mismatch"
    DESTINATION = "unicast-multicast-mismatch"
    VIP_COUNT = "vip-count-mismatch"
    VIP_LIST = "vip-list-mismatch"
    TTL = "ttl-not-255"
    PEER = "unicast-source-mismatch"
    CHECKSUM = "v3-checksum-pseudo-header"
    OLD_CHECKSUM = "v3-unicast-checksum-old-keepalived"
    LENGTH = "length-or-padding-mismatch"
    AH = "ah-or-hmac-clock"

    @property
    def forbids(self) -> bool:
        """True where a router cannot accept the other's adverts, whatever its make and release.

        The others depend on that. Another address list: RFC 5798 section 7.1 says MAY, keepalived
        before 2.3.3 rejects it, and later releases warn. Another form of the checksum: some accept
        both forms. Another length: some let padding pass.
        """
        return self not in _UP_TO_THE_LISTENER

    @property
    def is_one_sided(self) -> bool:
        """True where one of the two may be wrong and the other right: the wrong one hears all."""
        return self in (Field.TTL, Field.PEER, Field.LENGTH)

    @property
    def label(self) -> str:
        """What comes before a value of it in a sentence."""
        return _LABELS.get(self, "")

    @property
    def is_heard(self) -> bool:
        """True where the daemon gets the advert and rejects it.

        Unicast and multicast are told apart by the kernel: the daemon never gets the other kind,
        nor what is sent to an address on which it does not listen.
        """
        return self not in (Field.DESTINATION, Field.PEER)


_UP_TO_THE_LISTENER = frozenset(
    {Field.VIP_COUNT, Field.VIP_LIST, Field.CHECKSUM, Field.OLD_CHECKSUM, Field.LENGTH}
)
_LABELS = {
    Field.PASSWORD: "the password ",
    Field.INTERVAL: "an interval of ",
    Field.DESTINATION: "by ",
    Field.VIP_LIST: "the addresses ",
    Field.TTL: "a TTL of ",
    Field.PEER: "to ",
    Field.CHECKSUM: "a checksum ",
    Field.OLD_CHECKSUM: "a checksum ",
}


class Terms(Struct, frozen=True):
    """What the adverts of a router have in common.

    Attributes:
        addresses: None where the capture cut the frames.
        interval_ns: None where cut off.
        flaws: ids of other causes why a listener may reject it.
        ttl: of multicast adverts; None where it does not count, or is not told.
        source: the address that it speaks from, and listens on; None where that is not told.
        peers: every address that it sends unicast adverts to; None where that is not known.
        has_other_length: its packets are longer or shorter than they say.
    """

    version: int
    auth: Authentication
    interval_ns: int | None
    addresses: frozenset[Address] | None
    is_unicast: bool
    checksum: ChecksumForm = ChecksumForm.UNCHECKED
    flaws: tuple[str, ...] = ()
    ttl: int | None = None
    source: Address | None = None
    peers: frozenset[Address] | None = None
    has_other_length: bool = False

    def shown(self, what: Field) -> str:
        """One field in words; of a password only the fingerprint."""
        match what:
            case Field.VERSION:
                return f"VRRPv{self.version}"
            case Field.AUTH_TYPE:
                return self._authentication()
            case Field.PASSWORD:
                return f"#{self.auth.fingerprint}"
            case Field.AH:
                key = self.auth.fingerprint
                return f"IPSEC-AH with the key #{key}" if key else self._authentication()
            case Field.INTERVAL:
                return str(Duration(self.interval_ns or 0))
            case Field.DESTINATION:
                return "unicast" if self.is_unicast else "multicast"
            case Field.VIP_COUNT:
                if not self.addresses:
                    return "no addresses"
                count = len(self.addresses)
                return f"{count} address{'' if count == 1 else 'es'} ({_listed(self.addresses)})"
            case Field.VIP_LIST:
                return _listed(self.addresses)
            case Field.TTL:
                return str(self.ttl)
            case Field.PEER:
                return _listed(self.peers)
            case Field.CHECKSUM | Field.OLD_CHECKSUM:
                return _CHECKSUMS.get(self.checksum, str(self.checksum))
            case Field.LENGTH:
                return "the wrong length" if self.has_other_length else "the right length"

    def _authentication(self) -> str:
        trailer = _TRAILERS.get(self.auth.trailer or "")
        known = _AUTHENTICATIONS.get(self.auth.type or 0, f"type {self.auth.type}")
        return trailer or known


def _listed(addresses: frozenset[Address] | None) -> str:
    found: list[Address] = sorted(addresses or (), key=int)
    return enumerated(found)


def terms_of(advertisement: Advertisement, peers: frozenset[Address] | None = None) -> Terms:
    """The terms of an advert; `peers` is whom its sender sends to, where that is known."""
    cut = _CUT.intersection(advertisement.defects)
    is_unicast = advertisement.is_unicast
    return Terms(
        version=advertisement.version,
        auth=advertisement.auth,
        interval_ns=advertisement.advert_interval_ns,
        addresses=None if cut else frozenset(advertisement.addresses),
        is_unicast=is_unicast,
        checksum=advertisement.checksum,
        flaws=_flaws(advertisement),
        ttl=None if is_unicast else advertisement.ttl,
        source=advertisement.source,
        peers=peers if is_unicast else None,
        has_other_length=bool(_OTHER_LENGTH.intersection(advertisement.defects)),
    )


def _flaws(advertisement: Advertisement) -> tuple[str, ...]:
    """Other causes why a listener may reject the advert."""
    flaws = []
    if Defect.TTL_NOT_255 in advertisement.defects and not advertisement.is_unicast:
        flaws.append(str(Field.TTL))
    if advertisement.checksum is ChecksumForm.WRONG:
        flaws.append("a wrong checksum")
    if _OTHER_LENGTH.intersection(advertisement.defects):
        flaws.append(str(Field.LENGTH))
    if advertisement.auth.trailer or advertisement.auth.type == AuthenticationType.AH:
        flaws.append(str(Field.AH))
    return tuple(flaws)


def told_terms(intent: Intent, source: Address | None = None) -> Terms:
    """The terms that a configuration tells; `source` is the address of the host without one."""
    return Terms(
        version=intent.version.value,
        auth=intent.authentication.value,
        interval_ns=intent.advert_interval_ns.value,
        addresses=frozenset(a.value for a in intent.addresses),
        is_unicast=intent.is_unicast,
        checksum=_told_checksum(intent),
        source=intent.source.value if intent.source else source,
        peers=frozenset(p.value for p in intent.unicast_peers) if intent.is_unicast else None,
    )


def _told_checksum(intent: Intent) -> ChecksumForm:
    """What a router is told about the checksum.

    For keepalived known only where a configuration speaks of it: the form may also adapt to the
    peer. vrrpd has one form, and takes no other (vrrp_pkt_parse_datagram).
    """
    if intent.version.value != 3 or intent.family.value != "ipv4":
        return ChecksumForm.UNCHECKED
    if intent.is_frrouting:
        with_it, without = ChecksumForm.WITH_PSEUDO_HEADER, ChecksumForm.WITHOUT_PSEUDO_HEADER
        return with_it if intent.pseudo_header.value else without
    told = intent.old_unicast_checksum
    if told is None:
        return ChecksumForm.UNCHECKED
    old = told.value != "never" and intent.is_unicast
    return ChecksumForm.MULTICAST_PSEUDO_HEADER if old else ChecksumForm.WITH_PSEUDO_HEADER


def told_lines(intent: Intent, what: Field) -> tuple[SourceLine, ...]:
    """The lines of a configuration that tell a field; none for a default."""
    match what:
        case Field.VERSION:
            told = [intent.version.line]
        case Field.AUTH_TYPE | Field.PASSWORD | Field.AH:
            told = [intent.authentication.line]
        case Field.INTERVAL:
            told = [intent.advert_interval_ns.line]
        case Field.DESTINATION:
            told = [peer.line for peer in intent.unicast_peers[:1]]
        case Field.PEER:
            source = [intent.source.line] if intent.source else []
            told = [*source, *(peer.line for peer in intent.unicast_peers)]
        case Field.VIP_COUNT | Field.VIP_LIST:
            told = [address.line for address in intent.addresses]
        case Field.CHECKSUM | Field.OLD_CHECKSUM:
            told = [intent.old_unicast_checksum.line] if intent.old_unicast_checksum else []
            told += [intent.pseudo_header.line]
        case Field.TTL | Field.LENGTH:
            told = []
    return tuple(line for line in told if line is not None)
