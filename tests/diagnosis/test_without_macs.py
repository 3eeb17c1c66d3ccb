"""What a capture without MAC addresses does not tell: raw IP, and tcpdump's text without -e.

Two hosts are not one because neither MAC is known, and nothing is proven that a MAC would prove.
"""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from logged import node
from routers import A_MAC, B_MAC, VIP, case, found, verdicts
from sightings import ROUTER, SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.addressless import find_addressless
from vrrpscope.diagnosis.questions.cuts import CutKind
from vrrpscope.diagnosis.questions.reloads import find_reloads
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.questions.starts import find_starts
from vrrpscope.observation import AnnouncementKind, Sighting
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.model import Announced
from vrrpscope.timeline.streak import Mark, Sender

JOIN, REPLY = AnnouncementKind.IGMP_JOIN, AnnouncementKind.ARP_REPLY
GARP = AnnouncementKind.GRATUITOUS_ARP


def bare(source: str, priority: int, **changes: object) -> Advertisement:
    """An advert without a MAC."""
    return advert(source, priority, source_mac="", **changes)


def side_by_side(one: Advertisement, other: Advertisement, phase_ms: float = 400) -> Wire:
    """Two masters beside each other for ten seconds, the second one some milliseconds later."""
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, one)
        wire.say(1000 * second + phase_ms, other)
    return wire


@pytest.mark.parametrize(
    ("kind", "subject", "mac", "sender", "expected"),
    [
        (GARP, VIP, A_MAC, Sender(ip_address(A), A_MAC), True),
        (GARP, VIP, B_MAC, Sender(ip_address(A), A_MAC), False),
        (GARP, VIP, "", Sender(ip_address(A), ""), False),
        (REPLY, VIP, A_MAC, Sender(ip_address(A), ""), False),
        # Who reports its membership does so from its own address.
        (JOIN, A, "", Sender(ip_address(A), ""), True),
        (JOIN, B, "", Sender(ip_address(A), ""), False),
        (JOIN, "0.0.0.0", A_MAC, Sender(ip_address(A), A_MAC), True),
    ],
)
def test_who_said_it(
    kind: AnnouncementKind, subject: str, mac: str, sender: Sender, expected: bool
) -> None:
    wire = Wire()
    mark = Mark(0, wire._ref())
    said = Announced(kind, ip_address(subject), mac, mark, mark, 1)
    assert said.is_by(sender) is expected


def test_a_report_from_nowhere_is_nobodys() -> None:
    wire = Wire()
    wire.repeat(1000, 5, bare(B, 100))
    wire.announce(5500, JOIN, "0.0.0.0", "")
    wire.say(9000, bare(A, 200))
    timeline = wire.builder.finish()
    assert list(find_addressless(timeline, timeline.routers[0])) == []


def test_a_start_is_known_by_its_mac_alone() -> None:
    wire = Wire()
    for at_ms in (100, 900):
        wire.announce(at_ms, JOIN, A, "")
        wire.announce(at_ms, JOIN, B, B_MAC)
    wire.repeat(4000, 3, bare(A, 100))
    assert set(find_starts(wire.story()).routers) == {B_MAC}


@pytest.mark.parametrize(("other", "shown"), [(None, False), (B, True)])
def test_others_are_known_by_their_addresses(other: str | None, shown: bool) -> None:
    """The MAC of an ARP reply may be the master's own."""
    wire = Wire()
    wire.repeat(0, 3, bare(A, 100))
    wire.announce(3100, REPLY, VIP, A_MAC)
    if other:
        wire.announce(3200, JOIN, other, "")
    assert Signs(wire.story()).shows_others(Sender(ip_address(A), "")) is shown


def test_the_reload_of_one_router_is_not_that_of_the_other() -> None:
    """A is reloaded at 8.4 s; at 8.5 s B, which holds another VRID, falls silent."""
    wire = Wire()
    wire.repeat(0, 8, bare(A, 140))
    wire.say(8400, bare(A, 140), 9)
    wire.say(8401, bare(A, 140), 1)
    wire.repeat(9401, 5, bare(A, 140))
    other = replace(ROUTER, vrid=61)
    for second in range(9):
        said = replace(bare(B, 100), vrid=61)
        at_ns = second * SECOND + 390_000_000
        wire.builder.push(Sighting(at_ns, second + 1, other, said, wire._ref()))
    timeline = wire.builder.finish()
    signs = {id(story): Signs(story) for story in timeline.routers}
    reloads = find_reloads(timeline, signs, lambda *_: False)
    assert [str(reload.sender.address) for reload in reloads] == [A]


def test_two_masters_may_be_of_two_vlans() -> None:
    (finding,) = found("dual-master", case(side_by_side(bare(A, 101), bare(B, 100))))
    assert str(finding.verdict) == "likely"
    assert any("VLAN tags were not captured" in text for text in finding.not_excluded)
    assert finding.settle_with


def test_two_that_answer_each_other_are_in_one_network() -> None:
    answered = side_by_side(bare(B, 100), bare(A, 101), phase_ms=0.3)
    assert verdicts("dual-master", case(answered)) == ["proven"]


def test_masters_of_one_address_under_two_vrids_may_be_one_host() -> None:
    wire = Wire()
    other = replace(ROUTER, vrid=61)
    for second in range(10):
        wire.say(1000 * second, bare(A, 101))
        said = replace(bare(B, 100), vrid=61)
        wire.builder.push(Sighting(second * SECOND + 400, second + 1, other, said, wire._ref()))
    of = case(wire)
    assert verdicts("vrid-mismatch", of) == ["likely"]
    assert verdicts("dual-master", of) == ["likely"]


def twins(mac: str) -> Wire:
    """Two priorities in turn from one address."""
    wire = Wire()
    for second in range(10):
        wire.say_uncounted(1000 * second, advert(A, 101, source_mac=mac))
        wire.say_uncounted(1000 * second + 400, advert(A, 90, source_mac=mac))
    return wire


@pytest.mark.parametrize(("mac", "verdict"), [(A_MAC, "likely"), ("", "possible")])
def test_two_behind_one_address_may_be_two_hosts(mac: str, verdict: str) -> None:
    (finding,) = found("two-daemons-one-host", case(twins(mac)))
    assert str(finding.verdict) == verdict
    assert "[]" not in finding.says + " ".join(s.statement for s in finding.because)
    assert (A_MAC in finding.says) is bool(mac)


def test_frrouting_is_known_by_its_ipv6_address_alone() -> None:
    """VRID 160, 0xa0: the address that is made of 00:00:5e:00:02:a0 (RFC 4291, appendix A)."""
    shared = ip_address("fe80::200:5eff:fe00:2a0")
    assert Sender(shared, "").is_shared
    assert Sender(shared, "00:00:5e:00:02:a0").is_shared
    assert not Sender(shared, "02:00:00:00:00:01").is_shared
    assert not Sender(ip_address("fe80::200:5eff:fe00:1a0"), "").is_shared
    assert not Sender(ip_address("2001:db8::200:5eff:fe00:2a0"), "").is_shared


@pytest.mark.parametrize(
    ("mac", "kind"), [("02:00:00:00:00:10", CutKind.FILTERED), ("", CutKind.UNCLEAR)]
)
def test_what_gets_through_between_two_places(mac: str, kind: CutKind) -> None:
    """Neither side ever sees the other one's adverts; a client talks to both all the while."""
    sides = []
    for source, priority in ((A, 101), (B, 100)):
        wire = Wire()
        own = advert(source, priority)
        for second in range(15):
            wire.say(1000 * second, own if mac else replace(own, source_mac=""))
            if mac:
                wire.other(1000 * second + 500, "02:00:00:00:00:99")
        sides.append(wire)
    timelines = tuple(wire.builder.finish() for wire in sides)
    for timeline, name in zip(timelines, ("a", "b"), strict=True):
        timeline.vantage = replace(timeline.vantage, id=name)
    assert {cut.kind for cut in Case(timelines).cuts} <= {kind}


def test_a_master_that_is_not_seen_may_be_heard_of() -> None:
    """Its gratuitous ARPs may have come: without MACs nobody knows whose they are."""
    for mac, expected in ((A_MAC, ["likely"]), ("", [])):
        wire = Wire()
        old, new = (
            advert(s, p, source_mac=mac and m) for s, p, m in ((A, 101, A_MAC), (B, 100, B_MAC))
        )
        wire.repeat(0, 10, old)
        wire.repeat(12_610, 8, new)
        for index in range(10):
            wire.say(20_610 + 1000 * index, old, ip_id=21 + index)
        assert verdicts("network-partition", case(wire)) == expected


def test_a_pause_of_a_daemon_may_be_one_of_its_machine() -> None:
    """The log says the same of both, and the frames of the host cannot be told from others."""
    wire = Wire()
    wire.repeat(0, 8, bare(A, 101))
    wire.repeat(10_609, 4, bare(B, 100))
    wire.repeat(14_001, 4, bare(A, 101))
    log = node(
        "a",
        A,
        (0, "(VI_1) Entering MASTER STATE"),
        (14, "A thread timer expired 6.012345 seconds ago"),
    )
    assert verdicts("daemon-starved", Case((wire.builder.finish(),), (log,))) == ["likely"]
