"""The rule backup-still-answers."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, listed
from vrrpscope.diagnosis.questions.misled import Misled, same_pair
from vrrpscope.diagnosis.questions.reigns import reigned
from vrrpscope.diagnosis.questions.standing import Sign, Standing
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Statement
from vrrpscope.observation import Basis

_DEAD = "stale-vip-holder"
_IS_BACKUP = {
    Verdict.PROVEN: "is a backup",
    Verdict.LIKELY: "seems to be a backup that runs",
    Verdict.POSSIBLE: "may still run, and is no master,",
}


@rule(
    title="A backup answers for the virtual address",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    explains=("vip-unreachable",),
    rank=5,
    says="{router} {is_backup} and answers ARP requests for {addresses} with its own MAC {mac}: "
    "{hosts} may send to it instead of to {master}.",
    remedy="On {router}: find where the address is configured (ip address show to {address}), and "
    "take it away if nothing needs it there. A real server of LVS in direct routing mode needs it "
    "on lo, FRRouting on its macvlan: there, forbid the answers with sysctl -w "
    "net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2, in /etc/sysctl.d for good.",
)
def backup_still_answers(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A host asks who has the virtual address, and gets two answers: one from the master, one with
    the MAC of a router that joined the group, or yielded to a better master, and does not
    advertise.

    ### Why it matters
    A backup must not answer ARP requests for the virtual address (RFC 5798 section 6.4.2), or it
    gets traffic that only the master may handle. Linux answers on any interface for every address
    that it has on any other one, unless `arp_ignore` says otherwise: an address on `lo`, or on a
    macvlan that FRRouting has taken down (protodown), is enough. keepalived sets `arp_ignore`
    itself, and only where it uses a virtual MAC.

    ### How to confirm it
    `ip address show` on the backup has the address. `arping -c 3 ADDRESS` on a client shows two
    MACs. `sysctl net.ipv4.conf.all.arp_ignore` says 0.

    ### What else could look like this
    `stale-vip-holder`: there the daemon is dead and has left its address behind. A daemon that ends
    leaves the multicast group (IGMP leave, or an MLD report that excludes nothing any more), which
    this rule looks for; with unicast peers nothing of it is seen. `dual-master`: there the other
    router is master as well, and was silenced.
    """
    for found in same_pair(m for m in case.misled if m.is_answer):
        misled = found[0]
        standing = case.standing(misled.story, misled.router.address, misled.said.first)
        if standing is None or standing.sign in (Sign.LEFT, Sign.SILENT):
            continue
        logged = _logged(case, misled)
        verdict = _verdict(standing, logged)
        yield Hit(
            virtual_router=misled.story.router,
            vantage=misled.timeline.vantage.id,
            at_ns=misled.said.first.time_ns,
            until_ns=found[-1].tenure.until.time_ns,
            verdict=verdict,
            facts=_facts(case, misled) | {"is_backup": _IS_BACKUP[verdict]},
            because=tuple(_because(case, found, standing, logged)),
            settle_with=() if logged else _settle_with(case, misled),
            not_excluded=() if logged else (_DEAD,),
        )


def _verdict(standing: Standing, logged: Statement | None) -> Verdict:
    """Proven where its own log says BACKUP all the while; a frame cannot tell that it runs."""
    if logged is not None:
        return Verdict.PROVEN
    return Verdict.LIKELY if standing.runs else Verdict.POSSIBLE


def _logged(case: Case, misled: Misled) -> Statement | None:
    """The line of its log by which it was a backup when it answered; None where none says so."""
    at_ns = misled.said.first.time_ns
    account = case.account(misled.story, misled.router.address, at_ns, at_ns)
    return account.life if account is not None and account.stays_backup else None


def _facts(case: Case, misled: Misled) -> dict[str, object]:
    return {
        "router": case.name(misled.router.address),
        "master": case.name(misled.tenure.sender.address),
        "mac": misled.said.mac,
        "address": misled.addresses[0],
        "addresses": listed(misled.addresses),
        "hosts": listed(misled.hosts) or "hosts",
    }


def _because(
    case: Case, found: list[Misled], standing: Standing, logged: Statement | None
) -> Iterator[Step]:
    misled = found[0]
    router, master = case.name(misled.router.address), case.name(misled.tenure.sender.address)
    yield reigned(master, misled.tenure)
    yield from case.identified(misled.router.address)
    yield Step(f"{router} {standing.sign}", Basis.SEEN, (standing.mark.ref,))
    answers = sum(m.times for m in found)
    times = "once" if answers == 1 else f"{answers} times"
    yield Step(
        f"{router} answered {times} that {listed(misled.addresses)} is at its own MAC "
        f"{misled.said.mac}, which a backup must not do",
        Basis.SEEN,
        tuple(m.said.first.ref for m in found[:8]),
        "RFC 5798 section 6.4.2",
        Role.HOWEVER,
    )
    if logged is not None:
        yield Step(
            f"the log of {router} says that it was BACKUP, and goes on beyond that time",
            Basis.TOLD,
            (logged.line,),
        )


def _settle_with(case: Case, misled: Misled) -> tuple[str, ...]:
    router = case.name(misled.router.address)
    return (
        f"on {router}: systemctl status keepalived (or frr); where nothing runs, the address was "
        "left behind (stale-vip-holder)",
        f"on {router}: ip address show says where the address is; sysctl "
        "net.ipv4.conf.all.arp_ignore says 0 where the kernel may answer for it",
        f"the log of {router} (--log NODE=FILE): the last 'Entering ... STATE' before that time "
        "says whether it was a backup",
    )
