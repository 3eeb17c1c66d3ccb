"""What adverts do not tell whose addresses are cut off: a short snapshot, tcpdump without -v.

Two clusters that share nothing but the VRID look like one, so nothing is proven of one.
"""

from ipaddress import ip_address

import pytest
from logged import node
from routers import case, conf, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.protocol.advertisement import Advertisement, Defect

FAR = "172.16.5.9"
"""Of another network than A and B, which share their first 30 bits."""

MASTER = (2, "(VI_1) Entering MASTER STATE")
WRONG = (8, "(VI_1) wrong version. Received 3 and expect 2")


def cut(source: str, priority: int, **changes: object) -> Advertisement:
    """An advert up to its checksum."""
    fields = {"addresses": (), "defects": (Defect.TRUNCATED,), **changes}
    return advert(source, priority, **fields)


def side_by_side(one: Advertisement, other: Advertisement) -> Wire:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, one)
        wire.say(1000 * second + 400, other)
    return wire


@pytest.mark.parametrize(
    ("other", "verdict", "lost"), [(B, "likely", ["possible"]), (FAR, "possible", ["possible"])]
)
def test_two_masters_may_be_of_two_clusters(other: str, verdict: str, lost: list[str]) -> None:
    of = case(side_by_side(cut(A, 101), cut(other, 100)))
    (dual,) = found("dual-master", of)
    assert str(dual.verdict) == verdict
    assert "vrid-collision" in dual.not_excluded
    assert "master of the virtual router at once" in dual.says
    assert verdicts("adverts-lost-both-ways", of) == lost


@pytest.mark.parametrize(("to", "expected"), [("10.0.0.4", []), (A, ["likely"])])
def test_unicast_pairs_that_do_not_speak_to_each_other(to: str, expected: list[str]) -> None:
    one = cut(A, 101, destination=ip_address("10.0.0.3"))
    other = cut(B, 100, destination=ip_address(to))
    assert verdicts("dual-master", case(side_by_side(one, other))) == expected


def test_they_agree_in_what_is_seen_only() -> None:
    (whole,) = found("adverts-lost-both-ways", case(side_by_side(advert(A, 101), advert(B, 100))))
    (finding,) = found("adverts-lost-both-ways", case(side_by_side(cut(A, 101), cut(B, 100))))
    assert "agree in every field, and" in whole.says
    assert "agree in every field that is seen here, and" in finding.says
    assert {"vip-list-mismatch", "vrid-collision"} <= {*finding.not_excluded}


def rejecting(*nodes: Node, whole: bool = False) -> list[str]:
    """The verdicts on two masters of two versions; B's log rejects version 3."""
    say = advert if whole else cut
    wire = side_by_side(say(A, 101, version=3), say(B, 100))
    return verdicts("version-mismatch", Case((wire.builder.finish(),), nodes))


def test_a_log_that_rejects_adverts_may_reject_those_of_strangers() -> None:
    log = node("b", B, MASTER, WRONG)
    assert rejecting(log, whole=True) == ["proven"]
    assert rejecting(log) == ["likely"]


def test_configurations_tell_that_they_share_an_address() -> None:
    told = conf(101, "version 3"), conf(100)
    nodes = node("a", A, conf=told[0]), node("b", B, MASTER, WRONG, conf=told[1])
    assert rejecting(*nodes) == ["proven"]
    strangers = conf(101, "version 3").replace("10.0.0.100", "10.0.0.200")
    assert rejecting(node("a", A, conf=strangers), nodes[1]) != ["proven"]


@pytest.mark.parametrize(("whole", "verdict"), [(True, "proven"), (False, "likely")])
def test_who_falls_silent_may_not_have_accepted_the_other_one(whole: bool, verdict: str) -> None:
    """B has 90, and A, whose nopreempt was cleared, begins with 110."""
    say = advert if whole else cut
    wire = Wire()
    wire.repeat(2000, 19, say(B, 90))
    wire.repeat(20_300, 10, say(A, 110))
    cleared = (1, "(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing")
    a = node("a", A, cleared, MASTER, conf=conf(110, "state MASTER\n nopreempt"))
    told = Case((wire.builder.finish(),), (a,))
    assert verdicts("unexpected-failover", told) == [verdict]


def test_a_configuration_alone_does_not_prove_that_a_router_ran_with_nopreempt() -> None:
    wire = Wire()
    wire.repeat(2000, 19, advert(B, 90))
    wire.repeat(20_300, 10, advert(A, 110))
    assert verdicts("unexpected-failover", case(wire, a=conf(110, "nopreempt"))) == ["likely"]


def test_configurations_of_two_networks_are_not_compared() -> None:
    """A capture without VLAN tags shows both: each is nearer to its own virtual address."""
    other = advert(FAR, 100, addresses=(ip_address("172.16.5.100"),))
    wire = side_by_side(advert(A, 101), other)
    far = node("far", FAR, conf=conf(100).replace("10.0.0.100", "172.16.5.100"))
    timeline = wire.builder.finish()
    of = Case((timeline,), (node("a", A, conf=conf(101)), far))
    assert verdicts("vip-list-mismatch", of) == []


def test_a_log_proves_a_second_master_whose_adverts_do_not_leave() -> None:
    """A's firewall drops them: nobody keeps it silent."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(4700, 12, advert(B, 100))
    failed = "(VI_1): send advert error 1 (Operation not permitted)"
    log = node("a", A, (0, MASTER[1]), *((second, failed) for second in range(5, 16)))
    (rivalry,) = Case((wire.builder.finish(),), (log,)).rivalries
    assert str(rivalry.verdict) == "proven"
    assert rivalry.proof is not None
    assert rivalry.proof.was_sending
    assert not rivalry.is_kept_silent
