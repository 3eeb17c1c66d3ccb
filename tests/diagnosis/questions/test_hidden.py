"""Masters that never speak in the capture: by their log, or by a second answer."""

from ipaddress import ip_address

import pytest
from logged import node
from msgspec.structs import replace
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication

VIP = "10.0.0.100"
PASS = Authentication(1, b"one\0\0\0\0\0")
A_MAC, B_MAC = advert(A, 101).source_mac, advert(B, 100).source_mac
STRANGER = "02:00:00:00:00:99"
MASTER, BACKUP = "(VI_1) Entering MASTER STATE", "(VI_1) Entering BACKUP STATE"
INVALID = "(VI_1) received an invalid passwd!"
REPLY = AnnouncementKind.ARP_REPLY


def one_master(*replies: tuple[float, str]) -> Wire:
    wire = Wire()
    wire.repeat(0, 20, advert(A, 101, auth=PASS))
    for at_ms, mac in replies:
        wire.announce(at_ms, REPLY, VIP, mac)
    return wire


def found(wire: Wire, *nodes: Node) -> list[tuple[str, str]]:
    case = Case((wire.builder.finish(),), nodes)
    return [
        (f.rule, str(f.verdict))
        for f in diagnose(case)
        if f.rule in ("dual-master", "auth-password-mismatch")
    ]


def test_one_master_is_one_master() -> None:
    assert found(one_master((9000, A_MAC))) == []


def test_a_log_that_says_master_all_the_while_proves_a_second_one() -> None:
    log = node("b", B, (1, MASTER), *((s, INVALID) for s in range(3, 18)))
    wire = one_master()
    (hidden,) = Case((wire.builder.finish(),), (log,)).hidden_masters
    assert (hidden.verdict, hidden.is_silenced) == ("proven", True)
    assert hidden.lasted_ns == 17 * SECOND - SECOND
    assert found(one_master(), log) == [
        ("auth-password-mismatch", "proven"),
        ("dual-master", "proven"),
    ]


def test_a_log_that_may_be_another_routers_proves_no_second_master() -> None:
    log = node("b", B, (1, MASTER), *((s, INVALID) for s in range(3, 18)))
    assert log.clock is not None
    unsure = replace(log, clock=replace(log.clock, is_identified=False))
    (hidden,) = Case((one_master().builder.finish(),), (unsure,)).hidden_masters
    assert hidden.verdict == "likely"
    assert hidden.not_excluded == ("the log given for b is another router's",)


@pytest.mark.parametrize(
    "lines",
    [
        [(1, BACKUP), (17, INVALID)],
        [(1, MASTER), (2, BACKUP), (17, INVALID)],
        # Nothing says how long it was master.
        [(1, BACKUP), (4, MASTER)],
        # An election: one interval and a half.
        [(4, MASTER), (6, BACKUP)],
    ],
)
def test_a_log_that_tells_of_no_second_master(lines: list[tuple[int, str]]) -> None:
    log = node("b", B, *lines)
    assert ("dual-master", "proven") not in found(one_master(), log)


@pytest.mark.parametrize(
    ("frames", "verdict"),
    [
        # A machine that stands still holds no address, whatever its log says of its state.
        ([], "likely"),
        ([9000.0], "proven"),
    ],
)
def test_a_log_that_says_that_it_did_not_run(frames: list[float], verdict: str) -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(B, 100))
    wire.repeat(7605, 2, advert(A, 99))
    for at_ms in frames:
        wire.other(at_ms, B_MAC)
    wire.repeat(9605, 6, advert(A, 99))
    wire.repeat(16_000, 3, advert(B, 100))
    log = node("b", B, (1, MASTER), (16, "A thread timer expired 11.000000 seconds ago"))
    (hidden,) = Case((wire.builder.finish(),), (log,)).hidden_masters
    assert hidden.verdict == verdict


def test_a_log_whose_clock_is_not_known_proves_no_overlap() -> None:
    log = node("b", B, (1, MASTER), (17, INVALID), compared=False)
    assert ("dual-master", "proven") not in found(one_master(), log)


def test_two_answers_to_one_question_are_possible_masters() -> None:
    wire = one_master((9000, A_MAC), (9000.1, STRANGER))
    assert found(wire) == [("dual-master", "possible")]


@pytest.mark.parametrize(
    "replies",
    [
        # The virtual MAC is everybody's; an answer to another question; nobody else answers.
        [(9000, A_MAC), (9000.1, "00:00:5e:00:01:3c")],
        [(9000, A_MAC), (12_000, STRANGER)],
        [(9000, STRANGER)],
    ],
)
def test_answers_that_tell_nothing(replies: list[tuple[float, str]]) -> None:
    assert found(one_master(*replies)) == []


CONF = """\
vrrp_instance VI_1 {{
    interface eth0
    virtual_router_id 60
    priority {priority}
    {more}
    authentication {{
        auth_type PASS
        auth_pass {key}
    }}
    virtual_ipaddress {{
        10.0.0.100
    }}
}}
"""


def told(name: str, address: str | None, **changes: object) -> Node:
    text = CONF.format(**{"priority": 100, "more": "", "key": "one", **changes})
    configuration = parse_configuration_text(text, f"{name}.conf", name)
    return Node(name, configuration, frozenset({ip_address(address)} if address else ()))


def test_two_configurations_make_a_second_answer_likely() -> None:
    wire = one_master((9000, A_MAC), (9000.1, STRANGER))
    nodes = told("a", A, priority=101), told("b", None, key="two")
    assert ("dual-master", "likely") in found(wire, *nodes)


@pytest.mark.parametrize(
    "changes",
    [
        # It accepts the adverts; or it would speak, whatever it hears.
        {"key": "one"},
        {"key": "two", "more": "lower_prio_no_advert true"},
    ],
)
def test_configurations_that_do_not_explain_it(changes: dict[str, object]) -> None:
    wire = one_master((9000, A_MAC), (9000.1, STRANGER))
    nodes = told("a", A, priority=101), told("b", None, **changes)
    assert ("dual-master", "likely") not in found(wire, *nodes)


def test_a_master_of_another_cluster_with_the_same_vrid_is_no_second_one() -> None:
    """B is kept silent by A, and holds another address: each is the only master of its own."""
    own = {"addresses": (ip_address("10.0.0.200"),), "version": 3}
    wire = Wire()
    for second in range(20):
        wire.say(1000 * second, advert(A, 101))
        if second < 3 or second > 16:
            wire.say(1000 * second + 300, advert(B, 100, **own))
    log = node("b", B, (0, MASTER), *((s, INVALID) for s in range(3, 18)))
    assert Case((wire.builder.finish(),), (log,)).hidden_masters == ()
