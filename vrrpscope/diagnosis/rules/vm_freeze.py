"""The rule vm-freeze."""

from collections.abc import Iterator
from itertools import pairwise

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.signs import Pause
from vrrpscope.diagnosis.questions.stalls import Host, Stall
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="The whole machine of the master stood still",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived vrrp_update_pkt()",),
    explains=("unexpected-failover", "dual-master", "flapping"),
    rank=4,
    says="{router} sent nothing at all for {pause_ns} and went on as if nothing had happened: its "
    "whole machine seems to have stood still{effect}.",
    remedy="Look into the hypervisor's events at that time: snapshot, migration, backup, an "
    "overcommitted host. Move these jobs away from {router}, or let the backup wait longer than "
    "they take (a greater advert_int or down_timer_adverts on every router). Where hosts lose the "
    "address afterwards, set vrrp_garp_master_refresh 60 in global_defs.",
)
def vm_freeze(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master is silent for some intervals and goes on as the same process, as in `daemon-starved`.
    But its host had been sending other frames all along (ARP, traffic), and sends none in that
    time, while others do.

    ### Why it stops a failover
    A machine that is stopped for a snapshot or a migration cannot advertise. The backup takes over,
    and the frozen master does not know: it still has the address, and goes on as master.

    ### How to confirm it
    The hypervisor's events. In the guest, `A thread timer expired ... seconds ago` in keepalived's
    log, `clocksource` or `soft lockup` in dmesg, a jump of the clock in any log.

    ### What else could look like this
    `daemon-starved` on a host whose other traffic paused by chance. A cut cable, where the daemon
    noticed nothing and sent nothing: a daemon that runs sends, and its IP identification would have
    gone on by more than one.
    """
    for stall in case.stalls:
        shown = stall.pause is Pause.QUIET or stall.burst
        if stall.host is Host.STOOD_STILL and shown:
            yield _hit(case, stall)


def _hit(case: Case, stall: Stall) -> Hit:
    router = case.name(stall.sender.address)
    effect = ""
    if stall.takeover is not None:
        effect = f", and {case.name(stall.takeover.after.sender.address)} took over"
    return Hit(
        virtual_router=stall.story.router,
        vantage=stall.timeline.vantage.id,
        at_ns=stall.gap.from_.time_ns,
        until_ns=stall.gap.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "router": router,
            "pause_ns": Duration(stall.gap.duration_ns),
            "effect": effect,
        },
        because=tuple(_because(router, stall)),
        settle_with=(
            "the hypervisor's events (snapshot, migration, backup) at that time",
            f"any log of {router} with a line a second: lines in that time mean that the machine "
            "ran, none that it stood still",
        ),
        not_excluded=("daemon-starved",),
        severity=None if stall.takeover else Severity.WARNING,
    )


def _because(router: str, stall: Stall) -> Iterator[Step]:
    refs = (stall.gap.from_.ref, stall.gap.until.ref)
    yield from stall.witnessed(router)
    beat_ns = _beat_ns(stall)
    yield Step(
        f"its host had sent other frames at least every {Duration(beat_ns)}, and sent none in that "
        f"time, while {stall.gap.capture_frames} frames of others were captured",
        Basis.SEEN,
        refs,
        role=Role.HOWEVER,
    )


def _beat_ns(stall: Stall) -> int:
    """The longest time between two frames of its host before the pause."""
    seen = [
        t for t in stall.gap.host_seen if t <= stall.gap.from_.time_ns + stall.before.interval_ns
    ]
    return max(b - a for a, b in pairwise(seen))
