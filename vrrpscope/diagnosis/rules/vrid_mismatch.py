"""The rule vrid-mismatch."""

from collections.abc import Iterator
from itertools import combinations

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import (
    Duration,
    Hit,
    Kind,
    Role,
    Severity,
    Step,
    Verdict,
    enumerated,
    lines,
)
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.shared import SharedAddress
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline


@rule(
    title="Two routers use different VRIDs for one virtual address",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 7.1", "keepalived vrrp_dispatcher_read()"),
    explains=("dual-master",),
    says="{one} has {addresses} in VRID {one_vrid}, {other} in VRID {other_vrid}: to each of them "
    "the other one's adverts are those of another virtual router, and {effect}.",
    remedy="Set the same virtual_router_id on both routers, one that no other group of that "
    "network uses, and reload keepalived on the one that was wrong.",
)
def vrid_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two virtual routers on one network, each with one master, and the same virtual address in
    both.

    ### Why it stops a failover
    A router ignores the adverts of a VRID that it does not know (RFC 5798 section 7.1). So each
    is master of its own virtual router, and both hold the address.

    ### How to confirm it
    Compare `virtual_router_id` in the configurations. By default no log says anything; with
    `log_unknown_vrids` keepalived names the other VRID.

    ### What else could look like this
    Two groups of routers that were given the same address by mistake: then more than two routers
    are involved, of which the silent ones are in no capture, or the lists share some addresses
    only. So this is proven only with both configurations.
    """
    told_of: set[frozenset[int]] = set()
    for shared in case.shared_addresses:
        one, other = case.name(shared.one_sender.address), case.name(shared.other_sender.address)
        told_of.add(frozenset((shared.one.router.vrid, shared.other.router.vrid)))
        yield _of_shared(case, shared, one, other)
    yield from _told(case, told_of)


def _of_shared(case: Case, shared: SharedAddress, one: str, other: str) -> Hit:
    told = tuple(_told_of_shared(case, shared, one, other))
    # A silent backup of either, which would make two groups of them, is in no capture.
    alone = shared.are_alone and not any(_is_third(node, shared) for node in case.nodes)
    whole = shared.is_whole and alone and len(told) > 1
    settle = (
        f"the keepalived.conf of {one} and of {other} (--config NODE=FILE for each): are they "
        "meant to be one group?"
    )
    return Hit(
        virtual_router=shared.one.router,
        vantage=shared.timeline.vantage.id,
        at_ns=shared.window.since.time_ns,
        until_ns=shared.window.until.time_ns,
        verdict=Verdict.PROVEN if whole else Verdict.LIKELY,
        facts={
            "one": one,
            "other": other,
            "addresses": _listed(frozenset(shared.addresses)),
            "one_vrid": shared.one.router.vrid,
            "other_vrid": shared.other.router.vrid,
            "effect": f"both were master for {Duration(shared.window.duration_ns)}",
        },
        because=(*told, *shared.witnessed(one, other)),
        settle_with=() if whole else (settle,),
        not_excluded=() if whole else ("two groups that were given the same address",),
    )


def _is_third(node: Node, shared: SharedAddress) -> bool:
    """True where a further router is told one of the two VRIDs: there is a group at least."""
    pair = {shared.one_sender.address, shared.other_sender.address}
    told = (node.intent(story.router) for story in (shared.one, shared.other))
    return not node.addresses & pair and any(intent is not None for intent in told)


def _told_of_shared(case: Case, shared: SharedAddress, one: str, other: str) -> Iterator[Step]:
    """What the configurations say about it, where they are known."""
    intent = case.intent(shared.one, shared.one_sender.address)
    if intent is not None:
        yield _told_step(one, intent, frozenset(shared.addresses))
    intent = case.intent(shared.other, shared.other_sender.address)
    if intent is not None:
        yield _told_step(other, intent, frozenset(shared.addresses))


def _told_step(name: str, intent: Intent, both: frozenset[Address]) -> Step:
    return Step(
        f"the configuration of {name} has {_listed(both)} in VRID {intent.vrid.value}",
        Basis.TOLD,
        (*lines(intent.vrid), *lines(*(a for a in intent.addresses if a.value in both))),
        role=Role.LET,
    )


def _listed(addresses: frozenset[Address]) -> str:
    found: list[Address] = sorted(addresses, key=int)
    return enumerated(found)


def _told(case: Case, told_of: set[frozenset[int]]) -> Iterator[Hit]:
    """Configurations that have one address under two VRIDs, where not both were seen: once."""
    for one, other in combinations(case.nodes, 2):
        for mine, theirs, both in _crossed(one, other):
            speaking = next(_speaking(case, one, mine), None) or next(
                _speaking(case, other, theirs), None
            )
            names = _name(case, one), _name(case, other)
            vrids = frozenset(i.vrid.value for i in (mine, theirs) if i.vrid.value is not None)
            if speaking is not None and vrids not in told_of:
                told_of.add(vrids)
                yield _of_told(*speaking, names, (mine, theirs), both)


def _crossed(one: Node, other: Node) -> Iterator[tuple[Intent, Intent, frozenset[Address]]]:
    """Instances of two nodes that share an address and not the VRID."""
    for mine in one.intents:
        for theirs in other.intents:
            both = _addresses(mine) & _addresses(theirs)
            if both and None not in (mine.vrid.value, theirs.vrid.value):
                if mine.vrid.value == theirs.vrid.value:
                    return
                yield mine, theirs, both


def _addresses(intent: Intent) -> frozenset[Address]:
    return frozenset(told.value for told in intent.addresses)


def _name(case: Case, node: Node) -> str:
    return case.name(min(node.addresses, key=str)) if node.addresses else node.name


def _speaking(case: Case, node: Node, intent: Intent) -> Iterator[tuple[Timeline, RouterStory]]:
    """Where the node was seen as master with one of the instance's addresses."""
    for timeline, story in case.stories():
        mine = story.router.vrid == intent.vrid.value and _addresses(intent) & {*story.addresses}
        if mine and any(sender.address in node.addresses for sender in story.senders):
            yield timeline, story


def _of_told(
    timeline: Timeline,
    story: RouterStory,
    names: tuple[str, str],
    intents: tuple[Intent, Intent],
    both: frozenset[Address],
) -> Hit:
    listed = _listed(both)
    steps = tuple(_told_step(n, i, both) for n, i in zip(names, intents, strict=True))
    seen = Step(
        f"VRID {story.router.vrid} had a master",
        Basis.SEEN,
        (story.streaks[0].first.ref, story.streaks[-1].last.ref),
    )
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=story.streaks[0].first.time_ns,
        until_ns=story.streaks[-1].last.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "one": names[0],
            "other": names[1],
            "addresses": listed,
            "one_vrid": intents[0].vrid.value,
            "other_vrid": intents[1].vrid.value,
            "effect": "both become master",
        },
        because=(*steps, seen),
        settle_with=(
            f"on {names[0]} and on {names[1]}: ip address show; where both have {listed}, both are "
            "master",
        ),
        not_excluded=("a router that does not run",),
        severity=Severity.WARNING,
    )
