"""The rule vrid-collision."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, enumerated
from vrrpscope.diagnosis.questions.collided import effect, hosts, immune, pauses, rejected
from vrrpscope.diagnosis.questions.collisions import Collision
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="Two clusters of one network use the same VRID",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 5.2.3", "keepalived vrrp_dispatcher_read()"),
    explains=("unexpected-failover", "flapping", "dual-master"),
    rank=2,
    says="VRID {vrid} is used by {ours} for {our_addresses}, and by {theirs} for "
    "{their_addresses}; they share {nothing}: {effect}.",
    remedy="Give one of the two clusters another virtual_router_id, one that nobody else on the "
    "network uses: tcpdump -nn -e 'ip proto 112' lists them. Until then, vrrp_lower_prio_no_advert "
    "true in global_defs of every router keeps masters from being silenced (keepalived 2.0 and "
    "later); another vrrp_mcast_group4, or unicast_peer, keeps the clusters apart.",
)
def vrid_collision(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Routers that share the VRID and no virtual address; often their passwords, versions or
    intervals differ too. Masters of either cluster are silent for an interval or more while the
    other one speaks, and their IP identification goes on by one. If that lasts for a
    Master_Down_Interval, the backup takes over, is answered within milliseconds, and gives way:
    again and again.

    ### Why it matters
    Each router rejects the other cluster's adverts. But a master of keepalived that gets a packet
    with its VRID, even one that it rejects, waits a whole interval again before it sends: with one
    stranger's packet in each interval it never sends. Its backup does not count the stranger's
    adverts as heard, and takes over. With virtual MACs there is worse: both clusters have the same
    one, and switches send each cluster's traffic to whichever spoke last.

    ### How to confirm it
    The logs of both clusters reject adverts about once an interval: `received an invalid passwd!`,
    `wrong version`, `received an unexpected ip number count`, `not present in MASTER advert`.
    `tcpdump -nn -e 'ip proto 112'` shows the other routers and their MAC addresses, by which the
    switch knows their ports. With `vrrp_lower_prio_no_advert` the pauses end, and the rejections
    go on.

    ### What else could look like this
    `vip-list-mismatch` and `vip-count-mismatch`: a router of the same cluster whose list was
    edited; it shares an address with the others, or is one of the hosts that you know.
    `carp-collision`: the stranger speaks CARP. `daemon-starved`: the master is silent, and no
    stranger speaks meanwhile. A capture of several networks shows one VRID for each: number them
    by VLAN.
    """
    for collision in case.collisions:
        yield _hit(case, collision)


def _hit(case: Case, collision: Collision) -> Hit:
    said = case.rejected_strangers(collision)
    proven = collision.is_certain and (collision.does_silence or bool(said))
    ours = hosts(collision.ours, case.name)
    theirs = hosts(collision.theirs, case.name)
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
            "our_addresses": enumerated(collision.our_addresses),
            "their_addresses": enumerated(collision.their_addresses),
            "vrid": collision.story.router.vrid,
            "nothing": "nothing else" if collision.is_certain else "no virtual address",
            "effect": effect(collision, case.name),
        },
        because=(
            *_because(case, collision, ours, theirs),
            *rejected(said),
            *immune(case.intent(collision.story, s.address) for s in collision.ours),
        ),
        settle_with=() if proven else _settle_with(case, collision, theirs),
        not_excluded=() if proven else _not_excluded(collision, arrives=bool(said)),
    )


def _because(case: Case, collision: Collision, ours: str, theirs: str) -> Iterator[Step]:
    vrid = collision.story.router.vrid
    yield Step(
        f"VRID {vrid} with {enumerated(collision.our_addresses)} is advertised by {ours}",
        Basis.SEEN,
        (collision.our_mark.ref,),
        role=Role.LET,
    )
    yield Step(
        f"VRID {vrid} with {enumerated(collision.their_addresses)} is advertised by {theirs}",
        Basis.SEEN,
        (collision.their_mark.ref,),
        role=Role.LET,
    )
    yield Step(
        "no virtual address is in both lists: these are two virtual routers with one number",
        Basis.INFERRED,
        clause="RFC 5798 section 5.2.3",
        role=Role.SO,
    )
    yield from pauses(collision, case.name)


def _not_excluded(collision: Collision, arrives: bool) -> tuple[str, ...]:
    """What else it could be: a router of the own cluster, or two networks in one capture."""
    own = () if collision.is_certain else ("vip-list-mismatch", *collision.fields)
    if arrives or collision.does_silence:
        return own
    return (*own, "two networks that the capture shows side by side")


def _settle_with(case: Case, collision: Collision, theirs: str) -> tuple[str, ...]:
    master = case.name(collision.ours[0].address)
    return (
        f"whose is {theirs}: a router of another cluster, or one of this one with a wrong list of "
        "addresses?",
        f"on {master}: journalctl -u keepalived | grep -E 'not present in MASTER|ip number count|"
        "invalid passwd|wrong version'; one such line an interval means that it gets the other "
        "cluster's adverts",
        "the keepalived.conf of all of them: run this again with --config NODE=FILE for each",
    )
