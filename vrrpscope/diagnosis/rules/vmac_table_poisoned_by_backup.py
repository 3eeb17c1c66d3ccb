"""The rule vmac-table-poisoned-by-backup."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import (
    Duration,
    Hit,
    Kind,
    Role,
    Severity,
    Step,
    Verdict,
    lines,
    listed,
)
from vrrpscope.diagnosis.questions.reigns import reigned
from vrrpscope.diagnosis.questions.vmac import Poisoned
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="A router that is no master sends from the virtual MAC",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 7.3", "keepalived nft_add_vmac()"),
    explains=("vip-unreachable",),
    rank=6,
    says="{router}, which was no master, sent {frames} from the virtual MAC {mac}: the switch "
    "sends what is meant for {addresses} to it, {until}.",
    remedy="On {router}: nft list table ip keepalived must have the rule that sends IGMP of the "
    "virtual interface by its base interface. A firewall script that flushes all rules takes it "
    "away: let it flush its own tables only, and reload keepalived after it. Where nftables cannot "
    "be used: disable_local_igmp in global_defs (IPv4), or drop in the output of the virtual "
    "interface what is not VRRP.",
)
def vmac_table_poisoned_by_backup(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    With virtual MACs (`use_vmac`, FRRouting, most routers) a frame that is not VRRP comes from
    00:00:5e:00:01:xx, with the own address of a router that is not the master: an IGMP or MLD
    report, mostly in answer to a querier.

    ### Why it matters
    A switch learns from every frame where a MAC is. From then on it sends what is meant for the
    virtual address to the backup, until the master sends from the virtual MAC again: up to one
    advert interval; where the adverts come from another MAC (`vmac_xmit_base`), until it next
    answers ARP. Queriers ask every 125 s by default: a short loss that comes back at that pace is
    its mark.

    ### How to confirm it
    `nft list ruleset` on that router lacks the table `keepalived`, or its rule for IGMP. On the
    switch the virtual MAC moves between two ports (`show mac address-table`, log lines about MAC
    flapping).

    ### What else could look like this
    The master itself, where it has a second address and the report came from that one. Adverts of
    two routers from the virtual MAC are `dual-master`, not this.
    """
    for poisoned in case.poisoned:
        known = poisoned.is_known or _is_another_node(case, poisoned)
        yield Hit(
            virtual_router=poisoned.story.router,
            vantage=poisoned.timeline.vantage.id,
            at_ns=poisoned.frames[0].first.time_ns,
            until_ns=poisoned.until.time_ns,
            verdict=Verdict.PROVEN if known else Verdict.LIKELY,
            facts=_facts(case, poisoned),
            because=tuple(_because(case, poisoned)),
            settle_with=() if known else _settle_with(poisoned),
            not_excluded=() if known else ("a second address of the master itself",),
        )


def _is_another_node(case: Case, poisoned: Poisoned) -> bool:
    """True where the address is known to be another router's, and not by elimination only."""
    node = case.node(poisoned.router)
    if node is None or case.identified(poisoned.router):
        return False
    return poisoned.tenure.sender.address not in node.addresses


def _facts(case: Case, poisoned: Poisoned) -> dict[str, object]:
    count = sum(f.count for f in poisoned.frames)
    interval = Duration(poisoned.tenure.interval_ns)
    master = case.name(poisoned.tenure.sender.address)
    if poisoned.heals:
        until = f"until the next advert of {master} (one every {interval})"
    else:
        until = f"until {master} sends from it again, and its adverts do not come from it"
    return {
        "router": case.name(poisoned.router),
        "master": master,
        "mac": poisoned.mac,
        "frames": "an IGMP or MLD report" if count == 1 else f"{count} IGMP or MLD reports",
        "addresses": listed(poisoned.story.addresses),
        "until": until,
    }


def _because(case: Case, poisoned: Poisoned) -> Iterator[Step]:
    facts = _facts(case, poisoned)
    yield reigned(str(facts["master"]), poisoned.tenure)
    intent = case.intent(poisoned.story, poisoned.router)
    if intent is not None and intent.use_vmac.value:
        yield from case.identified(poisoned.router)
        text = f"the configuration of {facts['router']} has use_vmac"
        yield Step(text, Basis.TOLD, lines(intent.use_vmac))
    yield Step(
        f"{facts['router']} reported from {poisoned.router} that it is in the VRRP group, with the "
        f"virtual MAC {poisoned.mac} as the source of the frame",
        Basis.SEEN,
        tuple(f.first.ref for f in poisoned.frames[:8]),
        "RFC 5798 section 7.3",
        Role.HOWEVER,
    )
    yield Step(
        "a switch takes the port of the last frame from a MAC for the place of that MAC, "
        f"{facts['until']}",
        Basis.INFERRED,
        role=Role.SO,
    )


def _settle_with(poisoned: Poisoned) -> tuple[str, ...]:
    return (
        f"on each router: ip address show; the one with {poisoned.router} sent the reports (or "
        "--config NODE=FILE for each)",
        f"the switch's MAC table: {poisoned.mac} on two ports in turn is the proof",
    )
