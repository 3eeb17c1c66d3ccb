"""The rule ah-or-hmac-clock."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "a router discards an advert whose signature (IPSEC-AH or HMAC) its own key does not give, "
    "whose sequence number is old, or whose time is far from its own clock",
    Basis.INFERRED,
    clause="RFC 2402 section 3.4",
    role=Role.HOWEVER,
)


@rule(
    title="Two routers cannot verify each other's adverts: key, sequence or clock",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 2402 section 3.4", "keepalived vrrp_in_chk_ipsecah()"),
    explains=("dual-master",),
    says="{one} signs its adverts with {one_value}, {other} with {other_value}: {effect}.",
    remedy="Set the same auth_pass on every router of the group, or take auth_type AH away on all "
    "of them: it protects little. With the HMAC of keepalived 2.4, let NTP keep all clocks.",
)
def ah_or_hmac_clock(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Both routers send adverts with an IPSEC-AH header (IP protocol 51), or with the 28-byte HMAC
    trailer of keepalived 2.4, agree in every field that can be seen, and both are masters. Often
    each keeps the other one silent for seconds.

    ### Why it stops a failover
    Such an advert is signed. The keys differ, or a sequence number goes backwards, or the clocks of
    the two hosts are apart: each discards what the other one says, believes that nobody is master,
    and becomes master itself. With HMAC a failing NTP is enough.

    ### How to confirm it
    The log of the rejecting router says `IPSEC-AH : invalid IPSEC HMAC-MD5 value`, `IPSEC-AH :
    sequence number ... already processed`, or `stale authentication trailer from ... clock skew`.
    Compare the first eight characters of `auth_pass`, and `timedatectl` on both.

    ### What else could look like this
    `adverts-lost-both-ways`, `adverts-lost-one-way`: the adverts do not arrive at all; then neither
    keeps the other one silent. `auth-type-mismatch`: only one of the two uses AH or HMAC.
    """
    for mismatch in case.mismatches(Field.AH):
        yield mismatch.hit(_WHY, "IPSEC-AH")
