"""garp-missing and ghost-arp-after-short-split: who had the last word about an address."""

import pytest
from routers import A_MAC, B_MAC, VIP, case, found
from sightings import A, B, Wire, advert

from vrrpscope.observation import AnnouncementKind

GARP = AnnouncementKind.GRATUITOUS_ARP
RULES = ("garp-missing", "ghost-arp-after-short-split")


def rules_of(wire: Wire) -> list[str]:
    """Which of the two speak."""
    told = case(wire)
    return [rule for rule in RULES if found(rule, told)]


def taken_over(announced_at_ms: float | None) -> Wire:
    """A announces and dies, B takes over at 6.61 s and announces at some time or never."""
    wire = Wire()
    wire.say(0, advert(A, 101))
    wire.announce(1, GARP, VIP, A_MAC)
    wire.repeat(1000, 3, advert(A, 101))
    wire.say(6610, advert(B, 100))
    if announced_at_ms is not None:
        wire.announce(announced_at_ms, GARP, VIP, B_MAC)
    wire.repeat(7610, 12, advert(B, 100))
    return wire


def test_the_new_master_announces_nothing() -> None:
    assert rules_of(taken_over(None)) == ["garp-missing"]
    assert rules_of(taken_over(6611)) == []


def split(garps_of_a: tuple[float, ...], b_announces: bool = True) -> Wire:
    """A is master all the while; B speaks up at 5.3 and 6.3 s, and yields."""
    wire = Wire()
    events = [(1000.0 * n, advert(A, 101)) for n in range(16)]
    events += [(5300.0, advert(B, 100)), (6300.0, advert(B, 100))]
    said = [(at, A_MAC) for at in (1.0, *garps_of_a)] + ([(5301.0, B_MAC)] if b_announces else [])
    for at, what in sorted([*events, *said], key=lambda e: e[0]):
        if isinstance(what, str):
            wire.announce(at, GARP, VIP, what)
        else:
            wire.say(at, what)
    return wire


@pytest.mark.parametrize(
    ("wire", "rules"),
    [
        pytest.param(split(()), ["ghost-arp-after-short-split"], id="the loser's is the last word"),
        pytest.param(split((5302.0,)), [], id="the winner answers at once"),
        pytest.param(split((10_300.0,)), [], id="the winner repeats it later"),
        pytest.param(split((), b_announces=False), [], id="the loser announced nothing"),
    ],
)
def test_a_short_split(wire: Wire, rules: list[str]) -> None:
    assert rules_of(wire) == rules


def test_a_master_that_was_paused_never_became_master_again() -> None:
    """Its count of adverts goes on: it was no backup, so it has no reason to announce anything."""
    wire = Wire()
    wire.say(0, advert(A, 101))
    wire.announce(1, GARP, VIP, A_MAC)
    wire.repeat(1000, 4, advert(A, 101))
    wire.say(7610, advert(B, 100))
    wire.announce(7611, GARP, VIP, B_MAC)
    wire.repeat(8610, 2, advert(B, 100))
    wire.repeat(9900, 12, advert(A, 101))
    assert rules_of(wire) == ["ghost-arp-after-short-split"]


def test_a_master_that_was_restarted_has_to_announce() -> None:
    wire = Wire()
    wire.say(0, advert(A, 101))
    wire.announce(1, GARP, VIP, A_MAC)
    wire.repeat(1000, 4, advert(A, 101))
    wire.say(7610, advert(B, 100))
    wire.announce(7611, GARP, VIP, B_MAC)
    wire.repeat(8610, 2, advert(B, 100))
    wire.say(9900, advert(A, 101), ip_id=1)
    wire.repeat(10_900, 12, advert(A, 101))
    assert rules_of(wire) == ["garp-missing"]


def test_a_master_whose_adverts_were_lost_was_master_all_the_while() -> None:
    """Its count of adverts went on with the clock: 6 of them between 4.0 and 9.9 s."""
    wire = Wire()
    wire.say(0, advert(A, 101))
    wire.announce(1, GARP, VIP, A_MAC)
    wire.repeat(1000, 4, advert(A, 101))
    wire.say(7610, advert(B, 100))
    wire.announce(7611, GARP, VIP, B_MAC)
    wire.repeat(8610, 2, advert(B, 100))
    wire.say(9900, advert(A, 101), ip_id=11)
    wire.repeat(10_900, 12, advert(A, 101))
    assert rules_of(wire) == ["ghost-arp-after-short-split"]


def test_where_no_count_tells_a_return_may_be_either() -> None:
    """IPv6 has no identification; a master that fell silent may have been master all the while."""
    wire = Wire()
    wire.say(0, advert(A, 101), ip_id=77)
    wire.announce(1, GARP, VIP, A_MAC)
    for step in range(4):
        wire.say(1000 + 1000 * step, advert(A, 101), ip_id=77)
    wire.say(7610, advert(B, 100))
    wire.announce(7611, GARP, VIP, B_MAC)
    wire.repeat(8610, 2, advert(B, 100))
    for step in range(13):
        wire.say(9900 + 1000 * step, advert(A, 101), ip_id=77)
    (finding,) = found("garp-missing", case(wire))
    assert "ghost-arp-after-short-split" in finding.not_excluded
