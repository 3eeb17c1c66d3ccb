"""The rule master-at-boot."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.boots import BootGrab
from vrrpscope.diagnosis.questions.sums import waited_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import Basis


@rule(
    title="A router heard nothing while it started, and became master beside another one",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 6.4.2",),
    explains=("unexpected-failover", "dual-master", "flapping"),
    rank=3,
    says="{router} started, and was master {waited_ns} later although {master} advertised all the "
    "while: it seems to have heard nothing yet; {outcome}.",
    remedy="Let keepalived on {router} start only when its network works: "
    "After=network-online.target and Wants=network-online.target in its unit, vrrp_startup_delay "
    "10 in global_defs (2.0.14 and later) or vrrp_delay_after_boot (2.4 and later); on the "
    "switch, an edge port (portfast). preempt_delay does not help: it waits only for a master "
    "that is heard.",
)
def master_at_boot(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A router joins the VRRP group, and sends its first advert just one Master_Down_Interval later,
    beside a master whose adverts it should have accepted. Soon afterwards one of the two gives way.
    Where the newcomer is the better one that looks like a preemption, under nopreempt too.

    ### Why it stops a failover
    A router becomes master when it has heard nothing for a Master_Down_Interval. While a machine
    boots, its firewall, its bridge, bond or VLAN often lets nothing in yet. nopreempt does not
    help: it keeps a backup from preempting a master that it *hears*.

    ### How to confirm it
    The newcomer's log has nothing between `Entering BACKUP STATE (init)` and `Entering MASTER
    STATE`, no `received lower priority` either; its journal says when its network was up.

    ### What else could look like this
    `adverts-lost-one-way`, where it goes on for good. `stp-or-link-late-forwarding`: the switch
    port forwards nothing for up to 30 s. A better router without nopreempt preempts in just that
    time, and nothing is wrong.
    """
    for grab in case.boot_grabs:
        intent = case.intent(grab.story, grab.newcomer.sender.address)
        keeps_out = intent is not None and bool(intent.nopreempt.value)
        if (grab.should_wait or keeps_out) and not _heard(case, grab):
            yield _hit(case, grab)


def _heard(case: Case, grab: BootGrab) -> bool:
    """True where its log shows that it heard adverts: it discarded or rejected them."""
    said = case.said(
        grab.story,
        grab.newcomer.sender.address,
        Said.DISCARDED_LOWER,
        Said.REJECTED,
        since_ns=grab.joined.time_ns,
        until_ns=grab.newcomer.since.time_ns,
    )
    return bool(said)


def _hit(case: Case, grab: BootGrab) -> Hit:
    router = case.name(grab.newcomer.sender.address)
    master = case.name(grab.holder.sender.address)
    return Hit(
        virtual_router=grab.story.router,
        vantage=grab.timeline.vantage.id,
        at_ns=grab.joined.time_ns,
        until_ns=grab.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "router": router,
            "master": master,
            "waited_ns": Duration(grab.waited_ns),
            "outcome": _outcome(grab, master),
        },
        because=tuple(_because(case, grab, router, master)),
        settle_with=(
            f"on {router}, from its start on: tcpdump -ni eth0 'ip proto 112 or ip6 proto 112'; no "
            f"advert of {master} for the first seconds means that its network lets nothing in yet",
            f"on {router}: journalctl -b; a network or a firewall that was up only after "
            "keepalived had started is the reason",
        ),
        not_excluded=("stp-or-link-late-forwarding", "adverts-lost-one-way"),
    )


def _outcome(grab: BootGrab, master: str) -> str:
    lasted = Duration(grab.until.time_ns - grab.newcomer.since.time_ns)
    if grab.until >= grab.newcomer.until:
        return f"it gave way {lasted} later"
    if grab.until > grab.newcomer.since:
        return f"{master} gave way to it {lasted} later"
    return f"{master} gave way to it"


def _because(case: Case, grab: BootGrab, router: str, master: str) -> Iterator[Step]:
    intent = case.intent(grab.story, grab.newcomer.sender.address)
    if not grab.should_wait and intent is not None:
        yield Step(
            f"{router} runs nopreempt, so a master that it hears keeps it a backup",
            Basis.TOLD,
            lines(intent.nopreempt),
            "RFC 5798 section 6.4.2",
            Role.LET,
        )
    yield Step(
        f"{router} joined the VRRP group in frame {grab.joined.ref.number}",
        Basis.SEEN,
        (grab.joined.ref,),
        role=Role.LET,
    )
    yield Step(
        f"{master} had been advertising priority {grab.heard.priority} and went on",
        Basis.SEEN,
        (grab.heard.first.ref, grab.heard.last.ref),
    )
    first = grab.newcomer.streaks[0]
    waits = waited_sum(first, grab.heard.interval_ns, grab.down_ns)
    yield Step(
        f"{router} sent its first advert, with priority {first.priority}, "
        f"{Duration(grab.waited_ns)} after it joined",
        Basis.SEEN,
        (grab.newcomer.since.ref,),
        role=Role.HOWEVER,
    )
    yield Step(
        f"that is its timer, {Duration(grab.down_ns)} ({waits}), which every accepted advert of "
        f"{master} would have started again: it accepted none",
        Basis.INFERRED,
        clause="RFC 5798 section 6.4.2",
        role=Role.SO,
    )
