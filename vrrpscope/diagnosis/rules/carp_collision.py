"""The rule carp-collision."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.collided import effect, hosts, immune, pauses, rejected
from vrrpscope.diagnosis.questions.collisions import Collision
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="CARP on the same network uses the VRID as its virtual host id",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived vrrp_dispatcher_read()",),
    explains=("unexpected-failover", "flapping"),
    rank=3,
    says="CARP (of pfSense, OPNsense, BSD) with virtual host id {vrid} comes from {theirs}, and "
    "VRRP with VRID {vrid} from {ours}: {effect}.",
    remedy="Give CARP another virtual host id (VHID), or keepalived another virtual_router_id: no "
    "two may be equal on one network. Until then, vrrp_lower_prio_no_advert true in global_defs of "
    "every router keeps the master from being silenced (keepalived 2.0 and later).",
)
def carp_collision(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    CARP (pfSense, OPNsense, OpenBSD, ucarp) has VRRP's protocol number, multicast group and
    virtual MAC. tcpdump and Wireshark show its adverts as `VRRPv2, prio 0, length 36`: they are no
    release, and never stop. A master of VRRP is silent meanwhile for an interval or more, its IP
    identification goes on by one, and its backup takes over and gives way again.

    ### Why it matters
    keepalived rejects such a packet by its length. But a master that gets a packet with its VRID,
    even one that it rejects, waits a whole interval again before it sends: with one CARP packet in
    each interval it never sends. Its backup does not count CARP as heard, and takes over. With
    virtual MACs the two fight for one MAC address as well.

    ### How to confirm it
    keepalived's log says `vrrp packet too short, length 56 and expect 64` about once a second.
    `tcpdump -nn -e -T carp 'ip proto 112'` shows `CARPv2-advertise ... vhid=...`; the firewall's
    own page lists its VHIDs.

    ### What else could look like this
    `vrid-collision`: the stranger speaks VRRP. `daemon-starved`: the master is silent, and no
    stranger speaks meanwhile. A real priority 0 has 16 or 20 bytes, and comes once or twice.
    """
    for collision in case.carp_collisions:
        yield _hit(case, collision)


def _hit(case: Case, collision: Collision) -> Hit:
    said = case.rejected_strangers(collision)
    proven = collision.does_silence or bool(said)
    ours = hosts(collision.ours, case.name)
    theirs = hosts(collision.theirs, case.name)
    master = case.name(collision.ours[0].address)
    return Hit(
        virtual_router=collision.story.router,
        vantage=collision.timeline.vantage.id,
        at_ns=collision.since.time_ns,
        until_ns=collision.until.time_ns,
        verdict=Verdict.PROVEN if proven else Verdict.LIKELY,
        severity=None if collision.takeovers else Severity.WARNING,
        facts={
            "ours": ours,
            "theirs": theirs,
            "vrid": collision.story.router.vrid,
            "effect": effect(collision, case.name),
        },
        because=(
            *_because(case, collision, ours, theirs),
            *rejected(said),
            *immune(case.intent(collision.story, s.address) for s in collision.ours),
        ),
        settle_with=() if proven else _settle_with(master),
        not_excluded=() if proven else ("two networks that the capture shows side by side",),
    )


def _because(case: Case, collision: Collision, ours: str, theirs: str) -> Iterator[Step]:
    vrid = collision.story.router.vrid
    run = collision.story.carp[0]
    yield Step(
        f"VRRP with VRID {vrid} comes from {ours}",
        Basis.SEEN,
        (collision.our_mark.ref,),
        role=Role.LET,
    )
    yield Step(
        f"CARP with virtual host id {vrid} comes from {theirs} every {Duration(run.interval_ns)}",
        Basis.SEEN,
        (run.first.ref, run.last.ref),
        role=Role.LET,
    )
    yield from pauses(collision, case.name)


def _settle_with(master: str) -> tuple[str, ...]:
    return (
        f"on {master}: journalctl -u keepalived | grep 'vrrp packet too short'; one such line a "
        "second means that it gets CARP",
        f"on {master}: tcpdump -nn -e -T carp -i eth0 'ip proto 112'; lines with "
        "'CARPv2-advertise' are the stranger's",
    )
