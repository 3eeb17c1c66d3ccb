"""The rule ttl-not-255."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a router discards a multicast advert whose TTL is not 255: it has come through a router, or "
    "was rewritten",
    Basis.INFERRED,
    clause="RFC 5798 section 5.1.1.3",
    role=Role.HOWEVER,
)


@rule(
    title="The TTL of one router's adverts is not 255",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 5.1.1.3", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    says="{one} sends its adverts with a TTL of {one_value}, {other} with {other_value}: {effect}.",
    remedy="Find what rewrites the TTL on the router that does not send 255 (iptables -t mangle -L "
    "-v, nft list ruleset), or what routes its adverts. Multicast must stay on one segment; "
    "use unicast_peer where a router stands between the two.",
)
def ttl_not_255(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The multicast adverts of one router have a TTL (IPv6: a hop limit) below 255, those of the
    other one have 255. `tcpdump -v` prints it.

    ### Why it stops a failover
    RFC 5798 section 5.1.1.3: the receiver MUST discard an advert whose TTL is not 255. So the
    other router hears nothing that counts, and becomes master as well. Often only the router with
    the wrong TTL has the higher priority, and answers each advert of the other one at once.

    ### How to confirm it
    The log of the rejecting router says `invalid TTL/HL. Received 254 and expect 255`. On the
    sender, `iptables -t mangle -L -v` shows a rule with TTL.

    ### What else could look like this
    A capture behind a router (a mirror that is routed, ERSPAN): then *all* adverts have the same
    lower TTL, and nothing follows from it. Unicast adverts may have any TTL; keepalived does not
    test theirs.
    """
    for mismatch in case.mismatches(Field.TTL):
        yield mismatch.hit(_WHY, "invalid TTL/HL")
