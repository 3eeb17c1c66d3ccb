"""The rule address-family-mix."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import (
    Evidence,
    Hit,
    Kind,
    Role,
    Severity,
    Step,
    Verdict,
    enumerated,
)
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.told import Note
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import RouterStory, Tenure, Timeline

_CODE = "family-conflict"
_LEFT_OUT = " is not of the instance's family: ignored"
_FAMILIES = {"ipv4": "IPv4", "ipv6": "IPv6"}
_SETTLE = (
    "on {}: journalctl -u keepalived | grep 'address family must match'; such a line names what it "
    "ignores"
)


@rule(
    title="An address of the other family in an instance is ignored",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 5.2.9", "keepalived vrrp_parser.c"),
    explains=("dual-master", "vip-unreachable"),
    says="{router} lists {ignored} in an {family} instance: keepalived ignores {them}, and says so "
    "once in its log, at the start.",
    remedy="Give each family a vrrp_instance of its own, both in one vrrp_sync_group where they "
    "must move together. Or put the addresses of the other family into virtual_ipaddress_excluded.",
)
def address_family_mix(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    An IPv6 address in `virtual_ipaddress`, `unicast_peer` or the like of an instance whose first
    address is IPv4, or the other way round. The adverts carry the addresses of one family only; no
    router ever has the others.

    ### Why it matters
    A virtual router has one family (RFC 5798). keepalived goes by the first address that it reads,
    ignores the others, and starts: the service on them is dead on all routers. A peer that is
    ignored gets no adverts. Where the order differs between two routers, so does the family.

    ### How to confirm it
    The log at the start says `address family must match VRRP instance [...] - ignoring`, and so
    does `keepalived -t`. `ip address show` on the master lacks the address.

    ### What else could look like this
    An address that is in the adverts and on the master, and not reached: see `vip-unreachable`.
    """
    for timeline, story in case.stories():
        for node in case.nodes:
            intent = node.intent(story.router)
            notes = [n for n in intent.notes if n.code == _CODE] if intent is not None else []
            ignored = [n for n in notes if n.text.endswith(_LEFT_OUT)]
            if intent is not None and ignored:
                yield _hit(case, timeline, story, node, intent, ignored)


def _hit(
    case: Case,
    timeline: Timeline,
    story: RouterStory,
    node: Node,
    intent: Intent,
    notes: list[Note],
) -> Hit:
    own = [t for t in story.tenures if t.sender.address in node.addresses]
    spoke = own[0] if own else None
    name = case.name(spoke.sender.address) if spoke is not None else node.name
    since = spoke.since if spoke else story.streaks[0].first
    until = spoke.until if spoke else story.streaks[-1].last
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=since.time_ns,
        until_ns=until.time_ns,
        verdict=Verdict.PROVEN if spoke is not None else Verdict.LIKELY,
        facts={
            "router": name,
            "family": _FAMILIES[intent.family.value],
            "ignored": _listed(notes),
            "them": "it" if len(notes) == 1 else "them",
        },
        because=tuple(_because(name, _FAMILIES[intent.family.value], notes, spoke)),
        settle_with=() if spoke else (_SETTLE.format(name),),
        not_excluded=() if spoke else ("a file that is not what the router runs with",),
    )


def _because(name: str, family: str, notes: list[Note], spoke: Tenure | None) -> Iterator[Step]:
    evidence: list[Evidence] = [n.line for n in notes[:8] if n.line is not None]
    yield Step(
        f"the configuration of {name} lists {_listed(notes)} in an instance whose first address is "
        f"{family}",
        Basis.TOLD,
        tuple(evidence),
        "keepalived vrrp_parser.c",
        Role.LET,
    )
    if spoke is not None:
        yield Step(
            f"the adverts of {name} carry {family} addresses only",
            Basis.SEEN,
            (spoke.since.ref,),
        )


def _listed(notes: list[Note]) -> str:
    return enumerated(n.text.removesuffix(_LEFT_OUT).rpartition(" ")[2] for n in notes)
