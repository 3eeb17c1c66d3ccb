"""The rule strict-mode-drops-vip-traffic."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines, listed
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import PRIORITY_OWNER, Address
from vrrpscope.timeline.model import RouterStory, Tenure, Timeline

_ENDS = (Said.STARTED, Said.STOPPING, Said.RELOADED, Said.CHILD_DIED)
_NO_FILTER = "a host without nftables and iptables"


@rule(
    title="The master drops everything that is sent to the virtual address",
    kind=Kind.NOTE,
    severity=Severity.INFO,
    clauses=("RFC 5798 section 6.1", "keepalived firewall_handle_accept_mode()"),
    says="{master} {drops} whatever is sent to {addresses} or from there ({why}): no ping, no TCP. "
    "Only what it forwards passes.",
    remedy="This is right for a gateway, and wrong where something is to answer at the address. "
    "There, remove vrrp_strict (it often comes from a template) or no_accept on every router. "
    "Under vrrp_strict `accept` helps with version 3 only: with version 2 keepalived clears it.",
)
def strict_mode_drops_vip_traffic(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Nothing on the wire that this program decodes: adverts, gratuitous ARP and answers to ARP are as
    they should be, and a ping of the virtual address goes unanswered. Only the configuration and
    the log tell.

    ### Why it matters
    With Accept_Mode False a master that does not own the address must not accept packets for it
    (RFC 5798 section 6.1). `vrrp_strict` makes that the default, and keepalived sets a rule in
    nftables (or iptables) that drops them. The rule goes with the role, so nothing answers wherever
    the address is, and the failover itself looks perfect.

    ### How to confirm it
    `nft list table ip keepalived` on the master: `ip daddr @vips drop`. The log says `setting
    firewall drop rule`.

    ### What else could look like this
    A service that listens on another address only, or a firewall of the host's own. This is a note
    and no cause: whether the address is meant to answer, no file tells.
    """
    for timeline, story in case.stories():
        for tenure in _latest(story):
            hit = _hit(case, timeline, story, tenure)
            if hit is not None:
                yield hit
                break


def _latest(story: RouterStory) -> list[Tenure]:
    """The last tenure of each master, the last master first: one finding is enough."""
    last: dict[Address, Tenure] = {t.sender.address: t for t in story.tenures}
    return sorted(last.values(), key=lambda t: t.until, reverse=True)


def _hit(case: Case, timeline: Timeline, story: RouterStory, tenure: Tenure) -> Hit | None:
    address = tenure.sender.address
    intent = case.intent(story, address)
    told = intent is not None and not intent.accept.value and not intent.is_owner
    logged = None if PRIORITY_OWNER in tenure.priorities else _logged(case, story, tenure)
    if not told and logged is None:
        return None
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=tenure.since.time_ns,
        until_ns=tenure.until.time_ns,
        verdict=Verdict.PROVEN if logged else Verdict.LIKELY,
        facts={
            "master": case.name(address),
            "addresses": listed(story.addresses),
            "drops": "drops" if logged else "seems to drop",
            "why": _why(intent) if told else "by its log",
        },
        because=tuple(_because(case, tenure, intent if told else None, logged)),
        settle_with=() if logged else _settle_with(case, address),
        not_excluded=() if logged else (_NO_FILTER, "service-does-not-follow-vip"),
        severity=Severity.WARNING if logged else None,
    )


def _logged(case: Case, story: RouterStory, tenure: Tenure) -> Statement | None:
    """The line by which the rule was set for this tenure, and not for an earlier one.

    The rule goes when the router stops being master, and a reload may bring another configuration.
    """
    kinds = (Said.CONFIG, Said.STATE, *_ENDS)
    found = None
    for line in case.said(story, tenure.sender.address, *kinds, until_ns=tenure.until.time_ns):
        ends = line.said in _ENDS or (line.said is Said.STATE and line.state != "MASTER")
        if line.reason == "firewall-drop-rule":
            found = line
        elif ends and line.time_ns is not None:
            before = line.time_ns < tenure.since.time_ns
            found = None if before or line.said is Said.RELOADED else found
    return found


def _why(intent: Intent | None) -> str:
    return "vrrp_strict" if intent is not None and intent.strict.value else "no_accept"


def _because(
    case: Case, tenure: Tenure, intent: Intent | None, logged: Statement | None
) -> Iterator[Step]:
    master = case.name(tenure.sender.address)
    yield Step(
        f"{master} was master up to frame {tenure.until.ref.number}, with a priority below 255: "
        "the address is not one of its own",
        Basis.SEEN,
        (tenure.since.ref, tenure.until.ref),
        role=Role.LET,
    )
    if intent is not None:
        cleared = (
            ", and accept is cleared with version 2" if intent.has_note("strict-accept") else ""
        )
        yield Step(
            f"the configuration of {master} has {_why(intent)}{cleared}: such a master does not "
            "accept packets for the address",
            Basis.TOLD,
            lines(intent.strict if intent.strict.value else intent.accept),
            "RFC 5798 section 6.1",
        )
    if logged is not None:
        yield Step(
            f"the log of {master} says that it set the rule that drops them",
            Basis.TOLD,
            (logged.line,),
            "keepalived firewall_handle_accept_mode()",
            Role.SO,
        )


def _settle_with(case: Case, address: Address) -> tuple[str, ...]:
    master = case.name(address)
    return (
        f"on {master}: nft list table ip keepalived (ip6 for IPv6), or iptables -S; a rule with "
        "drop (DROP) for the address is the proof",
        f"on {master}: journalctl -u keepalived | grep 'setting firewall drop rule'; such a line "
        "is the proof as well",
    )
