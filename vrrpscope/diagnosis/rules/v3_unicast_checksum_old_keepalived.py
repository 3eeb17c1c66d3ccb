"""The rule v3-unicast-checksum-old-keepalived."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "keepalived before 1.3.7, or with old_unicast_checksum, computes the checksum as if 224.0.0.18 "
    "were the destination, and accepts no other; later releases send the right one, and accept "
    "both unless they are told old_unicast_checksum never",
    Basis.INFERRED,
    clause="keepalived vrrp_check_packet()",
    role=Role.HOWEVER,
)


@rule(
    title="One router computes the checksum of unicast VRRPv3 as keepalived before 1.3.7 did",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 5.2.8", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    says="{one} computes the checksum of unicast VRRPv3 {one_value}, {other} {other_value}: "
    "{effect}.",
    remedy="Bring every router to keepalived 1.3.7 or later and take old_unicast_checksum out of "
    "all configurations. As long as one of them is old, set it on all the others.",
)
def v3_unicast_checksum_old_keepalived(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Unicast VRRPv3 over IPv4 whose checksum fits only with 224.0.0.18 as the destination in the
    pseudo-header, from one of two routers.

    ### Why it stops a failover
    The old one takes 224.0.0.18 for the address, finds the checksum of the newer one wrong, and
    becomes master. keepalived from 1.3.7 on accepts the old form too (`Setting unicast VRRPv3
    checksum to old version`), unless it is told `old_unicast_checksum never`; but it goes on
    sending the new form. So all is well as long as the old one is master, and both are masters when
    it should be the backup.

    ### How to confirm it
    The log of the rejecting router says `Invalid VRRPv3 checksum`. `keepalived --version` on both,
    and `old_unicast_checksum` in both configurations.

    ### What else could look like this
    `v3-checksum-pseudo-header`: no pseudo-header at all. A NAT between the two changes an address
    that the checksum covers: then no form fits.
    """
    for mismatch in case.mismatches(Field.OLD_CHECKSUM):
        yield mismatch.hit(_WHY, "Invalid VRRPv3 checksum")
