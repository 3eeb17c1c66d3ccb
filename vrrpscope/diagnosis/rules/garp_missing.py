"""The rule garp-missing."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, listed
from vrrpscope.diagnosis.questions.misled import Misled, Way, same_pair
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import AnnouncementKind, Basis, FrameRef
from vrrpscope.timeline.model import EndedBy

_SENDS_AFTER_NS = 1_000_000_000
"""A new master announces its addresses at once (keepalived: before anything else)."""


@rule(
    title="The new master's announcements are missing: hosts keep the old router's MAC",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2", "keepalived vrrp_send_link_update()"),
    explains=("vip-unreachable",),
    rank=3,
    says="{master} took over, and in {alone_ns} it was not seen to announce {addresses} ({kind}): "
    "hosts go on sending to the MAC of {router}, {mac}, until their entries age.",
    remedy="At once: on {master} run {command}, for each address. Then find what drops the "
    "announcements: anti-spoofing of its hypervisor or switch port (allowed address pairs, port "
    "security, dynamic ARP inspection, IPv6 first-hop security), or a filter on the way (nft list "
    "ruleset, ebtables -L). For good, vrrp_garp_master_refresh 60 in global_defs repeats them each "
    "minute; with use_vmac the MAC does not change at all.",
)
def garp_missing(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The old master had announced the address with its own MAC (gratuitous ARP, or for IPv6 an
    unsolicited neighbour advertisement), or a host had asked for it. The new master advertises, on
    time, and announces nothing.

    ### Why it matters
    A host sends to the MAC that it knows until its entry ages: minutes on a server, hours on a
    router. So the failover works, and nobody notices that it did. keepalived announces every
    address five times when it becomes master and five times more after five seconds; even
    `vrrp_garp_master_repeat 0` sends one. Where none is seen something drops them.

    ### How to confirm it
    The new master's log says `Sending gratuitous ARP on eth0 for ...` (with `-D`): then they were
    lost on the way. A capture on its own interface has them, a capture at a host does not.
    `ip neighbour` on a host shows the old MAC.

    ### What else could look like this
    `ghost-arp-after-short-split`: the master did announce, and another router did so after it.
    Announcements that were sent and only do not come to the place of the capture. A filter on the
    new master itself: arptables does not stop keepalived, which sends below it; nftables (netdev)
    and tc do.
    """
    for found in same_pair(m for m in case.misled if _is_missing(case, m)):
        misled = found[0]
        yield Hit(
            virtual_router=misled.story.router,
            vantage=misled.timeline.vantage.id,
            at_ns=misled.tenure.since.time_ns,
            until_ns=found[-1].tenure.until.time_ns,
            verdict=Verdict.LIKELY,
            facts=_facts(case, misled),
            because=tuple(_because(case, misled)),
            settle_with=_settle_with(case, misled),
            not_excluded=_not_excluded(misled),
        )


def _is_missing(case: Case, misled: Misled) -> bool:
    """True where the last word is older than the take-over, and it was a take-over."""
    return not (misled.is_answer or misled.said_during or case.never_yielded(misled))


def _not_excluded(misled: Misled) -> tuple[str, ...]:
    """A router that had been master before and fell silent may have been master all the while."""
    own = [t for t in misled.story.tenures if t.sender == misled.tenure.sender]
    before = [t for t in own if t.until < misled.tenure.since]
    unseen = "announcements that did not come to this place only"
    if before and before[-1].ended_by is EndedBy.SILENT:
        return ("ghost-arp-after-short-split", unseen)
    return (unseen,)


def _facts(case: Case, misled: Misled) -> dict[str, object]:
    address, is_ipv4 = misled.addresses[0], misled.story.router.family == "ipv4"
    ndisc = (
        f"arping -c 3 -U -I eth0 {address}"
        if is_ipv4
        else f"ndptool -t na -U -i eth0 -T {address} send"
    )
    return {
        "master": case.name(misled.tenure.sender.address),
        "router": case.name(misled.router.address),
        "mac": misled.said.mac,
        "addresses": listed(misled.addresses),
        "alone_ns": Duration(misled.tenure.until.time_ns - misled.tenure.since.time_ns),
        "kind": "gratuitous ARP" if is_ipv4 else "neighbour advertisement",
        "command": ndisc,
    }


def _because(case: Case, misled: Misled) -> Iterator[Step]:
    facts = _facts(case, misled)
    hosts = listed(misled.hosts) or "a host"
    told = "announced" if misled.way is Way.LAST_WORD else f"told {hosts} that it has"
    yield Step(
        f"{facts['router']} {told} {facts['addresses']}, with its own MAC {misled.said.mac}, up to "
        f"frame {misled.said.last.ref.number}",
        Basis.SEEN,
        (misled.said.first.ref, misled.said.last.ref),
        role=Role.LET,
    )
    yield Step(
        f"{facts['master']} took over in frame {misled.tenure.since.ref.number} and advertised for "
        f"{facts['alone_ns']}; no announcement of it ({facts['kind']}) came in that time",
        Basis.SEEN,
        (misled.tenure.since.ref, misled.tenure.until.ref),
        "RFC 5798 section 6.4.2",
        Role.HOWEVER,
    )
    yield from _sent(case, misled)


def _sent(case: Case, misled: Misled) -> Iterator[Step]:
    """What another vantage or its log tells of announcements that are not seen here."""
    master = case.name(misled.tenure.sender.address)
    elsewhere = _elsewhere(case, misled)
    if elsewhere is not None:
        yield Step(
            f"{elsewhere.vantage} has them, in frame {elsewhere.number}: {master} sent them, and "
            "they were lost between there and here",
            Basis.SEEN,
            (elsewhere,),
            role=Role.SO,
        )
    since_ns = misled.tenure.since.time_ns - _SENDS_AFTER_NS
    until_ns = misled.tenure.until.time_ns
    address = misled.tenure.sender.address
    said = case.said(misled.story, address, Said.GARP, since_ns=since_ns, until_ns=until_ns)
    sent = [s for s in said if s.address in misled.addresses]
    if sent:
        yield Step(
            f"the log of {master} says that it sent them",
            Basis.TOLD,
            (sent[0].line,),
            "keepalived vrrp_send_link_update()",
            Role.SO,
        )


def _elsewhere(case: Case, misled: Misled) -> FrameRef | None:
    """The master's announcement at another vantage."""
    for timeline, story in case.stories():
        if timeline is misled.timeline or story.router != misled.story.router:
            continue
        for said in story.announcements:
            own = said.is_by(misled.tenure.sender) and said.subject in misled.addresses
            if own and said.kind is not AnnouncementKind.ARP_REPLY:
                return said.first.ref
    return None


def _settle_with(case: Case, misled: Misled) -> tuple[str, ...]:
    master = case.name(misled.tenure.sender.address)
    return (
        f"on a host of that network: ip neighbour show {misled.addresses[0]}; {misled.said.mac} is "
        "the wrong MAC",
        f"on {master}: tcpdump -ni eth0 'arp or icmp6' at the next take-over; announcements in it "
        "mean that something drops them on the way",
        f"on {master}: journalctl -u keepalived | grep -E 'gratuitous ARP|Neighbour Adverts'; "
        "lines at the take-over mean that it sent them (keepalived writes them with -D only)",
    )
