"""In which fields two speakers differ, and in which they may."""

from ipaddress import ip_address

import pytest
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.questions.disagreements import (
    Field,
    compare,
    differences,
    other_flaws,
    terms_of,
    told_lines,
    told_terms,
)
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.protocol.advertisement import Authentication, ChecksumForm, Defect

PASS_ONE = Authentication(1, b"one\0\0\0\0\0")
PASS_TWO = Authentication(1, b"two\0\0\0\0\0")
TWO = (ip_address("10.0.0.100"), ip_address("10.0.0.101"))


def fields(mine: dict[str, object], theirs: dict[str, object]) -> list[str]:
    one, other = advert(A, 101, **mine), advert(B, 100, **theirs)
    return [str(f) for f in differences(terms_of(one), terms_of(other))]


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        ({}, {}, []),
        ({"auth": PASS_ONE}, {"auth": PASS_ONE}, []),
        ({"auth": PASS_ONE}, {"auth": PASS_TWO}, ["auth-password-mismatch"]),
        ({"auth": PASS_ONE}, {"auth": Authentication(0)}, ["auth-type-mismatch"]),
        ({"advert_interval_ns": 2 * SECOND}, {}, ["advert-interval-mismatch"]),
        ({"advert_interval_ns": None}, {}, []),
        ({"destination": ip_address(B)}, {}, ["unicast-multicast-mismatch"]),
        ({"destination": ip_address(B)}, {"destination": ip_address(A)}, []),
        ({"addresses": TWO}, {}, ["vip-count-mismatch"]),
        ({"addresses": TWO[:1]}, {"addresses": TWO[1:]}, ["vip-list-mismatch"]),
        ({"addresses": TWO}, {"addresses": TWO[::-1]}, []),
        ({"addresses": TWO, "defects": (Defect.TRUNCATED,)}, {}, []),
        # VRRPv3 has no authentication, and learns the interval.
        ({"version": 3}, {"version": 3, "advert_interval_ns": 500 * MS}, []),
        (
            {"version": 3},
            {"auth": PASS_ONE, "advert_interval_ns": 3 * SECOND},
            ["version-mismatch"],
        ),
        (
            {"auth": PASS_ONE, "addresses": TWO},
            {"auth": PASS_TWO},
            ["auth-password-mismatch", "vip-count-mismatch"],
        ),
    ],
)
def test_fields_that_differ(
    mine: dict[str, object], theirs: dict[str, object], wanted: list[str]
) -> None:
    assert fields(mine, theirs) == wanted
    assert fields(theirs, mine) == wanted


def test_a_password_shows_as_its_fingerprint_alone() -> None:
    terms = terms_of(advert(A, 101, auth=Authentication(1, b"hunter22")))
    assert "hunter" not in terms.shown(Field.PASSWORD) + repr(terms)
    assert terms.shown(Field.PASSWORD) == f"#{terms.auth.fingerprint}"


def test_what_else_may_be_rejected() -> None:
    routed = terms_of(advert(A, 101, ttl=254, defects=(Defect.TTL_NOT_255,)))
    plain = terms_of(advert(B, 100))
    assert other_flaws(routed, plain) == ("ttl-not-255",)
    assert other_flaws(plain, plain) == ()
    forms = [ChecksumForm.WITH_PSEUDO_HEADER, ChecksumForm.WITHOUT_PSEUDO_HEADER]
    one, other = (terms_of(advert(A, 101, version=3, checksum=form)) for form in forms)
    assert other_flaws(one, other) == ("v3-checksum-pseudo-header",)


def test_a_router_that_says_both_versions_agrees_with_either() -> None:
    wire = Wire()
    for second in range(5):
        wire.say(1000 * second, advert(A, 101))
        wire.say(1000 * second + 1, advert(A, 101, version=3))
        wire.say(1000 * second + 500, advert(B, 100, version=3))
    story = wire.story()
    one, other = story.senders
    comparison = compare(story, one, other, story.streaks[-1].last)
    assert comparison is not None
    assert comparison.fields == ()


def test_the_words_of_the_moment_count() -> None:
    """A changes its password after two seconds: a reload."""
    wire = Wire()
    wire.repeat(0, 2, advert(A, 101, auth=PASS_ONE))
    for second in range(2, 6):
        wire.say(1000 * second, advert(A, 101, auth=PASS_TWO))
        wire.say(1000 * second + 500, advert(B, 100, auth=PASS_TWO))
    story = wire.story()
    one, other = story.senders
    early = compare(story, one, other, story.streaks[0].last)
    late = compare(story, one, other, story.streaks[-1].last)
    assert early is not None
    assert late is not None
    assert early.fields == (Field.PASSWORD,)
    assert late.fields == ()
    assert early.one_shown in (story.streaks[0].first, story.streaks[0].last)


CONFIGURATION = """\
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 60
    priority 101
    advert_int 2
    authentication {
        auth_type PASS
        auth_pass secret789
    }
    virtual_ipaddress {
        10.0.0.100
        10.0.0.101
    }
}
"""


def test_a_configuration_tells_the_same_terms() -> None:
    (intent,) = parse_configuration_text(CONFIGURATION).intents
    wanted = advert(
        A,
        101,
        addresses=TWO,
        advert_interval_ns=2 * SECOND,
        auth=Authentication(1, b"secret78"),
    )
    assert differences(told_terms(intent), terms_of(wanted)) == ()
    assert [line.line for line in told_lines(intent, Field.INTERVAL)] == [5]
    assert [line.line for line in told_lines(intent, Field.PASSWORD)] == [8]
    assert [line.line for line in told_lines(intent, Field.VIP_LIST)] == [11, 12]
    assert told_lines(intent, Field.VERSION) == ()
