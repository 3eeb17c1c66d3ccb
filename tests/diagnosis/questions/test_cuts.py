"""Where adverts get lost between two vantages, and what else gets through."""

from ipaddress import ip_address

from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.cuts import Cut, CutKind
from vrrpscope.observation import AnnouncementKind
from vrrpscope.protocol.advertisement import Authentication

A_MAC, B_MAC, HOST = "02:00:00:00:00:10", "02:00:00:00:00:20", "02:00:00:00:00:99"
VIP = "10.0.0.100"
GARP, JOIN = AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.IGMP_JOIN
HEARD = 10
HEALED = 20


def side_a(later_ms: float = 0) -> Wire:
    """On A: it never stops, and hears nothing of B."""
    wire = Wire()
    wire.repeat(later_ms, 30, advert(A, 101))
    return wire


def side_b(later_ms: float = 0, *, garp: bool = True, **changes: object) -> Wire:
    """On B: nothing of A between seconds 10 and 20, so B is master from 12.61 s on."""
    wire = Wire()
    for step in range(HEARD):
        wire.say(later_ms + 1000 * step, advert(A, 101, **changes), ip_id=step + 1)
    for step in range(7):
        wire.say(later_ms + 12_610 + 1000 * step, advert(B, 100))
        if garp and not step:
            wire.announce(later_ms + 12_610, GARP, VIP, B_MAC)
    for step in range(HEALED, 30):
        wire.say(later_ms + 1000 * step, advert(A, 101, **changes), ip_id=step + 1)
    return wire


def cuts(*wires: Wire) -> tuple[Cut, ...]:
    return Case(tuple(wire.builder.finish() for wire in wires)).cuts


def the_cut(*wires: Wire) -> Cut:
    (cut,) = cuts(*wires)
    return cut


def test_two_parts() -> None:
    cut = the_cut(side_a(), side_b())
    assert cut.kind is CutKind.APART
    assert (str(cut.sender.address), str(cut.other.address)) == (A, B)
    assert cut.hole.count == HEALED - HEARD
    assert cut.is_certain


def test_without_a_broadcast_it_is_not_certain() -> None:
    """A filter for VRRP's multicast in both directions looks the same."""
    cut = the_cut(side_a(), side_b(garp=False))
    assert cut.kind is CutKind.APART
    assert not cut.is_certain


def test_the_order_of_the_captures_does_not_matter() -> None:
    cut = the_cut(side_b(), side_a())
    assert (cut.kind, str(cut.sender.address), cut.is_certain) == (CutKind.APART, A, True)


def test_clocks_that_differ_by_an_hour() -> None:
    """Adverts before and after the cut agree on the hour: it is the same time."""
    assert the_cut(side_a(), side_b(3_600_000)).is_certain


def test_two_days_that_look_alike_are_not_certain() -> None:
    """A's daemon is started on both days; on the second one A dies after ten adverts."""
    second = Wire()
    day_ms = 86_400_000
    second.repeat(day_ms, HEARD, advert(A, 101))
    second.repeat(day_ms + 12_610, 20, advert(B, 100))
    second.announce(day_ms + 12_610, GARP, VIP, B_MAC)
    assert not any(cut.is_certain for cut in cuts(side_a(), second))


def test_other_frames_of_the_sender_get_through() -> None:
    there = side_b()
    for second in range(13, 19):
        there.announce(1000 * second, GARP, VIP, A_MAC)
    assert the_cut(side_a(), there).kind is CutKind.FILTERED


def test_adverts_of_another_virtual_router_get_through() -> None:
    """Then it is no filter for the multicast of VRRP."""
    there = side_b()
    other = advert(A, 101, vrid=61)
    for second in range(30):
        there.other(1000 * second, A_MAC)
    there.repeat(12_000, 8, other)
    assert the_cut(side_a(), there).kind is not CutKind.FILTERED


def test_unicast_that_gets_lost_is_no_multicast_filter() -> None:
    here, to_b = Wire(), ip_address(B)
    here.repeat(0, 30, advert(A, 101, destination=to_b))
    there = side_b(destination=to_b)
    for second in range(13, 19):
        there.announce(1000 * second, GARP, VIP, A_MAC)
    assert the_cut(here, there).kind is CutKind.ONE_WAY


def test_one_way() -> None:
    """A has B's adverts, B has none of A's, and nothing tells what else is lost."""
    here = Wire()
    for step in range(30):
        here.say(1000 * step, advert(A, 101), ip_id=step + 1)
        if 12 <= step < 19:
            here.say(1000 * step + 610, advert(B, 100), ip_id=step - 11)
    there = side_b(garp=False)
    assert the_cut(here, there).kind is CutKind.ONE_WAY


def late(*, others: bool) -> Wire:
    """B starts at second 2, hears nobody until second 20, and joins the group at its start."""
    wire = Wire()
    wire.announce(2000, JOIN, B, B_MAC)
    for step in range(14):
        wire.say(5610 + 1000 * step, advert(B, 100))
        if others:
            wire.other(5650 + 1000 * step, HOST)
    for step in range(HEALED, 30):
        wire.say(1000 * step, advert(A, 101), ip_id=step + 1)
    return wire


def test_a_port_that_forwards_late() -> None:
    assert the_cut(side_a(), late(others=False)).kind is CutKind.LATE


def test_a_port_that_forwarded_all_the_time() -> None:
    """Frames of a host came in: what kept A's adverts back is something else."""
    assert the_cut(side_a(), late(others=True)).kind is not CutKind.LATE


def never(own: str, mac: str, *, host: bool) -> Wire:
    """Each side shows its own master alone, from first to last."""
    wire = Wire()
    if host:
        wire.other(-500, HOST)
    wire.repeat(0, 30, advert(own, 100, source_mac=mac))
    return wire


def never_both(mac_a: str, mac_b: str, *, host: bool) -> CutKind:
    return the_cut(never(A, mac_a, host=host), never(B, mac_b, host=host)).kind


def test_no_advert_ever_got_through() -> None:
    virtual = "00:00:5e:00:01:3c"
    assert never_both(A_MAC, B_MAC, host=True) is CutKind.FILTERED
    assert never_both(A_MAC, B_MAC, host=False) is CutKind.APART
    assert never_both(virtual, virtual, host=True) is CutKind.FORGED


def test_one_master_that_both_saw_is_no_cut() -> None:
    assert cuts(side_b(), side_b()) == ()


def test_a_capture_that_stops_earlier_is_no_cut() -> None:
    early = Wire()
    early.repeat(0, 10, advert(A, 101))
    assert cuts(side_a(), early) == ()


def test_a_take_over_after_a_death_is_no_cut() -> None:
    def both() -> Wire:
        wire = Wire()
        wire.repeat(0, 10, advert(A, 101))
        wire.repeat(12_610, 10, advert(B, 100))
        return wire

    assert cuts(both(), both()) == ()


def test_adverts_that_get_lost_here_and_there_are_no_cut() -> None:
    here, there = Wire(), Wire()
    for step in range(30):
        here.say(1000 * step, advert(A, 101), ip_id=step + 1)
        if step % 5 == 0:
            there.say(1000 * step, advert(A, 101), ip_id=step + 1)
        elif step % 5 == 3:
            for wire in (here, there):
                wire.say(1000 * step + 650, advert(B, 100))
    assert cuts(here, there) == ()


def test_a_master_that_was_there_before_the_hole() -> None:
    """Both were heard side by side: that the capture then lacks A's adverts is not the reason."""
    here, there = Wire(), Wire()
    for step in range(30):
        here.say(1000 * step, advert(A, 101), ip_id=step + 1)
        if not HEARD <= step < HEALED:
            there.say(1000 * step, advert(A, 101), ip_id=step + 1)
        if 5 <= step < HEALED:
            for wire in (here, there):
                wire.say(1000 * step + 610, advert(B, 100), ip_id=step - 4)
    assert cuts(here, there) == ()


def test_a_take_over_at_another_time_than_the_timer_says() -> None:
    """The capture may have lost A's adverts itself, and B have another reason."""
    there = side_b()
    late = Wire()
    for step in range(HEARD - 2):
        late.say(1000 * step, advert(A, 101), ip_id=step + 1)
    for step in range(7):
        late.say(12_610 + 1000 * step, advert(B, 100))
    late.announce(12_610, GARP, VIP, B_MAC)
    for step in range(HEALED, 30):
        late.say(1000 * step, advert(A, 101), ip_id=step + 1)
    assert the_cut(side_a(), there).is_certain
    cut = the_cut(side_a(), late)
    assert cut.kind is CutKind.APART and not cut.is_certain
    assert cut.doubts == ("packets that the capture itself lost",)


def test_a_router_that_has_just_started() -> None:
    """B joins the group at second 9: it is master one Master_Down_Interval after its start."""
    there = side_b()
    there.announce(9000, JOIN, B, B_MAC)
    assert not the_cut(side_a(), there).is_certain


def test_two_that_reject_each_other() -> None:
    """A has a password since its last advert that B accepted; the capture lost some of A's."""
    there = side_b(auth=Authentication(1, b"secret\0\0"))
    assert not any(cut.is_certain for cut in cuts(side_a(), there))


def test_captures_that_are_filtered_to_one_router_each() -> None:
    """A dies, B takes over, A returns: neither was master beside the other one."""
    one, other = Wire(), Wire()
    one.repeat(0, 10, advert(A, 101))
    one.repeat(20_000, 10, advert(A, 101))
    other.other(0, B_MAC)
    other.repeat(12_610, 7, advert(B, 100))
    other.other(30_000, B_MAC)
    assert cuts(one, other) == ()


def test_two_groups_that_share_a_number() -> None:
    """Captures of two networks: the VRID is the same, and no address."""
    mine = never(A, A_MAC, host=False)
    other = Wire()
    other.repeat(0, 30, advert(B, 100, addresses=(ip_address("192.0.2.1"),)))
    assert cuts(mine, other) == ()
    assert cuts(never(A, A_MAC, host=False), never(B, B_MAC, host=False)) != ()


def test_virtual_macs_are_never_certain() -> None:
    """Adverts and announcements come from them: a filter for these MACs lets the rest through."""
    virtual = "00:00:5e:00:01:3c"
    here = Wire()
    here.repeat(0, 30, advert(A, 101, source_mac=virtual))
    there = side_b(source_mac=virtual)
    assert not any(cut.is_certain for cut in cuts(here, there))


def test_a_clock_that_was_set_shows_no_cut() -> None:
    """Both captures have all; the clock of the second one was set by five seconds."""
    whole, stepped = Wire(), Wire()
    for wire, step_ms in ((whole, 0), (stepped, 5000)):
        wire.repeat(0, 20, advert(A, 101))
        wire.repeat(22_610 + step_ms, 10, advert(B, 100))
        wire.repeat(32_000 + step_ms, 20, advert(A, 101))
    assert cuts(whole, stepped) == ()


def test_a_router_on_the_way_puts_in_its_own_mac() -> None:
    """Unicast adverts that both places have: each sees the other host by the gateway's MAC."""
    gateway = "02:00:00:00:00:fe"

    def at(a_mac: str, b_mac: str) -> Wire:
        wire = Wire()
        wire.other(-500, HOST)
        for step in range(30):
            for source, to, mac, late in ((A, B, a_mac, 0), (B, A, b_mac, 300)):
                said = advert(source, 100, destination=ip_address(to), source_mac=mac)
                wire.say(1000 * step + late, said)
        return wire

    assert cuts(at(A_MAC, gateway), at(gateway, B_MAC)) == ()


def test_each_peer_sees_its_own_copy_of_unicast() -> None:
    """A sends to B and to C: what C's card does not see of that to B is not lost."""
    c = "10.0.0.3"

    def at(peer: str) -> Wire:
        wire = Wire()
        to = ip_address(peer)
        wire.repeat(0, 10, advert(A, 101, destination=to))
        wire.repeat(12_610, 8, advert(B, 100, destination=ip_address(c)))
        wire.repeat(21_000, 10, advert(A, 101, destination=to))
        return wire

    assert cuts(at(B), at(c)) == ()
