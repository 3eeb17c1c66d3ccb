"""The rule auth-type-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a router discards an advert whose authentication type is not its own, as if none had come",
    Basis.INFERRED,
    clause="RFC 2338 section 7.1",
    role=Role.HOWEVER,
)


@rule(
    title="One router authenticates in another way than the other",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 2338 section 7.1", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    follows=("config-syntax-silently-different",),
    says="{one} sends {one_value}, {other} sends {other_value}: {effect}.",
    remedy="Use the same auth_type on every router of the group, or none anywhere. Look for "
    "vrrp_strict in global_defs: it switches authentication off, and says so once in the log.",
)
def auth_type_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    VRRPv2 adverts of two routers with different authentication types: none (0), a simple password
    (1), IPSEC-AH (2), or Cisco's MD5 (254).

    ### Why it stops a failover
    A router discards adverts of another type than its own (RFC 2338 section 7.1). It then believes
    that nobody is master, so each becomes master itself.

    ### How to confirm it
    The log of the rejecting router says `received a 1 auth, expecting 0!` or the like. A router
    with `vrrp_strict` says at its start `Strict mode does not support authentication. Ignoring.`

    ### What else could look like this
    `auth-password-mismatch`: the type is the same, and the password is not. `version-mismatch`:
    VRRPv3 has no authentication at all.
    """
    for mismatch in case.mismatches(Field.AUTH_TYPE):
        yield mismatch.hit(_WHY, "auth, expecting")
