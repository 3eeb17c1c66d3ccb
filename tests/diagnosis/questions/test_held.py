"""Virtual routers that a sync group holds back: two VRIDs of the same routers side by side."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from sightings import MS, VANTAGE, A, B, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.nodes import Given
from vrrpscope.diagnosis.questions.held import Held
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.observation import Announcement, AnnouncementKind, FrameRef, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.builder import TimelineBuilder

C = "10.0.0.3"
GROUP = "vrrp_sync_group G {\n group {\n ONE\n TWO\n }\n}\n"
OTHER = "vrrp_instance THREE {\n interface eth0\n virtual_router_id 70\n priority 100\n}\n"


class Pair:
    """VRID 60 and 61 on one wire; what is said is sorted by its time at the end."""

    def __init__(self) -> None:
        self.said: list[tuple[float, int, Advertisement]] = []
        self.joins: list[tuple[float, str, str]] = []

    def say(self, vrid: int, at_ms: float, count: int, advertisement: Advertisement) -> None:
        """Adverts of one VRID once a second."""
        spoken = replace(advertisement, vrid=vrid)
        self.said += [(at_ms + 1000 * step, vrid, spoken) for step in range(count)]

    def case(self, *given: Given) -> Case:
        """What was seen, and what the routers were told."""
        builder = TimelineBuilder(VANTAGE)
        ip_ids: dict[tuple[int, str], int] = {}
        events = [(at, "advert", vrid, spoken) for at, vrid, spoken in self.said]
        events += [(at, "join", address, mac) for at, address, mac in self.joins]
        for number, (at_ms, what, one, other) in enumerate(sorted(events, key=lambda e: e[0]), 1):
            ref, time_ns = FrameRef(VANTAGE.id, number), int(at_ms * MS)
            if what == "join":
                kind = AnnouncementKind.IGMP_JOIN
                join = Announcement(time_ns, kind, ip_address(one), other, (), "", ref)
                builder.announce(join)
                continue
            key = (one, str(other.source))
            ip_ids[key] = ip_ids.get(key, 0) + 1
            router = VirtualRouter("ipv4", one)
            builder.push(Sighting(time_ns, ip_ids[key], router, other, ref))
        timeline = builder.finish()
        return Case((timeline,), bind([timeline], given))


def conf(one: int, two: int, more: str = GROUP, extra: str = "") -> str:
    """A keepalived.conf with both instances."""
    parts = [
        f"vrrp_instance {name} {{\n state BACKUP\n interface eth0\n virtual_router_id {vrid}\n"
        f" priority {priority}\n {extra}\n virtual_ipaddress {{\n 10.0.0.{vrid}\n }}\n}}\n"
        for name, vrid, priority in (("ONE", 60, one), ("TWO", 61, two))
    ]
    return "".join(parts) + more


def given(text: str, address: str = B, log: str | None = None) -> Given:
    """The configuration, and the log, of router b."""
    told = parse_configuration_text(text, "b.conf", "b")
    return Given("b", told, ip_address(address), read_log_text(log, "b.log", "b") if log else None)


def late() -> Pair:
    """A gives up VRID 60 at 4 s and dies at 10 s; B takes both 3.609 s after A's last advert."""
    pair = Pair()
    pair.joins = [(0, B, "02:00:00:00:00:20"), (400, B, "02:00:00:00:00:20")]
    pair.say(60, 1000, 3, advert(A, 150))
    pair.say(60, 3500, 1, advert(A, 0))
    pair.say(61, 1000, 10, advert(A, 150))
    pair.say(60, 13_609.5, 5, advert(B, 100))
    pair.say(61, 13_609.3, 5, advert(B, 100))
    return pair


def only(case: Case) -> Held:
    """The one thing that was held back."""
    (held,) = case.held
    return held


def test_a_late_take_over_at_the_instant_of_one_in_time() -> None:
    held = only(late().case())
    assert (held.span.story.router.vrid, str(held.router)) == (60, B)
    assert held.other is not None
    assert held.other.router.vrid == 61
    assert (held.is_told, held.is_sure) == (False, False)


@pytest.mark.parametrize(("mac", "held"), [("02:00:00:00:00:20", 1), ("", 0)])
def test_another_address_is_the_same_router_by_its_mac_alone(mac: str, held: int) -> None:
    """B takes VRID 61 from a second address of its interface."""
    pair = late()
    second = replace(advert(C, 100), source_mac=mac)
    pair.said = [
        (at, vrid, replace(said, source_mac=mac) if str(said.source) == B else said)
        for at, vrid, said in pair.said
        if vrid == 60 or str(said.source) == A
    ]
    pair.say(61, 13_609.3, 5, second)
    assert len(pair.case().held) == held


def test_a_configuration_with_the_group_makes_it_sure() -> None:
    assert only(late().case(given(conf(100, 100)))).is_sure


def test_a_group_of_other_members_is_none_of_it() -> None:
    apart = GROUP.replace("TWO", "THREE") + OTHER
    held = only(late().case(given(conf(100, 100, more=apart))))
    assert (held.is_told, held.is_sure) == (True, False)
    logged = log(12, then="VRRP_Group(OTHER) Syncing instances to BACKUP state")
    held = only(late().case(given(conf(100, 100, more=""), log=logged)))
    assert held.is_told is False


def test_a_timer_that_runs_out_when_the_role_is_taken_is_not_in_vain() -> None:
    """The line about the new master is a second later than the advert, by the log's step."""
    began = log(13, then="x").rsplit("\n", 2)[0]
    became = began + "\n1970-01-01T00:00:14+00:00 b Keepalived_vrrp[7]: (ONE) Entering MASTER STATE"
    held = only(late().case(given(conf(100, 100), log=became.replace("(TWO) Rec", "(ONE) Rec"))))
    assert held.timeouts == ()


def test_a_configuration_without_a_group_does_not() -> None:
    held = only(late().case(given(conf(100, 100, more=""))))
    assert (held.is_told, held.is_sure) == (False, False)


def test_late_by_itself_is_no_sign_of_a_group() -> None:
    pair = late()
    pair.said = [s for s in pair.said if s[1] == 60 or s[2].source == ip_address(A)]
    pair.say(61, 14_000, 5, advert(B, 100))
    assert pair.case().held == ()


def test_a_better_router_that_may_not_take_one_role_alone() -> None:
    """B is better for VRID 61, and its group waits for VRID 60, where A is better."""
    pair = Pair()
    pair.joins = [(0, B, "02:00:00:00:00:20"), (400, B, "02:00:00:00:00:20")]
    pair.say(60, 1000, 20, advert(A, 150))
    pair.say(61, 1000, 20, advert(A, 100))
    held = only(pair.case(given(conf(100, 150))))
    assert (held.span.story.router.vrid, held.is_sure) == (61, False)
    assert held.holder is not None
    # Where B is better for both nothing of the group holds it back.
    assert pair.case(given(conf(200, 150))).held == ()
    assert pair.case(given(conf(100, 150, more=""))).held == ()


def yields(until_60: int, released: bool = False) -> Pair:
    """C takes VRID 61 from A at 5.2 s; A says this many adverts for VRID 60."""
    pair = Pair()
    pair.say(61, 1000, 5, advert(A, 150))
    pair.say(61, 5200, 15, advert(C, 200))
    pair.say(60, 1010, until_60, advert(A, 150))
    if released:
        pair.say(60, 5200, 1, advert(A, 0))
    return pair


def test_a_member_that_stops_when_another_one_yields() -> None:
    held = only(yields(5).case())
    assert (held.span.story.router.vrid, str(held.router)) == (60, A)
    assert held.yielded is not None


def test_a_member_that_stops_later_stopped_for_another_reason() -> None:
    assert yields(8).case().held == ()


def test_a_member_that_releases_has_no_group_that_stops_it() -> None:
    assert yields(5, released=True).case().held == ()


def log(*seconds: int, then: str = "") -> str:
    """B's log: its timer for VRID 61 ran out at these seconds."""
    place = "1970-01-01T00:00:{:02}+00:00 b Keepalived_vrrp[7]: "
    lines = [place.format(0) + "Starting Keepalived v2.2.7 (01/16,2022)"]
    lines += [place.format(0) + f"({name}) Entering BACKUP STATE (init)" for name in ("ONE", "TWO")]
    lines += [place.format(s) + "(TWO) Receive advertisement timeout" for s in seconds]
    lines += [place.format(seconds[-1]) + then] if then else []
    return "\n".join(lines) + "\n"


def steady() -> Pair:
    """A is master of both for 20 seconds, and B is there."""
    pair = Pair()
    pair.joins = [(0, B, "02:00:00:00:00:20"), (400, B, "02:00:00:00:00:20")]
    for vrid in (60, 61):
        pair.say(vrid, 1000 + vrid, 20, advert(A, 150))
    return pair


def test_a_timer_that_runs_out_again_and_again() -> None:
    held = only(steady().case(given(conf(100, 100), log=log(6, 10, 13))))
    # What came of the last one no line tells.
    assert (held.is_harmless, held.is_sure, len(held.timeouts)) == (True, True, 2)
    assert held.span.story.router.vrid == 61


def test_one_timeout_or_a_master_after_it_is_nothing() -> None:
    told = conf(100, 100)
    assert steady().case(given(told, log=log(19))).held == ()
    became = log(10, 19, then="(TWO) Entering MASTER STATE")
    assert steady().case(given(told, log=became)).held == ()


def test_without_a_group_a_log_proves_nothing() -> None:
    assert steady().case(given(conf(100, 100, more=""), log=log(6, 10, 13))).held == ()
