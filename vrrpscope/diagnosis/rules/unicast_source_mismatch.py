"""The rule unicast-source-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "keepalived listens only on the address that it sends from: what is sent to another address "
    "of the same host never reaches it, and no log says so",
    Basis.INFERRED,
    clause="keepalived open_vrrp_read_socket()",
    role=Role.HOWEVER,
)


@rule(
    title="Unicast adverts are sent to an address on which the other router does not listen",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived open_vrrp_read_socket()",),
    explains=("dual-master",),
    follows=("config-syntax-silently-different",),
    says="{one} sends its adverts to {one_value}, {other} to {other_value}: {effect}.",
    remedy="Set unicast_src_ip on every router, and on each list the unicast_src_ip of all the "
    "others in unicast_peer. Without unicast_src_ip keepalived takes the first address of the "
    "interface, for IPv6 the link-local one (fe80::...).",
)
def unicast_source_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two masters by unicast. The adverts of one go to addresses from which nobody speaks, or the
    list of its peers lacks one router. Where keepalived does not run at all on the host that is
    sent to, that answers ICMP "protocol 112 unreachable".

    ### Why it stops a failover
    keepalived binds its socket to the address that it sends from. Adverts to another address of
    the host are dropped by the kernel, so the router hears nothing and becomes master. The other
    direction can be right: then the better router answers each advert of the lesser one.

    ### How to confirm it
    Compare `unicast_src_ip` and `unicast_peer` in all configurations. `ss -lnp | grep 112` on the
    router shows on which address keepalived listens. With `check_unicast_src` the log says
    `unicast source address 10.0.0.1 not a unicast peer`.

    ### What else could look like this
    `transmit-blocked`: the list is right, and a filter on the sender lets through only what goes to
    some of the peers. A capture on a third router shows only what is sent to that one; this rule
    keeps silent there. `adverts-lost-both-ways`: each does send to the other.
    """
    for mismatch in case.mismatches(Field.PEER):
        yield mismatch.hit(_WHY, "not a unicast peer")
