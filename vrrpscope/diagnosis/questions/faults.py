"""Times that a router spent in FAULT by its own log, why, and who is affected.

In FAULT a router takes no part in the election: it sends nothing and ignores what it hears
(keepalived vrrp_dispatcher_read()). On the wire it looks like any other silent backup.
"""

from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import Handover, RouterStory, Tenure, Timeline

_JUST_BEFORE_NS = NS
"""The reason is logged in the same moment; logs often have whole seconds."""

_AGAIN_NS = 2 * NS
"""An advert so long after the line of a log with whole seconds came after it."""

_LATEST = 16
"""Tenures that had begun before a moment among which the one is that it ended."""

_MOST_SPELLS = 1000
"""Times in FAULT of one router that are told."""

_STARTING_NS = 5 * NS
"""A router whose check has not run yet is in FAULT for a moment when it starts."""


class Reason(StrEnum):
    """What put a router into FAULT."""

    ADDRESS = "address"
    """Its interface has no address to send from."""
    INTERFACE = "interface"
    """An interface is down: its own or one that it tracks."""
    TRACKED = "tracked"
    """A check without a weight fails: a script, a file, a process."""
    UNTOLD = "untold"
    """The log does not say."""


class FaultSpell(Struct, frozen=True):
    """A router was in FAULT by its own log.

    Attributes:
        node: whose log it is.
        entered, left: the lines that say so; `left` is None where it never left.
        because: the line that says why, where there is one; it may be `entered` itself.
        name: what failed: an interface, a check, an address.
        until_ns: the end of the spell, or of the capture.
        ended: its own tenure that ended with it, and `handover` the one that followed.
        own_interface: the one that it sends from, by its log; "" where that does not tell.
    """

    timeline: Timeline
    story: RouterStory
    node: Node
    entered: Statement
    left: Statement | None
    reason: Reason
    because: Statement | None
    name: str
    until_ns: int
    ended: Tenure | None
    handover: Handover | None
    own_interface: str

    @property
    def since_ns(self) -> int:
        """When it went into FAULT."""
        return self.entered.time_ns or 0

    @property
    def address(self) -> Address | None:
        """Its address, where it is known; the one that it advertises from, where it does."""
        spoken = {s.address for s in self.story.senders} & self.node.addresses
        return min(spoken or self.node.addresses, key=str, default=None)

    @property
    def lasted_ns(self) -> int:
        """How long it was in FAULT."""
        return max(0, self.until_ns - self.since_ns)

    def overlaps(self, since_ns: int, until_ns: int) -> bool:
        """True where it was in FAULT at some time between two others."""
        return self.since_ns <= until_ns and since_ns <= self.until_ns


def find_fault_spells(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[FaultSpell]:
    """Every time in FAULT that a log tells of, those at a start left out."""
    end_ns = timeline.last_ns or 0
    for node in nodes:
        for entered, left in islice(_spells(node, story), _MOST_SPELLS):
            assert entered.time_ns is not None
            until_ns = min(left.time_ns or end_ns, end_ns) if left else end_ns
            until_ns = min(until_ns, _spoke_ns(node, story, entered.time_ns, end_ns))
            if entered.time_ns > end_ns or _is_start(entered, until_ns):
                continue
            reason, because, name = _why(book_of(node, story.router), story, entered)
            ended = _ended(node, story, entered)
            handover = next(iter(story.handovers_from(ended)), None)
            yield FaultSpell(
                timeline,
                story,
                node,
                entered,
                left,
                reason,
                because,
                name,
                until_ns,
                ended,
                handover,
                own_interface(node, story),
            )


def _spells(node: Node, story: RouterStory) -> Iterator[tuple[Statement, Statement | None]]:
    """Pairs of lines: into FAULT, and out of it or into the end of the daemon."""
    entered: Statement | None = None
    for said in node.said(story.router, (Said.STATE, Said.STARTED, Said.STOPPING)):
        if said.time_ns is None:
            continue
        is_fault = said.said is Said.STATE and said.state == "FAULT"
        if is_fault and entered is None:
            entered = said
        elif not is_fault and entered is not None:
            yield entered, said
            entered = None
    if entered is not None:
        yield entered, None


def _spoke_ns(node: Node, story: RouterStory, entered_ns: int, end_ns: int) -> int:
    """When it advertised again, where it did: a log may end before it says so."""
    again = [
        s.first.time_ns
        for s in story.streaks
        if s.sender.address in node.addresses
        and s.priority
        and s.first.time_ns > entered_ns + _AGAIN_NS
    ]
    return min(again, default=end_ns)


def _is_start(entered: Statement, until_ns: int) -> bool:
    """True for the moment before the first result of a check."""
    short = until_ns - (entered.time_ns or 0) < _STARTING_NS
    return (entered.reason or "") == "init" and short


def _why(
    book: LogBook, story: RouterStory, entered: Statement
) -> tuple[Reason, Statement | None, str]:
    """The reason, the line that tells it, and the name of what failed."""
    text = (entered.reason or "").lower()
    if "address" in text:
        return Reason.ADDRESS, entered, ""
    assert entered.time_ns is not None
    kinds = (Said.ADDRESS_REMOVED, Said.BIND_FAILED, Said.TRACKED, Said.INTERFACE, Said.STATE)
    near = book.within(entered.time_ns - _JUST_BEFORE_NS, entered.time_ns, *kinds)
    harmless = _harmless(book.node, story)
    found = [
        (reason, said)
        for said in reversed(near)
        if said.line.line < entered.line.line and (said.said, said.name) not in harmless
        if (reason := _reason(said)) is not None
    ]
    if found:
        (reason, nearest) = found[0]
        names = dict.fromkeys(
            s.name or str(s.address or "") for r, s in found if _is_alike(r, reason)
        )
        return reason, nearest, " or ".join(names)
    if "interface" in text:
        return Reason.INTERFACE, entered, ""
    return Reason.UNTOLD, None, ""


def _harmless(node: Node, story: RouterStory) -> set[tuple[Said, str | None]]:
    """Checks whose failure changes the priority alone, by its configuration."""
    intent = node.intent(story.router)
    tracked = intent.tracked if intent is not None else ()
    weighted = {item.name for item in tracked if not item.faults}
    return {(Said.TRACKED, name) for name in weighted - {i.name for i in tracked if i.faults}}


def _is_alike(one: Reason, other: Reason) -> bool:
    """True where either may be the reason: the log does not say which of the lines it was."""
    return (one is Reason.ADDRESS) == (other is Reason.ADDRESS)


def _reason(said: Statement) -> Reason | None:
    """What a line that stands before the FAULT means for it."""
    if said.said in (Said.ADDRESS_REMOVED, Said.BIND_FAILED):
        return Reason.ADDRESS
    if said.said is Said.STATE and "address" in (said.reason or "").lower():
        return Reason.ADDRESS
    if said.good is False:
        return Reason.TRACKED if said.said is Said.TRACKED else Reason.INTERFACE
    return None


def own_interface(node: Node, story: RouterStory) -> str:
    """Where it announces its addresses, or has its own one, by its log."""
    said = node.said(story.router, (Said.GARP, Said.ADDRESS_ASSIGNED))
    garps = [s.name for s in said if s.said is Said.GARP and s.name]
    own = [s.name for s in said if s.address in node.addresses and s.name]
    return next(iter([*garps, *own]), "")


def _ended(node: Node, story: RouterStory, entered: Statement) -> Tenure | None:
    """The tenure of the router that ended when it went into FAULT; of the latest that had begun."""
    assert entered.time_ns is not None
    begun = bisect_right(story.tenures, entered.time_ns, key=lambda t: t.since.time_ns)
    for tenure in story.tenures[max(0, begun - _LATEST) : begun]:
        if tenure.sender.address in node.addresses:
            before_ns = tenure.until.time_ns - 2 * tenure.interval_ns
            after_ns = tenure.until.time_ns + tenure.interval_ns + _JUST_BEFORE_NS
            if before_ns <= entered.time_ns <= after_ns:
                return tenure
    return None
