"""Events for what no recorded case shows."""

from ipaddress import ip_address
from time import process_time

from sightings import MS, SECOND, A, B, Wire, advert

from vrrpscope.events.event import Event
from vrrpscope.events.live import events_of
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Address

A_MAC, B_MAC = "02:00:00:00:00:10", "02:00:00:00:00:20"
VIP = "10.0.0.100"


def told(wire: Wire, *kinds: str) -> list[Event]:
    """The events of some kinds."""
    return [e for e in events_of(wire.builder.finish()) if e.kind in kinds]


def pass_to_and_fro(wire: Wire, at_s: int, times: int, apart_s: int = 10) -> None:
    """Two routers, each of which gives the role up to the other one."""
    for turn in range(times):
        source = (A, B)[turn % 2]
        begin_ms = (at_s + turn * apart_s) * 1000
        wire.repeat(begin_ms, apart_s - 1, advert(source, 100))
        wire.say(begin_ms + (apart_s - 1) * 1000 + 300, advert(source, 0))


def test_four_changes_within_a_minute_are_flapping() -> None:
    """A, B, A, B, A: the fourth change, at 40 s, is 30 s after the first."""
    wire = Wire()
    pass_to_and_fro(wire, 0, 5)
    (flap,) = told(wire, "flapping")
    assert flap.time_ns == 40 * SECOND
    assert flap.facts["within_ms"] == 30_000


def test_three_changes_are_not() -> None:
    wire = Wire()
    pass_to_and_fro(wire, 0, 4)
    assert not told(wire, "flapping")


def test_four_slow_changes_are_not() -> None:
    """Every 21 s: three of them take 63 s."""
    wire = Wire()
    pass_to_and_fro(wire, 0, 6, apart_s=21)
    assert not told(wire, "flapping")


def test_flapping_is_told_once_a_minute() -> None:
    """Changes at 10, 20, ... 190 s: told at 40, 100 and 160 s."""
    wire = Wire()
    pass_to_and_fro(wire, 0, 20)
    assert [e.time_ns // SECOND for e in told(wire, "flapping")] == [40, 100, 160]


def test_back_after_it_resigned() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2500, advert(A, 0))
    wire.say(3500, advert(A, 100))
    (back,) = told(wire, "master-back")
    assert (back.facts["had"], back.facts["away_ms"]) == ("resigned", 1000)


def test_a_step_to_several_peers_is_told_once() -> None:
    """Unicast adverts to two peers, a millisecond apart."""
    wire = Wire()
    peers = (ip_address("10.0.0.2"), ip_address("10.0.0.3"))
    for second in range(6):
        for place, peer in enumerate(peers):
            said = advert(A, 100 if second < 3 else 90, destination=peer)
            wire.say(1000 * second + place, said)
    (step,) = told(wire, "priority-changed")
    assert (step.facts["before"], step.facts["after"]) == (100, 90)


def test_interval_changed() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    for step in range(3):
        wire.say(3000 + 2000 * step, advert(A, 100, advert_interval_ns=2 * SECOND))
    (change,) = told(wire, "interval-changed")
    assert (change.facts["before_ms"], change.facts["after_ms"]) == (1000, 2000)


def test_a_speaker_that_joins_again_is_no_newcomer() -> None:
    """Whoever is a member answers every query."""
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.announce(2100, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    wire.announce(2200, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    wire.announce(9000, AnnouncementKind.IGMP_JOIN, B, B_MAC)
    assert [e.facts["router"] for e in told(wire, "router-joined")] == [B]


def test_it_is_one_once_it_has_left() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.announce(2100, AnnouncementKind.IGMP_LEAVE, A, A_MAC)
    wire.announce(5000, AnnouncementKind.IGMP_JOIN, A, A_MAC)
    found = told(wire, "router-joined", "router-left")
    assert [str(e.kind) for e in found] == ["router-left", "router-joined"]


def take_over(wire: Wire) -> None:
    """B takes over from A at 3.1 s, and advertises up to 12.1 s."""
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2500, advert(A, 0))
    wire.repeat(3100, 10, advert(B, 100))


def test_nothing_is_said_of_announcements_that_the_capture_leaves_out() -> None:
    """No ARP at all: a filter on VRRP alone."""
    wire = Wire()
    take_over(wire)
    assert not told(wire, "announced", "not-announced")


def test_another_router_announces_the_address() -> None:
    wire = Wire()
    take_over(wire)
    wire.announce(3200, AnnouncementKind.GRATUITOUS_ARP, VIP, A_MAC)
    assert [str(e.kind) for e in told(wire, "announced", "not-announced")] == ["not-announced"]


def test_announced_too_late() -> None:
    """2.1 s after the first advert."""
    wire = Wire()
    take_over(wire)
    wire.announce(5200, AnnouncementKind.GRATUITOUS_ARP, VIP, B_MAC)
    assert [str(e.kind) for e in told(wire, "announced", "not-announced")] == ["not-announced"]


def test_names() -> None:
    def name(address: Address) -> str:
        return f"r{str(address)[-1]} ({address})"

    wire = Wire()
    take_over(wire)
    (change,) = (e for e in events_of(wire.builder.finish(), name) if e.kind == "master-changed")
    assert change.says.startswith("r2 (10.0.0.2) took 10.0.0.100 (ipv4/60) over from r1 (10.0.0.1)")


def test_two_hosts_of_one_address_are_told_apart() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.say(2500, advert(A, 0))
    wire.repeat(3100, 3, advert(A, 90, source_mac=B_MAC))
    (change,) = told(wire, "master-changed")
    assert f"{A} [{B_MAC}] took" in change.says
    assert f"from {A} [{A_MAC}]" in change.says


def crowd(turns: int) -> float:
    """Seconds that it takes to tell of a role that changes ever so often."""
    wire = Wire()
    wire.repeat(0, 2, advert("10.0.0.3", 50))
    for turn in range(turns):
        wire.say(2000 + turn * 250, advert(A, 100 + turn % 3))
        wire.say(2100 + turn * 250, advert(B, 100 + turn % 5))
        if turn % 7 == 0:
            wire.say(2150 + turn * 250, advert(A, 0))
    timeline = wire.builder.finish()
    began = process_time()
    events_of(timeline)
    return process_time() - began


def test_the_time_that_it_takes_grows_with_the_story_alone() -> None:
    """Eight times the turns take far less than the 64 times of a square."""
    crowd(200)
    few = min(crowd(500) for _ in range(3))
    assert crowd(4000) < 30 * few + 1


def test_times_that_run_backwards() -> None:
    wire = Wire()
    wire.repeat(100_000, 3, advert(A, 100))
    wire.repeat(0, 3, advert(B, 90))
    wire.say(-500 * MS, advert(A, 0))
    found = events_of(wire.builder.finish(), is_complete=True)
    assert list(found) == sorted(found, key=lambda e: (e.time_ns, e.key))
