"""The rule duplicate-address-owner."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.displaced import Displaced, Forbidden
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import PRIORITY_OWNER
from vrrpscope.timeline.streak import Streak

_RFC = "RFC 5798 section 5.2.4"
_CLAUSE = "keepalived vrrp_state_master_rx()"


@rule(
    title="Two routers claim to be the owner of the virtual address (priority 255)",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_RFC, _CLAUSE),
    explains=("unexpected-failover", "dual-master", "flapping"),
    rank=6,
    says="{old} and {new} both have priority 255, which only the owner of the address may have: "
    "{old} {gave_way} when {new} began{reduced}.",
    remedy="Give priority 255 to one router at most: the one that has the virtual address as the "
    "address of its own interface. Where nobody has (as usual with keepalived), use 254 or less "
    "for all of them, and restart keepalived on {old}: it keeps its reduced priority until then.",
)
def duplicate_address_owner(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two senders with priority 255 for the same addresses. With keepalived before 2.3.3 the first
    one falls silent at the other one's first advert; when it speaks again, it has 254.

    ### Why it stops a failover
    Priority 255 is for the router that owns the address, so there can be one only, and it takes the
    role as soon as it starts. Two of them take the role from each other at every start.
    keepalived notices, and makes itself 254 until it is restarted (from 2.3.3 on it waits for two
    adverts, compares the addresses, and can go back to 255).

    ### How to confirm it
    The log of the router that gave way says `CONFIGURATION ERROR: local instance and a remote
    instance are both configured as address owner, please fix - reducing local priority`.

    ### What else could look like this
    Equal priorities below 255 (`equal-priority-race`): there the higher address wins, and nobody's
    priority changes. An owner that returns takes the role from a lower priority: that is normal.
    So is a router that speaks from another address of its own (the same MAC), and one that leaves
    the group just before the other one begins: it was stopped.
    """
    for displaced in case.displaced:
        if displaced.forbidden is Forbidden.TWO_OWNERS and _is_one_address(displaced):
            yield _hit(case, displaced)


def _is_one_address(displaced: Displaced) -> bool:
    """True where two hosts announced the same address, as far as the frames show it."""
    old, new = _owner(displaced), displaced.first
    shared = set(old.advertisement.addresses) & set(new.advertisement.addresses)
    return bool(shared) and old.sender.address != new.sender.address


def _owner(displaced: Displaced) -> Streak:
    """The old master's last run at 255."""
    assert displaced.handover.before is not None
    return [s for s in displaced.handover.before.streaks if s.priority == PRIORITY_OWNER][-1]


def _reduced(displaced: Displaced) -> Streak | None:
    """The old master's next run, where it has made itself 254."""
    old = _owner(displaced).sender
    later = (s for s in displaced.story.streaks_of(old) if s.first > displaced.handover.at)
    return next((s for s in later if s.priority == PRIORITY_OWNER - 1), None)


def _hit(case: Case, displaced: Displaced) -> Hit:
    handover, reduced = displaced.handover, _reduced(displaced)
    old, new = _owner(displaced).sender, handover.after.sender
    sure = reduced is not None or displaced.is_sure
    return Hit(
        virtual_router=displaced.story.router,
        vantage=displaced.timeline.vantage.id,
        at_ns=handover.at.time_ns,
        until_ns=reduced.last.time_ns if reduced is not None else handover.at.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={
            "old": case.name(old.address),
            "new": case.name(new.address),
            "gave_way": "gave way" if sure else "fell silent",
            "reduced": ", and has had priority 254 since" if reduced is not None else "",
        },
        because=tuple(_because(case, displaced, reduced)),
        settle_with=()
        if sure
        else (f"the log of {case.name(old.address)}: 'CONFIGURATION ERROR'",),
        not_excluded=() if sure else ("a router that ended at that moment",),
    )


def _because(case: Case, displaced: Displaced, reduced: Streak | None) -> Iterator[Step]:
    owner, handover = _owner(displaced), displaced.handover
    old, new = case.name(owner.sender.address), case.name(handover.after.sender.address)
    for sender in (owner.sender, handover.after.sender):
        intent = case.intent(displaced.story, sender.address)
        if intent is not None and intent.is_owner:
            text = f"{case.name(sender.address)} has priority 255"
            yield Step(text, Basis.TOLD, lines(intent.base_priority, intent.state), role=Role.LET)
    yield Step(
        f"{old} advertised priority 255 up to frame {owner.last.ref.number}, and {new} priority "
        f"255 for the same address from frame {handover.at.ref.number} on",
        Basis.SEEN,
        (owner.last.ref, handover.at.ref),
    )
    if displaced.conflict is not None:
        text = f"the log of {old} says that both are configured as the address owner"
        yield Step(text, Basis.TOLD, (displaced.conflict.line,))
    if reduced is not None:
        yield Step(
            f"{old} advertised priority 254 in frame {reduced.first.ref.number}: it has reduced "
            "its own",
            Basis.SEEN,
            (reduced.first.ref,),
            _CLAUSE,
        )
    yield Step(
        "there is one owner of an address at most, and only the owner has priority 255",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.HOWEVER,
    )
