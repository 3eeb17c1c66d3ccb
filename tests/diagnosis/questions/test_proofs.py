"""When a master that fell silent is proven to be master still, and when it is not."""

from ipaddress import ip_address

import pytest
from logged import node
from msgspec.structs import replace
from sightings import SECOND, VANTAGE, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.engine import diagnose
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.proofs import master_spans
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.observation import AnnouncementKind, FrameRef, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement, Authentication

VIP = "10.0.0.100"
MINE = Authentication(1, b"one\0\0\0\0\0")
THEIRS = Authentication(1, b"two\0\0\0\0\0")
B_MAC = advert(B, 100).source_mac
GARP, REPLY = AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.ARP_REPLY
JOIN, LEAVE = AnnouncementKind.IGMP_JOIN, AnnouncementKind.IGMP_LEAVE


def stray(theirs: Authentication = THEIRS) -> Wire:
    """A is master all the time; B says one word at 4.3 s."""
    wire = Wire()
    wire.announce(700, JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 101, auth=MINE))
    wire.say(4300, advert(B, 100, auth=theirs))
    wire.repeat(5300, 15, advert(A, 101, auth=MINE))
    return wire


def rivalry(wire: Wire, *nodes: Node) -> Rivalry:
    (found,) = Case((wire.builder.finish(),), nodes).rivalries
    return found


def test_without_a_later_sign_it_may_have_ended() -> None:
    assert rivalry(stray()).verdict == "likely"


def test_an_announcement_after_it_had_every_chance_to_yield_proves_it() -> None:
    """keepalived repeats its announcements 5 s after it became master."""
    wire = stray()
    wire.announce(9300, GARP, VIP, B_MAC)
    found = rivalry(wire)
    assert (found.verdict, found.lasted_ns) == ("proven", 5 * SECOND)
    assert found.may_last_longer
    assert found.is_kept_silent
    (dual,) = [f for f in diagnose(Case((wire.builder.finish(),))) if f.rule == "dual-master"]
    assert "for at least 5.000 s; one of them was kept silent by the other" in dual.says


def test_what_it_announces_when_it_has_spoken_again_tells_of_that_time_only() -> None:
    """A's priority 0 is not in the capture; later A is master again, and announces the address."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(4900, 9, advert(B, 100))
    wire.repeat(13_100, 5, advert(A, 101))
    wire.announce(13_101, GARP, VIP, advert(A, 101).source_mac)
    found = rivalry(wire)
    assert (found.verdict, found.trace and found.trace.claims) == ("possible", ())


def test_an_announcement_at_once_proves_nothing() -> None:
    wire = stray()
    wire.announce(6400, GARP, VIP, B_MAC)
    assert rivalry(wire).verdict == "likely"


def test_an_answer_proves_it_where_the_daemon_surely_runs() -> None:
    wire = stray()
    wire.announce(9300, REPLY, VIP, B_MAC)
    assert rivalry(wire).verdict == "proven"


@pytest.mark.parametrize(
    ("host", "kind", "verdict"),
    [
        # Another daemon of B's host may be what keeps it in the group.
        (B, REPLY, "likely"),
        (B, GARP, "proven"),
        ("10.0.0.3", REPLY, "proven"),
    ],
)
def test_an_answer_of_a_host_that_speaks_for_another_virtual_router(
    host: str, kind: AnnouncementKind, verdict: str
) -> None:
    wire = stray()
    wire.announce(9300, kind, VIP, B_MAC)
    other = VirtualRouter("ipv4", 61)
    for second in range(20):
        said = advert(host, 90, vrid=61)
        ref = FrameRef(VANTAGE.id, 100 + second)
        wire.builder.push(Sighting(second * SECOND, second + 1, other, said, ref))
    assert rivalry(wire).verdict == verdict


@pytest.mark.parametrize("kind", [GARP, REPLY])
def test_a_daemon_that_left_the_group_has_ended(kind: AnnouncementKind) -> None:
    wire = stray()
    wire.announce(7000, LEAVE, B, B_MAC)
    wire.announce(9300, kind, VIP, B_MAC)
    assert rivalry(wire).verdict == "likely"


def test_an_answer_of_a_host_whose_daemon_was_never_seen_to_join_proves_nothing() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101, auth=MINE))
    wire.say(4300, advert(B, 100, auth=THEIRS))
    wire.repeat(5300, 15, advert(A, 101, auth=MINE))
    wire.announce(9300, REPLY, VIP, B_MAC)
    assert rivalry(wire).verdict == "likely"


def test_another_address_list_may_be_accepted_so_it_may_have_yielded() -> None:
    """keepalived 2.3.3 and later accept it; the announcement may be a late one."""
    other: Advertisement = advert(B, 100, addresses=(ip_address(VIP), ip_address("10.0.0.101")))
    wire = Wire()
    wire.announce(700, JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 101))
    wire.say(4300, other)
    wire.repeat(5300, 15, advert(A, 101))
    wire.announce(9300, GARP, VIP, B_MAC)
    assert rivalry(wire).verdict == "likely"
    # Its log settles it.
    log = node(
        "b",
        B,
        (4, "(VI_1) Entering MASTER STATE"),
        (15, "(VI_1) received what it liked"),
        (16, "(VI_1) received an unexpected ip number count 1, expected 2!"),
    )
    assert rivalry(wire, log).verdict == "proven"


def test_a_third_router_that_it_can_accept_may_have_taken_the_role() -> None:
    wire = Wire()
    wire.announce(700, JOIN, B, B_MAC)
    wire.repeat(0, 5, advert(A, 101, auth=MINE))
    wire.say(4300, advert(B, 100, auth=THEIRS))
    for second in range(5, 20):
        wire.say(1000 * second + 300, advert(A, 101, auth=MINE))
        if second == 6:
            wire.say(6800, advert("10.0.0.3", 120, auth=THEIRS))
    wire.announce(9300, GARP, VIP, B_MAC)
    found = Case((wire.builder.finish(),)).rivalries
    pair = [r for r in found if {str(r.better.address), str(r.worse.address)} == {A, B}]
    assert [r.verdict for r in pair] == ["likely"]


MASTER, BACKUP = "(VI_1) Entering MASTER STATE", "(VI_1) Entering BACKUP STATE"
INVALID = "(VI_1) received an invalid passwd!"


def test_its_log_proves_it_up_to_the_last_line_that_was_written_meanwhile() -> None:
    log = node("b", B, (1, BACKUP + " (init)"), (4, MASTER), *((s, INVALID) for s in (5, 9, 14)))
    found = rivalry(stray(), log)
    assert found.verdict == "proven"
    # From its only advert, at 4.3 s, to the line at 14 s.
    assert found.lasted_ns == 14 * SECOND - 4_300_000_000


@pytest.mark.parametrize(
    "after",
    [
        # It gave way at once; it was never master; the log ends too early.
        [(4, MASTER), (5, BACKUP), (14, INVALID)],
        [(1, BACKUP), (14, INVALID)],
        [(4, MASTER), (5, INVALID)],
        # It died at some time after 5 s, and was started again.
        [(4, MASTER), (5, INVALID), (12, "Starting Keepalived v2.2.7 (01/16,2022)")],
    ],
)
def test_a_log_that_proves_nothing(after: list[tuple[int, str]]) -> None:
    assert rivalry(stray(), node("b", B, *after)).verdict == "likely"


def test_a_log_whose_clock_is_not_known_proves_nothing() -> None:
    log = node("b", B, (4, MASTER), (14, INVALID), compared=False)
    log = replace(log, log=replace(log.log, statements=()) if log.log else None)
    assert rivalry(stray(), log).verdict == "likely"


def test_the_times_as_master_end_where_the_log_says_so() -> None:
    lines = [(1, BACKUP), (4, MASTER), (6, INVALID), (8, BACKUP), (10, MASTER), (12, "Stopping")]
    text = "".join(f"1970-01-01T00:00:{s:02}+00:00 b Keepalived_vrrp[7]: {x}\n" for s, x in lines)
    spans = master_spans(read_log_text(text, "b.log", "b").statements)
    assert [(one.line.line, other.line.line) for one, other in spans] == [(2, 4), (5, 6)]
