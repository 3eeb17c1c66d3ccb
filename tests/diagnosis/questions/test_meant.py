"""Whose adverts a log means: the lines of keepalived 2.2.7 do not name the sender."""

from ipaddress import ip_address

import pytest
from logged import node
from sightings import A, B, advert

from vrrpscope.diagnosis.questions.meant import may_mean, means_strangers, surely_means
from vrrpscope.diagnosis.questions.terms import Field, terms_of
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.protocol.advertisement import Authentication, AuthenticationType

PASSWORD = Authentication(AuthenticationType.PASS, b"one\0\0\0\0\0")
BACKUP, MASTER = "(VI_1) Entering BACKUP STATE", "(VI_1) Entering MASTER STATE"
INVALID = "(VI_1) received an invalid passwd!"


def logged(*lines: tuple[int, str]) -> tuple[Statement, ...]:
    log = node("b", B, *lines).log
    assert log is not None
    return log.statements


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("received an invalid passwd!", True),
        (f"received an invalid passwd from {A}!", True),
        ("received an invalid passwd from 10.0.0.9!", False),
        ("received a 1 auth, expecting 0!", True),
        ("received a 0 auth, expecting 1!", False),
        ("received an unexpected ip number count 1, expected 2!", True),
        ("received an unexpected ip number count 2, expected 1!", False),
        ("advertisement interval mismatch mine=2 sec rcv'd=1 sec", True),
        ("advertisement interval mismatch mine=1 sec rcv'd=2 sec", False),
        ("ip address associated with VRID 60 not present in MASTER advert : 10.0.0.101", True),
        ("ip address associated with VRID 60 not present in MASTER advert : 10.0.0.100", False),
    ],
)
def test_what_was_received_is_on_the_wire_as_well(text: str, may: bool) -> None:
    """The speaker sends VRRPv2 once a second, with a password and the address 10.0.0.100."""
    (said,) = logged((5, f"(VI_1) {text}"))
    heard = terms_of(advert(A, 101, auth=PASSWORD, addresses=(ip_address("10.0.0.100"),)))
    assert may_mean(said, Field(said.reason or ""), heard) is may


@pytest.mark.parametrize(
    ("states", "surely", "strangers"),
    [
        ([], False, False),
        ([(1, BACKUP)], False, True),
        ([(1, BACKUP), (4, MASTER)], True, False),
        ([(1, MASTER)], True, False),
        ([(1, BACKUP), (30, MASTER)], False, True),
    ],
)
def test_its_state_tells_whether_it_accepted_the_master(
    states: list[tuple[int, str]], surely: bool, strangers: bool
) -> None:
    rejects = logged(*((second, INVALID) for second in range(3, 15)))
    said = tuple(s for s in logged(*states, (40, INVALID)) if s.said is Said.STATE)
    assert surely_means(rejects, said) is surely
    assert means_strangers(rejects, said, (2, 2, 7)) is strangers
    # Up to 1.4 a backup that rejects everything stays backup.
    assert not means_strangers(rejects, said, (1, 3, 5))
    assert not means_strangers(rejects, said, None)
    assert not means_strangers(rejects[:4], said, (2, 2, 7))
