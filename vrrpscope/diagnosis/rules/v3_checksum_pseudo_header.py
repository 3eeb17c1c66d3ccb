"""The rule v3-checksum-pseudo-header."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "RFC 5798 can be read both ways for IPv4 (RFC 9568 settled on no pseudo-header), and most "
    "routers accept their own form only",
    Basis.INFERRED,
    clause="RFC 9568 section 5.2.8",
    role=Role.HOWEVER,
)


@rule(
    title="Two routers of VRRPv3 compute the IPv4 checksum in different ways",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 5.2.8", "RFC 9568 section 5.2.8", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    says="{one} computes the checksum {one_value}, {other} {other_value}: {effect}.",
    remedy="Make all routers use one form. keepalived 2.2.8 and later: v3_checksum_as_v2 in "
    "global_defs leaves the pseudo-header out. FRRouting 8.5 and later: [no] vrrp VRID "
    "checksum-with-ipv4-pseudoheader. Where neither can be changed, VRRPv2 has one form only.",
)
def v3_checksum_pseudo_header(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    VRRPv3 over IPv4. The checksum of one router's adverts covers the IP addresses too (a
    "pseudo-header"), that of the other one's does not. Wireshark and tcpdump know the first form
    only and call the other one wrong.

    ### Why it stops a failover
    RFC 5798 section 5.2.8 does not say clearly whether IPv4 has a pseudo-header. keepalived
    includes it, Cisco and others do not, and each discards what does not fit. So each becomes
    master.

    ### How to confirm it
    The log of keepalived says `Invalid VRRPv3 checksum`, that of Cisco IOS `Invalid checksum`.

    ### What else could look like this
    Adverts that are really damaged: then neither form fits. `v3-unicast-checksum-old-keepalived`:
    unicast with 224.0.0.18 in the pseudo-header. Some routers accept both forms; then two masters
    have another cause, such as `adverts-lost-both-ways`.
    """
    for mismatch in case.mismatches(Field.CHECKSUM):
        yield mismatch.hit(_WHY, "Invalid VRRPv3 checksum")
