"""What two routers of one group differ in: how certain it is, and what it explains."""

from ipaddress import ip_address

import pytest
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication, Defect

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
    "adverts-lost-one-way",
    "adverts-lost-both-ways",
    "dual-master",
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


def test_a_wrong_ttl_is_another_cause() -> None:
    routed = {"auth": PASS_TWO, "ttl": 254, "defects": (Defect.TTL_NOT_255,)}
    both = found(side_by_side({"auth": PASS_ONE}, routed))
    assert both["auth-password-mismatch"].not_excluded == ("ttl-not-255",)
    # And with a flaw alone, nothing is said to be lost.
    routed["auth"] = PASS_ONE
    assert verdicts(side_by_side({"auth": PASS_ONE}, routed)) == {"dual-master": "proven"}


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
    assert {r: str(f.verdict) for r, f in both.items()} == {"adverts-lost-one-way": "possible"}
    assert both["adverts-lost-one-way"].not_excluded == ("lossy-path", "daemon-starved")


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
