"""Reloads: the count begins at 1 again without a pause."""

from dataclasses import replace
from ipaddress import ip_address

from sightings import MS, ROUTER, A, B, Wire, advert

from vrrpscope.diagnosis.questions.reloads import Reload, Told, find_reloads
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.observation import Sighting

OWN = advert(A, 140)


def nothing_told(*_: object) -> bool:
    """No log."""
    return False


def reloads(wire: Wire, told: Told = nothing_told) -> list[Reload]:
    """All reloads of what the wire saw."""
    timeline = wire.builder.finish()
    signs = {id(story): Signs(story) for story in timeline.routers}
    return list(find_reloads(timeline, signs, told))


def reloaded(after: object, before_id: int = 9) -> Wire:
    """Adverts up to 8 s, one more at 8.4 s, and a millisecond later one with the number 1."""
    wire = Wire()
    wire.repeat(0, 8, OWN)
    wire.say(8400, OWN, before_id)
    wire.say(8401, after, 1)  # type: ignore[arg-type]
    wire.repeat(9401, 5, after)  # type: ignore[arg-type]
    return wire


def test_what_was_changed() -> None:
    more = replace(OWN, addresses=(*OWN.addresses, ip_address("10.0.0.101")))
    for after, lowered, changed in (
        (OWN, False, ()),
        (advert(A, 90), True, ()),
        (advert(A, 150), False, ()),
        (more, False, ("the list of addresses",)),
        (replace(OWN, advert_interval_ns=2 * 10**9), False, ("the interval",)),
    ):
        (reload,) = reloads(reloaded(after))
        assert (reload.lowered, reload.changed) == (lowered, changed)
        assert reload.shown.time_ns == 8401 * MS


def test_the_order_of_addresses_does_not_matter() -> None:
    first, second = ip_address("10.0.0.100"), ip_address("10.0.0.101")
    wire = Wire()
    wire.repeat(0, 8, replace(OWN, addresses=(first, second)))
    wire.say(8001, replace(OWN, addresses=(second, first)), 1)
    (reload,) = reloads(wire)
    assert reload.changed == ()


def test_a_restart_takes_a_pause() -> None:
    wire = Wire()
    wire.repeat(0, 8, OWN)
    wire.say(10_700, advert(A, 90), 1)
    wire.repeat(11_700, 5, advert(A, 90))
    assert reloads(wire) == []


def test_a_check_that_fails_counts_on() -> None:
    wire = Wire()
    wire.repeat(0, 8, OWN)
    wire.repeat(8000, 5, advert(A, 90))
    assert reloads(wire) == []


def test_an_owner_starts_at_once() -> None:
    wire = Wire()
    wire.repeat(0, 8, advert(A, 255))
    wire.say(7900, advert(A, 255), 1)
    wire.repeat(8900, 5, advert(A, 255))
    assert reloads(wire) == []


def test_where_the_old_count_goes_on_two_daemons_speak() -> None:
    wire = Wire()
    wire.repeat(0, 8, OWN)
    for step in range(6):
        wire.say(7500 + 1000 * step, OWN, 1 + step)
        wire.say(8000 + 1000 * step, OWN, 9 + step)
    assert reloads(wire) == []


def test_without_a_count_the_log_tells_it_where_something_changed() -> None:
    wire = Wire()
    for at_ms in range(0, 8000, 1000):
        wire.say_uncounted(at_ms, OWN)
    for at_ms in range(8000, 12_000, 1000):
        wire.say_uncounted(at_ms, advert(A, 90))
    asked = []

    def told(_: object, address: object, since_ns: int, until_ns: int) -> bool:
        asked.append((str(address), since_ns, until_ns))
        return True

    (reload,) = reloads(wire, told)
    assert asked == [(A, 7000 * MS, 8000 * MS)]
    assert (reload.lowered, reload.is_counted) == (True, False)


def two_instances(released_ms: float) -> Wire:
    """VRID 60 gives its role up, VRID 61 of the same router is counted anew at 8.4 s."""
    wire = Wire()
    sibling = replace(ROUTER, vrid=61)
    other = replace(OWN, vrid=61)
    for second in range(8):
        wire.say(1000 * second, OWN, second + 1)
        ref = wire._ref()
        wire.builder.push(Sighting(1000 * second * MS + 1, second + 1, sibling, other, ref))
    wire.say(released_ms, advert(A, 0), 9)
    for step in range(4):
        ref = wire._ref()
        time_ns = (8400 + 1000 * step) * MS
        wire.builder.push(Sighting(time_ns, step + 1, sibling, other, ref))
    wire.repeat(released_ms + 609, 4, advert(B, 100))
    return wire


def test_a_release_in_the_moment_of_a_siblings_new_count_is_a_removal() -> None:
    gone = [r for r in reloads(two_instances(8399)) if r.after is None]
    assert [r.story.router.vrid for r in gone] == [60]
    assert not [r for r in reloads(two_instances(8200)) if r.after is None]
