"""One field in which two routers of a group differ: what it leads to, and how sure that is."""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Hit, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.disagreements import is_wrong
from vrrpscope.diagnosis.questions.releases import Effect
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.questions.side import Side
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import ChecksumForm
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark

_INVISIBLE = str(Field.LENGTH)
"""Padding that a network card passes on is in no capture: it is not excluded where AH is not."""

_UP_TO_THE_MAKE = (Field.INTERVAL, Field.VERSION, Field.DESTINATION)
"""keepalived does not accept adverts that differ in these; some routers of another make do."""

_EFFECTS = {
    Effect.STAYS_BACKUP: "it counts rejected adverts too, and stays backup",
    Effect.SECOND_MASTER: "a rejected advert counts as none, so it becomes a second master",
    Effect.ACCEPTS: "it accepts such an advert",
}


class Mismatch(Struct, frozen=True):
    """One field in which two routers of a group differ.

    Attributes:
        one, other: where there is a rivalry, the better one first.
        since, until: when both were master, or when the difference shows.
        rivalry: the two masters that it leads to; None where there were none.
        others: ids of other causes why one of the two may reject the other.
        is_told: both configurations differ in this field.
        is_common: both have this flaw, so it may be the doing of the place of the capture, or of
            something that no advert shows.
        masked_by: another difference of the two that is known to be why the one rejects the other.
        may_be_strangers: only a log tells it, and does not say whose adverts it means.
    """

    what: Field
    timeline: Timeline
    story: RouterStory
    one: Side
    other: Side
    since: Mark
    until: Mark
    rivalry: Rivalry | None
    others: tuple[str, ...]
    is_told: bool
    is_common: bool = False
    masked_by: Field | None = None
    may_be_strangers: bool = False

    @property
    def verdict(self) -> Verdict:
        """Proven where both were master, and this alone forbids each to accept the other.

        Or where a log says that it is why: a daemon logs the first test that an advert fails.
        """
        if self._is_logged and not self._may_be_strangers():
            return Verdict.PROVEN
        if self.masked_by is not None:
            return Verdict.POSSIBLE
        if self.rivalry is None:
            return Verdict.LIKELY if self.is_told else Verdict.POSSIBLE
        if self.is_common and not self.is_told:
            return Verdict.LIKELY if self._is_ah and self.rivalry.is_rejected else Verdict.POSSIBLE
        return Verdict.PROVEN if not self.others and self._is_sure(self.rivalry) else Verdict.LIKELY

    @property
    def _is_ah(self) -> bool:
        return self.what is Field.AH

    @property
    def _is_logged(self) -> bool:
        """True where a log names it, and it is what makes two masters, or nothing does yet."""
        both_ways = self.what.forbids and not self.what.is_one_sided
        if self.rivalry is not None and not both_ways:
            # That the better one rejects the lesser one's adverts makes no second master.
            return bool(self.other.rejects)
        return bool(self.one.rejects or self.other.rejects)

    def _may_be_strangers(self) -> bool:
        """True where one's addresses are not seen, and nothing tells that the two share any.

        Two clusters on one VRID reject each other as well.
        """
        if self.may_be_strangers:
            return True
        one, other = self.one, self.other
        cut = any(s.terms is not None and s.terms.addresses is None for s in (one, other))
        return cut and not one.addresses & other.addresses

    def _is_sure(self, rivalry: Rivalry) -> bool:
        if not self._is_to_blame():
            return False
        if not self._forbids():
            # Another list is rejected by some releases only: here they did reject each other.
            return rivalry.verdict is Verdict.PROVEN and self._is_multicast and rivalry.is_rejected
        if self._is_accepted(rivalry) or not self._is_strict(rivalry):
            return False
        if self.what is Field.PEER and not self.is_told:
            return False
        if rivalry.verdict is Verdict.PROVEN:
            return True
        return not rivalry.is_seen and rivalry.verdict is Verdict.LIKELY and self.is_told

    @property
    def _is_multicast(self) -> bool:
        return not any(s.terms is not None and s.terms.is_unicast for s in (self.one, self.other))

    def _is_to_blame(self) -> bool:
        """True where it keeps the lesser one from accepting the better one: that makes two."""
        mine, theirs = self.one.terms, self.other.terms
        if not self.what.is_one_sided or self.is_common or mine is None or theirs is None:
            return True
        return is_wrong(self.what, mine, theirs)

    def _forbids(self) -> bool:
        """True where the lesser one cannot accept such an advert, by its release if need be."""
        known = self.other.behaviour(self.what)
        if self.what is Field.OLD_CHECKSUM:
            # The old one tries no other form; the newer one does, unless it is told not to.
            terms = self.other.terms
            is_old = terms is not None and terms.checksum is ChecksumForm.MULTICAST_PSEUDO_HEADER
            return is_old or self.is_told
        if self.what.forbids:
            return True
        if known is None or self.what not in (Field.VIP_COUNT, Field.VIP_LIST):
            return False
        return known.effect is not Effect.ACCEPTS

    def _is_strict(self, rivalry: Rivalry) -> bool:
        """True where the lesser one surely does not accept such adverts: keepalived does not.

        Cisco's `vrrp timers learn` accepts other intervals of VRRPv2, Huawei's VRRPv3 groups accept
        VRRPv2, and what a unicast router of another make listens to is not known.
        """
        if self.what not in _UP_TO_THE_MAKE:
            return True
        # Only a keepalived is kept silent by what it rejects.
        return self.other.is_keepalived or rivalry.is_rejected or not rivalry.is_seen

    def _is_accepted(self, rivalry: Rivalry) -> bool:
        """True where the better one answers the other's adverts at once, as if it accepted them."""
        both_ways = not self.what.is_one_sided and self.what is not Field.OLD_CHECKSUM
        return self.what.is_heard and both_ways and bool(rivalry.hears)

    @property
    def not_excluded(self) -> tuple[str, ...]:
        """The other causes that the evidence leaves open."""
        if self.verdict is Verdict.PROVEN:
            return ()
        if self.masked_by is not None:
            return (str(self.masked_by),)
        if self._is_logged and self._may_be_strangers():
            return ("vrid-collision",)
        if self.rivalry is None:
            told = "a file that is not what the router runs with"
            return (told if self.is_told else "a change of the configuration in between",)
        lost = f"adverts-lost-{'one-way' if self.rivalry.hears else 'both-ways'}"
        if self.is_common:
            return self._not_excluded_in_common(self.rivalry, lost)
        if self.others:
            return self.others
        if self.what is Field.PEER:
            return ("transmit-blocked",)
        if self.rivalry.is_seen and not (
            self._forbids() and self._is_to_blame() and not self._is_accepted(self.rivalry)
        ):
            return (lost,)
        if self.rivalry.verdict is Verdict.PROVEN:
            return (lost,)
        if self.rivalry.is_seen:
            return (self.rivalry.doubt,)
        return ("stale-vip-holder", "a router that ended at that moment")

    def _not_excluded_in_common(self, rivalry: Rivalry, lost: str) -> tuple[str, ...]:
        if self._is_ah and rivalry.is_rejected:
            return (_INVISIBLE, *self.others)
        behind = () if self._is_ah else ("a capture behind a router",)
        return (*behind, lost, *self.others)

    def hit(self, why: Step, log_line: str | None) -> Hit:
        """What the rule about the field yields.

        Args:
            why: the step that says why such an advert is not accepted.
            log_line: what keepalived logs where it rejects such an advert; None where nothing.
        """
        return Hit(
            virtual_router=self.story.router,
            vantage=self.timeline.vantage.id,
            at_ns=self.since.time_ns,
            until_ns=self.until.time_ns,
            verdict=self.verdict,
            facts={
                "one": self.one.name,
                "other": self.other.name,
                "one_value": self.one.value(self.what),
                "other_value": self.other.value(self.what),
                "effect": self._effect(),
            },
            because=(
                *self.one.steps(self.what),
                *self.other.steps(self.what),
                why,
                *self.one.log_steps(self.other.name),
                *self.other.log_steps(self.one.name),
                *self._by_release(),
                *self._consequence(),
            ),
            settle_with=self._settle_with(log_line),
            not_excluded=self.not_excluded,
            severity=None if self.rivalry or self._is_logged else Severity.WARNING,
        )

    def _effect(self) -> str:
        rejects = self._rejects()
        if self.rivalry is None:
            return f"as long as that is so, {rejects}, and {self._outlook()}"
        if self.rivalry.is_seen and not self.rivalry.is_kept_silent:
            so = "so" if self.verdict is Verdict.PROVEN else "and"
            return f"{rejects}, {so} both were master for {Duration(self.rivalry.lasted_ns)}"
        if self.rivalry.verdict is Verdict.PROVEN:
            return f"{rejects}; both are master, and one keeps the other silent"
        return f"{rejects}, and one of them is probably a second master that is kept silent"

    def _rejects(self) -> str:
        """Who does not accept whom."""
        if self.one.rejects and self.other.rejects:
            return "each rejects the other's adverts, as both logs say"
        for side, from_ in ((self.one, self.other), (self.other, self.one)):
            if side.rejects and self._may_be_strangers():
                return (
                    f"{side.name} rejects adverts, as its log says, perhaps those of {from_.name}"
                )
            if side.rejects:
                return f"{side.name} rejects the adverts of {from_.name}, as its log says"
        if self._is_ah and self.is_common and not self.is_told:
            return "each may reject the other's adverts (no capture shows keys and clocks)"
        surely = self.verdict is Verdict.PROVEN
        if self.what.is_one_sided and not self.is_common and self.one.terms and self.other.terms:
            wrong, listener = self.one, self.other
            if not is_wrong(self.what, self.one.terms, self.other.terms):
                wrong, listener = listener, wrong
            if self.what is Field.PEER:
                source = listener.terms.source if listener.terms else None
                return (
                    f"keepalived on {listener.name} listens on {source} alone and never gets the "
                    f"adverts of {wrong.name}"
                )
            verb = "rejects" if surely else "should reject"
            return f"{listener.name} {verb} the adverts of {wrong.name}"
        if self.what in (Field.VIP_COUNT, Field.VIP_LIST):
            return self._lists_by_release()
        if not self.what.forbids:
            return "most routers do not accept such adverts"
        return f"neither {'accepts' if surely else 'should accept'} the other's adverts"

    def _lists_by_release(self) -> str:
        for side, from_ in ((self.one, self.other), (self.other, self.one)):
            known = side.behaviour(self.what)
            if known is not None:
                verb = "accepts" if known.effect is Effect.ACCEPTS else "does not accept"
                return f"{side.runs} on {side.name} {verb} the adverts of {from_.name}"
        return "keepalived before 2.3.3 does not accept such adverts"

    def _outlook(self) -> str:
        """What happens at the next chance."""
        for side in (self.one, self.other):
            known = side.behaviour(self.what)
            if known is not None and known.effect is Effect.STAYS_BACKUP:
                return f"{side.name} stays backup as long as any advert arrives"
            if known is not None and known.effect is Effect.ACCEPTS:
                return "an address that only one of them has goes when the role moves"
        return "both can become master"

    def _by_release(self) -> Iterator[Step]:
        """Which releases the conclusion holds for, where no second master was seen."""
        if self.rivalry is not None or not self.what.is_heard:
            return
        known = [(s, b) for s in (self.one, self.other) if (b := s.behaviour(self.what))]
        for side, does in known:
            yield Step(
                f"{side.name} runs {side.runs}: {_EFFECTS[does.effect]}",
                Basis.INFERRED,
                clause=does.source,
            )
        if not known:
            yield Step(
                "that holds for keepalived 2.0 and later; up to 1.4 a backup counts rejected "
                "adverts too, and stays backup as long as any arrives",
                Basis.INFERRED,
                clause="keepalived vrrp_state_backup()",
                role=Role.HOWEVER,
            )

    def _consequence(self) -> tuple[Step, ...]:
        if self.rivalry is None:
            return ()
        return self.rivalry.witnessed(self.one.name, self.other.name)

    def _settle_with(self, log_line: str | None) -> tuple[str, ...]:
        if self.verdict is Verdict.PROVEN:
            return ()
        both = f"{self.one.name} and {self.other.name}"
        settle = []
        if log_line:
            settle.append(
                f"on {both}: journalctl -u keepalived | grep '{log_line}'; the router that has "
                "such lines rejects the other's adverts"
            )
        if not self.is_told:
            settle.append(
                f"the keepalived.conf of {both} as it is now: run this again with "
                "--config NODE=FILE for each"
            )
        settle.append(
            f"on {both}: ip address show; a router that has the virtual address is master, or its "
            "keepalived is gone and left the address behind"
        )
        return tuple(settle)
