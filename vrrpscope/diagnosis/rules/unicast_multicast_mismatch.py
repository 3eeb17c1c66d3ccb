"""The rule unicast-multicast-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "keepalived listens either for multicast or for what is sent to its own address: the other "
    "kind never reaches it, and no log says so",
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
    says="{one} sends {one_value} and {other} sends {other_value}: {effect}.",
    remedy="On every router of the group: list the addresses of all the others in unicast_peer, "
    "or have no unicast_peer on any of them.",
)
def unicast_multicast_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One router's adverts go to 224.0.0.18 or ff02::12, the other one's to the address of a peer.
    Both advertise side by side, in no step with each other.

    ### Why it stops a failover
    Each listens for one kind of destination only: the kernel drops the other kind before keepalived
    could see it. So each believes that nobody is master, and becomes master itself.

    ### How to confirm it
    Compare `unicast_peer` in the configurations. No log says anything. A `unicast_peer` block
    that is empty, or misspelt, means multicast.

    ### What else could look like this
    `adverts-lost-both-ways`: the same picture with one kind of destination.
    """
    for mismatch in case.mismatches(Field.DESTINATION):
        yield mismatch.hit(_WHY, None)
