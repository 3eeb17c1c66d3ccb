"""One of two routers that differ: what it said, what it was told, and what its log says of it."""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.finding import Role, Step
from vrrpscope.diagnosis.questions.disagreements import differences
from vrrpscope.diagnosis.questions.releases import Behaviour, Release, behaviour, shown
from vrrpscope.diagnosis.questions.terms import Field, Terms, told_lines, told_terms
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address, ChecksumForm
from vrrpscope.timeline.streak import Mark


class Side(Struct, frozen=True):
    """One of the two: what it is called, its terms, and where they are seen or told.

    Attributes:
        terms: None where neither the wire nor a configuration tells them.
        rejects: the lines of its log that say that it rejects adverts for this very reason.
        release: of keepalived, where its log tells it.
        counts: its IP identification counts its adverts (keepalived vrrp_update_pkt()).
    """

    name: str
    terms: Terms | None
    shown: Mark | None
    intent: Intent | None
    rejects: tuple[Statement, ...] = ()
    release: Release | None = None
    counts: bool = False

    @property
    def is_keepalived(self) -> bool:
        """True where it is known to run keepalived: by a file, or by how it counts its adverts."""
        return bool(self.intent or self.release or self.rejects or self.counts)

    def tells(self, other: "Side", what: Field) -> bool:
        """True where the configurations of both differ in this as well."""
        if self.intent is None or other.intent is None:
            return False
        return what in differences(self._told(), other._told())

    def _told(self) -> Terms:
        assert self.intent is not None
        return told_terms(self.intent, self.terms.source if self.terms else None)

    @property
    def addresses(self) -> frozenset[Address]:
        """The virtual addresses: as seen, else as told; none where neither is known."""
        seen = self.terms.addresses if self.terms is not None else None
        if seen is None and self.intent is not None:
            return frozenset(told.value for told in self.intent.addresses)
        return seen or frozenset()

    def value(self, what: Field) -> str:
        """The field in words."""
        if what is Field.AH and self.intent is not None:
            return self._told().shown(what)  # the key is in no advert
        return "not seen" if self.terms is None else self.terms.shown(what)

    def steps(self, what: Field) -> Iterator[Step]:
        """Where the field is seen and told, and what its log says."""
        value = what.label + self.value(what)
        if self.shown is not None and self.terms is not None and what is not Field.AH:
            verb = "sends adverts of" if what is Field.LENGTH else "advertises"
            yield Step(f"{self.name} {verb} {value}", Basis.SEEN, (self.shown.ref,), role=Role.LET)
        if self.intent is not None and self._is_as_told(what):
            lines = told_lines(self.intent, what)
            told = what.label + self._told().shown(what)
            if what in (Field.DESTINATION, Field.PEER):
                told = f"send {told}"
            says = f"says: {told}" if lines else f"says nothing of it; the default is: {told}"
            yield Step(f"the configuration of {self.name} {says}", Basis.TOLD, lines, role=Role.LET)

    def _is_as_told(self, what: Field) -> bool:
        """True where the configuration says something about the field, and the wire agrees."""
        if what in (Field.TTL, Field.LENGTH) or self.intent is None:
            return False
        told = self._told()
        is_form = what in (Field.CHECKSUM, Field.OLD_CHECKSUM)
        if is_form and told.checksum is ChecksumForm.UNCHECKED:
            return False
        return self.terms is None or what not in differences(self.terms, told)

    def log_steps(self, other: str) -> Iterator[Step]:
        """What its log says about the other one's adverts."""
        if self.rejects:
            count = len(self.rejects)
            times = "once" if count == 1 else f"{count} times"
            yield Step(
                f"the log of {self.name} says {times} that it rejected an advert for this reason, "
                f"and the adverts of {other} are those that differ",
                Basis.TOLD,
                tuple(s.line for s in (self.rejects[0], self.rejects[-1])[: min(count, 2)]),
                role=Role.HOWEVER,
            )

    def behaviour(self, what: Field) -> Behaviour | None:
        """What its release does about such adverts; None where either is not known."""
        return behaviour(what, self.release) if self.release else None

    @property
    def runs(self) -> str:
        """Its release in words."""
        return f"keepalived {shown(self.release)}" if self.release else "keepalived"
