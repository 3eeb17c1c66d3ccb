"""The rule vip-list-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "keepalived before 2.3.3 discards an advert that lacks one of its own addresses; later "
    "releases accept it and warn",
    Basis.INFERRED,
    clause="RFC 5798 section 7.1",
    role=Role.HOWEVER,
)


@rule(
    title="Two routers have different virtual addresses",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 7.1", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    follows=("reload-causes-failover", "address-family-mix", "config-syntax-silently-different"),
    says="{one} advertises {one_value}; {other} advertises {other_value}: {effect}.",
    remedy="Give every router of the group the same virtual_ipaddress list; the order does "
    "not matter.",
)
def vip_list_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The adverts of two routers carry as many addresses, but not the same ones. Their order does
    not matter.

    ### Why it stops a failover
    A router MAY discard adverts with other addresses than its own (RFC 5798 section 7.1).
    keepalived before 2.3.3 does, and both become master; later releases accept them with a
    warning. Then the role moves, and an address that only one router has is gone.

    ### How to confirm it
    The log of the rejecting router says `ip address associated with VRID 51 not present in MASTER
    advert: 10.0.0.100`.

    ### What else could look like this
    `vrid-collision`: the lists share no address, and the routers belong to another group. Where
    both routers run 2.3.3 or later, two masters have another cause: `adverts-lost-both-ways`,
    `adverts-lost-one-way`.
    """
    for mismatch in case.mismatches(Field.VIP_LIST):
        yield mismatch.hit(_WHY, "not present in MASTER advert")
