"""What two routers of one group differ in: how certain it is, and what it explains."""

from ipaddress import ip_address

import logged
import pytest
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, ChecksumForm, Defect

PASS_ONE = Authentication(1, b"one\0\0\0\0\0")
PASS_TWO = Authentication(1, b"two\0\0\0\0\0")
TWO = (ip_address("10.0.0.100"), ip_address("10.0.0.101"))

MINE = {
    "auth-password-mismatch",
    "auth-type-mismatch",
    "version-mismatch",
    "advert-interval-mismatch",
    "vip-count-mismatch",
    "vip-list-mismatch",
    "vrid-mismatch",
    "unicast-multicast-mismatch",
    "ttl-not-255",
    "unicast-source-mismatch",
    "v3-checksum-pseudo-header",
    "v3-unicast-checksum-old-keepalived",
    "length-or-padding-mismatch",
    "ah-or-hmac-clock",
    "adverts-lost-one-way",
    "adverts-lost-both-ways",
    "dual-master",
    "lossy-path",
}


def node(name: str, address: str | None, vrid: int = 60, **lines: str) -> Node:
    """A node whose configuration has these lines; `auth` and `vips` are shorthands."""
    auth = lines.pop("auth", "")
    block = f"authentication {{\n auth_type PASS\n auth_pass {auth}\n}}\n" if auth else ""
    vips = lines.pop("vips", "10.0.0.100")
    rest = "".join(f"{key} {value}\n" for key, value in lines.items())
    text = (
        f"vrrp_instance VI_1 {{\ninterface eth0\nvirtual_router_id {vrid}\npriority 100\n{rest}"
        f"{block}virtual_ipaddress {{\n{vips}\n}}\n}}\n"
    )
    configuration = parse_configuration_text(text, f"{name}.conf", name)
    addresses = frozenset({ip_address(address)} if address else ())
    return Node(name, configuration, addresses)


def found(wire: Wire, *nodes: Node) -> dict[str, Finding]:
    findings = diagnose(Case((wire.builder.finish(),), nodes))
    return {f.rule: f for f in findings if f.rule in MINE}


def verdicts(wire: Wire, *nodes: Node) -> dict[str, str]:
    return {rule: str(f.verdict) for rule, f in found(wire, *nodes).items()}


def side_by_side(mine: dict[str, object], theirs: dict[str, object]) -> Wire:
    """Two masters beside each other for ten seconds."""
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101, **mine))
        wire.say(1000 * second + 400, advert(B, 100, **theirs))
    return wire


def in_turn(mine: dict[str, object], theirs: dict[str, object]) -> Wire:
    """An orderly hand-over: never two masters."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101, **mine))
    wire.say(4500, advert(A, 0, **mine))
    wire.repeat(4500 + 609, 5, advert(B, 100, **theirs))
    return wire


@pytest.mark.parametrize(
    ("rule", "mine", "theirs"),
    [
        ("auth-password-mismatch", {"auth": PASS_ONE}, {"auth": PASS_TWO}),
        ("auth-type-mismatch", {"auth": PASS_ONE}, {"auth": Authentication(0)}),
        ("version-mismatch", {"version": 3}, {}),
        ("advert-interval-mismatch", {}, {"advert_interval_ns": 2 * SECOND}),
        ("unicast-multicast-mismatch", {"destination": ip_address(B)}, {}),
    ],
)
def test_two_masters_that_differ_in_what_must_not_differ(
    rule: str, mine: dict[str, object], theirs: dict[str, object]
) -> None:
    both = found(side_by_side(mine, theirs))
    assert {r: str(f.verdict) for r, f in both.items()} == {"dual-master": "proven", rule: "proven"}
    assert both[rule].explains == ("dual-master",)
    assert (both[rule].severity, both[rule].settle_with) == ("error", ())
    # The same without an overlap may be over by now, and does no harm yet.
    turn = found(in_turn(mine, theirs))
    assert {r: (str(f.verdict), str(f.severity)) for r, f in turn.items()} == {
        rule: ("possible", "warning")
    }
    assert turn[rule].settle_with


@pytest.mark.parametrize(
    ("rule", "theirs"),
    [
        ("vip-count-mismatch", {"addresses": TWO}),
        ("vip-list-mismatch", {"addresses": TWO[1:]}),
    ],
)
def test_another_list_is_rejected_by_some_releases_only(
    rule: str, theirs: dict[str, object]
) -> None:
    both = found(side_by_side({}, theirs))
    assert both[rule].verdict == "likely"
    assert both[rule].not_excluded
    assert found(in_turn({}, theirs))[rule].verdict == "possible"


def test_different_intervals_in_version_3_are_legal() -> None:
    slow = {"version": 3, "advert_interval_ns": 5 * SECOND}
    assert verdicts(in_turn({"version": 3}, slow)) == {}


def test_several_differences_exclude_each_other_from_being_proven() -> None:
    wire = side_by_side({"auth": PASS_ONE}, {"auth": PASS_TWO, "advert_interval_ns": 2 * SECOND})
    both = found(wire)
    assert both["auth-password-mismatch"].verdict == "likely"
    assert both["auth-password-mismatch"].not_excluded == ("advert-interval-mismatch",)
    assert both["advert-interval-mismatch"].not_excluded == ("auth-password-mismatch",)


def test_a_password_is_not_the_cause_for_sure_where_the_other_one_is_answered_at_once() -> None:
    """It seems to accept the other's adverts; then the other one does not get its own."""
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(B, 100, auth=PASS_TWO))
        wire.say(1000 * second + 0.3, advert(A, 101, auth=PASS_ONE))
    finding = found(wire)["auth-password-mismatch"]
    assert finding.verdict == "likely"
    assert finding.not_excluded == ("adverts-lost-one-way",)


def test_cut_frames_do_not_tell_whether_it_is_another_group() -> None:
    cut = {"addresses": (), "defects": (Defect.TRUNCATED,)}
    wire = side_by_side({"auth": PASS_ONE, **cut}, {"auth": PASS_TWO, **cut})
    finding = found(wire)["auth-password-mismatch"]
    assert finding.verdict == "likely"
    assert finding.not_excluded == ("vrid-collision",)


ROUTED = {"ttl": 254, "defects": (Defect.TTL_NOT_255,)}


def test_a_wrong_ttl_is_another_cause() -> None:
    both = found(side_by_side({"auth": PASS_ONE}, {"auth": PASS_TWO, **ROUTED}))
    assert both["auth-password-mismatch"].not_excluded == ("ttl-not-255",)


def test_a_wrong_ttl_makes_two_masters_where_it_is_the_better_ones() -> None:
    both = found(side_by_side(ROUTED, {}))
    assert verdicts(side_by_side(ROUTED, {})) == {"dual-master": "proven", "ttl-not-255": "proven"}
    assert f"{B} rejects the adverts of {A}" in both["ttl-not-255"].says
    # B hears A and accepts it: its own TTL is not why it does not yield.
    other = found(side_by_side({}, ROUTED))["ttl-not-255"]
    assert other.verdict == "likely"
    assert other.not_excluded == ("adverts-lost-both-ways",)


def test_the_better_one_with_a_wrong_ttl_answers_the_other_one() -> None:
    """It hears B well, as the phase shows; B rejects it all the same."""
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(B, 100))
        wire.say(1000 * second + 0.3, advert(A, 101, **ROUTED))
    assert verdicts(wire) == {"dual-master": "proven", "ttl-not-255": "proven"}


def test_behind_a_router_every_ttl_is_lowered() -> None:
    one_speaker = Wire()
    one_speaker.repeat(0, 20, advert(A, 101, **ROUTED))
    assert verdicts(one_speaker) == {}
    assert verdicts(in_turn(ROUTED, ROUTED)) == {}
    both = found(side_by_side(ROUTED, ROUTED))["ttl-not-255"]
    assert both.verdict == "possible"
    assert both.not_excluded == ("a capture behind a router", "adverts-lost-both-ways")


def test_another_form_of_the_checksum_is_accepted_by_some() -> None:
    forms = [
        {"version": 3, "checksum": form}
        for form in (ChecksumForm.WITH_PSEUDO_HEADER, ChecksumForm.WITHOUT_PSEUDO_HEADER)
    ]
    rule = "v3-checksum-pseudo-header"
    finding = found(side_by_side(*forms))[rule]
    assert (finding.verdict, finding.not_excluded) == ("likely", ("adverts-lost-both-ways",))
    assert verdicts(in_turn(*forms)) == {rule: "possible"}


@pytest.mark.parametrize(
    ("older_is_better", "verdict"),
    [
        # Who computes the old form accepts no other.
        (False, "proven"),
        # The newer one accepts both, unless it is told not to.
        (True, "likely"),
    ],
)
def test_who_computes_the_old_form_accepts_no_other(older_is_better: bool, verdict: str) -> None:
    old = {"version": 3, "checksum": ChecksumForm.MULTICAST_PSEUDO_HEADER}
    new = {"version": 3, "checksum": ChecksumForm.WITH_PSEUDO_HEADER}
    ends = ({"destination": ip_address(B)}, {"destination": ip_address(A)})
    terms = (old, new) if older_is_better else (new, old)
    pair = [{**one, **end} for one, end in zip(terms, ends, strict=True)]
    both = verdicts(side_by_side(*pair))
    assert both == {"dual-master": "proven", "v3-unicast-checksum-old-keepalived": verdict}
    # In turn it went well: the newer one accepted the older one.
    assert verdicts(in_turn(*pair)) == {}


AH = {"auth": Authentication(2)}


def test_ah_in_common_is_possible_where_nothing_shows_a_rejection() -> None:
    both = found(side_by_side(AH, AH))["ah-or-hmac-clock"]
    assert (both.verdict, both.not_excluded) == ("possible", ("adverts-lost-both-ways",))


def test_ah_in_common_is_likely_where_the_lesser_one_is_kept_silent() -> None:
    wire = Wire()
    for second in range(12):
        wire.say(1000 * second, advert(A, 101, **AH))
        if second % 3 == 0:
            wire.say(1000 * second + 0.2, advert(B, 100, **AH))
    both = found(wire)
    assert both["ah-or-hmac-clock"].verdict == "likely"
    assert "one of them was kept silent by the other one's adverts" in both["dual-master"].says


def test_a_trailer_on_one_side_is_another_authentication() -> None:
    trailer = {"version": 3, "auth": Authentication(trailer="keepalived-hmac")}
    both = verdicts(side_by_side(trailer, {"version": 3}))
    assert both == {"dual-master": "proven", "auth-type-mismatch": "proven"}
    common = verdicts(side_by_side(trailer, trailer))
    assert common == {"dual-master": "proven", "ah-or-hmac-clock": "possible"}


def test_bytes_behind_the_advert_are_rejected_by_most() -> None:
    longer = {"defects": (Defect.TRAILING_BYTES,)}
    both = found(side_by_side(longer, {}))["length-or-padding-mismatch"]
    assert (both.verdict, both.not_excluded) == ("likely", ("adverts-lost-both-ways",))


def to(*peers: str) -> list[dict[str, object]]:
    return [{"destination": ip_address(peer)} for peer in peers]


def unicast(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Wire:
    wire = Wire()
    for second in range(10):
        for changes in to(*mine):
            wire.say(1000 * second, advert(A, 101, **changes))
        for changes in to(*theirs):
            wire.say(1000 * second + 400, advert(B, 100, **changes))
    return wire


def test_a_master_that_does_not_send_to_the_other_one() -> None:
    rule = "unicast-source-mismatch"
    finding = found(unicast(("10.0.0.9",), (A,)))[rule]
    assert (finding.verdict, finding.not_excluded) == ("likely", ("transmit-blocked",))
    assert f"keepalived on {B} listens on {B} alone" in finding.says
    # A's own list of peers settles it.
    told = found(
        unicast(("10.0.0.9",), (A,)),
        unicast_node("dr-1", A, "10.0.0.9"),
        unicast_node("dr-2", B, A),
    )[rule]
    assert told.verdict == "proven"


def unicast_node(name: str, address: str, peer: str) -> Node:
    return node(name, address, unicast_src_ip=address, unicast_peer=f"{{\n{peer}\n}}")


def test_a_router_that_changes_its_own_configuration_differs_from_nobody() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101, auth=PASS_ONE))
    wire.repeat(5000, 5, advert(A, 101, auth=PASS_TWO, addresses=TWO))
    assert verdicts(wire) == {}


def test_the_names_go_with_the_values() -> None:
    wire = side_by_side({"advert_interval_ns": 2 * SECOND}, {})
    finding = found(wire)["advert-interval-mismatch"]
    assert finding.says.startswith(f"{A} advertises every 2.000 s, {B} every 1.000 s")
    shown = {step.statement: step.evidence[0].number for step in finding.because[:2]}
    assert shown == {
        f"{A} advertises an interval of 2.000 s": 1,
        f"{B} advertises an interval of 1.000 s": 2,
    }


def test_no_password_is_shown() -> None:
    wire = side_by_side({"auth": PASS_ONE}, {"auth": PASS_TWO})
    finding = found(wire, node("dr-1", A, auth="one"), node("dr-2", B, auth="two"))
    text = repr(finding["auth-password-mismatch"])
    assert "b'one" not in text
    assert "b'two" not in text
    fingerprints = {PASS_ONE.fingerprint, PASS_TWO.fingerprint}
    assert {f for f in fingerprints if f"#{f}" in text} == fingerprints


# What configurations add


def hidden(mine: dict[str, object]) -> Wire:
    """A falls silent when B, which is no better, speaks."""
    wire = Wire()
    wire.say(0, advert(A, 101, **mine))
    wire.say(2000, advert(A, 101, **mine))
    wire.repeat(2700, 10, advert(B, 100))
    return wire


def test_a_deduced_overlap_is_likely_and_proven_where_both_are_told_so() -> None:
    slow = {"advert_interval_ns": 2 * SECOND}
    rule = "advert-interval-mismatch"
    assert verdicts(hidden(slow)) == {"dual-master": "likely", rule: "likely"}
    nodes = node("dr-1", A, advert_int="2"), node("dr-2", B)
    told = found(hidden(slow), *nodes)
    assert (told["dual-master"].verdict, told[rule].verdict) == ("likely", "proven")
    lines = [str(e) for e in told[rule].evidence if not hasattr(e, "vantage")]
    assert lines == ["dr-1.conf:5"]
    one = found(hidden(slow), nodes[0])
    assert one[rule].verdict == "likely"


def test_a_difference_that_is_told_of_a_silent_router_is_a_latent_fault() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 100, auth=PASS_ONE))
    told = found(wire, node("dr-1", A, auth="one"), node("dr-2", None, auth="two"))
    assert {r: (str(f.verdict), str(f.severity)) for r, f in told.items()} == {
        "auth-password-mismatch": ("likely", "warning")
    }


def test_configurations_that_agree_say_nothing() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 100, auth=PASS_ONE))
    assert verdicts(wire, node("dr-1", A, auth="one"), node("dr-2", None, auth="one")) == {}


def test_only_eight_characters_of_a_password_count() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 100, auth=Authentication(1, b"password")))
    nodes = node("dr-1", A, auth="password1"), node("dr-2", None, auth="password2")
    assert verdicts(wire, *nodes) == {}


def test_a_configuration_that_the_wire_contradicts_is_not_believed() -> None:
    """dr-1 sends another password than its file says: the file is not the one in force."""
    wire = Wire()
    wire.repeat(0, 20, advert(A, 100, auth=PASS_TWO))
    assert verdicts(wire, node("dr-1", A, auth="one"), node("dr-2", None, auth="two")) == {}


def test_a_difference_that_the_configurations_have_mended_is_over() -> None:
    wire = in_turn({"auth": PASS_ONE}, {"auth": PASS_TWO})
    assert verdicts(wire, node("dr-1", A, auth="two"), node("dr-2", B, auth="two")) == {}


# One address, two VRIDs


def test_one_address_under_two_vrids_in_the_configurations() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 100))
    told = found(wire, node("dr-1", A), node("dr-2", None, vrid=61))
    assert {r: (str(f.verdict), str(f.severity)) for r, f in told.items()} == {
        "vrid-mismatch": ("likely", "warning")
    }
    assert "VRID 60, dr-2 in VRID 61" in told["vrid-mismatch"].says


def test_two_groups_on_two_nodes_are_no_mismatch() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 100))
    other = node("dr-2", None, vrid=61, vips="10.0.0.200")
    assert verdicts(wire, node("dr-1", A), other) == {}


# What does not arrive


def test_unicast_to_somebody_else_is_not_lost() -> None:
    """Each sends to a third address: neither is meant to hear the other."""
    away = {"destination": ip_address("10.0.0.9")}
    assert verdicts(side_by_side(away, away)) == {"dual-master": "proven"}


def test_unicast_to_each_other_is_lost() -> None:
    wire = side_by_side({"destination": ip_address(B)}, {"destination": ip_address(A)})
    assert verdicts(wire) == {"dual-master": "proven", "adverts-lost-both-ways": "likely"}


def test_a_better_one_that_must_not_answer_may_hear() -> None:
    """lower_prio_no_advert hides whether the better one hears the other."""
    rule = "adverts-lost-both-ways"
    plain = found(side_by_side({}, {}), node("dr-1", A), node("dr-2", B))
    assert "adverts-lost-one-way" not in plain[rule].not_excluded
    quiet = node("dr-1", A, lower_prio_no_advert="true")
    assert "adverts-lost-one-way" in found(side_by_side({}, {}), quiet)[rule].not_excluded
    assert "adverts-lost-one-way" in found(side_by_side({}, {}))[rule].not_excluded


def test_a_backup_that_takes_over_again_and_again_beside_the_master() -> None:
    wire = Wire()
    takeovers = (8100, 15_200)
    for step in range(20):
        wire.say(1000 * step, advert(A, 101))
        for at_ms in takeovers:
            if 1000 * step < at_ms < 1000 * (step + 1):
                wire.say(at_ms, advert(B, 100))
                wire.say(at_ms + 0.2, advert(A, 101))
    both = found(wire)
    assert {r: str(f.verdict) for r, f in both.items()} == {"lossy-path": "possible"}
    assert both["lossy-path"].not_excluded == ("adverts-lost-one-way", "daemon-starved")


def test_a_backup_that_takes_over_once_may_have_just_started() -> None:
    wire = Wire()
    wire.repeat(0, 9, advert(A, 101))
    wire.say(8100, advert(B, 100))
    wire.repeat(8100.2, 10, advert(A, 101))
    assert verdicts(wire) == {}


def test_a_host_that_answers_for_the_address_after_its_daemon_died_is_no_second_master() -> None:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101, auth=PASS_ONE))
    wire.repeat(9000 + 3610, 10, advert(B, 100, auth=PASS_ONE))
    wire.announce(15_000, AnnouncementKind.ARP_REPLY, "10.0.0.100", "02:00:00:00:00:10")
    assert verdicts(wire) == {}


# What logs add


INVALID = "(VI_1) received an invalid passwd!"
COUNT = "(VI_1) received an unexpected ip number count 2, expected 1!"
START = "Starting Keepalived v{} (01/16,2022)"


def test_a_log_names_who_rejects_whom_and_settles_it() -> None:
    wire = side_by_side({}, {"addresses": TWO})
    rule = "vip-count-mismatch"
    assert found(wire)[rule].verdict == "likely"
    text = "(VI_1) received an unexpected ip number count 1, expected 2!"
    lesser = logged.node("dr-2", B, (3, text))
    finding = found(wire, lesser)[rule]
    assert (finding.verdict, finding.not_excluded, finding.settle_with) == ("proven", (), ())
    assert f"dr-2 ({B}) rejects the adverts of {A}, as its log says" in finding.says
    # The better one rejects a lesser one anyway: that makes no second master.
    better = logged.node("dr-1", A, (3, COUNT))
    assert found(wire, better)[rule].verdict == "likely"


def test_the_first_test_that_fails_is_the_one_that_is_logged() -> None:
    wire = side_by_side({"auth": PASS_ONE}, {"auth": PASS_TWO, "addresses": TWO})
    both = found(wire, logged.node("dr-2", B, (3, INVALID), (8, INVALID)))
    assert both["auth-password-mismatch"].verdict == "proven"
    # It may be rejected for that as well, once the password is right.
    assert both["vip-count-mismatch"].verdict == "possible"
    assert both["vip-count-mismatch"].not_excluded == ("auth-password-mismatch",)


def test_a_rejection_long_before_says_nothing_of_this_one() -> None:
    wire = Wire()
    for second in range(60, 70):
        wire.say(1000 * second, advert(A, 101))
        wire.say(1000 * second + 400, advert(B, 100, addresses=TWO))
    old = logged.node("dr-2", B, (3, COUNT))
    assert found(wire, old)["vip-count-mismatch"].verdict == "likely"


@pytest.mark.parametrize(
    ("rule", "mine", "theirs", "verdict"),
    [
        ("version-mismatch", {"version": 3}, {}, "likely"),
        ("advert-interval-mismatch", {}, {"advert_interval_ns": 2 * SECOND}, "likely"),
        ("unicast-multicast-mismatch", {"destination": ip_address(B)}, {}, "likely"),
        # RFC 3768 section 7.1 and RFC 2338 section 5.3.6: a router that knows passwords tests them.
        ("auth-password-mismatch", {"auth": PASS_ONE}, {"auth": PASS_TWO}, "proven"),
    ],
)
def test_routers_of_another_make_may_accept_what_keepalived_rejects(
    rule: str, mine: dict[str, object], theirs: dict[str, object], verdict: str
) -> None:
    """Their IP identification is 0 all the time: nothing tells that they run keepalived."""
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101, **mine), 0)
        wire.say(1000 * second + 400, advert(B, 100, **theirs), 0)
    both = found(wire)
    assert {r: str(f.verdict) for r, f in both.items()} == {"dual-master": "proven", rule: verdict}


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        # It is master beside the only speaker, so it cannot have accepted that one's adverts.
        ([(4, "(VI_1) Entering MASTER STATE"), (5, INVALID)], "proven"),
        ([(5, INVALID.replace("!", f" from {A}!"))], "proven"),
        # Strangers that the capture does not show may be meant.
        ([(5, INVALID)], "possible"),
        ([(1, "(VI_1) Entering BACKUP STATE"), (5, INVALID)], "possible"),
        ([(5, INVALID.replace("!", " from 10.0.0.9!"))], None),
        # A backup that had accepted nothing for ten seconds would be master.
        (
            [
                (0, "Starting Keepalived v2.2.7 (01/16,2022)"),
                (1, "(VI_1) Entering BACKUP STATE"),
                *((second, INVALID) for second in range(2, 15)),
            ],
            None,
        ),
    ],
)
def test_a_log_alone_tells_why_the_silent_router_rejects_the_speaker(
    lines: list[tuple[int, str]], verdict: str | None
) -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 101, auth=PASS_ONE))
    finding = found(wire, logged.node("dr-2", B, *lines)).get("auth-password-mismatch")
    assert (finding and str(finding.verdict)) == verdict
    assert finding is None or "not seen" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        "received a 2 auth, expecting 0!",
        "received an unexpected ip number count 3, expected 1!",
        "advertisement interval mismatch mine=1 sec rcv'd=2 sec",
        "wrong version. Received 3 and expect 2",
        "ip address associated with VRID 60 not present in MASTER advert : 10.0.0.100",
    ],
)
def test_what_is_rejected_for_what_the_speaker_does_not_say_is_somebody_elses(text: str) -> None:
    """It speaks VRRPv2 once a second, with a password and the one address 10.0.0.100."""
    wire = Wire()
    wire.repeat(0, 20, advert(A, 101, auth=PASS_ONE))
    log = logged.node("dr-2", B, (4, "(VI_1) Entering BACKUP STATE"), (5, f"(VI_1) {text}"))
    assert verdicts(wire, log) == {}


def test_what_is_rejected_for_a_ttl_that_the_speaker_does_not_have_is_somebody_elses() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 101))
    log = logged.node("dr-2", B, (5, "(VI_1) invalid TTL/HL. Received 254 and expect 255"))
    assert verdicts(wire, log) == {}


@pytest.mark.parametrize(
    ("release", "text"),
    [
        ("1.3.5", "stays backup as long as any advert arrives"),
        ("2.2.7", "both can become master"),
    ],
)
def test_what_comes_of_it_depends_on_the_release(release: str, text: str) -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 101, auth=PASS_ONE))
    log = logged.node("dr-2", B, (1, START.format(release)), (5, INVALID))
    assert text in found(wire, log)["auth-password-mismatch"].says


def test_a_release_that_accepts_another_list_is_not_to_blame() -> None:
    wire = side_by_side({}, {"addresses": TWO})
    for release, verdict in (("2.3.2", "proven"), ("2.3.3", "likely")):
        log = logged.node("dr-2", B, (1, START.format(release)))
        finding = found(wire, log)["vip-count-mismatch"]
        assert finding.verdict == verdict
        verb = "accepts" if verdict == "likely" else "does not accept"
        assert f"keepalived {release} on dr-2 ({B}) {verb} the adverts of {A}" in finding.says


def test_where_the_release_is_not_known_the_finding_says_for_which_it_holds() -> None:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 101, auth=PASS_ONE))
    finding = found(wire, node("dr-1", A, auth="one"), node("dr-2", B, auth="two"))
    steps = [s.statement for s in finding["auth-password-mismatch"].because]
    assert any("2.0 and later; up to 1.4 a backup" in s for s in steps)


def test_the_better_ones_log_about_a_one_sided_field_explains_no_second_master() -> None:
    log = logged.node("dr-1", A, (3, "(VI_1) invalid TTL/HL. Received 254 and expect 255"))
    assert found(side_by_side({}, ROUTED), log)["ttl-not-255"].verdict == "likely"
