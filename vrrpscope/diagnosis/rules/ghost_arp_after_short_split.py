"""The rule ghost-arp-after-short-split."""

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
from vrrpscope.diagnosis.questions.misled import Misled, Way, same_pair
from vrrpscope.diagnosis.questions.reigns import reigned
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis


@rule(
    title="A router that was master for a moment had the last word about the address",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived vrrp_state_master_rx()", "RFC 5798 section 6.4.3"),
    explains=("vip-unreachable",),
    rank=3,
    says="{router} was master for a moment beside {master} and announced {addresses} with its MAC "
    "{mac}; {master} kept the role and announced nothing after that: hosts send to {router}.",
    remedy="At once: on {master} run {command}. For good, one of these on every router: "
    "vrrp_higher_prio_send_advert true (the router that yields speaks once more, so the winner "
    "announces again), vrrp_garp_master_refresh 60 (it announces every minute), or use_vmac. See "
    "that vrrp_garp_lower_prio_repeat is not 0; vrrp_strict sets it to 0.",
)
def ghost_arp_after_short_split(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A second router speaks up for a few adverts and announces the address (gratuitous ARP,
    unsolicited neighbour advertisement), then it falls silent: it heard the better one again. The
    better one was master all the while, and announces nothing after that.

    ### Why it matters
    The hosts believe the last announcement, and send to a router that has not got the address any
    more. The router that stayed master never became it, so it has no reason to announce anything:
    keepalived does so only when it hears an advert of a lower priority
    (`vrrp_garp_lower_prio_repeat`, by default as often as a new master). It hears none where the
    split was one-sided or ended with its own advert; it does nothing where that is 0, as
    `vrrp_strict` makes it. The router that yields does so without a word.

    ### How to confirm it
    The loser's log says `Entering MASTER STATE` and, seconds later, `Entering BACKUP STATE`; the
    winner's log has no `Sending gratuitous ARP` after that. `ip neighbour` on a host shows the
    loser's MAC.

    ### What else could look like this
    `garp-missing`: there the other router's announcement is older than the take-over. Why there was
    a second master at all is told by `adverts-lost-one-way`, `lossy-path` or the like.
    """
    for found in same_pair(m for m in case.misled if _is_ghost(case, m)):
        misled = found[0]
        sent = _last_sent(case, misled)
        yield Hit(
            virtual_router=misled.story.router,
            vantage=misled.timeline.vantage.id,
            at_ns=misled.said.first.time_ns,
            until_ns=found[-1].tenure.until.time_ns,
            verdict=Verdict.PROVEN if sent else Verdict.LIKELY,
            facts=_facts(case, misled),
            because=tuple(_because(case, misled, sent)),
            settle_with=() if sent else _settle_with(case, misled),
            not_excluded=() if sent else ("a later announcement that was not captured",),
        )


def _is_ghost(case: Case, misled: Misled) -> bool:
    """True where the other one was master for a moment, and the master never was a backup."""
    if misled.way is not Way.LAST_WORD:
        return False
    if not misled.said_during:
        return case.never_yielded(misled)
    return any(
        t.sender.address == misled.router.address
        and misled.tenure.since < t.since <= misled.said.last
        for t in misled.story.tenures
    )


def _last_sent(case: Case, misled: Misled) -> Statement | None:
    """The master's last announcement by its log, where that proves that it sent none later."""
    address = misled.tenure.sender.address
    heard_ns, until_ns = misled.said.last.time_ns, misled.tenure.until.time_ns
    if not case.log_covers(address, heard_ns, until_ns):
        return None
    told = [s for s in case.said(misled.story, address, Said.GARP) if s.address in misled.addresses]
    later = case.said(misled.story, address, Said.GARP, since_ns=heard_ns, until_ns=until_ns)
    return told[-1] if told and not later else None


def _facts(case: Case, misled: Misled) -> dict[str, object]:
    address, is_ipv4 = misled.addresses[0], misled.story.router.family == "ipv4"
    return {
        "master": case.name(misled.tenure.sender.address),
        "router": case.name(misled.router.address),
        "mac": misled.said.mac,
        "addresses": listed(misled.addresses),
        "command": f"arping -c 3 -U -I eth0 {address}"
        if is_ipv4
        else f"ndptool -t na -U -i eth0 -T {address} send",
    }


def _because(case: Case, misled: Misled, sent: Statement | None) -> Iterator[Step]:
    facts = _facts(case, misled)
    master, router = facts["master"], facts["router"]
    yield reigned(str(master), misled.tenure)
    yield Step(
        f"{router} spoke up, and announced {facts['addresses']} with its MAC {misled.said.mac} in "
        f"frame {misled.said.last.ref.number}",
        Basis.SEEN,
        (misled.said.first.ref, misled.said.last.ref),
    )
    alone = Duration(misled.tenure.until.time_ns - misled.since.time_ns)
    yield Step(
        f"{router} gave way, and {master} announced nothing in the {alone} that follow",
        Basis.SEEN,
        (misled.since.ref,),
        role=Role.HOWEVER,
    )
    if sent is not None:
        yield Step(
            f"the log of {master} tells each of its announcements; the last one is older than that "
            f"of {router}",
            Basis.TOLD,
            (sent.line,),
        )
    yield from _told(case, misled)


def _told(case: Case, misled: Misled) -> Iterator[Step]:
    """Why the master did not announce again, where its configuration says so."""
    intent = case.intent(misled.story, misled.tenure.sender.address)
    if intent is None or intent.garp.lower_prio_repeat.value:
        return
    strict = intent.strict.value
    why = "vrrp_strict makes garp_lower_prio_repeat 0" if strict else "garp_lower_prio_repeat is 0"
    yield Step(
        f"on {case.name(misled.tenure.sender.address)} {why}: it announces nothing when it hears "
        "a lower priority",
        Basis.TOLD,
        lines(intent.strict if strict else intent.garp.lower_prio_repeat),
        "keepalived vrrp_state_master_rx()",
        Role.SO,
    )


def _settle_with(case: Case, misled: Misled) -> tuple[str, ...]:
    master = case.name(misled.tenure.sender.address)
    return (
        f"on a host of that network: ip neighbour show {misled.addresses[0]}; {misled.said.mac} is "
        "the wrong MAC",
        f"on {master}: journalctl -u keepalived | grep -E 'gratuitous ARP|Neighbour Adverts'; a "
        "line after that time means that it did announce (keepalived writes them with -D only)",
    )
