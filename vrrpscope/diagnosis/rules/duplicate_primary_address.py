"""The rule duplicate-primary-address."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="Two routers have the same address of their own",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.3", "RFC 1812 section 5.3.7"),
    explains=("dual-master",),
    rank=5,
    says="Two routers send as {address}: the MACs are {one_mac} and {other_mac}. Each drops what "
    "comes from its own address, so neither hears the other, and both were master for {lasted_ns}.",
    remedy="Find the two: the switch's MAC table tells where {one_mac} and {other_mac} are. Give "
    "one of them another address of its own; a cloned virtual machine keeps the original's.",
)
def duplicate_primary_address(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One source address with two MAC addresses, each advertising once an interval, at a phase of
    its own, and each with a count of its own in the IP identification.

    ### Why it stops a failover
    A kernel drops a packet that claims to come from one of its own addresses. So neither router
    gets the other's adverts, both become master, and no log says a word. Where the packets are
    handed on (IPv6, `accept_local`, virtual MACs), the tie-break compares the address with itself,
    and neither has to yield (RFC 5798 section 6.4.3).

    ### How to confirm it
    `ip address show` on both routers; `arping -D -I eth0 ADDRESS` from a third host gets answers
    from two MACs. With IPv6 or virtual MACs keepalived logs `WARNING - equal priority advert
    received from remote host with our IP address`.

    ### What else could look like this
    `two-daemons-one-host`: two daemons of one host with a MAC each, as with virtual MACs or
    containers. `own-advert-reflected`: the same packets twice, with one MAC.
    """
    for rivalry in case.rivalries:
        if rivalry.is_one_address and rivalry.is_seen and not rivalry.is_one_packet():
            yield _hit(rivalry)


def _hit(rivalry: Rivalry) -> Hit:
    one, other = rivalry.better, rivalry.worse
    return Hit(
        virtual_router=rivalry.story.router,
        vantage=rivalry.timeline.vantage.id,
        at_ns=rivalry.since.time_ns,
        until_ns=rivalry.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "address": str(one.address),
            "one_mac": one.mac,
            "other_mac": other.mac,
            "lasted_ns": Duration(rivalry.lasted_ns),
        },
        because=tuple(_because(rivalry)),
        settle_with=(
            f"on the hosts with the MACs {one.mac} and {other.mac}: ip address show; two "
            f"hosts with {one.address} are this, one host that has both MACs runs two daemons",
        ),
        not_excluded=("two-daemons-one-host",),
    )


def _because(rivalry: Rivalry) -> Iterator[Step]:
    for sender in (rivalry.better, rivalry.worse):
        streaks = rivalry.spoken(sender)
        first, last = streaks[0].first, max(s.last for s in streaks)
        yield Step(
            f"{sum(s.count for s in streaks)} adverts came from {sender.address} with the MAC "
            f"{sender.mac}, frames {first.ref.number} to {last.ref.number}",
            Basis.SEEN,
            (first.ref, last.ref),
        )
    yield Step(
        "the two spoke side by side, once an interval each: these are two senders",
        Basis.INFERRED,
        (rivalry.since.ref, rivalry.until.ref),
        role=Role.SO,
    )
    yield Step(
        "a host drops packets that claim to come from its own address, so neither gets the "
        "other's adverts",
        Basis.INFERRED,
        clause="RFC 1812 section 5.3.7",
        role=Role.HOWEVER,
    )
