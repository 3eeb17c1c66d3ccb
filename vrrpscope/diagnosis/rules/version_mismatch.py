"""The rule version-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a router discards an advert of another version than its own, as if none had come",
    Basis.INFERRED,
    clause="RFC 5798 section 7.1",
    role=Role.HOWEVER,
)


@rule(
    title="Two routers speak different versions of VRRP",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 7.1", "RFC 5798 section 8.4"),
    explains=("dual-master",),
    follows=("config-syntax-silently-different",),
    says="{one} speaks {one_value} and {other} speaks {other_value}: {effect}.",
    remedy="Set the same version on every router of the group (vrrp_version in global_defs, "
    "or version in the instance).",
)
def version_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Adverts of version 2 from one router and of version 3 from the other. A router that sends both
    versions is one router on its way from the one to the other, and agrees with either.

    ### Why it stops a failover
    A router discards adverts of another version than its own (RFC 5798 section 7.1). It then
    believes that nobody is master, so each becomes master itself. keepalived speaks one version for
    each instance: 2 for IPv4, unless the configuration says otherwise.

    ### How to confirm it
    The log of the rejecting router says `wrong version. Received 3 and expect 2`.

    ### What else could look like this
    Nothing that is in an advert. Where other fields differ as well, mend the version first.
    """
    for mismatch in case.mismatches(Field.VERSION):
        yield mismatch.hit(_WHY, "wrong version")
