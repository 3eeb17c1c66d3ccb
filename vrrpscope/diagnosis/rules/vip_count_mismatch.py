"""The rule vip-count-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "keepalived before 2.3.3 discards an advert with another number of addresses than its "
    "own; later releases accept it and warn",
    Basis.INFERRED,
    clause="RFC 5798 section 7.1",
    role=Role.HOWEVER,
)


@rule(
    title="Two routers have different numbers of virtual addresses",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 7.1", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    follows=("reload-causes-failover", "address-family-mix", "config-syntax-silently-different"),
    says="{one} advertises {one_value}, {other} advertises {other_value}: {effect}.",
    remedy="Give every router of the group the same virtual_ipaddress list. Put addresses that "
    "come and go into virtual_ipaddress_excluded: they are in no advert.",
)
def vip_count_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The adverts of two routers carry different numbers of addresses. It often begins at a reload
    of one of them, when an address was added there only.

    ### Why it stops a failover
    A router MAY discard adverts with other addresses than its own (RFC 5798 section 7.1).
    keepalived before 2.3.3 does, and both become master; later releases accept them with a
    warning. Then the role moves, and the address that only one router has is gone.

    ### How to confirm it
    The log of the rejecting router says `received an unexpected ip number count 3, expected 2!`;
    since 2.3.3 `expected 2 VIPs but received 3`, which is a warning only.

    ### What else could look like this
    `vip-list-mismatch`: as many addresses, but not the same. Where both routers run 2.3.3 or
    later, two masters have another cause: `adverts-lost-both-ways`, `adverts-lost-one-way`.
    """
    for mismatch in case.mismatches(Field.VIP_COUNT):
        yield mismatch.hit(_WHY, "received an unexpected ip number count")
