"""What keepalived makes of a configuration: values, lines and notes, as literals."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.intent import (
    SourceLine,
    Told,
    parse_configuration,
    parse_configuration_text,
)
from vrrpscope.protocol.advertisement import Authentication

MS = 1_000_000
S = 1_000_000_000

ARTICLE = """\
vrrp_script chk_haproxy {
    script "/etc/keepalived/check.sh"
    interval 3
    weight -2
    fall 2
    rise 2
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 60
    priority 101
    advert_int 1
    nopreempt
    authentication {
        auth_type PASS
        auth_pass 0123456789abcdef0123456789abcdef
    }
    unicast_src_ip 172.31.23.22
    unicast_peer {
        172.31.23.23
    }
    virtual_ipaddress {
        172.31.23.6/24
    }
    track_script {
        chk_haproxy
    }
}
"""


def told(value, line=None):
    return Told(value, line and SourceLine("a.conf", line))


def configure(text, **options):
    return parse_configuration_text(text, "a.conf", **options)


def instance(body, head="", name="VI_1"):
    """The intent of one instance; line 1 is what `head` says, the body begins on line 3.

    Instances get an interface, a VRID and an address unless they say so themselves.
    """
    defaults = {
        "interface": "interface eth0",
        "virtual_router_id": "virtual_router_id 51",
        "virtual_ipaddress ": "virtual_ipaddress { 10.0.0.1 }",
    }
    missing = "\n".join(line for word, line in defaults.items() if word not in body)
    text = f"{head}\nvrrp_instance {name} {{\n{body}\n{missing}\n}}\n"
    (found,) = configure(text).intents
    return found


def codes(intent):
    return [(note.code, note.line.line) for note in intent.notes]


def test_the_configuration_of_the_article():
    configuration = configure(ARTICLE, node="dr-1")
    (intent,) = configuration.intents
    assert (intent.node, intent.file, intent.instance) == ("dr-1", "a.conf", "VI_1")
    assert intent.line == SourceLine("a.conf", 8)
    assert intent.family == told("ipv4", 19)
    assert intent.version == told(2)
    assert intent.vrid == told(60, 11)
    assert intent.interface == told("eth0", 10)
    assert intent.state == told("BACKUP", 9)
    assert intent.base_priority == told(101, 12)
    assert intent.nopreempt == intent.nopreempt_told == told(True, 14)
    assert intent.advert_interval_ns == told(1 * S, 13)
    assert intent.down_timer_adverts == told(3)
    assert intent.source == told(IPv4Address("172.31.23.22"), 19)
    assert intent.is_unicast
    assert intent.multicast_group is None
    assert intent.unicast_peers == (told(IPv4Address("172.31.23.23"), 21),)
    assert intent.addresses == (told(IPv4Address("172.31.23.6"), 24),)
    assert intent.excluded == ()
    assert intent.authentication == told(Authentication(1, b"01234567"), 17)
    assert codes(intent) == [("auth-pass-truncated", 17)]
    assert configuration.notes == ()
    assert configuration.sources == (told(IPv4Address("172.31.23.22"), 19),)


def test_the_script_of_the_article():
    (intent,) = configure(ARTICLE).intents
    (item,) = intent.tracked
    assert (item.kind, item.name, item.command) == (
        "script",
        "chk_haproxy",
        "/etc/keepalived/check.sh",
    )
    assert item.weight == told(-2, 4)
    assert (item.line.line, item.definition.line) == (27, 1)
    assert (item.interval_ns, item.timeout_ns) == (told(3 * S, 3), told(3 * S))
    assert (item.rise, item.fall) == (told(2, 6), told(2, 5))
    assert intent.healthy_priority == 101
    assert intent.priority_when_failed(item) == 99
    assert intent.effective_priorities() == {99, 101}


def test_defaults():
    intent = instance("")
    assert intent.state == told("BACKUP")
    assert intent.base_priority == told(100)
    assert intent.advert_interval_ns == told(1 * S)
    assert intent.nopreempt == told(False)
    assert intent.preempt_delay_ns == told(0)
    assert intent.multicast_group == told(IPv4Address("224.0.0.18"))
    assert intent.authentication == told(Authentication(0))
    assert intent.garp.delay_ns == intent.garp.lower_prio_delay_ns == told(5 * S)
    assert intent.garp.repeat == intent.garp.lower_prio_repeat == told(5)
    assert (intent.garp.refresh_ns, intent.garp.refresh_repeat) == (told(0), told(1))
    assert intent.accept == told(True)
    assert intent.notes == ()


def test_several_keywords_on_one_line_are_values_of_the_first():
    # The shorthand of many documents. keepalived 2.2.7 takes the defaults for what is swallowed.
    text = (
        "vrrp_script c { script /x  interval 3  weight -2  fall 2 }\n"
        "vrrp_instance A {\nvirtual_router_id 1\ninterface e\nvirtual_ipaddress { 10.0.0.1 }\n"
        "authentication { auth_type PASS  auth_pass 1111 }\ntrack_script { c }\n}\n"
    )
    configuration = configure(text)
    (intent,) = configuration.intents
    (item,) = intent.tracked
    assert item.weight == told(0)
    assert item.interval_ns == told(1 * S)
    assert item.command == "/x interval 3 weight -2 fall 2"
    assert intent.authentication.value == Authentication(0)
    assert [note.code for note in configuration.notes] == ["keyword-swallowed"] * 3
    assert codes(intent) == [("keyword-swallowed", 6), ("auth-without-password", 6)]


@pytest.mark.parametrize(
    ("body", "nopreempt", "delay_ns", "notes"),
    [
        ("nopreempt", True, 0, []),
        ("nopreempt\npreempt", False, 0, []),
        ("state BACKUP\nnopreempt", True, 0, []),
        ("state MASTER\npriority 90\nnopreempt", False, 0, [("nopreempt-cleared", 5)]),
        ("priority 255\nnopreempt", False, 0, [("nopreempt-cleared", 4)]),
        ("preempt_delay 2.5", False, 2500 * MS, []),
        ("nopreempt\npreempt_delay 5", True, 0, [("preempt-delay-cleared", 4)]),
        ("state MASTER\npriority 9\npreempt_delay 5", False, 0, [("preempt-delay-cleared", 5)]),
        ("strict_mode\npreempt_delay 5", False, 0, [("preempt-delay-cleared", 4)]),
        ("preempt_delay 5s", False, 5000, []),  # digits first, then the shift: 5 microseconds
        ("preempt_delay -1", False, 0, [("value-invalid", 3)]),
    ],
)
def test_preemption(body, nopreempt, delay_ns, notes):
    intent = instance(body)
    assert intent.nopreempt.value is nopreempt
    assert intent.preempt_delay_ns.value == delay_ns
    assert codes(intent) == notes
    assert intent.nopreempt_told.value is (
        body.split("\n")[-1] != "preempt" and "nopreempt" in body
    )


@pytest.mark.parametrize(
    ("body", "interval_ns", "notes"),
    [
        ("advert_int 3", 3 * S, []),
        ("advert_int 0.4", 1 * S, [("advert-int-rounded", 3)]),
        ("advert_int 1.5", 2 * S, [("advert-int-rounded", 3)]),
        ("advert_int 255", 255 * S, []),
        ("advert_int 256", 1 * S, [("value-invalid", 3)]),
        ("advert_int 0", 1 * S, [("value-invalid", 3)]),
        ("advert_int 1s", 1 * S, [("value-invalid", 3)]),
        ("version 3\nadvert_int 0.4", 400 * MS, []),
        ("version 3\nadvert_int 0.123", 120 * MS, [("advert-int-rounded", 4)]),
        ("version 3\nadvert_int 0.125", 130 * MS, [("advert-int-rounded", 4)]),
        ("version 3\nadvert_int 40.95", 40950 * MS, []),
        ("version 3\nadvert_int 100", 40950 * MS, [("advert-int-rounded", 4)]),
        ("version 3\nadvert_int 40.955", 40960 * MS, [("advert-int-rounded", 4)]),
    ],
)
def test_advert_interval(body, interval_ns, notes):
    intent = instance(body)
    assert intent.advert_interval_ns.value == interval_ns
    assert codes(intent) == notes


@pytest.mark.parametrize(
    ("body", "state", "priority", "notes"),
    [
        ("state MASTER", "MASTER", 255, [("priority-from-state", 3)]),
        ("priority 255", "MASTER", 255, []),
        ("state Master\npriority 9", "BACKUP", 9, [("state-unknown", 3)]),
        ("state MASTER\nstate BACKUP\npriority 9", "MASTER", 9, [("state-twice", 4)]),
        ("priority 300", "BACKUP", 100, [("priority-invalid", 3)]),
        ("priority 0", "BACKUP", 100, [("priority-invalid", 3)]),
        ("priority 90x", "BACKUP", 100, [("priority-invalid", 3)]),
        ("strict_mode\nstate MASTER\npriority 9", "BACKUP", 9, [("strict-state", 4)]),
    ],
)
def test_state_and_priority(body, state, priority, notes):
    intent = instance(body)
    assert (intent.state.value, intent.base_priority.value) == (state, priority)
    assert codes(intent) == notes


def authentication(auth_pass, auth_type="PASS"):
    return f"authentication {{\nauth_type {auth_type}\n{auth_pass}\n}}"


@pytest.mark.parametrize(
    ("auth_pass", "secret"),
    [
        ("auth_pass 1111", b"1111\0\0\0\0"),
        ("auth_pass 12345678", b"12345678"),
        ('auth_pass "a b"', b"a b\0\0\0\0\0"),
        ("auth_pass 'ab'", b"'ab'\0\0\0\0"),
        ("auth_pass ab#cd", b"ab\0\0\0\0\0\0"),
        ("auth_pass ab\\!cd", b"ab\0\0\0\0\0\0"),  # read twice, and the copy has no backslash
        ("auth_pass p\u00e4ss", b"p\xc3\xa4ss\0\0\0"),
        ("auth_pass first\nauth_pass second", b"second\0\0"),
    ],
)
def test_passwords_as_they_are_on_the_wire(auth_pass, secret):
    assert instance(authentication(auth_pass)).authentication.value == Authentication(1, secret)


def test_a_password_in_latin_1(tmp_path):
    path = tmp_path / "a.conf"
    text = ARTICLE.replace("0123456789abcdef0123456789abcdef", "p\u00e4ss")
    path.write_bytes(text.encode("latin-1"))
    (intent,) = parse_configuration(str(path)).intents
    assert intent.authentication.value.secret == b"p\xe4ss\0\0\0\0"


@pytest.mark.parametrize(
    ("head", "body", "expected", "notes"),
    [
        ("", authentication("auth_pass x", "AH"), Authentication(2, b"x" + bytes(7)), []),
        ("", authentication("auth_pass x", "pass"), Authentication(0), [("value-invalid", 4)]),
        ("", authentication(""), Authentication(0), [("auth-without-password", 4)]),
        (
            "",
            "version 3\n" + authentication("auth_pass x"),
            Authentication(None),
            [("v3-auth", 5)],
        ),
        (
            "global_defs { vrrp_strict }",
            authentication("auth_pass x"),
            Authentication(0),
            [("strict-auth", 4)],
        ),
    ],
)
def test_authentication_that_is_dropped(head, body, expected, notes):
    intent = instance(body, head)
    assert intent.authentication.value == expected
    assert codes(intent) == notes


@pytest.mark.parametrize(
    ("head", "body", "version", "family", "notes"),
    [
        ("global_defs { vrrp_version 3 }", "", told(3, 1), "ipv4", []),
        ("global_defs { vrrp_version 3 }", "version 2", told(2, 3), "ipv4", []),
        ("", "virtual_ipaddress { fe80::1 }", told(3), "ipv6", []),
        ("", "native_ipv6\nvirtual_ipaddress { fe80::1 }", told(3, 3), "ipv6", []),
        ("", "version 2\nvirtual_ipaddress { fe80::1 }", told(2, 3), "ipv6", []),
        (
            "",
            "virtual_ipaddress { fe80::1 }\nversion 2",
            told(3),
            "ipv6",
            [("version-conflict", 4)],
        ),
        ("", "version 3\nversion 2", told(3, 3), "ipv4", [("version-conflict", 4)]),
        (
            "",
            "strict_mode\nversion 2\nvirtual_ipaddress { fe80::1 }",
            told(3),
            "ipv6",
            [("version-conflict", 4)],
        ),
    ],
)
def test_version_and_family(head, body, version, family, notes):
    intent = instance(body, head)
    assert (intent.version, intent.family.value) == (version, family)
    assert codes(intent) == notes


def test_addresses_of_both_families_and_their_options():
    intent = instance(
        "virtual_ipaddress {\n10.0.0.1/24 dev eth1 label eth1:1\n10.0.0.2 10.0.0.3\nfe80::1\n"
        "10.0.0.999\n10.0.0.4 dev\n10.0.0.1\n}\nvirtual_ipaddress_excluded {\n2001:db8::1/64\n}"
    )
    # The first of two on a line; keepalived does not look for duplicates.
    assert [(str(a.value), a.line.line) for a in intent.addresses] == [
        ("10.0.0.1", 4),
        ("10.0.0.2", 5),
        ("10.0.0.1", 9),
    ]
    assert intent.excluded == (told(IPv6Address("2001:db8::1"), 12),)
    assert codes(intent) == [
        ("list-on-one-line", 5),
        ("family-conflict", 6),
        ("address-invalid", 7),
        ("address-invalid", 8),
    ]


def test_only_what_fits_is_advertised():
    many = "\n".join(f"10.0.{n // 256}.{n % 256}" for n in range(300))
    intent = instance(f"virtual_ipaddress {{\n{many}\n}}")
    assert (len(intent.addresses), len(intent.excluded)) == (255, 45)
    assert codes(intent) == [("too-many-addresses", 3 + 256)]


def test_unicast_keywords_without_peers_mean_multicast():
    intent = instance("unicast_src_ip 10.0.0.9")
    assert not intent.is_unicast
    assert intent.multicast_group == told(IPv4Address("224.0.0.18"))
    assert codes(intent) == [("unicast-without-peers", 3)]


def test_peers():
    intent = instance(
        "unicast_peer {\n10.0.0.8 min_ttl 254\n10.0.0.9, 10.0.0.7\n10.0.0.5 10.0.0.6\n}"
    )
    assert intent.unicast_peers == (
        told(IPv4Address("10.0.0.8"), 4),
        told(IPv4Address("10.0.0.5"), 6),
    )
    assert intent.check_unicast_src == told(True, 4)
    assert codes(intent) == [("address-invalid", 5), ("list-on-one-line", 6)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("virtual_ipaddress { }\nversion 3", "refused"),
        ("virtual_ipaddress { }", "no-addresses"),
        ("strict_mode\nunicast_peer { 10.0.0.9 }", "refused"),
        ("virtual_router_id 300", "refused"),
        ("unknown_word 1", "unknown-keyword"),
        ("priority", "value-missing"),
        ("skip_check_adv_addr maybe", "value-invalid"),
    ],
)
def test_what_keepalived_refuses_or_ignores(body, code):
    assert instance(body).has_note(code)


def test_strict_mode():
    intent = instance(
        "lower_prio_no_advert off\nhigher_prio_send_advert\ndown_timer_adverts 5\naccept\n"
        "garp_lower_prio_repeat 3",
        "global_defs { vrrp_strict }",
    )
    assert intent.strict == told(True, 1)
    assert intent.lower_prio_no_advert == told(True, 1)
    assert intent.higher_prio_send_advert == told(False, 1)
    assert intent.down_timer_adverts == told(3, 5)
    assert intent.accept == told(False, 6)
    assert intent.garp.lower_prio_repeat == intent.garp.lower_prio_delay_ns == told(0)
    assert codes(intent) == [
        ("strict-down-timer", 5),
        ("strict-advert", 3),
        ("strict-advert", 4),
        ("strict-accept", 6),
    ]


def test_global_settings_are_defaults_of_instances():
    settings = (
        "global_defs {\nrouter_id dr-1\nvrrp_garp_master_delay 10\nvrrp_garp_master_repeat 0\n"
        "vrrp_down_timer_adverts 5\nvrrp_skip_check_adv_addr\nvrrp_lower_prio_no_advert yes\n"
        "vrrp_mcast_group4 224.0.0.99\nvrrp_startup_delay 5.5\nvrrp_mcast_group6 10.0.0.1\n"
        "vrrp_check_unicast_src\nnonsense\n}\n"
        "vrrp_instance A {\nvirtual_router_id 1\ninterface e\nvirtual_ipaddress { 10.0.0.1 }\n}\n"
    )
    configuration = configure(settings)
    (intent,) = configuration.intents
    assert configuration.router_id == told("dr-1", 2)
    assert intent.garp.delay_ns == intent.garp.lower_prio_delay_ns == told(10 * S, 3)
    assert intent.garp.repeat == told(1, 4)
    assert intent.down_timer_adverts == told(5, 5)
    assert intent.skip_check_adv_addr == told(True, 6)
    assert intent.lower_prio_no_advert == told(True, 7)
    assert intent.multicast_group == told(IPv4Address("224.0.0.99"), 8)
    assert configuration.settings.startup_delay_ns == told(5500 * MS, 9)
    assert intent.check_unicast_src == told(True, 11)
    assert [(note.code, note.line.line) for note in configuration.notes] == [
        ("unknown-keyword", 12),
        ("address-invalid", 10),
    ]


def test_skip_check_adv_addr_off_is_on_in_2_2_7():
    intent = instance("skip_check_adv_addr off")
    assert intent.skip_check_adv_addr == told(True, 3)
    assert codes(intent) == [("flag-with-value", 3)]


def test_blocks_that_keepalived_skips():
    one = "vrrp_instance A {\nvirtual_router_id 1\ninterface e\nvirtual_ipaddress { 10.0.0.1 }\n}\n"
    configuration = configure(one + one.replace(" 1\n", " 2\n") + "vrrp_instance {\n}\n")
    assert [intent.vrid.value for intent in configuration.intents] == [1]
    assert [(n.code, n.line.line) for n in configuration.notes] == [
        ("block-skipped", 6),
        ("block-skipped", 11),
    ]


def test_one_vrid_twice_on_an_interface():
    one = "vrrp_instance A {\nvirtual_router_id 1\ninterface e\nvirtual_ipaddress { 10.0.0.1 }\n}\n"
    configuration = configure(one + one.replace(" A ", " B "))
    assert [(n.code, n.line.line) for n in configuration.notes] == [("refused", 7)]


@pytest.mark.parametrize(
    ("options", "priority", "notes"),
    [
        ({"node": "high"}, 170, []),
        ({"node": "low.example.net"}, 85, []),
        ({"node": "x", "config_id": "high"}, 170, []),
        ({"node": "x"}, 100, ["condition-unmatched"]),
        ({}, 100, ["condition-unmatched"]),
    ],
)
def test_lines_for_one_node(options, priority, notes):
    text = (
        "vrrp_instance A {\nvirtual_router_id 1\ninterface e\n"
        "@high priority 170\n@low priority 85\n"
        "virtual_ipaddress { 10.0.0.1 }\n}\n"
    )
    configuration = configure(text, **options)
    assert configuration.intents[0].base_priority.value == priority
    assert [note.code for note in configuration.notes] == notes


def test_included_lines_keep_their_file(tmp_path):
    (tmp_path / "keepalived.conf").write_text("include conf.d/*\n")
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "vi").write_text(ARTICLE)
    configuration = parse_configuration(str(tmp_path / "keepalived.conf"))
    (intent,) = configuration.intents
    where = str(tmp_path / "conf.d" / "vi")
    assert intent.base_priority == Told(101, SourceLine(where, 12))
    assert configuration.quote(SourceLine(where, 12)) == "priority 101"


def test_quoted_lines_hold_no_password():
    text = ARTICLE.replace("0123456789abcdef0123456789abcdef", "$PW") + "# $PW was s3cret\n"
    configuration = configure("$PW=s3cret\n" + text)
    assert configuration.intents[0].authentication.value.secret == b"s3cret\0\0"
    assert configuration.quote(SourceLine("a.conf", 1)) == "$PW=********"
    assert configuration.quote(SourceLine("a.conf", 18)) == "auth_pass ********"
    assert configuration.quote(SourceLine("a.conf", 13)) == "priority 101"
    assert configuration.quote(SourceLine("a.conf", 99)) == ""
    assert configuration.quote(SourceLine("b.conf", 1)) == ""
    assert "s3cret" not in repr(configuration)
    assert "s3cret" not in str(configuration.lines)


def test_passwords_in_broken_places_are_not_quoted():
    configuration = configure("vrrp_instance A {\nauthentication { auth_pass\n s3cret }\n}\n")
    notes = [note for intent in configuration.intents for note in intent.notes]
    assert any(note.code == "unknown-keyword" for note in notes)
    assert not any("s3cret" in note.text for note in notes)


def test_errors_say_where():
    with pytest.raises(EvidenceError, match=r"^a\.conf:2: a NUL byte"):
        configure("a\n\0")


PIECES = """\
{ } { } " ' # ! $ @ ~ \\ vrrp_instance|A priority|101 track_script auth_pass|x virtual_ipaddress
10.0.0.1 $A= ${A} ~SEQ(n,|1,|3) group weight|-2 vrrp_sync_group|G vrrp_script|s script|/x
include|/x \x85 \u00e4 99999999999999999999999"""


@given(st.lists(st.sampled_from([*PIECES.split(), "\n", "\n"]), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused(pieces):
    try:
        configuration = configure(" ".join(pieces).replace("|", " "))
    except EvidenceError as error:
        assert error.hint
        return
    for intent in configuration.intents:
        assert intent.healthy_priority in intent.effective_priorities()
