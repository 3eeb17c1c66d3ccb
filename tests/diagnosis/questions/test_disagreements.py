"""In which fields two speakers differ, and in which they may."""

from ipaddress import ip_address

import pytest
from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.questions.disagreements import (
    compare,
    differences,
    other_flaws,
    rejected,
)
from vrrpscope.diagnosis.questions.terms import Field, Terms, terms_of, told_lines, told_terms
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.protocol.advertisement import Authentication, ChecksumForm, Defect

PASS_ONE = Authentication(1, b"one\0\0\0\0\0")
PASS_TWO = Authentication(1, b"two\0\0\0\0\0")
HMAC = Authentication(trailer="keepalived-hmac")
TWO = (ip_address("10.0.0.100"), ip_address("10.0.0.101"))
ROUTED = (Defect.TTL_NOT_255,)
WITH = ChecksumForm.WITH_PSEUDO_HEADER
WITHOUT = ChecksumForm.WITHOUT_PSEUDO_HEADER
OLD = ChecksumForm.MULTICAST_PSEUDO_HEADER
C = "10.0.0.3"


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
        ({"ttl": 254, "defects": ROUTED}, {}, ["ttl-not-255"]),
        # All of them: the capture is behind a router, or both are.
        ({"ttl": 254, "defects": ROUTED}, {"ttl": 254, "defects": ROUTED}, []),
        # RFC 5798 section 5.1.1.3 is about multicast; keepalived tests no other.
        ({"ttl": 254, "destination": ip_address(B)}, {"destination": ip_address(A)}, []),
        ({"defects": (Defect.TRAILING_BYTES,)}, {}, ["length-or-padding-mismatch"]),
        ({"version": 3, "checksum": WITH}, {"version": 3, "checksum": WITH}, []),
        (
            {"version": 3, "checksum": WITH},
            {"version": 3, "checksum": WITHOUT},
            ["v3-checksum-pseudo-header"],
        ),
        (
            {"version": 3, "checksum": WITH},
            {"version": 3, "checksum": OLD},
            ["v3-unicast-checksum-old-keepalived"],
        ),
        # One that is wrong, or that was cut off, is of no form.
        ({"version": 3, "checksum": WITH}, {"version": 3, "checksum": ChecksumForm.WRONG}, []),
        ({"version": 3, "checksum": WITH}, {"version": 3}, []),
        # keepalived 2.4: the receiver wants the trailer, or wants none.
        ({"version": 3, "auth": HMAC}, {"version": 3}, ["auth-type-mismatch"]),
        ({"auth": Authentication(2)}, {"auth": Authentication(2)}, []),
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
    routed = terms_of(advert(A, 101, ttl=254, defects=ROUTED))
    plain = terms_of(advert(B, 100))
    assert other_flaws(routed, routed) == ("ttl-not-255",)
    assert other_flaws(plain, plain) == ()
    ah = terms_of(advert(A, 101, auth=Authentication(2)))
    assert other_flaws(ah, ah) == ("ah-or-hmac-clock",)
    # What is a difference by itself is no other cause besides.
    assert other_flaws(routed, plain) == ()
    assert other_flaws(ah, plain) == ()


def test_of_a_one_sided_field_only_one_of_the_two_rejects() -> None:
    routed = terms_of(advert(A, 101, ttl=254, defects=ROUTED))
    plain = terms_of(advert(B, 100))
    assert rejected(routed, plain) == (Field.TTL,)
    assert rejected(plain, routed) == ()


def unicast(wire: Wire, at_ms: float, source: str, priority: int, *peers: str) -> None:
    for peer in peers:
        wire.say(at_ms, advert(source, priority, destination=ip_address(peer)))


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        # Each sends to the other.
        ((B,), (A,), ()),
        ((B, C), (A, C), ()),
        # A sends to C alone: B, which speaks to A, hears nothing.
        ((C,), (A,), (Field.PEER,)),
        # The capture is taken on C: it shows what is sent to C, and nothing else.
        ((C,), (C,), ()),
        # Neither sends to the other, and this place shows what goes to several hosts.
        ((C,), ("10.0.0.9",), (Field.PEER,)),
    ],
)
def test_whom_unicast_adverts_reach(
    mine: tuple[str, ...], theirs: tuple[str, ...], wanted: tuple[Field, ...]
) -> None:
    wire = Wire()
    for second in range(5):
        unicast(wire, 1000 * second, A, 101, *mine)
        unicast(wire, 1000 * second + 400, B, 100, *theirs)
    story = wire.story()
    one, other = story.senders
    comparison = compare(story, one, other, story.streaks[-1].last)
    assert comparison is not None
    assert comparison.fields == wanted


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


AH = """\
vrrp_instance VI_1 {{
    interface eth0
    virtual_router_id 60
    authentication {{
        auth_type AH
        auth_pass {key}
    }}
    virtual_ipaddress {{
        10.0.0.100
    }}
}}
"""


def test_only_configurations_can_differ_in_the_key_of_ah() -> None:
    texts = [AH.format(key=key) for key in ("password1", "password2", "another")]
    one, other, third = (told_terms(parse_configuration_text(t).intents[0]) for t in texts)
    # Eight characters count.
    assert differences(one, other) == ()
    assert differences(one, third) == (Field.AH,)
    seen = terms_of(advert(A, 100, auth=Authentication(2)))
    assert differences(one, seen) == ()
    assert "passw" not in one.shown(Field.AH)


UNICAST = """\
vrrp_instance VI_1 {{
    interface eth0
    virtual_router_id 60
    version 3
    unicast_src_ip {source}
    unicast_peer {{
        {peer}
    }}
    {more}
    virtual_ipaddress {{
        10.0.0.100
    }}
}}
"""


def test_configurations_tell_whom_they_send_to() -> None:
    def told(source: str, peer: str, more: str = "") -> Terms:
        text = UNICAST.format(source=source, peer=peer, more=more)
        return told_terms(parse_configuration_text(text).intents[0])

    assert differences(told(A, B), told(B, A)) == ()
    assert differences(told(A, C), told(B, A)) == (Field.PEER,)
    old, never = "old_unicast_checksum", "old_unicast_checksum never"
    assert differences(told(A, B, old), told(B, A, never)) == (Field.OLD_CHECKSUM,)
    # Without a word the newer one adapts to the other.
    assert differences(told(A, B, old), told(B, A)) == ()
