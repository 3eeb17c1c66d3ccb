"""In which fields two speakers of one virtual router differ, and which of them forbid to listen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from vrrpscope.diagnosis.finding import Duration
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
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Mark, Sender, Streak
from vrrpscope.timeline.tenures import patience_ns

_MOST_TERMS = 8
"""Different adverts of one sender that are compared; a real one has at most two (v2 and v3)."""

_CUT = {Defect.TRUNCATED, Defect.TOO_SHORT}
_PASS = AuthenticationType.PASS
_AUTHENTICATIONS: dict[int, str] = {
    AuthenticationType.NONE: "no authentication",
    AuthenticationType.PASS: "a simple password",
    AuthenticationType.AH: "IPSEC-AH",
    AuthenticationType.MD5: "MD5",
}


class Field(StrEnum):
    """What two speakers can differ in; each value is the id of the rule about it."""

    VERSION = "version-mismatch"
    AUTH_TYPE = "auth-type-mismatch"
    PASSWORD = "auth-password-mismatch"
    INTERVAL = "advert-interval-mismatch"
    DESTINATION = "unicast-multicast-mismatch"
    VIP_COUNT = "vip-count-mismatch"
    VIP_LIST = "vip-list-mismatch"

    @property
    def forbids(self) -> bool:
        """True where a router cannot accept the other's adverts, whatever its release.

        Another address list is different: RFC 5798 section 7.1 says MAY, keepalived before 2.3.3
        rejects it, and later releases warn.
        """
        return self not in (Field.VIP_COUNT, Field.VIP_LIST)

    @property
    def label(self) -> str:
        """What comes before a value of it in a sentence."""
        return _LABELS.get(self, "")

    @property
    def is_heard(self) -> bool:
        """True where the daemon gets the advert and rejects it.

        Unicast and multicast are told apart by the kernel: the daemon never gets the other kind.
        """
        return self is not Field.DESTINATION


_LABELS = {
    Field.PASSWORD: "the password ",
    Field.INTERVAL: "an interval of ",
    Field.DESTINATION: "by ",
    Field.VIP_LIST: "the addresses ",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a router speaks, and listens: what its adverts have in common.

    Attributes:
        addresses: None where the capture cut the frames.
        interval_ns: None where cut off.
        flaws: ids of other causes why a listener may reject it.
    """

    version: int
    auth: Authentication = field(repr=False)
    interval_ns: int | None
    addresses: frozenset[Address] | None
    is_unicast: bool
    checksum: ChecksumForm = ChecksumForm.UNCHECKED
    flaws: tuple[str, ...] = ()

    def shown(self, what: Field) -> str:
        """One field in words; of a password only the fingerprint."""
        match what:
            case Field.VERSION:
                return f"VRRPv{self.version}"
            case Field.AUTH_TYPE:
                return _AUTHENTICATIONS.get(self.auth.type or 0, f"type {self.auth.type}")
            case Field.PASSWORD:
                return f"#{self.auth.fingerprint}"
            case Field.INTERVAL:
                return str(Duration(self.interval_ns or 0))
            case Field.DESTINATION:
                return "unicast" if self.is_unicast else "multicast"
            case Field.VIP_COUNT:
                count = len(self.addresses or ())
                return f"{count} address{'' if count == 1 else 'es'} ({self._listed()})"
            case Field.VIP_LIST:
                return self._listed()

    def _listed(self) -> str:
        found = [str(a) for a in sorted(self.addresses or (), key=int)]
        more = f" and {len(found) - 4} more" if len(found) > 4 else ""
        return ", ".join(found[:4]) + more


def terms_of(advertisement: Advertisement) -> Terms:
    """The terms of an advert."""
    cut = _CUT.intersection(advertisement.defects)
    return Terms(
        version=advertisement.version,
        auth=advertisement.auth,
        interval_ns=advertisement.advert_interval_ns,
        addresses=None if cut else frozenset(advertisement.addresses),
        is_unicast=advertisement.is_unicast,
        checksum=advertisement.checksum,
        flaws=_flaws(advertisement),
    )


def _flaws(advertisement: Advertisement) -> tuple[str, ...]:
    """Other causes why a listener may reject the advert."""
    flaws = []
    if Defect.TTL_NOT_255 in advertisement.defects and not advertisement.is_unicast:
        flaws.append("ttl-not-255")
    if advertisement.checksum is ChecksumForm.WRONG:
        flaws.append("a wrong checksum")
    if advertisement.auth.trailer or advertisement.auth.type == AuthenticationType.AH:
        flaws.append("ah-or-hmac-clock")
    return tuple(flaws)


def told_terms(intent: Intent) -> Terms:
    """The terms that a configuration tells."""
    return Terms(
        version=intent.version.value,
        auth=intent.authentication.value,
        interval_ns=intent.advert_interval_ns.value,
        addresses=frozenset(a.value for a in intent.addresses),
        is_unicast=intent.is_unicast,
    )


def told_lines(intent: Intent, what: Field) -> tuple[SourceLine, ...]:
    """The lines of a configuration that tell a field; none for a default."""
    match what:
        case Field.VERSION:
            told = [intent.version.line]
        case Field.AUTH_TYPE | Field.PASSWORD:
            told = [intent.authentication.line]
        case Field.INTERVAL:
            told = [intent.advert_interval_ns.line]
        case Field.DESTINATION:
            told = [peer.line for peer in intent.unicast_peers[:1]]
        case Field.VIP_COUNT | Field.VIP_LIST:
            told = [address.line for address in intent.addresses]
    return tuple(line for line in told if line is not None)


def differences(one: Terms, other: Terms) -> tuple[Field, ...]:
    """The fields in which two routers differ although they must not.

    Authentication and interval are compared in VRRPv2 only: v3 has no authentication, and its
    interval is learned from the master (RFC 5798 section 6.1).
    """
    found = []
    if one.version != other.version:
        found.append(Field.VERSION)
    elif one.version == 2:
        found.extend(_v2_differences(one, other))
    if one.is_unicast != other.is_unicast:
        found.append(Field.DESTINATION)
    if one.addresses is not None and other.addresses is not None:
        if len(one.addresses) != len(other.addresses):
            found.append(Field.VIP_COUNT)
        elif one.addresses != other.addresses:
            found.append(Field.VIP_LIST)
    return tuple(found)


def _v2_differences(one: Terms, other: Terms) -> Iterable[Field]:
    if one.auth.type != other.auth.type:
        yield Field.AUTH_TYPE
    elif one.auth.type == _PASS and one.auth.secret != other.auth.secret:
        yield Field.PASSWORD
    known = one.interval_ns is not None and other.interval_ns is not None
    if known and one.interval_ns != other.interval_ns:
        yield Field.INTERVAL


def other_flaws(one: Terms, other: Terms) -> tuple[str, ...]:
    """Other causes, by their ids, why one of the two may reject the other."""
    flaws = [*one.flaws, *other.flaws]
    forms = {one.checksum, other.checksum} - {ChecksumForm.UNCHECKED, ChecksumForm.WRONG}
    if one.version == other.version and len(forms) > 1:
        flaws.append("v3-checksum-pseudo-header")
    return tuple(dict.fromkeys(flaws))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The terms of two senders at one moment, and the adverts that show them."""

    one: Terms
    other: Terms
    one_shown: Mark
    other_shown: Mark

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that differ."""
        return differences(self.one, self.other)

    @property
    def flaws(self) -> tuple[str, ...]:
        """Other causes why one may reject the other."""
        return other_flaws(self.one, self.other)

    @property
    def are_disjoint(self) -> bool:
        """True where both have addresses and share none."""
        mine, theirs = self.one.addresses, self.other.addresses
        return bool(mine and theirs and not mine & theirs)

    @property
    def may_be_disjoint(self) -> bool:
        """True where no address is known to be shared: they share none, or the frames are cut."""
        mine, theirs = self.one.addresses, self.other.addresses
        return not mine or not theirs or not mine & theirs


def compare(story: RouterStory, one: Sender, other: Sender, at: Mark) -> Comparison | None:
    """Compares what two senders said at a moment; None where one of them never spoke.

    A router that says v2 and v3 agrees with each router that says either.
    """
    pairs = [
        Comparison(mine, theirs, my_mark, their_mark)
        for mine, my_mark in _current(story, one, at)
        for theirs, their_mark in _current(story, other, at)
    ]
    return min(pairs, key=lambda c: len(c.fields), default=None)


def _current(story: RouterStory, sender: Sender, at: Mark) -> list[tuple[Terms, Mark]]:
    """The terms on which a sender spoke at a moment, each with an advert that shows it."""
    own = [s for s in story.streaks if s.sender == sender and s.priority]
    begun = [s for s in own if s.first <= at] or own[:1]
    voices: dict[object, Streak] = {}
    for streak in begun:
        voices[streak.advertisement.version, streak.advertisement.destination] = streak
    latest = max((s.last.time_ns for s in voices.values()), default=0)
    # A voice that ended long before the others is no current one.
    current = [s for s in voices.values() if s.last.time_ns >= latest - patience_ns(s)]
    terms = {terms_of(s.advertisement): _nearest(s, at) for s in current}
    return list(terms.items())[:_MOST_TERMS]


def _nearest(streak: Streak, at: Mark) -> Mark:
    """The end of a run that is nearer to a moment."""
    to_last_ns = abs(streak.last.time_ns - at.time_ns)
    return streak.last if to_last_ns < abs(streak.first.time_ns - at.time_ns) else streak.first
