"""The rule unicast-multicast-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a socket of keepalived is bound either to the multicast group or to the router's own "
    "address: the kernel never delivers the other kind, and no log says so",
    Basis.INFERRED,
    clause="keepalived open_vrrp_read_socket()",
    role=Role.HOWEVER,
)


@rule(
    title="One router sends unicast, the other multicast",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived open_vrrp_read_socket()",),
    explains=("dual-master",),
    follows=("config-syntax-silently-different",),
    says="{one} sends {one_value} and {other} sends {other_value}, which no log mentions: "
    "{effect}.",
    remedy="Give every router of the group the others' addresses as unicast_peer, or none of them.",
)
def unicast_multicast_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One router's adverts go to 224.0.0.18 or ff02::12, the other one's to the address of a peer.
    Both advertise side by side, in no step with each other.

    ### Why it stops a failover
    Each listens on a socket that is bound to one kind of destination: the kernel drops the other
    kind before keepalived could see it. So each becomes master.

    ### How to confirm it
    Compare `unicast_peer` in the configurations. No log says anything. A `unicast_peer` block
    that is empty, or misspelt, means multicast.

    ### What else could look like this
    `adverts-lost-both-ways`: the same picture with one kind of destination.
    """
    for mismatch in case.mismatches(Field.DESTINATION):
        yield mismatch.hit(_WHY, None)
