"""The rule length-or-padding-mismatch."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_WHY = Step(
    "keepalived computes from the number of addresses how long an advert must be, and discards one "
    "that is longer or shorter",
    Basis.INFERRED,
    clause="keepalived vrrp_check_packet()",
    role=Role.HOWEVER,
)


@rule(
    title="The adverts of one router are longer or shorter than they may be",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 7.1", "keepalived vrrp_check_packet()"),
    explains=("dual-master",),
    says="{one} sends adverts of {one_value}, {other} of {other_value}: {effect}.",
    remedy="Where the extra bytes are padding that a network card passes on: keepalived 2.3.2 or "
    "later tolerates them, and a second virtual address makes the frame long enough to need none. "
    "Where the sender itself adds bytes, mend the sender.",
)
def length_or_padding_mismatch(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The IP packets of one router's adverts have bytes behind the last field, or lack some. Or the
    capture shows nothing wrong, and the log of the receiver complains about the length: the padding
    that Ethernet adds to frames of less than 60 bytes was not cut off on the way up.

    ### Why it stops a failover
    keepalived discards such an advert, so the receiver becomes master beside the sender. Only
    adverts of one address are so short that they are padded: with a second one the trouble is gone.

    ### How to confirm it
    The log of the rejecting router says `vrrp packet too long, length 42 and expect 40`, or
    `ip_tot_len mismatch against received length`.

    ### What else could look like this
    `carp-collision`: CARP uses the same protocol number and has another length. An HMAC trailer of
    keepalived 2.4 (28 bytes), or Cisco's MD5 (30): those are known, and are no other length.
    """
    for mismatch in case.mismatches(Field.LENGTH):
        yield mismatch.hit(_WHY, "vrrp packet too long")
