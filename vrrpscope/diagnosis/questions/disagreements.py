"""In which fields two speakers of one virtual router differ, and which of them forbid to listen."""

from collections.abc import Iterable

from msgspec import Struct

from vrrpscope.diagnosis.questions.terms import PROPER_TTL, Field, Terms, terms_of
from vrrpscope.protocol.advertisement import AuthenticationType, ChecksumForm
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Mark, Sender, Streak
from vrrpscope.timeline.tenures import patience_ns

_MOST_TERMS = 8
"""Different adverts of one sender that are compared; a real one has at most two (v2 and v3)."""

_PASS, _AH = AuthenticationType.PASS, AuthenticationType.AH
_OLD = ChecksumForm.MULTICAST_PSEUDO_HEADER
_UNKNOWN_FORMS = {ChecksumForm.UNCHECKED, ChecksumForm.WRONG}


def differences(one: Terms, other: Terms) -> tuple[Field, ...]:
    """The fields in which two routers differ although they must not.

    Authentication and interval are compared in VRRPv2 only: v3 has no authentication, and its
    interval is learned from the master (RFC 5798 section 6.1).
    """
    found: list[Field] = []
    if one.version != other.version:
        found.append(Field.VERSION)
    elif one.version == 2:
        found.extend(_v2_differences(one, other))
    else:
        found.extend(_v3_differences(one, other))
    if one.is_unicast != other.is_unicast:
        found.append(Field.DESTINATION)
    if one.addresses is not None and other.addresses is not None:
        if len(one.addresses) != len(other.addresses):
            found.append(Field.VIP_COUNT)
        elif one.addresses != other.addresses:
            found.append(Field.VIP_LIST)
    found.extend(f for f in Field if f.is_one_sided and _fails(f, one, other))
    return tuple(found)


def rejected(heard: Terms, own: Terms) -> tuple[Field, ...]:
    """The fields on which who listens on its own terms may reject what it hears."""
    return tuple(
        f for f in differences(heard, own) if not f.is_one_sided or is_wrong(f, heard, own)
    )


def is_wrong(what: Field, one: Terms, other: Terms) -> bool:
    """True where of a one-sided field it is the first one's adverts that are not accepted."""
    if what is Field.TTL:
        return one.ttl is not None and one.ttl != PROPER_TTL
    if what is Field.LENGTH:
        return one.has_other_length
    return one.peers is not None and other.source is not None and other.source not in one.peers


def _fails(what: Field, one: Terms, other: Terms) -> bool:
    """True where in a one-sided field one of the two is wrong, and it is not the place's doing.

    A capture behind a router shows every TTL lowered. One on a third router shows only what is
    sent to that: whom two others send to is known only where one of them sends to the other.
    """
    mine, theirs = is_wrong(what, one, other), is_wrong(what, other, one)
    if what is not Field.PEER:
        return mine != theirs
    apart = bool(one.peers and other.peers and not one.peers & other.peers)
    return mine != theirs or (mine and apart)


def _v2_differences(one: Terms, other: Terms) -> Iterable[Field]:
    if _auth_type(one) != _auth_type(other):
        yield Field.AUTH_TYPE
    elif one.auth.type == _PASS and one.auth.secret != other.auth.secret:
        yield Field.PASSWORD
    elif one.auth.type == _AH and one.auth.secret and other.auth.secret:
        # The key is in no advert: only two configurations can differ in it.
        yield from () if one.auth.secret == other.auth.secret else (Field.AH,)
    known = one.interval_ns is not None and other.interval_ns is not None
    if known and one.interval_ns != other.interval_ns:
        yield Field.INTERVAL


def _auth_type(terms: Terms) -> tuple[int | None, str | None]:
    return terms.auth.type, terms.auth.trailer


def _v3_differences(one: Terms, other: Terms) -> Iterable[Field]:
    if one.auth.trailer != other.auth.trailer:
        yield Field.AUTH_TYPE
    forms = {one.checksum, other.checksum}
    if len(forms) > 1 and not forms & _UNKNOWN_FORMS:
        yield Field.OLD_CHECKSUM if _OLD in forms else Field.CHECKSUM


def other_flaws(one: Terms, other: Terms) -> tuple[str, ...]:
    """Other causes, by their ids, why one of the two may reject the other."""
    fields = set(map(str, differences(one, other)))
    if Field.AUTH_TYPE in fields:
        fields.add(Field.AH)
    return tuple(f for f in dict.fromkeys((*one.flaws, *other.flaws)) if f not in fields)


class Comparison(Struct, frozen=True):
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
    def is_whole(self) -> bool:
        """True where both adverts show all that a listener compares."""
        return self.one.addresses is not None and self.other.addresses is not None

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
    if sender not in story.voices:
        return []
    voices = story.voices[sender].at(at)
    latest = max((s.last.time_ns for s in voices), default=0)
    # A voice that ended long before the others is no current one.
    current = [s for s in voices if s.last.time_ns >= latest - patience_ns(s)]
    peers = story.peers[sender]
    terms = {terms_of(s.advertisement, peers): _nearest(s, at) for s in current}
    return list(terms.items())[:_MOST_TERMS]


def _nearest(streak: Streak, at: Mark) -> Mark:
    """The end of a run that is nearer to a moment."""
    to_last_ns = abs(streak.last.time_ns - at.time_ns)
    return streak.last if to_last_ns < abs(streak.first.time_ns - at.time_ns) else streak.first
