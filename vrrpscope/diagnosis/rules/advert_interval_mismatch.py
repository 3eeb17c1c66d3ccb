"""The rule advert-interval-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a router of VRRPv2 discards an advert whose interval is not its own, as if none had come",
    Basis.INFERRED,
    clause="RFC 3768 section 7.1",
    role=Role.HOWEVER,
)


@rule(
    title="Two routers of VRRPv2 advertise at different intervals",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 3768 section 7.1", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    follows=(
        "subsecond-interval-in-v2",
        "reload-causes-failover",
        "config-syntax-silently-different",
    ),
    says="{one} advertises every {one_value}, {other} every {other_value}, in VRRPv2: {effect}.",
    remedy="Set the same advert_int on every router of the group, or use VRRPv3, where a "
    "backup learns the interval from the master.",
)
def advert_interval_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    VRRPv2 adverts of two routers with different Advertisement Intervals. The faster one is seen,
    and often keeps the slower one silent (see `dual-master`).

    ### Why it stops a failover
    RFC 3768 section 7.1: the receiver MUST discard an advert whose interval is not its own. A
    router that accepts no advert believes that nobody is master, so each becomes master itself.
    keepalived 1.2 and 1.3 took such adverts in as a backup, and dropped them as a master.

    ### How to confirm it
    The log of the rejecting router says `advertisement interval mismatch mine=1 sec rcv'd=2 sec`.

    ### What else could look like this
    Different intervals in VRRPv3 are legal: the backup goes by the master's (RFC 5798 section
    6.1).
    """
    for mismatch in case.mismatches(Field.INTERVAL):
        yield mismatch.hit(_WHY, "advertisement interval mismatch")
