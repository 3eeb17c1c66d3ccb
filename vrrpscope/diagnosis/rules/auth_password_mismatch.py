"""The rule auth-password-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a router discards an advert whose password is not its own, as if none had come",
    Basis.INFERRED,
    clause="RFC 2338 section 7.1",
    role=Role.HOWEVER,
)


@rule(
    title="The passwords of two routers differ",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 2338 section 7.1", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    follows=("config-syntax-silently-different",),
    says="{one} and {other} have different passwords (here called {one_value} and {other_value}): "
    "{effect}.",
    remedy="Set the same auth_pass on every router of the group, and reload keepalived there. "
    "Only its first eight characters count. It is sent in clear text and protects nothing, so "
    "leaving authentication out everywhere is as good.",
)
def auth_password_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    VRRPv2 with authentication type 1 from two routers, and the last eight bytes of their adverts
    differ. Each goes on as if the other were not there, or keeps it silent (see `dual-master`).

    ### Why it stops a failover
    Each router rejects the other's adverts (RFC 2338 section 7.1; RFC 3768 has no authentication
    any more), believes that nobody is master, and becomes master itself. The password has eight
    bytes: what follows them in `auth_pass` is cut off, and does not count.

    ### How to confirm it
    The log of the rejecting router says `received an invalid passwd!`. Compare the first eight
    characters of `auth_pass` in both configurations; spaces at the end count.

    ### What else could look like this
    `vrid-collision`: another group on the same network uses the same VRID. Then the virtual
    addresses differ as well.
    """
    for mismatch in case.mismatches(Field.PASSWORD):
        yield mismatch.hit(_WHY, "received an invalid passwd!")
