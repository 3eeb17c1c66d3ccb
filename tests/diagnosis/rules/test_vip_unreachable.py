"""vip-unreachable: the election is right, and hosts are told the wrong MAC."""

import pytest
from routers import A_MAC, B_MAC, VIP, case, found, verdicts
from sightings import A, B, Wire, advert

from vrrpscope.observation import AnnouncementKind

GARP, REPLY = AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.ARP_REPLY
SHARED_MAC = "00:00:5e:00:01:3c"


def moved(*said: tuple[float, AnnouncementKind, str], lasts: int = 12) -> Wire:
    """A is master from 0 to 4 s, B from 7.61 s on; the announcements are in between."""
    wire = Wire()
    adverts = [(1000.0 * n, advert(A, 101)) for n in range(5)]
    adverts += [(7610.0 + 1000 * n, advert(B, 100)) for n in range(lasts)]
    events = [(at, "advert", a) for at, a in adverts]
    events += [(at, "said", (kind, mac)) for at, kind, mac in said]
    for at, what, value in sorted(events, key=lambda e: e[0]):
        if what == "advert":
            wire.say(at, value)
        else:
            wire.announce(at, value[0], VIP, value[1])
    return wire


def test_the_new_master_announces_nothing() -> None:
    (finding,) = found("vip-unreachable", case(moved((1, GARP, A_MAC))))
    assert finding.verdict == "likely"
    assert finding.facts["mac"] == A_MAC


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([], id="a capture without ARP"),
        pytest.param([(1, GARP, A_MAC), (7611, GARP, B_MAC)], id="announced"),
        pytest.param([(1, GARP, A_MAC), (12_600, GARP, B_MAC)], id="announced later"),
        pytest.param([(1, GARP, SHARED_MAC)], id="a virtual MAC"),
        pytest.param([(1, GARP, "02:00:00:00:00:77")], id="a MAC of no router"),
        pytest.param([(7611, GARP, B_MAC), (7612, REPLY, A_MAC)], id="an answer to the rival"),
        pytest.param([(7611, GARP, B_MAC), (7900, GARP, A_MAC)], id="at the same time"),
    ],
)
def test_nothing_is_wrong(said: list[tuple[float, AnnouncementKind, str]]) -> None:
    assert found("vip-unreachable", case(moved(*said))) == []


def test_the_second_announcement_is_waited_for() -> None:
    """keepalived repeats its announcements after five seconds."""
    assert found("vip-unreachable", case(moved((1, GARP, A_MAC), lasts=6))) == []
    assert verdicts("vip-unreachable", case(moved((1, GARP, A_MAC), lasts=8))) == ["likely"]


def test_the_old_master_has_the_last_word() -> None:
    said = ((1, GARP, A_MAC), (7611, GARP, B_MAC), (10_000, GARP, A_MAC))
    (finding,) = found("vip-unreachable", case(moved(*said)))
    assert "the last announcement" in finding.says


def test_the_old_master_answers_hosts() -> None:
    said = ((1, GARP, A_MAC), (7611, GARP, B_MAC), (12_000, REPLY, B_MAC), (12_001, REPLY, A_MAC))
    (finding,) = found("vip-unreachable", case(moved(*said)))
    assert "an answer about" in finding.says
    assert finding.verdict == "likely"


def test_an_answer_while_it_was_master_is_right() -> None:
    said = ((1, GARP, A_MAC), (3000, REPLY, A_MAC), (7611, GARP, B_MAC))
    assert found("vip-unreachable", case(moved(*said))) == []
