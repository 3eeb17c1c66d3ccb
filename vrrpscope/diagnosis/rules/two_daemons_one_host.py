"""The rule two-daemons-one-host."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.twins import TwinKind, Twins
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="Two VRRP daemons run on one host",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("keepalived vrrp_update_pkt()",),
    explains=("missed-failover", "unexpected-failover", "flapping"),
    rank=6,
    says="Two daemons seem to send as {sender}{has_mac}{priorities}: in {lasted_ns} {adverts} "
    "adverts came, where one daemon sends {due}.",
    remedy="Find the second one on {sender}, in its containers too: ps -ef | grep -E "
    "'keepalived|vrrpd', systemctl status keepalived. End the one that systemd does not know. "
    "Together they take the virtual address from each other, and when one is stopped the other "
    "goes on.",
)
def two_daemons_one_host(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One address with one MAC sends two adverts an interval, and two counts are interleaved in the
    IP identification: 17, 5, 18, 6. Or two priorities in turn.

    ### Why it matters
    A daemon that was left over, or that a container brought along, does not hear the other one: a
    host does not get its own multicast back. Both are master. When the proper one is stopped for
    maintenance, the other goes on, and the role does not move. Each takes the virtual address away
    when it starts or stops; the other one notices, sends a priority 0, and is back after its own
    Skew_Time. With two configurations the backups see two priorities.

    ### How to confirm it
    `ps -ef | grep keepalived` shows two parents; `ip address show` has the virtual address although
    the log of the daemon that you know says nothing of it. keepalived 2.3.2 and later refuses to
    start twice.

    ### What else could look like this
    `duplicate-primary-address`, where a machine was cloned together with its MAC: the switch then
    sees the MAC on two ports. `own-advert-reflected`: the same numbers come twice. A reload begins
    a new count as well, but ends the old one.
    """
    for twins in case.twins:
        if twins.kind is TwinKind.ECHO or twins.sender.is_shared:
            continue
        yield _hit(case, twins)


def _hit(case: Case, twins: Twins) -> Hit:
    address, mac = twins.sender.address, twins.sender.mac
    interval_ns = twins.story.streaks_of(twins.sender)[0].interval_ns
    said = " and ".join(map(str, twins.priorities))
    has_mac = f" [{mac}]" if mac else ""
    port = f"the switch's MAC table: {mac} on one port means one host, on two in turn two hosts"
    return Hit(
        virtual_router=twins.story.router,
        vantage=twins.timeline.vantage.id,
        at_ns=twins.since.time_ns,
        until_ns=twins.until.time_ns,
        # Two hosts with one address have two MACs: without them nothing tells.
        verdict=Verdict.LIKELY if mac else Verdict.POSSIBLE,
        facts={
            "sender": case.name(address),
            "mac": mac,
            "has_mac": has_mac,
            "priorities": f" with the priorities {said}" if len(twins.priorities) > 1 else "",
            "lasted_ns": Duration(twins.lasted_ns),
            "adverts": twins.adverts,
            "due": twins.lasted_ns // interval_ns + 1,
        },
        because=(
            Step(
                f"{twins.adverts} adverts came from {case.name(address)}{has_mac} between frames "
                f"{twins.since.ref.number} and {twins.until.ref.number}, and one router sends one "
                f"in {Duration(interval_ns)}",
                Basis.SEEN,
                (twins.since.ref, twins.until.ref),
                "RFC 5798 section 6.4.3",
            ),
            _apart(twins),
            Step(
                "these are two processes that send with one address" + (" and one MAC" * bool(mac)),
                Basis.INFERRED,
                role=Role.SO,
            ),
        ),
        settle_with=(
            f"on {case.name(address)}: ps -ef | grep -E 'keepalived|vrrpd'; two families of "
            "processes (parent and child count as one) are the proof",
            port if mac else "tcpdump -e: one MAC in the adverts means one host, two mean two",
        ),
        not_excluded=("duplicate-primary-address",),
    )


def _apart(twins: Twins) -> Step:
    """What tells the two apart."""
    refs = tuple(mark.ref for mark in twins.shown)
    if twins.kind is TwinKind.PRIORITIES:
        said = " and ".join(map(str, twins.priorities))
        text = f"they say the priorities {said} in turn, each once an interval"
        return Step(text, Basis.SEEN, refs)
    text = (
        "their IP identifications, with which keepalived numbers its adverts, are two counts, each "
        "of which goes on by one"
    )
    return Step(text, Basis.SEEN, refs, "keepalived vrrp_update_pkt()")
