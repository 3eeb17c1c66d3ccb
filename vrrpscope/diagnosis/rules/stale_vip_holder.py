"""The rule stale-vip-holder."""

from bisect import bisect_left
from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.misled import Misled
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import EndedBy, Tenure
from vrrpscope.timeline.streak import Mark


@rule(
    title="A router that is no master any more still has the virtual address",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 8.1.2", "keepalived vrrp_restore_interface()"),
    explains=("vip-unreachable",),
    rank=3,
    says="{router} still answers for {addresses}, though it {gone}, and {master} is master: the "
    "address seems to be on both hosts.",
    remedy="On {router}: start keepalived, which removes addresses that it left behind, or take "
    "each by hand: ip address show, ip address del ADDRESS dev INTERFACE. For good, see that "
    "nothing else sets them (netplan, /etc/network/interfaces, cloud-init), that keepalived is "
    "stopped by its supervisor and not killed, and that it runs without --dont-release-vrrp.",
)
def stale_vip_holder(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One router advertises, and two MACs answer ARP for the virtual address: its own, and that of a
    router that was master before and stopped. It fell silent, or gave the role up with priority 0,
    and its kernel left the VRRP group.

    ### Why it matters
    A process that is killed removes nothing. One that is killed while it stops may have sent its
    priority 0 already, for that is sent before the addresses are removed. And what the network
    configuration of the host sets does not go away with keepalived. Hosts that ask get two answers,
    and some of them believe the wrong one.

    ### How to confirm it
    `ip address show` on that router lists the address; `systemctl status keepalived` there says
    that it does not run.

    ### What else could look like this
    A second master that is kept silent (`dual-master`): there keepalived runs, and its log
    complains about the adverts. `daemon-starved`: the process is paused, and goes on later.
    `backup-still-answers` of FRRouting, whose macvlan answers on a backup.
    """
    stalled = {stall.gap.from_ for stall in case.stalls}
    for misled in case.misled:
        if misled.is_answer:
            ended = _ended(case, misled)
            if ended is not None and ended.until not in stalled:
                yield _hit(case, misled, ended)


def _ended(case: Case, misled: Misled) -> Tenure | None:
    """The last time that the router was master before it answered."""
    own = case.signs(misled.story).tenures_of(misled.router.address)
    index = bisect_left(own, misled.said.first, key=lambda t: t.since)
    last = own[index - 1] if index else None
    return last if last is not None and last.until < misled.said.first else None


def _hit(case: Case, misled: Misled, ended: Tenure) -> Hit:
    left = _left(case, misled, ended)
    stopped = case.said(
        misled.story,
        misled.router.address,
        Said.STOPPING,
        since_ns=ended.until.time_ns - ended.interval_ns,
        until_ns=misled.said.last.time_ns,
    )
    sure = left is not None or bool(stopped)
    router = case.name(misled.router.address)
    return Hit(
        virtual_router=misled.story.router,
        vantage=misled.timeline.vantage.id,
        at_ns=ended.until.time_ns,
        until_ns=misled.tenure.until.time_ns,
        verdict=Verdict.LIKELY if sure else Verdict.POSSIBLE,
        facts={
            "router": router,
            "master": case.name(misled.tenure.sender.address),
            "addresses": ", ".join(map(str, misled.addresses)),
            "gone": _gone(ended, left),
        },
        because=tuple(_because(case, misled, ended, left, stopped)),
        settle_with=(
            f"on {router}: ip address show; the address is there if this is the cause",
            f"on {router}: systemctl status keepalived; where it runs, this is not the cause",
        ),
        not_excluded=("backup-still-answers",) if sure else ("daemon-starved", "dual-master"),
    )


def _left(case: Case, misled: Misled, ended: Tenure) -> Mark | None:
    """Its leave of the group after its last advert, where it did not join again."""
    signs = case.signs(misled.story)
    left = signs.left(misled.router.address, misled.said.first)
    if left is None or left < ended.until:
        return None
    joined = signs.joined(misled.router.address, misled.said.first)
    return left if joined is None or joined < left else None


def _gone(ended: Tenure, left: Mark | None) -> str:
    how = "gave the role up" if ended.ended_by is EndedBy.RELEASED else "fell silent"
    return f"{how} and left the VRRP group" if left is not None else how


def _because(
    case: Case,
    misled: Misled,
    ended: Tenure,
    left: Mark | None,
    stopped: tuple[Statement, ...],
) -> Iterator[Step]:
    router, master = case.name(misled.router.address), case.name(misled.tenure.sender.address)
    last = "priority 0" if ended.ended_by is EndedBy.RELEASED else "its last advert"
    yield Step(
        f"{router} had been master and sent {last} in frame {ended.until.ref.number}",
        Basis.SEEN,
        (ended.until.ref,),
        role=Role.LET,
    )
    if left is not None:
        text = f"its kernel left the VRRP group in frame {left.ref.number}: keepalived had ended"
        yield Step(text, Basis.SEEN, (left.ref,), "RFC 3376 section 5.1")
    for said in stopped[:1]:
        yield Step(f"the log of {router} says that keepalived stopped", Basis.TOLD, (said.line,))
    yield Step(
        f"{master} was master from frame {misled.tenure.since.ref.number} on",
        Basis.SEEN,
        (misled.tenure.since.ref,),
    )
    yield Step(
        f"asked for {misled.said.subject}, {router} answered with its own MAC {misled.said.mac} in "
        f"frame {misled.said.first.ref.number}",
        Basis.SEEN,
        (misled.said.first.ref,),
        role=Role.HOWEVER,
    )
